"""Health: whether every part runs, since when, how far the data are behind the log, and how fast it moves."""

from collections.abc import Sequence

from dash import Input, Output, State, callback, dcc
from dash.development.base_component import Component

from dashboard import health, plain
from dashboard.components import health as drawn
from dashboard.pages import Page
from dashboard.view_state import ViewState

BODY = "health--body"
EVERY_MS = 2_000


def layout(state: ViewState) -> Sequence[Component]:
    """The page as it stands now; it goes on by itself."""
    return [
        plain.place(BODY, drawn.draw(health.record(), state), className="health"),
        dcc.Interval(id="health--pulse", interval=EVERY_MS),
    ]


PAGE = Page("/health", "◉", "health.title", 10, layout, shows="health")


@callback(Output(BODY, plain.HTML), Input("health--pulse", "n_intervals"), State("url", "search"))
async def show(_: int | None, search: str | None) -> str:
    """What was seen last: nobody is asked for it."""
    return plain.markup(drawn.draw(health.record(), ViewState.from_query(search)))
