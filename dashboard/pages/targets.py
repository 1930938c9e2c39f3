"""Targets and key tasks: three tiers down the tree, changed in the grid, and what people are to do beside them."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import plain, target_actions, target_questions, task_actions
from dashboard.components import skeletons, target_words, targets, tasks
from dashboard.components.keys import IN_A_GRID
from dashboard.look import Lane
from dashboard.pages import Page
from dashboard.target_drawing import draw_periods, draw_rows, draw_tasks
from dashboard.view_state import ViewState

__all__ = ["PAGE", "target_actions"]


def layout(state: ViewState) -> Sequence[Component]:
    """The page with every place kept."""
    return [
        plain.place("headline--text", skeletons.line(), html.H1, className="headline"),
        targets.layout_periods(state),
        targets.layout(state),
        html.Div([tasks.layout(state), target_words.layout(state)], className="pair"),
    ]


PAGE = Page(
    "/targets",
    "◎",
    "targets.targets",
    2,
    layout,
    shows="targets",
    lanes={
        "periods": Lane(target_questions.periods, draw_periods),
        "rows": Lane(target_questions.rows, draw_rows),
        "tasks": Lane(target_questions.key_tasks, draw_tasks),
    },
    router=task_actions.router,
    keys={**IN_A_GRID, "Enter": "keys.edit"},
)
