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

    async def between(start: date, end: date) -> list[pl.DataFrame]:
        # The past by day too: so it goes as one statement with the present (warehouse.together).
        queries = [MetricQuery(daily, end, start, (*split, "day"), where)] if daily else []
        queries += [MetricQuery(whole, end, start, split, where)] if whole else []
        return await asyncio.gather(*(measure(warehouse, query, viewer) for query in queries))

    period, others = clock.period, (clock.period.year_before(), clock.period.previous())
    now, *past = await asyncio.gather(
        between(period.start, clock.today), *(between(other.start, clock.until(other)) for other in others)
    )
    found = {metric: Amounts() for metric in metrics}
    if daily:
        _take_days(found, now[0], by, daily)
        past = [[_over_days(frames[0], by, daily), *frames[1:]] for frames in past]
    for metric in metrics:
        at = 0 if metric in daily else -1
        found[metric].last_year, found[metric].previous = (_past(frames[at], by, metric) for frames in past)
    for metric in whole:
        found[metric].actual = _by_id(now[-1], by, metric)
    return found


def _by_id(frame: pl.DataFrame, by: str | None, metric: str) -> dict[str, Decimal | None]:
    ids = frame[by] if by else [THE_NODE] * len(frame)
    return dict(zip(ids, frame[metric].cast(MONEY), strict=True))


def _past(frame: pl.DataFrame, by: str | None, metric: str) -> dict[str, Decimal] | None:
    found = {key: value for key, value in _by_id(frame, by, metric).items() if value}
    return found or None


def _over_days(frame: pl.DataFrame, by: str | None, metrics: Sequence[str]) -> pl.DataFrame:
    return frame.group_by(by).agg(pl.col(metrics).sum()) if by else frame.select(pl.col(metrics).sum())


def _take_days(found: dict[str, Amounts], frame: pl.DataFrame, by: str | None, metrics: Sequence[str]) -> None:
    sums = _over_days(frame, by, metrics)
    ids = frame[by].to_list() if by else [THE_NODE] * len(frame)
    for metric in metrics:
        found[metric].actual = _by_id(sums, by, metric)
        for key, day, amount in zip(ids, frame["day"], frame[metric].cast(pl.Float64), strict=True):
            found[metric].days.setdefault(key, {})[day] = amount
