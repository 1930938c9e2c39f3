"""The line that runs along: deals won and payments received by turns, of each the newest first."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.links import data, link
from dashboard.locales import Lang, t
from dashboard.look import Look
from dashboard.view_state import ViewState
from dashboard.words import called, clock
from ingest.settings import company
from warehouse.dimensions import Where
from warehouse.queries import org
from warehouse.queries.latest import latest

_SIGNS = {"won": "▲", "received": "＋"}


@dataclass(frozen=True)
class Ticking:
    """Rows as `latest` gives them, and the names they speak of: id → (Chinese, English)."""

    rows: pl.DataFrame
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)


async def load(look: Look, where: Where) -> Ticking:
    """The newest at `where`."""
    rows = await latest(look.asked, look.viewer, today=look.today, where=where)
    kinds: tuple[tuple[org.NameOf, str], ...] = (
        ("unit", "office_id"),
        ("person", "rep_id"),
        ("customer", "customer_id"),
    )
    found = await asyncio.gather(*(org.names(look.asked, kind, rows[of], look.today) for kind, of in kinds))
    return Ticking(rows, {id: pair for one in found for id, pair in one.items()})


def line(found: Ticking, today: date, lang: Lang, state: ViewState | None = None) -> list[Component]:
    """A part each; who won is named. With a `state` (a page of one person) who paid is too, and a deal is a link."""
    if found.rows.is_empty():
        return [html.Span(t("ticker.none", lang), className="faint")]
    turn, is_payment = pl.int_range(pl.len()).over("kind"), pl.col("kind") == "received"
    rows = found.rows.sort(turn, is_payment)  # payments are many: what was won would stand beyond the edge
    return [_part(row, found.names, today, lang, state) for row in rows.iter_rows(named=True)]


def _part(
    row: Mapping[str, Any], names: Mapping[str, tuple[str, str]], today: date, lang: Lang, state: ViewState | None
) -> Component:
    kind, local = row["kind"], row["at"].astimezone(company().zone)
    ids = [row["office_id"], row["rep_id"] if kind == "won" else row["customer_id"] if state else ""]
    words = " · ".join(called(id, names.get(id, (id, ""))[0], names.get(id, (id, ""))[1], lang) for id in ids if id)
    parts: list[Component | str] = [
        html.Span([_SIGNS[kind], " ", t(f"ticker.{kind}", lang)], className="ticker-head"),
        f" {words} ",
        html.Span(amounts.short(row["amount"], lang), className="ticker-amount num"),
        html.Span(f" {local:%H:%M}" if local.date() == today else f" {clock(row['at'], company().zone, lang)}",
                  className="ticker-at num"),
    ]  # fmt: skip
    known = data(key=f"{kind}-{row['id']}")
    if state is not None and kind == "won":
        return link(parts, state.but(deal=row["id"]), className="ticker-one", **known)
    return html.Span(parts, className="ticker-one", **known)
