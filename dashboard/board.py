"""The pages for whoever shows them, lane by lane: ask (`load`), draw, and what differs between two pictures."""

import hashlib
import json
from collections.abc import Mapping

from plotly.utils import PlotlyJSONEncoder

from dashboard import asking, pages
from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.connection import answers
from dashboard.framing import FRAME
from dashboard.live import Update
from dashboard.look import Lane
from dashboard.words import page_of
from warehouse.viewer import Viewer

_ALL_TABLES = ("", "all", "org_events")
"""The organisation is part of every answer."""
_FRAME = "frame"


def lanes(address: Address) -> tuple[str, ...]:
    """The parts in which a page is asked for, the most urgent first."""
    return tuple(parts(address))


def parts(address: Address) -> Mapping[str, Lane]:
    """The lanes of a page, with the frame's, or those of a piece."""
    if piece := pages.piece_of(address.path):
        return piece.lanes
    page = pages.page_of(address.path)
    return {**page.lanes, _FRAME: FRAME} if page.is_framed else page.lanes


def is_urgent(address: Address, lane: str) -> bool:
    """Of a page its first lane, and the frame: it moves with findings alone, and whom one names is not to wait."""
    return lane in (_FRAME, next(iter(parts(address))))


async def load(viewer: Viewer, address: Address, lane: str) -> BoardState:
    """What a lane shows."""
    return await asking.load(viewer, address, parts(address)[lane])


def draw(board: BoardState, address: Address, lane: str) -> Drawn:
    """The props of a lane. Unreachable: none but the frame's, so that the last picture stays; nor of what there is not,
    in whose place the frame says so."""
    known = parts(address)
    if lane != _FRAME and (board.is_unreachable or (board.unknown and _FRAME in known)):
        return {}
    with page_of(board.today):
        return known[lane].draw(board, address.state)


def concerns(address: Address, lane: str, update: Update) -> bool:
    """Whether what moved can change what a lane shows; nothing that moves now changes a moment gone by."""
    if address.is_past:
        return False
    reads = parts(address)[lane].reads
    return reads is None or update.table in reads or update.table in _ALL_TABLES


def moved(update: Update) -> None:
    """Drop the answers that no longer hold."""
    if update.table in _ALL_TABLES:
        answers().clear()
    else:
        answers().moved(update.table, update.days)


def digests(drawn: Drawn) -> dict[str, str]:
    """ "component.prop" → digest of its value; equal digests are equal on the screen."""
    return {
        f"{component}.{prop}": _digest(value) for component, props in drawn.items() for prop, value in props.items()
    }


def _digest(value: object) -> str:
    return hashlib.blake2b(json.dumps(value, cls=PlotlyJSONEncoder).encode(), digest_size=8).hexdigest()
