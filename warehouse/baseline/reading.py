"""The version of the baseline that counts as of an instant, and where all nodes stand by it, by the minute."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from weakref import WeakKeyDictionary

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

K = TypeVar("K")
V = TypeVar("V")

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

MOST_KEPT = 4
"""Versions, and minutes of one, that are kept of a warehouse: a full company's version is some megabytes."""


@dataclass
class _Kept:
    """What was read from one warehouse: versions by id, for what an id says never changes, and where everybody stood by
    a version, as of a minute."""

    versions: OrderedDict[str, Version] = field(default_factory=OrderedDict)
    stood: OrderedDict[tuple[str, datetime], Landings] = field(default_factory=OrderedDict)


_KEPT: WeakKeyDictionary[AsyncWarehouse, _Kept] = WeakKeyDictionary()
"""An id and a minute say nothing of another warehouse; what is let go of takes along what was read from it."""


async def version_at(warehouse: AsyncWarehouse, period: Period, now: datetime) -> Version | None:
    """The version of a month's baseline that counts as of now; None where none was built."""
    until = _minute(now)
    asked = {"metric": METRIC, "period": period.key}
    reads = Reads("baseline_events")
    counts = await ask(warehouse, _COUNTS, {**asked, "until": until.isoformat()}, reads)
    if counts.is_empty():
        return None
    one = str(counts.item(0, 0))
    if (version := _of(warehouse).versions.get(one)) is None:
        rows = await ask(warehouse, _PARTS, {**asked, "id": one}, reads)
        said = rows["state"].to_list()
        version = await asyncio.to_thread(lambda: Version.read(map(Baseline.model_validate_json, said)))
        _keep(_of(warehouse).versions, one, version)
    return version


async def landings(warehouse: AsyncWarehouse, period: Period, now: datetime) -> Landings | None:
    """Where every node of the month at hand stands as of the minute of now; None without a version, or for the past.

    Of the whole company, whoever asks: what of it may be shown is for whoever shows it to know.
    """
    today = business_day(now, company().zone)
    if period.kind != "month" or today not in period or (version := await version_at(warehouse, period, now)) is None:
        return None
    key = (version.id, _minute(now))
    if (stood := _of(warehouse).stood.get(key)) is None:

        async def stand() -> Landings:
            return Landings(version, await standing_at(warehouse, version, now))

        stood = await held(("landings", id(warehouse), *key), (Reads("baseline_events"),), stand)
        _keep(_of(warehouse).stood, key, stood)
    return stood


def _minute(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def _of(warehouse: AsyncWarehouse) -> _Kept:
    return _KEPT.setdefault(warehouse, _Kept())


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    while len(kept) > MOST_KEPT:
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
