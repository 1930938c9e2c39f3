"""Health: whether every part runs, since when, how far the data are behind the log, what came in and where it is.

What stands under ids that the organisation does not know is asked of the warehouse, for whoever looks.
"""

import logging
from collections.abc import Sequence

from dash import Input, Output, State, callback, dcc, html
from dash.development.base_component import Component

from dashboard import health, plain, session
from dashboard.components import health as drawn
from dashboard.components import unassigned as strays
from dashboard.components.panel import nothing, skeleton
from dashboard.connection import warehouse
from dashboard.locales import t
from dashboard.pages import Page
from dashboard.view_state import ViewState
from warehouse.errors import WarehouseError
from warehouse.queries.unassigned import unassigned

log = logging.getLogger(__name__)
BODY, TOP = "health--body", "health--top"
EVERY_MS, STRAYS_EVERY_MS = 2_000, 30_000
_OF_THE_TOP = 2


def layout(state: ViewState) -> Sequence[Component]:
    """The page as it stands now; it goes on by itself."""
    now = drawn.draw(health.record(), state)
    return [
        plain.place(TOP, now[:_OF_THE_TOP], className="health"),
        html.Div(plain.place(strays.PLACE, skeleton(80), html.Section, className="panel panel-totals"),
                 className="health"),
        plain.place(BODY, now[_OF_THE_TOP:], className="health"),
        dcc.Interval(id="health--pulse", interval=EVERY_MS),
        dcc.Interval(id="health--strays-again", interval=STRAYS_EVERY_MS),
    ]  # fmt: skip


PAGE = Page("/health", "◉", "health.title", 10, layout, shows="health")


@callback(
    Output(TOP, plain.HTML),
    Output(BODY, plain.HTML),
    Input("health--pulse", "n_intervals"),
    State("url", "search"),
)
async def show(_: int | None, search: str | None) -> tuple[str, str]:
    """What was seen last: nobody is asked for it."""
    now = drawn.draw(health.record(), ViewState.from_query(search))
    return plain.markup(now[:_OF_THE_TOP]), plain.markup(now[_OF_THE_TOP:])


@callback(Output(strays.PLACE, plain.HTML), Input("url", "search"), Input("health--strays-again", "n_intervals"))
async def show_strays(search: str | None, _again: int | None) -> str:
    state = ViewState.from_query(search)
    try:
        found = await unassigned(warehouse(), await session.viewer(), session.today())
    except WarehouseError as error:
        log.warning("what is unassigned cannot be asked for: %s", error)
        return plain.markup(nothing(t("board.unreachable", state.lang), ""))
    return plain.markup(strays.listed(found, state))
