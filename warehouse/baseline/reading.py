"""The version of the baseline that counts as of an instant, and where all nodes stand by it, by the minute."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from ingest.calendar import Period, business_day
from ingest.events import Baseline
from ingest.settings import company
from warehouse.answers import Answers, Reads, ask
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

MOST_KEPT = 4
"""Versions, and minutes of one, that are kept of a warehouse: reading a full company's takes half a second."""


@dataclass(frozen=True)
class _Kept:
    """What was read from one warehouse, once for all who ask at a time: versions by id, for what an id says never
    changes, and where everybody stood by a version, as of a minute."""

    versions: Answers = field(default_factory=lambda: Answers(MOST_KEPT))
    stood: Answers = field(default_factory=lambda: Answers(MOST_KEPT))


_KEPT: WeakKeyDictionary[AsyncWarehouse, _Kept] = WeakKeyDictionary()
"""An id and a minute say nothing of another warehouse; what is let go of takes along what was read from it."""


async def version_at(warehouse: AsyncWarehouse, period: Period, now: datetime) -> Version | None:
    """The version of a month's baseline that counts as of now; None where none was built."""
    until = _minute(now)
    asked = {"metric": METRIC, "period": period.key}
    counts = await ask(warehouse, _COUNTS, {**asked, "until": until.isoformat()}, Reads("baseline_events"))
    if counts.is_empty():
        return None
    one = str(counts.item(0, 0))

    async def read() -> Version:
        said = (await warehouse.query(_PARTS, {**asked, "id": one}))["state"].to_list()
        return await asyncio.to_thread(lambda: Version.read(map(Baseline.model_validate_json, said)))

    return await _of(warehouse).versions.hold(one, (), read)


async def landings(warehouse: AsyncWarehouse, period: Period, now: datetime) -> Landings | None:
    """Where every node of the month at hand stands as of the minute of now; None without a version, or for the past.

    Of the whole company, whoever asks: what of it may be shown is for whoever shows it to know.
    """
    today = business_day(now, company().zone)
    if period.kind != "month" or today not in period or (version := await version_at(warehouse, period, now)) is None:
        return None

    async def stand() -> Landings:
        return Landings(version, await standing_at(warehouse, version, now))

    return await _of(warehouse).stood.hold((version.id, _minute(now)), (), stand)


def _minute(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def _of(warehouse: AsyncWarehouse) -> _Kept:
    return _KEPT.setdefault(warehouse, _Kept())


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
