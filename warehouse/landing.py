"""How far a landing may be off: what the rest of earlier months brought, against what it was expected to bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from ingest.calendar import Period
from warehouse.client import AsyncWarehouse
from warehouse.clock import clock_at, taught_by
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.viewer import Viewer

HOLDS = 0.8
"""The share of earlier months' rests that lie within the interval."""
ENOUGH = 6
"""Earlier months under which nothing is said."""


@dataclass(frozen=True)
class Past:
    """A month that is over: its amount by the same working day, and at its end."""

    then: float
    final: float


def interval(actual: float, landing: float, share: float, past: Sequence[Past]) -> tuple[float, float] | None:
    """The empirical 80 % interval around `landing`; None without enough months, or before anything is expected.

    Each earlier month says by which factor its rest differed from the rest that `share` and its amount by then let
    expect; the quantiles of those factors stretch the rest of this one.
    """
    known = [one for one in past if one.then > 0]
    if len(known) < ENOUGH or not 0 < share <= 1:
        return None
    if share == 1:
        return actual, actual
    factors = [(one.final - one.then) / (one.then * (1 - share) / share) for one in known]
    low, high = np.quantile(factors, ((1 - HOLDS) / 2, (1 + HOLDS) / 2))
    rest = max(0.0, landing - actual)
    return min(landing, actual + rest * float(low)), max(landing, actual + rest * float(high))


async def past_months(
    warehouse: AsyncWarehouse, viewer: Viewer, *, metric: str, period: Period, now: datetime, where: Where
) -> list[Past]:
    """The twelve months before `period`, each up to the working day that `now` is; none for a quarter or a year."""
    if period.kind != "month":
        return []
    months = taught_by(period)
    clock = await clock_at(warehouse, (metric,), period, now)
    rows = await measure(warehouse, MetricQuery((metric,), months[0].end, months[-1].start, ("day",), where), viewer)
    days: dict[date, float] = {day: float(amount) for day, amount in rows.select("day", metric).iter_rows()}
    return [_past(days, month, clock.until(month)) for month in months]


def _past(days: dict[date, float], month: Period, until: date) -> Past:
    inside = {day: amount for day, amount in days.items() if day in month}
    return Past(sum(amount for day, amount in inside.items() if day <= until), sum(inside.values()))
