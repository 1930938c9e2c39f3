"""What is owed by age, and the cash beside it."""

from decimal import Decimal
from typing import Any

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.links import data
from dashboard.components.panel import nothing
from dashboard.components.waterfall import figures
from dashboard.locales import t
from dashboard.view_state import ViewState
from ingest.settings import company
from warehouse.queries.dues import BUCKETS, Cash


def overdue(cash: Cash, *buckets: str) -> Decimal:
    """What is past its day, in all buckets or in some."""
    of = buckets or BUCKETS[1:]
    found = cash.by_age.filter(pl.col("bucket").is_in(list(of)))
    return Decimal(found["amount"].sum())


def basis(state: ViewState) -> str:
    """What the company counts as revenue, in words."""
    return t(f"pipeline.basis_{company().revenue_basis}", state.lang)


def dues(cash: Cash, state: ViewState) -> Component:
    """Unpaid dues by age; who sent none is told how to."""
    lang = state.lang
    if not cash.has_dues:
        return nothing(t("pipeline.no_dues", lang), t("pipeline.no_dues_hint", lang))
    by_age = {bucket: cash.by_age.filter(pl.col("bucket") == bucket) for bucket in BUCKETS}
    sums = {bucket: overdue(cash, bucket) for bucket in BUCKETS}
    most = max(map(abs, sums.values())) or Decimal(1)
    lines = []
    for bucket, frame in by_age.items():
        kept = Decimal(frame.filter(pl.col("is_retention"))["amount"].sum())
        note = t("pipeline.of_retention", lang, amount=amounts.short(kept, lang)) if kept else ""
        width = f"{100 * float(max(sums[bucket], Decimal(0)) / most):.2f}%"
        lines.append(
            html.Tr(
                [
                    html.Th(t(f"pipeline.{bucket}", lang), scope="row"),
                    html.Td(
                        [
                            html.Span(className=f"level-bar due-{bucket}", style={"width": width}),
                            html.Span(amounts.exact(sums[bucket]), className="level-text"),
                        ],
                        className="num level",
                    ),
                    html.Td(amounts.count(int(frame["dues"].sum())), className="num"),
                    html.Td(note, className="faint"),
                ],
                **data(bucket=bucket),
            )
        )
    heads = ["", t("board.in_yuan", lang, name=t("pipeline.amount", lang)), "#", ""]
    said = [] if cash.has_payments else [html.P(t("pipeline.no_payments", lang), className="faint small")]
    return html.Div([figures(heads, lines), *said])


def money(cash: Cash, collected: dict[str, Any], state: ViewState) -> Component:
    """Collected, receivable and DSO, each saying so where it cannot be told."""
    lang = state.lang
    target = collected.get("target")
    of = t("board.of_target", lang, target=amounts.short(target, lang)) if target else t("board.no_target", lang)
    lines = [
        ("collected", amounts.short(collected.get("actual"), lang), of),
        ("receivable", amounts.short(cash.receivable, lang) if cash.has_payments else amounts.NOTHING, ""),
        (
            "dso",
            amounts.NOTHING if cash.dso is None else t("pipeline.days", lang, count=round(cash.dso)),
            _why(cash, state),
        ),
    ]
    return figures(
        ["", "", ""],
        [
            html.Tr(
                [
                    html.Th(t(f"pipeline.{key}", lang), scope="row"),
                    html.Td(value, className="num"),
                    html.Td(note, className="faint"),
                ],
                **data(cash=key),
            )
            for key, value, note in lines
        ],
    )


def _why(cash: Cash, state: ViewState) -> str:
    if cash.dso is not None:
        return ""
    reason = "no_payments" if not cash.has_payments else "no_sales" if cash.lately <= 0 else "overpaid"
    if reason == "no_payments":
        return t("pipeline.dso_no_payments", state.lang)
    return t(f"pipeline.dso_{reason}", state.lang, basis=basis(state))
