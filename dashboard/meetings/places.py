"""Meeting about what the board looks at: a cell of units and products, a person, a deal or an order."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard import amounts
from dashboard.address import Address
from dashboard.components.headline import words
from dashboard.components.listing import known
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
from warehouse.queries.deals import entity_history
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
    said = words(
        found.row(0, named=True), name(state.rep) if state.rep else about, period_name(period, lang),
        metric_name(METRIC, lang), metric.unit, None, state,
    ).replace("**", "")  # fmt: skip
    unit = place.unit or (place.path[-1].id if place.path else "")
    called = called_at(unit, state.rep, directory)
    title = f"{name(state.rep)} · {about}" if state.rep else about
    return Matter(subject, about, title, (said,), Address("/", state), unit, tuple(called))


async def _deal(
    warehouse: AsyncWarehouse, viewer: Viewer, subject: str, state: ViewState, directory: Directory
) -> Matter | None:
    id, lang = state.deal or "", state.lang
    deals, orders = await asyncio.gather(
        entity_history(warehouse, viewer, "opportunities", id), entity_history(warehouse, viewer, "orders", id)
    )
    found = next((frame for frame in (deals, orders) if len(frame)), None)
    if found is None:
        return None
    said: Mapping[str, Any] = json.loads(found["state"][-1])
    name = f"{t('board.deal', lang)} {id}"
    amount = amounts.short(float(said.get("amount") or 0), lang)
    stage = known("stage", str(said["stage"]), lang) if said.get("stage") else ""
    title = " · ".join(filter(None, (name, amount, stage)))
    steps = (("next_step", said.get("next_step")), ("next_step_on", said.get("next_step_on")))
    lines = tuple(f"{t(f'deal.{key}', lang)}: {value}" for key, value in steps if value)
    unit = str(said.get("office_id") or "")
    called = called_at(unit, str(said.get("rep_id") or "") or None, directory)
    return Matter(subject, name, title, lines, Address("/", state), unit, tuple(called))
