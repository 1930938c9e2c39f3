"""The pipeline: how it stands by stage, what moved it between two instants, who has enough, and the cash beside it."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import skeletons
from dashboard.components.panel import panel, skeleton
from dashboard.look import Lane
from dashboard.pages import Page
from dashboard.pipeline import questions
from dashboard.pipeline.money import draw_money
from dashboard.pipeline.moves import draw_moves
from dashboard.pipeline.standing import draw_standing
from dashboard.view_state import ViewState


def _panel(id: str, height: int, state: ViewState) -> Component:
    return panel(id, plain.place(f"{id}--body", skeleton(height), className=f"{id}-body"), state)


def layout(state: ViewState) -> Sequence[Component]:
    """The page with every place kept."""
    return [
        plain.place("headline--text", skeletons.line(), html.H1, className="headline"),
        plain.place("funnel--tiles", skeletons.tiles(), className="tiles"),
        html.Div([_panel("fall", 400, state), _panel("stages", 400, state)], className="pair funnel-pair"),
        panel("deal", plain.place("deal--body", className="deal-body"), state),
        _panel("behind", 320, state),
        html.Div([_panel(id, 240, state) for id in ("below", "ends", "slips")], className="funnel-three"),
        _panel("dues", 240, state),
    ]


PAGE = Page(
    "/pipeline",
    "▽",
    "pipeline.title",
    2,
    layout,
    shows="pipeline",
    lanes={
        "moves": Lane(questions.moves, draw_moves),
        "standing": Lane(questions.standing, draw_standing),
        "money": Lane(questions.money, draw_money),
    },
)
