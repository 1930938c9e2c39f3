"""Where it stands: the units (or reps) below the one looked at, as a map, as bars or as a table."""

from functools import partial
from typing import Any

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn, grid
from dashboard.components.links import switch
from dashboard.components.panel import About, head, nothing, panel, skeleton
from dashboard.figures.bars import bars
from dashboard.figures.frame import CONFIG
from dashboard.figures.treemap import treemap
from dashboard.locales import t
from dashboard.view_state import Shape, ViewState

_SHAPES: tuple[Shape, ...] = ("treemap", "bars", "table")


def layout(state: ViewState) -> Component:
    """All three shapes wait in one box; the body's class says which is seen."""
    body = html.Div(
        [
            skeleton("100%"),
            html.Div(dcc.Graph(id="units--chart", config=CONFIG, className="chart"), className="units-chart"),
            html.Div(grid.empty("units--grid"), className="units-grid is-read"),
            plain.place("units--empty", className="units-empty"),
        ],
        id="units--body",
        className="units-body shows-skeleton",
    )
    return panel("units", body, state)


def draw(
    units: pl.DataFrame, title: str, note: str, about: About, state: ViewState, instead: Component | None = None
) -> Drawn:
    """`units`: standings with `label` and `href`; `instead` stands for them where they cannot be asked for."""
    lang = state.lang
    tools = [(t(f"board.{shape}", lang), state.but(units=shape), state.units == shape) for shape in _SHAPES]
    drawn: Drawn = {"units--head": plain.says(head(title, state, about=about, note=note, tools=[switch(tools, title)]))}
    if units.is_empty():
        empty = instead or nothing(t("board.nothing_units", lang), t("board.nothing_units_hint", lang))
        return drawn | {"units--body": {"className": "units-body shows-empty"}, "units--empty": plain.says(empty)}
    drawn["units--body"] = {"className": f"units-body shows-{state.units}"}
    if state.units == "table":
        return drawn | {"units--grid": dict(grid.standings(units, state, first=t("board.unit", lang)))}
    draw_it = partial(treemap, chosen=state.rep) if state.units == "treemap" else bars
    figure: dict[str, Any] = draw_it(units, state.theme, lang)
    return drawn | {"units--chart": {"figure": figure}}
