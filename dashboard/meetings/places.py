"""Meeting about what the board looks at: a cell of units and products, a person, a deal or an order."""

import asyncio
from datetime import datetime

from dashboard.address import Address
from dashboard.components import headline
from dashboard.deal_now import deal_now
from dashboard.locales import Lang, t
from dashboard.meetings.matter import Matter
from dashboard.meetings.people import called_at
from dashboard.notifications.people import Directory
from dashboard.notifications.seeing import names_of
from dashboard.place import place_of
from dashboard.subjects import state_of
from dashboard.view_state import ViewState
from dashboard.words import cut_name, metric_name, period_name
from ingest.calendar import business_day
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.metrics import METRICS
from warehouse.pace import headlines
from warehouse.viewer import Viewer

METRIC = "bookings"


async def place_matter(
    warehouse: AsyncWarehouse, viewer: Viewer, subject: str, lang: Lang, directory: Directory, now: datetime
) -> Matter | None:
    """The matter of a cell, a person or a deal; None where the viewer may not see it."""
    state = state_of(subject, lang)
    if state is None:
        return None
    if state.deal:
        return await _deal(warehouse, viewer, subject, state, directory)
    day = business_day(now, company().zone)
    place = await place_of(warehouse, viewer, state, day)
    if place.unknown or not place.is_allowed:
        return None
    where = Where(
        unit_id=state.unit, rep_id=state.rep, product_id=state.product, route=state.route, segment=state.segment
    )
    period = state.period_on(day)
    found, names = await asyncio.gather(
        headlines(warehouse, viewer, metrics=(METRIC,), period=period, now=now, where=where),
        names_of(warehouse, {id for id in (state.unit, state.rep, state.product) if id}, day),
    )

    def name(id: str | None) -> str:
        pair = names.get(id or "", (id or "", id or ""))
        return (pair[1] if lang == "en" else pair[0]) or id or ""

    cuts = [cut_name(cut, id, lang) for cut in ("route", "segment") if (id := getattr(state, cut))]
    about = " × ".join([name(id) for id in (state.unit, state.product) if id] + cuts) or t("findings.company", lang)
    if state.rep:  # the name of a person stands neither on the log nor on a shared screen
        about = t("meet.one_to_one", lang, unit=name(place.unit) if place.unit else t("findings.company", lang))
    metric = METRICS[METRIC]
    row = found.row(0, named=True)
    said = headline.words(
        row, name(state.rep) if state.rep else about, period_name(period, lang), metric_name(METRIC, lang),
        metric.unit, state,
    )  # fmt: skip
    if headline.goes_on(row, metric.unit):
        said += headline.end(row, None, state)
    unit = place.unit or (place.path[-1].id if place.path else "")
    called = called_at(unit, state.rep, directory)
    title = f"{name(state.rep)} · {about}" if state.rep else about
    return Matter(subject, about, title, (said.replace("**", ""),), Address("/", state), unit, tuple(called))


async def _deal(
    warehouse: AsyncWarehouse, viewer: Viewer, subject: str, state: ViewState, directory: Directory
) -> Matter | None:
    deal = await deal_now(warehouse, viewer, state.deal or "", state.lang)
    if deal is None:
        return None
    title = " · ".join(filter(None, (deal.name, deal.amount, deal.stage)))
    lines = tuple(f"{what}: {value}" for what, value in deal.steps)
    called = called_at(deal.unit_id, deal.rep_id or None, directory)
    return Matter(subject, deal.name, title, lines, Address("/", state), deal.unit_id, tuple(called))
