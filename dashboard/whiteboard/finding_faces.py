"""Tiles of a finding: its gap, where it is, the deals, the units beside it, and who answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl

from dashboard import amounts
from dashboard.board_state import BoardState
from dashboard.components import findings
from dashboard.components.finding_parts import label, parts_of_gap
from dashboard.components.finding_shown import Shown
from dashboard.locales import Lang, t
from dashboard.look import Look
from dashboard.place import place_of
from dashboard.sentences import sentence
from dashboard.view_state import ViewState
from dashboard.whiteboard.face import Face, Row
from dashboard.whiteboard.kind import MOST_ROWS, Answers, Kind, frozen, ranked, sees_all
from dashboard.words import clock, metric_name, period_name, role_name
from ingest.calendar import Period
from ingest.settings import company
from warehouse.dimensions import Where
from warehouse.metrics import METRICS
from warehouse.pace import standings
from warehouse.queries import org
from warehouse.queries.deals import deals


def _finding_ask(look: Look) -> Mapping[str, Awaitable[Any]]:
    return {"finding": findings.load(look.viewer, look.state)}


def _shown(told: Answers, state: ViewState) -> Shown | None:
    found = told.get("finding")
    if not isinstance(found, findings.Findings):
        return None
    card = next((one for one in found.cards if one.finding.finding_id == state.finding), None)
    return found.shown(card, state) if card else None


def _of_finding(face: Callable[[Shown, Lang], Face]) -> Callable[[Answers, BoardState, ViewState], Face | None]:
    def make(told: Answers, board: BoardState, state: ViewState) -> Face | None:
        shown = _shown(told, state)
        if shown is None:
            return None
        period = period_name(Period.read(shown.card.finding.period), state.lang)
        foot = " · ".join(part for part in (period, frozen(state)) if part)
        made = face(shown, state.lang)
        return replace(made, title=made.title or shown.place(shown.card.finding.slice), foot=foot)

    return make


def _gap(shown: Shown, lang: Lang) -> Face:
    finding = shown.card.finding
    rows = [
        Row(t(f"findings.{key}", lang), _short(getattr(finding, key), lang)) for key in ("actual", "expected", "target")
    ]
    since = t("findings.since", lang, since=clock(finding.since, company().zone, lang))
    return Face("", _short(finding.gap, lang, sign=True), "behind" if finding.gap < 0 else "ahead", since, tuple(rows))


def _where(shown: Shown, lang: Lang) -> Face:
    finding = shown.card.finding
    parts = parts_of_gap(finding.gap, finding.cells)
    widest = max((abs(amount) for _, amount in parts), default=Decimal(1)) or Decimal(1)
    rows = tuple(
        Row(
            shown.within(cell.slice) if cell else t("findings.rest", lang),
            _short(amount, lang, sign=True),
            float(abs(amount) / widest),
            "behind" if amount < 0 else "ahead",
        )
        for cell, amount in parts
    )
    return Face(t("findings.where", lang), _short(finding.gap, lang, sign=True), rows=rows)


def _who(shown: Shown, lang: Lang) -> Face:
    card, finding = shown.card, shown.card.finding
    role = role_name(finding.responsible_role, lang) if finding.responsible_role else ""
    name = shown.names.get(finding.responsible_id or "") or card.responsible_name or t("findings.nobody", lang)
    named = role if card.is_masked else name
    rows = tuple(Row(sentence(code, lang, shown.names)) for code in (*finding.why, *finding.against))
    return Face(
        t("findings.who", lang), named or t("findings.nobody", lang), said="" if card.is_masked else role, rows=rows
    )


def _items_ask(look: Look) -> Mapping[str, Awaitable[Any]]:
    return {**_finding_ask(look), "deals": _deals(look)}


async def _deals(look: Look) -> pl.DataFrame | None:
    """The largest open deals of the finding's slice; None for who is named in it and may not see all of them."""
    found = await findings.load(look.viewer, look.state)
    card = next((one for one in found.cards if one.finding.finding_id == look.state.finding), None)
    if card is None:
        return None
    part = card.finding.slice
    here = look.state.but(unit=part.unit_id, rep=part.person_id, product=part.product_id)
    if not sees_all(look.viewer, here, await place_of(look.asked, look.viewer, here, look.today)):
        return None
    where = Where(unit_id=part.unit_id, rep_id=part.person_id, product_id=part.product_id, as_of=look.state.moment)
    return await deals(look.asked, look.viewer, what="open", where=where, now=look.now, limit=MOST_ROWS)


def _items(told: Answers, board: BoardState, state: ViewState) -> Face | None:
    shown, lang = _shown(told, state), state.lang
    if shown is None:
        return None
    what = label(shown.card.finding, lang) or t("board.deals_open", lang)
    title = f"{what} · {shown.place(shown.card.finding.slice)}"
    if shown.card.finding.behind:
        rows = tuple(
            Row(" · ".join(filter(None, (shown.names.get(one.customer_id or ""), one.id))), _short(one.amount, lang))
            for one in shown.card.finding.behind
        )
        return Face(title, str(shown.card.finding.behind_count), rows=rows)
    if told.get("deals") is None:
        return None
    frame = board.frame("deals")
    if frame.is_empty():
        return Face(title, "0")
    rows = tuple(
        Row(" · ".join(filter(None, (row["customer_name"], row["id"]))), _short(row["amount"], lang))
        for row in frame.iter_rows(named=True)
    )
    return Face(title, str(frame["total"][0]), rows=rows)


def _peers_ask(look: Look) -> Mapping[str, Awaitable[Any]]:
    return {**_finding_ask(look), "peers": _peers(look)}


async def _peers(look: Look) -> pl.DataFrame:
    """How the units beside the finding's stand in its metric, its product and its period."""
    found = await findings.load(look.viewer, look.state)
    card = next((one for one in found.cards if one.finding.finding_id == look.state.finding), None)
    if card is None or not card.finding.slice.unit_id:
        return pl.DataFrame()
    units = await org.units_as_of(look.asked, look.today)
    parents = dict(units.select("id", "parent_id").iter_rows())
    finding = card.finding
    where = Where(
        unit_id=parents.get(finding.slice.unit_id) or None, product_id=finding.slice.product_id, as_of=look.state.moment
    )
    metric = finding.metric if finding.metric in METRICS else "bookings"
    period = Period.read(finding.period)
    return await standings(look.asked, look.viewer, by="unit", where=where, metric=metric, period=period, now=look.now)


def _peers_face(told: Answers, board: BoardState, state: ViewState) -> Face | None:
    shown = _shown(told, state)
    if shown is None:
        return None
    metric = shown.card.finding.metric if shown.card.finding.metric in METRICS else "bookings"
    rows = ranked(board.frame("peers"), state.but(metric=metric))
    title = f"{t('whiteboard.peers', state.lang)} · {metric_name(metric, state.lang)}"
    return Face(title, rows=rows, foot=period_name(Period.read(shown.card.finding.period), state.lang))


def _short(value: Decimal | None, lang: Lang, *, sign: bool = False) -> str:
    return amounts.short(value, lang, sign=sign)


KINDS: Mapping[str, Kind] = {
    "gap": Kind(_finding_ask, _of_finding(_gap), is_of_one=True),
    "where": Kind(_finding_ask, _of_finding(_where), is_of_one=True),
    "who": Kind(_finding_ask, _of_finding(_who), is_of_one=True),
    "items": Kind(_items_ask, _items, is_of_one=True),
    "peers": Kind(_peers_ask, _peers_face, is_of_one=True),
}
