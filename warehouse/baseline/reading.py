"""The version of the baseline that counts as of an instant, and where all nodes stand by it, by the minute."""

import asyncio
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

from ingest.calendar import Period, business_day
from ingest.events import Baseline
from ingest.settings import company
from warehouse.answers import Reads, ask, held
from warehouse.baseline.parts import Name, Version
from warehouse.baseline.standing import Landings, Standing, standings
from warehouse.client import AsyncWarehouse
from warehouse.metric_query import MetricQuery, measure
from warehouse.queries.calendar import working_calendar
from warehouse.viewer import Viewer

METRIC = "bookings"
"""The metric of which there is a baseline."""

_COUNTS = """
SELECT baseline_id FROM baseline_events
WHERE metric = {metric:String} AND period = {period:String}
    AND changed_at <= parseDateTime64BestEffort({until:String}, 6, 'UTC')
GROUP BY baseline_id HAVING uniqExact(part) = max(parts) ORDER BY max(changed_at) DESC, baseline_id LIMIT 1
"""
_PARTS = """
SELECT state FROM baseline_events WHERE metric = {metric:String} AND period = {period:String}
    AND baseline_id = {id:String} ORDER BY part, offset LIMIT 1 BY part
"""

_READ: OrderedDict[str, Version] = OrderedDict()
"""Versions as they were read: what an id says never changes."""
_STOOD: OrderedDict[tuple[str, datetime], Landings] = OrderedDict()
"""Where everybody stood by a version, as of a minute."""
_MOST_KEPT = 4


async def version_at(warehouse: AsyncWarehouse, period: Period, now: datetime) -> Version | None:
    """The version of a month's baseline that counts as of now; None where none was built."""
    until = _minute(now)
    asked = {"metric": METRIC, "period": period.key}
    reads = Reads("baseline_events")
    counts = await ask(warehouse, _COUNTS, {**asked, "until": until.isoformat()}, reads)
    if counts.is_empty():
        return None
    id = str(counts.item(0, 0))
    if id not in _READ:
        rows = await ask(warehouse, _PARTS, {**asked, "id": id}, reads)
        said = rows["state"].to_list()
        _READ[id] = await asyncio.to_thread(lambda: Version.read(map(Baseline.model_validate_json, said)))
        _forget(_READ)
    return _READ[id]


async def landings(warehouse: AsyncWarehouse, period: Period, now: datetime) -> Landings | None:
    """Where every node of the month at hand stands as of the minute of now; None without a version, or for the past.

    Of the whole company, whoever asks: what of it may be shown is for whoever shows it to know.
    """
    today = business_day(now, company().zone)
    if period.kind != "month" or today not in period or (version := await version_at(warehouse, period, now)) is None:
        return None
    key = (version.id, _minute(now))
    if key not in _STOOD:

        async def stand() -> Landings:
            return Landings(version, await standing_at(warehouse, version, now))

        _STOOD[key] = await held(("landings", id(warehouse), *key), (Reads("baseline_events"),), stand)
        _forget(_STOOD)
    return _STOOD[key]


def _minute(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def _forget(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _MOST_KEPT:
        kept.popitem(last=False)


async def standing_at(warehouse: AsyncWarehouse, version: Version, now: datetime) -> dict[Name, Standing]:
    """Where every node of a version stands by what came of its month until now."""
    period, today = Period.parse(version.period), business_day(now, company().zone)
    asked = (
        MetricQuery((METRIC,), today, period.start, ("office", "leaf_product")),
        MetricQuery((METRIC,), today, period.start, ("rep",)),
    )
    (sold, credited), calendar = await asyncio.gather(
        asyncio.gather(*(measure(warehouse, one, Viewer.system()) for one in asked)), working_calendar(warehouse)
    )
    elapsed = calendar.elapsed_share(period.start, period.end, now, company().zone)
    return await asyncio.to_thread(standings, version, sold, credited, elapsed)
