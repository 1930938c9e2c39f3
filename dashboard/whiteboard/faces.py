"""Every kind of live tile, and who may see one: all of what its address speaks of, or a lock, never a part."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any

from dashboard import asking
from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.locales import Lang, t
from dashboard.look import Lane, Look
from dashboard.view_state import ViewState
from dashboard.whiteboard import finding_faces, meeting_faces, place_faces
from dashboard.whiteboard.face import Face
from dashboard.whiteboard.kind import Kind, sees_all
from warehouse.viewer import Viewer

KINDS: Mapping[str, Kind] = {**place_faces.KINDS, **finding_faces.KINDS, **meeting_faces.KINDS}
"""A new kind is a row of one of these."""
_KIND = "kind"


def kind_of(path: str) -> str:
    """ "kpi" of "/tile/kpi"; "" for none there is."""
    name = path.removeprefix("/tile/")
    return name if name in KINDS else ""


def ask(look: Look) -> dict[str, Awaitable[Any]]:
    """The questions of the tile's kind; none where its viewer may not see all of it."""
    name = kind_of(look.path)
    if not name or not (KINDS[name].is_of_one or sees_all(look.viewer, look.state, look.place)):
        return {}
    return {_KIND: _said(name), **KINDS[name].ask(look)}


async def _said(name: str) -> str:
    return name


def face_of(board: BoardState, state: ViewState) -> Face:
    """What the tile shows to the viewer of `board`."""
    if board.is_unreachable:
        return Face(t("whiteboard.tile_fault", state.lang), said=t("board.unreachable", state.lang))
    told: Mapping[str, Any] = board.parts
    if kind := told.get(_KIND):
        if board.unanswerable or board.failures:
            why = [*map(str, board.unanswerable.values()), *board.failures.values()]
            return Face(t("whiteboard.tile_fault", state.lang), said=" ".join(why))
        if face := KINDS[kind].face(told, board, state):
            return face
    return Face(t("whiteboard.tile_locked", state.lang), is_locked=True)


async def faces_of(viewer: Viewer, addresses: Iterable[str], lang: Lang) -> list[Face]:
    """What these tiles show to a viewer now; of those frozen, what they showed then."""
    lane = Lane(ask, lambda board, state: {})

    async def one(said: str) -> Face:
        plain = Address.of(*said.partition("?")[::2])
        address = Address(plain.path, plain.state.but(lang=lang))
        return face_of(await asking.load(viewer, address, lane), address.state)

    return list(await asyncio.gather(*map(one, addresses)))
