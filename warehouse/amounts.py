"""The actuals of nodes: now, day by day, a year ago and a period ago."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import polars as pl

from warehouse.client import AsyncWarehouse
from warehouse.clock import Clock, adds_up
from warehouse.curve import days_of
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.standing import MONEY
from warehouse.viewer import Viewer

THE_NODE = ""
"""The id under which the node of the question itself stands when it is not split."""


@dataclass
class Amounts:
    """By id: the actual, its days, and the same of a year and of a period ago (None where there is no past at all)."""

    actual: dict[str, Decimal | None] = field(default_factory=dict)
    days: dict[str, dict[date, float]] = field(default_factory=dict)
    last_year: dict[str, Decimal] | None = None
    previous: dict[str, Decimal] | None = None

    def spark(self, key: str, clock: Clock) -> list[float]:
        """The amount of each day from the period's start to today; nothing where nothing is known by day."""
        by_day = self.days.get(key)
        if by_day is None:
            return []
        return [by_day.get(day, 0.0) for day in days_of(replace(clock.period, end=clock.today))]


async def amounts(
    warehouse: AsyncWarehouse, viewer: Viewer, metrics: Sequence[str], clock: Clock, by: str | None, where: Where
) -> dict[str, Amounts]:
    """The amounts of each metric, by the dimension `by`. Reps of the whole company come without their days."""
    split = (by,) if by else ()
    has_days = by != "rep" or where.unit_id is not None
    daily = tuple(metric for metric in metrics if has_days and adds_up(metric))
    whole = tuple(metric for metric in metrics if metric not in daily)
    period, queries = clock.period, list[MetricQuery]()
    if daily:
        queries.append(MetricQuery(daily, clock.today, period.start, (*split, "day"), where))
    if whole:
        queries.append(MetricQuery(whole, clock.today, period.start, split, where))
    for other in (period.year_before(), period.previous()):
        queries.append(MetricQuery(tuple(metrics), clock.until(other), other.start, split, where))
    *now, last_year, previous = await asyncio.gather(*(measure(warehouse, query, viewer) for query in queries))
    found = {metric: Amounts(last_year=_past(last_year, by, metric)) for metric in metrics}
    for metric in metrics:
        found[metric].previous = _past(previous, by, metric)
    if daily:
        _take_days(found, now[0], by, daily)
    for metric in whole:
        found[metric].actual = _by_id(now[-1], by, metric)
    return found


def _by_id(frame: pl.DataFrame, by: str | None, metric: str) -> dict[str, Decimal | None]:
    ids = frame[by] if by else [THE_NODE] * len(frame)
    return dict(zip(ids, frame[metric].cast(MONEY), strict=True))


def _past(frame: pl.DataFrame, by: str | None, metric: str) -> dict[str, Decimal] | None:
    found = {key: value for key, value in _by_id(frame, by, metric).items() if value}
    return found or None


def _take_days(found: dict[str, Amounts], frame: pl.DataFrame, by: str | None, metrics: Sequence[str]) -> None:
    sums = frame.group_by(by).agg(pl.col(metrics).sum()) if by else frame.select(pl.col(metrics).sum())
    ids = frame[by].to_list() if by else [THE_NODE] * len(frame)
    for metric in metrics:
        found[metric].actual = _by_id(sums, by, metric)
        for key, day, amount in zip(ids, frame["day"], frame[metric].cast(pl.Float64), strict=True):
            found[metric].days.setdefault(key, {})[day] = amount
