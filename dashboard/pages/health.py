"""Health: whether every part runs, since when, how far the data are behind the log, and how fast it moves."""

from collections.abc import Sequence

from dash import Input, Output, State, callback, dcc, html
from dash.development.base_component import Component

from dashboard import health
from dashboard.components import health as drawn
from dashboard.pages import Page
from dashboard.view_state import ViewState

EVERY_MS = 2_000


def layout(state: ViewState) -> Sequence[Component]:
    """The page as it stands now; it goes on by itself."""
    return [
        html.Div(drawn.draw(health.record(), state), id="health--body", className="health"),
        dcc.Interval(id="health--pulse", interval=EVERY_MS),
    ]


PAGE = Page("/health", "◉", "health.title", 10, layout, shows="health")


@callback(Output("health--body", "children"), Input("health--pulse", "n_intervals"), State("url", "search"))
async def show(_: int | None, search: str | None) -> list[Component]:
    """What was seen last: nobody is asked for it."""
    return drawn.draw(health.record(), ViewState.from_query(search))
