"""What a kind of tile is, and rows that rank."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import amounts
from dashboard.board_state import BoardState
from dashboard.look import Look
from dashboard.place import Place
from dashboard.theme import state_of
from dashboard.view_state import ViewState
from dashboard.whiteboard.face import Face, Row
from dashboard.words import clock, labelled
from ingest.settings import company
from warehouse.metrics import METRICS
from warehouse.viewer import Viewer, in_scope

Answers = Mapping[str, Any]
MOST_ROWS = 6


@dataclass(frozen=True)
class Kind:
    """A kind of tile: its questions, and its face. `is_of_one`: bound to one thing, whose own question says who may see
    it, not to a place."""

    ask: Callable[[Look], Mapping[str, Awaitable[Any]]]
    face: Callable[[Answers, BoardState, ViewState], Face | None]
    is_of_one: bool = False


def sees_all(viewer: Viewer, state: ViewState, place: Place) -> bool:
    """Whether a viewer may see all of what a state speaks of; `place` is where that is."""
    if viewer.everything:
        return True
    if viewer.own_rows and state.rep == viewer.person_id:
        return True
    if not state.unit and not state.rep:
        return False
    if viewer.unit_ids and in_scope(viewer, [node.id for node in place.path]):
        return True
    return bool(viewer.product_ids & {node.id for node in place.product_path})


def unit_of(state: ViewState) -> str:
    """What the metric of a state is measured in."""
    return METRICS[METRICS[state.metric].of or state.metric].unit


def frozen(state: ViewState) -> str:
    """The instant that a frozen tile shows; "" for one that moves."""
    moment = state.moment
    return f"❄ {clock(moment.at, company().zone, state.lang)}" if moment else ""


def ranked(frame: pl.DataFrame, state: ViewState) -> tuple[Row, ...]:
    """Standings as rows, the worst gap first, with their actuals."""
    if frame.is_empty():
        return ()
    unit = unit_of(state)
    shown = labelled(frame, state.lang).head(MOST_ROWS)
    widest = max((abs(float(value or 0)) for value in shown["actual"]), default=0.0) or 1.0
    return tuple(
        Row(
            row["label"],
            amounts.of(row["actual"], unit, state.lang),
            abs(float(row["actual"] or 0)) / widest,
            state_of(row["pace"]),
        )
        for row in shown.iter_rows(named=True)
    )
