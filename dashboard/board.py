"""The board for whoever shows it, lane by lane: ask (`load`), draw, and what differs between two pictures."""

import hashlib
import json

from plotly.utils import PlotlyJSONEncoder

from dashboard.asking import LANES, load
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.connection import answers
from dashboard.drawing import draw_rest, draw_tiles
from dashboard.live import Update
from dashboard.view_state import ViewState

__all__ = ["BoardState", "digests", "draw", "lanes", "load", "moved"]

lanes = tuple(LANES)
_DRAW = {"tiles": draw_tiles, "rest": draw_rest}
_ALL_TABLES = ("", "all", "org_events")
"""The organisation is part of every answer."""


def draw(board: BoardState, state: ViewState, lane: str) -> Drawn:
    """The props of a lane."""
    return _DRAW[lane](board, state)


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
