"""A live tile: one face for whoever looks, from an address; what whiteboards have on their canvas."""

from collections.abc import Awaitable, Mapping
from typing import Any

from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.locales import t
from dashboard.look import Lane, Look
from dashboard.pages import Piece
from dashboard.view_state import ViewState
from dashboard.whiteboard.face import Face, svg
from dashboard.whiteboard.faces import KINDS, kind_of
from dashboard.whiteboard.kind import sees_all
from dashboard.whiteboard.watching import COMPONENT, SVG, WORDS

_KIND = "kind"


def ask(look: Look) -> dict[str, Awaitable[Any]]:
    """The questions of the tile's kind; none where its viewer may not see all of it."""
    name = kind_of(look.path)
    if not name or not (KINDS[name].is_of_finding or sees_all(look.viewer, look.state, look.place)):
        return {}
    return {_KIND: _said(name), **KINDS[name].ask(look)}


async def _said(name: str) -> str:
    return name


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Its picture and its words; a lock for who may not see it."""
    face = face_of(board, state)
    return {COMPONENT: {SVG: svg(face, state.theme), WORDS: face.words}}


def face_of(board: BoardState, state: ViewState) -> Face:
    """What the tile shows to the viewer of `board`."""
    told: Mapping[str, Any] = board.parts
    if kind := told.get(_KIND):
        if board.unanswerable or board.failures:
            why = [*map(str, board.unanswerable.values()), *board.failures.values()]
            return Face(t("whiteboard.tile_fault", state.lang), said=" ".join(why))
        if face := KINDS[kind].face(told, board, state):
            return face
    return Face(t("whiteboard.tile_locked", state.lang), is_locked=True)


PIECE = Piece("/tile", {"first": Lane(lambda look: {}, lambda board, state: {}), "tile": Lane(ask, draw)})
"""The first lane of a page is asked as often as it moves; a tile is one of many and rests between."""
