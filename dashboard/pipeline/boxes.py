"""The boxes of the pipeline's page: filled, locked, or saying what could not be asked."""

from typing import Any

import polars as pl
from dash.development.base_component import Component

from dashboard import about, plain
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.components.panel import About, not_allowed, nothing
from dashboard.locales import t
from dashboard.view_state import ViewState


def box(id: str, top: list[Component], body: Any) -> Drawn:
    """A header and a body of plain HTML."""
    return {f"{id}--head": plain.says(top), f"{id}--body": plain.says(body)}


def locked(board: BoardState, state: ViewState, *panels: str, is_first: bool = True) -> Drawn:
    """What who may not see this sees instead."""
    lang = state.lang
    lock = not_allowed(lang)
    drawn: Drawn = {"headline--text": plain.says(t("board.not_allowed", lang))} if is_first else {}
    for panel in panels:
        drawn |= box(panel, [], lock)
    return drawn


def lost(board: BoardState, part: str, state: ViewState, *panels: str) -> Drawn:
    """What could not be asked says so in its own place."""
    said = board.failures.get(part, "")
    drawn: Drawn = {}
    for panel in panels:
        drawn |= box(panel, [], nothing(t("board.partial", state.lang, what=part), said))
    return drawn


def row_of(frame: pl.DataFrame) -> dict[str, Any]:
    """The only row of a frame; {} where it has none."""
    return frame.row(0, named=True) if len(frame) else {}


def scope(board: BoardState, state: ViewState) -> About:
    """The row of "what is this?" that says where one looks."""
    return [(t("board.scope", state.lang), about.scope_name(board, state))]
