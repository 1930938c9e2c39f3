"""The board: the headline, five numbers, units, products × units, the period by day, and the people or deals."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import board_questions, board_tables, plain
from dashboard.components import curve, cuts, headline, heat, listing, panel, skeletons, units
from dashboard.components.keys import IN_A_GRID
from dashboard.components.links import aria
from dashboard.drawing import draw_cuts, draw_list, draw_pictures, draw_tiles
from dashboard.locales import t
from dashboard.look import Lane
from dashboard.pages import Page
from dashboard.view_state import ViewState


def layout(state: ViewState) -> Sequence[Component]:
    """The page with every place kept."""
    return [
        headline.layout(),
        plain.place("tiles--row", skeletons.tiles(), className="tiles"),
        plain.place("ticker--line", className="ticker", role="log", **aria(label=t("ticker.label", state.lang))),
        html.Div([units.layout(state), heat.layout(state)], className="pair"),
        html.Div([curve.layout(state), cuts.layout(state)], className="pair pair-curve"),
        panel.panel("deal", plain.place("deal--body", className="deal-body"), state),
        listing.layout(state),
    ]


PAGE = Page(
    "/",
    "▦",
    "board.board",
    0,
    layout,
    lanes={
        "tiles": Lane(board_questions.tiles, draw_tiles),
        "pictures": Lane(board_questions.pictures, draw_pictures),
        "cuts": Lane(board_questions.cuts, draw_cuts),
        "list": Lane(board_questions.listed, draw_list),
    },
    tables=board_tables.tables,
    keys=IN_A_GRID,
)
