"""The deals behind a bar: a page of them, with the total of all."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.links import link
from dashboard.components.listing import known
from dashboard.components.paging import paging
from dashboard.components.panel import nothing
from dashboard.components.waterfall import figures
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from dashboard.words import called


@dataclass(frozen=True)
class Page:
    """Where the rows shown stand among all, and what all of them add up to."""

    offset: int
    rows: int
    count: int
    amount: Decimal


def table(rows: pl.DataFrame, page: Page, state: ViewState) -> list[Component]:
    """`rows` as `worded` gives them."""
    lang = state.lang
    if rows.is_empty():
        return [nothing(t("pipeline.empty_bar", lang), t("pipeline.empty_bar_hint", lang))]
    heads = [
        t("board.customer", lang),
        t("board.in_yuan", lang, name=t("board.amount", lang)),
        *(t(f"board.{name}", lang) for name in ("product", "rep", "stage", "outcome", "opened_on")),
        t("pipeline.months", lang),
        t("pipeline.pushes", lang),
        t("board.id", lang),
    ]
    foot = html.Tr(
        [
            html.Th(t("pipeline.total", lang, count=amounts.count(page.count)), scope="row"),
            html.Td(amounts.exact(page.amount), className="num", id="behind--total"),
            html.Td("", colSpan=8),
        ]
    )
    return [
        figures(heads, [_row(row, state) for row in rows.iter_rows(named=True)], foot),
        paging(page.offset, page.rows, page.count, state),
    ]


def _row(row: dict[str, Any], state: ViewState) -> Component:
    lang = state.lang
    customer, product, rep = (
        called(row[f"{of}_id"], row[f"{of}_name"], row[f"{of}_name_en"], lang) for of in ("customer", "product", "rep")
    )
    owner: Any = rep
    if row["rep_id"] and row["rep_id"] != state.rep:
        owner = link(rep, state.drill(rep=row["rep_id"]).but(page=1), className="row-link")
    return html.Tr(
        [
            html.Th(link(customer, state.but(deal=row["id"]), className="row-link"), scope="row"),
            html.Td(amounts.exact(row["amount"]), className="num"),
            html.Td(product),
            html.Td(owner),
            html.Td(known("stage", row["stage"], lang)),
            html.Td(known("outcome", row["outcome"], lang)),
            html.Td(str(row["opened_on"] or amounts.NOTHING), className="nowrap"),
            html.Td(months(row["months"], row["expected_close_on"], lang), className="nowrap"),
            html.Td(t("pipeline.times", lang, count=row["pushes"]) if row["pushes"] else "", className="num"),
            html.Td(row["id"], className="faint"),
        ]
    )


def months(moved: list[date], expected: date | None, lang: Lang) -> str:
    """ "11月 → 12月 → 2027年2月": the months a deal was expected to close in, else the day it is expected on."""
    if not moved:
        return str(expected or amounts.NOTHING)
    said, year = [], moved[0].year
    for month in moved:
        text = f"{month.month}月" if lang == "zh" else f"{month:%b}"
        if month.year != year:
            text, year = (f"{month.year}年{text}" if lang == "zh" else f"{text} {month.year}"), month.year
        said.append(text)
    return " → ".join(said)
