"""My page: what is said of me, who has seen it, and what I say to it."""

from collections.abc import Awaitable, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.board_state import BoardState
from dashboard.components import Drawn, findings, mine, skeletons
from dashboard.components.panel import skeleton
from dashboard.look import Lane, Look
from dashboard.pages import Page
from dashboard.view_state import ViewState


def layout(state: ViewState) -> Sequence[Component]:
    """The page with every place kept."""
    return [
        plain.place("mine--head", skeletons.line(), html.H1, className="headline"),
        plain.place("mine--list", skeleton(120, 2), className="mine-list"),
    ]


def ask(look: Look) -> dict[str, Awaitable[Any]]:
    """The findings that the viewer may see; those that name them are drawn."""
    return {"mine": findings.load(look.viewer, look.state)}


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Nothing where they could not be asked: the frame says so."""
    found = board.parts.get("mine")
    return mine.draw(found, board.viewer, state) if isinstance(found, findings.Findings) else {}


LANE = Lane(ask, draw, findings.READS)
PAGE = Page("/me", "☻", "mine.title", 8, layout, shows="mine", lanes={"mine": LANE})
