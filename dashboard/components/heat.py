"""Products × units: which product is off in which unit. A click on a cell, a row or a column looks only at that."""

from typing import Any

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components import Drawn
from dashboard.components.links import aria, link
from dashboard.components.panel import About, head, nothing, panel, skeleton
from dashboard.locales import t
from dashboard.theme import ink_on, pace_colour, symbol
from dashboard.view_state import ViewState

_MOST_COLUMNS = 16


def layout(state: ViewState) -> Component:
    """The box with the table's place kept."""
    return panel("heat", plain.place("heat--body", skeleton("100%"), className="heat-body"), state)


def _cell(row: dict[str, Any] | None, what: str, to: ViewState, state: ViewState) -> Component:
    if row is None or (row["expected"] is None and not row["actual"]):
        return html.Td(link("", to, title=what, tabIndex=-1), className="heat-nothing")
    lang = state.lang
    is_told = row["pace"] is not None and not row["is_few"]
    said = [
        f"{what}  {symbol(row['pace'])} {amounts.pace(row['pace'])}" if is_told else what,
        f"{t('board.actual', lang)}  {amounts.exact(row['actual'])}",
    ]
    if row["expected"] is not None:
        said.append(f"{t('board.expected', lang)}  {amounts.exact(row['expected'])}")
        said.append(f"{t('board.gap', lang)}  {amounts.exact(float(row['actual']) - row['expected'], sign=True)}")
    colour = pace_colour(row["pace"], state.theme)
    text: Any = [html.Span(symbol(row["pace"]), className="heat-symbol"), amounts.pace(row["pace"])]
    style = {"background": colour, "color": ink_on(colour)}
    if not is_told:
        said.append(t("board.few_orders", lang) if row["pace"] is not None else t("board.no_target", lang))
        text = html.Span(amounts.short(row["actual"], lang) if row["actual"] else amounts.NOTHING, className="heat-few")
        style = {"background": "var(--ob-hover)"} if row["actual"] else {}
    cell = link(text, to, title="\n".join(said), className="heat-link", style=style, tabIndex=-1)
    return html.Td(cell, className="heat-cell num")


def _heading(id: str, label: str, pace: float | None, to: ViewState, on: bool, scope: str) -> Component:
    mark = html.Span(symbol(pace), className="heat-mark") if pace is not None else ""
    name = "heat-heading-on" if on else "heat-heading"
    text = link([mark, label], to, className=name, title=label, tabIndex=-1)
    return html.Th(text, scope=scope, className="heat-row" if scope == "row" else "heat-column")


def draw(
    cells: pl.DataFrame,
    units: pl.DataFrame,
    products: pl.DataFrame,
    title: str,
    about: About,
    state: ViewState,
    instead: Component | None = None,
    note: str = "",
) -> Drawn:
    """`cells` as `expected_cells` gives them, `units` (with `kind`) and `products`: standings with
    `label`. `instead` stands for the table where it cannot be asked for. Of its links one is a stop of the keyboard,
    the arrows lead to the others (`assets/heat.js`).

    Rows and columns keep their places: ordered by the size of target, then of actual.
    """
    drawn: Drawn = {"heat--head": plain.says(head(title, state, about=about, note=note))}
    if instead is not None:
        return drawn | {"heat--body": plain.says(instead)}
    if cells.is_empty() or units.is_empty() or products.is_empty():
        hint = t("board.nothing_sold_hint", state.lang)
        empty = nothing(t("board.nothing_sold", state.lang, metric=title), hint)
        return drawn | {"heat--body": plain.says(empty)}
    by_place = {(row["unit_id"], row["product_id"]): row for row in cells.iter_rows(named=True)}
    columns = _in_place(products).head(_MOST_COLUMNS).to_dicts()
    lines = _in_place(units).to_dicts()
    heading = [
        _heading(
            column["id"],
            column["label"],
            column["pace"],
            _toggled(column["id"], state),
            column["id"] == state.product,
            "col",
        )
        for column in columns
    ]
    body = [
        html.Tr(
            [
                _heading(
                    line["id"],
                    line["label"],
                    line["judged"],
                    _into(line, state),
                    line["id"] in (state.unit, state.rep),
                    "row",
                ),
                *(
                    _cell(
                        by_place.get((line["id"], column["id"])),
                        f"{line['label']} × {column['label']}",
                        _into(line, state).but(product=column["id"]),
                        state,
                    )
                    for column in columns
                ),
            ]
        )
        for line in lines
    ]
    table = html.Table(
        [html.Thead(html.Tr([html.Th(""), *heading])), html.Tbody(body)],
        className="heat",
        role="grid",
        **aria(label=title),
    )
    return drawn | {"heat--body": plain.says(table)}


def _in_place(frame: pl.DataFrame) -> pl.DataFrame:
    size = pl.col("target").cast(pl.Float64).fill_null(0.0), pl.col("actual").cast(pl.Float64)
    return frame.sort([*size, "id"], descending=[True, True, False])


def _into(line: dict[str, Any], state: ViewState) -> ViewState:
    return state.drill(**{line["kind"]: line["id"]}) if line["kind"] in ("unit", "rep") else state


def _toggled(product: str, state: ViewState) -> ViewState:
    return state.drill(product=None if product == state.product else product)
