"""The period by day."""

from datetime import date

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn
from dashboard.components.panel import About, head, nothing, panel, skeleton
from dashboard.figures.curve import curve
from dashboard.figures.frame import CONFIG
from dashboard.locales import t
from dashboard.view_state import ViewState

_LEGEND = ("actual", "expected", "last_year", "landing")


def layout(state: ViewState) -> Component:
    """The chart's box, its place kept."""
    body = html.Div(
        [
            skeleton("100%"),
            html.Div(dcc.Graph(id="curve--chart", config=CONFIG, className="chart"), className="curve-chart"),
            plain.place("curve--empty", className="curve-empty"),
        ],
        id="curve--body",
        className="curve-body shows-skeleton",
    )
    return panel("curve", body, state)


def _legend(state: ViewState) -> Component:
    keys = [html.Span([html.I(className=f"key key-{name}"), t(f"board.{name}", state.lang)]) for name in _LEGEND]
    return html.Div(keys, className="legend")


def draw(
    days: pl.DataFrame,
    today: date,
    landing: float | None,
    title: str,
    about: About,
    state: ViewState,
    instead: Component | None = None,
) -> Drawn:
    """`days` as `day_curve` gives them; `instead` stands for the chart where they cannot be asked for."""
    drawn: Drawn = {"curve--head": plain.says(head(title, state, about=about, tools=[_legend(state)]))}
    if instead is not None or days.is_empty():
        empty = instead or nothing(
            t("board.nothing_sold", state.lang, metric=title), t("board.nothing_sold_hint", state.lang)
        )
        return drawn | {"curve--body": {"className": "curve-body shows-empty"}, "curve--empty": plain.says(empty)}
    figure = curve(days, today, landing, state.theme, state.lang)
    return drawn | {"curve--body": {"className": "curve-body shows-chart"}, "curve--chart": {"figure": figure}}
