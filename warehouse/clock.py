"""A period and a moment in it: how much of each metric is expected by now, and until which day the past compares."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from ingest.calendar import Period, WorkingCalendar, business_day
from ingest.settings import company
from warehouse.answers import held
from warehouse.baseline.reading import METRIC, landings, version_at
from warehouse.baseline.standing import Landings, curve_of
from warehouse.client import AsyncWarehouse
from warehouse.curve import Curve, expected_share, learned, same_working_day
from warehouse.dimensions import AsOf, Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.metrics import METRICS
from warehouse.queries.calendar import working_calendar
from warehouse.viewer import Viewer

LEARN_MONTHS = 12
"""Complete months before the period from which the shape of a month is learned."""


def adds_up(metric: str) -> bool:
    """Whether a metric of single days adds up to that of the period, so that a share of it can be expected by now."""
    return METRICS[metric].kind == "flow"


@dataclass(frozen=True)
class Clock:
    """The period, the moment, the working days, and the company's own shape of a month for each metric.

    `landings`: where nodes stand by the month's baseline; None where there is none, for other periods and for a past.
    """

    period: Period
    now: datetime
    calendar: WorkingCalendar
    curves: Mapping[str, Curve]
    landings: Landings | None = None
    _shares: dict[tuple[str, tuple[str, ...]], float] = field(default_factory=dict, compare=False)
    _remaining: dict[tuple[str, ...], float] = field(default_factory=dict, compare=False)

    @property
    def today(self) -> date:
        """The last business day of the period that counts: today, or its end when it is over."""
        return min(business_day(self.now, company().zone), self.period.end)

    @property
    def target_day(self) -> date:
        """The day on which targets must be in force: today, or the first day of a period still to come."""
        return max(self.today, self.period.start)

    def share(self, metric: str, path: Sequence[str]) -> float | None:
        """The share of the period's amount expected by now at the unit of `path`; None for what does not add up."""
        if metric not in self.curves:
            return None
        key = (metric, tuple(path))
        if key not in self._shares:
            zone = company().zone
            self._shares[key] = expected_share(self.curves[metric], self.calendar, self.period, self.now, zone, path)
        return self._shares[key]

    def remaining(self, path: Sequence[str]) -> float:
        """Working days of the period still to come at the unit of `path`."""
        key = tuple(path)
        if key not in self._remaining:
            period = self.period
            left = self.calendar.remaining_weight(period.start, period.end, self.now, company().zone, path)
            self._remaining[key] = left
        return self._remaining[key]

    def until(self, other: Period) -> date:
        """The day of another period by which as many working days have gone."""
        return same_working_day(self.calendar, self.period, other, self.today)


def taught_by(period: Period) -> list[Period]:
    """The complete months before the period, newest first."""
    months = [Period.containing(period.start, "month").previous()]
    while len(months) < LEARN_MONTHS:
        months.append(months[-1].previous())
    return months


async def clock_at(
    warehouse: AsyncWarehouse, metrics: Iterable[str], period: Period, now: datetime, as_of: AsOf | None = None
) -> Clock:
    """The clock for these metrics. The shape of a month is the company's, whoever asks: shares, and no amounts.

    It is that of the month's baseline where one was built, else the mean of the months before.
    """
    flows, months = tuple(filter(adds_up, metrics)), taught_by(period)
    if not flows:
        return Clock(period, now, await working_calendar(warehouse), {})
    by_day = MetricQuery(flows, months[0].end, months[-1].start, ("day",), Where(as_of=as_of))

    async def curves() -> tuple[WorkingCalendar, dict[str, Curve]]:
        calendar, rows = await asyncio.gather(working_calendar(warehouse), measure(warehouse, by_day, Viewer.system()))
        days = rows["day"].to_list()
        amounts = {metric: dict(zip(days, rows[metric].cast(pl.Float64), strict=True)) for metric in flows}
        return calendar, {metric: learned(amounts[metric], months, calendar) for metric in flows}

    calendar, shapes = await held(("curves", id(warehouse), by_day), by_day.reads, curves)
    if METRIC not in flows or as_of is not None:
        return Clock(period, now, calendar, shapes)
    month = Period.containing(min(business_day(now, company().zone), period.end), "month")
    version, stand = await asyncio.gather(version_at(warehouse, month, now), landings(warehouse, period, now))
    if version is not None:
        shapes = {**shapes, METRIC: curve_of(version)}
    return Clock(period, now, calendar, shapes, stand)
