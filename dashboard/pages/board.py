"""The board: the headline, five numbers, units, products × units, the period by day, and the people or deals."""

import itertools
import time
from collections.abc import Sequence
from typing import Any

from dash import Input, Output, callback, html, no_update
from dash.development.base_component import Component

from dashboard import live, plain, session
from dashboard.components import curve, heat, listing, panel, skeletons, units
from dashboard.live import Picture
from dashboard.pages import Page
from dashboard.view_state import ViewState

PROPS = (
    ("frame--provider", "forceColorScheme"),
    ("board--frame", "className"),
    ("board--main", "className"),
    ("notice--slot", "children"),
    ("header--where", "children"),
    ("header--what", "children"),
    ("header--how", "children"),
    ("header--as-of", "children"),
    ("header--verified", "children"),
    ("viewer--slot", "children"),
    ("age--checked", "data"),
    ("headline--text", "children"),
    ("tiles--row", plain.HTML),
    ("units--head", "children"),
    ("units--body", "className"),
    ("units--chart", "figure"),
    ("units--grid", "columnDefs"),
    ("units--grid", "rowData"),
    ("units--empty", "children"),
    ("heat--head", "children"),
    ("heat--body", plain.HTML),
    ("curve--head", "children"),
    ("curve--body", "className"),
    ("curve--chart", "figure"),
    ("curve--empty", "children"),
    ("list--head", "children"),
    ("list--body", "className"),
    ("list--grid", "columnDefs"),
    ("list--grid", "rowData"),
    ("list--empty", "children"),
    ("deal--head", "children"),
    ("deal--body", "children"),
    ("findings--head", "children"),
    ("findings--empty", "children"),
    ("findings--list", "children"),
    ("findings--rest", "children"),
    ("findings--count", "children"),
)
"""Everything `draw` may set: what is not in a picture stays as it is on the screen."""

_drawn = itertools.count(time.time_ns())


def layout(state: ViewState) -> Sequence[Component]:
    """The page with every place kept."""
    return [
        html.H1(skeletons.line(), id="headline--text", className="headline"),
        plain.place("tiles--row", skeletons.tiles(), className="tiles"),
        html.Div([units.layout(state), heat.layout(state)], className="pair"),
        curve.layout(state),
        panel.panel("deal", html.Div(id="deal--body", className="deal-body"), state),
        listing.layout(state),
    ]


PAGE = Page("/", "▦", "board.board", 0, layout)


def outputs(picture: Picture, state: ViewState) -> tuple[Any, ...]:
    """The values of `PROPS` in their order, and what the live loop must know of the picture."""
    values = [picture.drawn.get(component, {}).get(prop, no_update) for component, prop in PROPS]
    return (*values, {"query": state.to_query(), "drawn": next(_drawn), "digests": dict(picture.digests)})


@callback(
    *(Output(component, prop) for component, prop in PROPS),
    Output("board--drawn", "data"),
    Input("url", "search"),
    running=[(Output("board--main", "aria-busy"), "true", "false")],
)
async def show(search: str | None) -> tuple[Any, ...]:
    """The whole picture of a URL."""
    state, viewer = ViewState.from_query(search), await session.viewer()
    return outputs(await live.picture(viewer, state), state)
