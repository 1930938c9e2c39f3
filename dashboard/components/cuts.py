"""Routes and customers' segments: how much of the metric each has; a click looks only at that, another at all again."""

from typing import Any, Literal

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.components.links import aria, link
from dashboard.components.panel import About, head, nothing, panel, skeleton
from dashboard.limits import dimension_name, refused
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import cut_name
from warehouse.metrics import METRICS

_MOST = 8
Cut = Literal["route", "segment"]
CUTS: tuple[Cut, ...] = ("route", "segment")


def layout(state: ViewState) -> Component:
    """The box with its place kept."""
    return panel("cuts", plain.place("cuts--body", skeleton("100%"), className="cuts-body"), state)


def draw(board: BoardState, about: About, state: ViewState) -> Drawn:
    """Both columns from the parts of their names: the dimension and the metric."""
    note = t("cuts.unfiltered", state.lang) if state.route or state.segment else None
    return {
        "cuts--head": plain.says(head(t("cuts.title", state.lang), state, about=about, note=note)),
        "cuts--body": plain.says([_column(cut, board, state) for cut in CUTS]),
    }


def _column(cut: Cut, board: BoardState, state: ViewState) -> Component:
    lang, of = state.lang, METRICS[state.metric].of or state.metric
    title = html.H3(t(f"cuts.{cut}", lang))
    if fault := board.unanswerable.get(cut):
        return html.Div([title, nothing(refused(of, fault, lang), t("cuts.not_by_hint", lang))], className="cut")
    frame = board.frame(cut)
    if frame.is_empty():
        return html.Div([title, nothing(t("cuts.no_value", lang), "")], className="cut")
    values = frame.select(pl.col(cut).alias("id"), pl.col(of).cast(pl.Float64).alias("value")).drop_nulls("value")
    rows = values.filter(pl.col("value") != 0).sort(["value", "id"], descending=[True, False])
    chosen = getattr(state, cut)
    shown = rows.filter((pl.int_range(pl.len()) < _MOST) | (pl.col("id") == chosen)) if chosen else rows.head(_MOST)
    is_sum = METRICS[of].unit != "ratio"
    whole = float(rows["value"].sum()) if is_sum else 0.0
    longest = float(rows["value"].abs().max() or 0.0)  # type: ignore[arg-type]
    lines = [_line(cut, row, whole, longest, state) for row in shown.iter_rows(named=True)]
    if len(rows) > len(shown) and is_sum:
        rest = float(rows["value"].sum()) - float(shown["value"].sum())
        said = t("cuts.rest", lang, count=len(rows) - len(shown), amount=amounts.of(rest, METRICS[of].unit, lang))
        lines.append(html.Div(said, className="faint small"))
    body: Any = lines or nothing(t("cuts.no_value", lang), "")
    return html.Div([title, html.Div(body, className="cut-rows")], className="cut")


def _line(cut: str, row: dict[str, Any], whole: float, longest: float, state: ViewState) -> Component:
    """One value: its name, a bar, the amount and its share; a link that puts the filter on, or takes it off."""
    lang, id, value = state.lang, row["id"], row["value"]
    name = cut_name(cut, id, lang)
    is_on = getattr(state, cut) == id
    unit = METRICS[METRICS[state.metric].of or state.metric].unit
    said = amounts.of(value, unit, lang)
    share = amounts.share(value / whole, lang, digits=0) if whole > 0 else ""
    bar = html.Span(className="cut-bar", style={"width": f"{max(0.0, 100 * value / longest) if longest else 0:.1f}%"})
    parts = [
        html.Span(name, className="cut-name"),
        html.Span(bar, className="cut-track"),
        html.Span(said, className="cut-value num"),
        html.Span(share, className="cut-share num faint"),
    ]
    exact = amounts.exact(value) if unit != "ratio" else said
    if not id:  # what no source told cannot be asked for
        return html.Div(parts, className="cut-line", title=f"{dimension_name(cut, lang)} {name}  {exact}")
    return link(
        parts,
        state.but(**{cut: None if is_on else id}),
        className="cut-line cut-on" if is_on else "cut-line",
        title=f"{dimension_name(cut, lang)} {name}  {exact}",
        **(aria(current="true") if is_on else {}),
    )
