"""A period over again: how a node and its children stood at the end of each of its days."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from ingest.calendar import Period
from ingest.settings import company
from warehouse.amounts import THE_NODE
from warehouse.client import AsyncWarehouse
from warehouse.clock import Clock, clock_at
from warehouse.curve import days_of, end_of_day
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.standing import MONEY, Against, derived
from warehouse.targets import targets_of
from warehouse.tree import Company, company_as_of
from warehouse.viewer import Viewer

_DERIVED = ("attainment", "expected_share", "expected", "pace", "gap", "landing")
SCHEMA = pl.Schema(
    {
        "day": pl.Date(),
        "id": pl.String(),
        "name": pl.String(),
        "name_en": pl.String(),
        "actual": MONEY,
        "target": MONEY,
        **dict.fromkeys(_DERIVED, pl.Float64()),
    }
)


async def standings_by_day(
    warehouse: AsyncWarehouse, viewer: Viewer, *, metric: str, period: Period, now: datetime, where: Where
) -> pl.DataFrame:
    """A row a day up to `now`, and in it one for the node of `where` (id '') and each child; columns of `SCHEMA`.

    Each day counts what counts on it or before, against the targets in force on it and the time gone by its end.
    """
    clock = await clock_at(warehouse, (metric,), period, now)
    days = [day for day in days_of(period) if day <= clock.today]
    if not days:
        return pl.DataFrame(schema=SCHEMA)
    query = MetricQuery((metric,), clock.today, period.start, ("unit", "day"), where)
    rows, org, aims = await asyncio.gather(
        measure(warehouse, query, viewer),
        company_as_of(warehouse, clock.today, everybody=False),
        asyncio.gather(*(_aims(warehouse, viewer, metric, period, where, day) for day in days)),
    )
    amounts: dict[date, list[tuple[str, Decimal]]] = {}
    for unit, day, amount in rows.select("unit", "day", metric).iter_rows():
        amounts.setdefault(day, []).append((unit, amount))
    listed = list(org.listed("unit", where, viewer))
    so_far: dict[str, Decimal] = dict.fromkeys([THE_NODE, *listed], Decimal(0))
    zone, found = company().zone, list[dict[str, Any]]()
    for day, aim in zip(days, aims, strict=True):
        for unit, amount in amounts.get(day, ()):
            so_far[unit] = so_far.get(unit, Decimal(0)) + amount
            so_far[THE_NODE] += amount
        then = Clock(period, min(now, end_of_day(day, zone)), clock.calendar, clock.curves)
        found += _of_day(day, so_far, aim, then, metric, org, where)
    return pl.DataFrame(found, schema=SCHEMA, orient="row")


async def _aims(
    warehouse: AsyncWarehouse, viewer: Viewer, metric: str, period: Period, where: Where, day: date
) -> dict[str, Decimal]:
    """The targets in force on a day, of the children by id and of the node under ''."""
    below, own = await asyncio.gather(
        targets_of(warehouse, viewer, (metric,), period=period, by="unit", where=where, as_of=day),
        targets_of(warehouse, viewer, (metric,), period=period, where=where, as_of=day),
    )
    found: dict[str, Decimal] = dict(below.select("id", "target").iter_rows())
    if len(own):
        found[THE_NODE] = own["target"][0]
    return found


def _of_day(
    day: date,
    so_far: dict[str, Decimal],
    aims: dict[str, Decimal],
    clock: Clock,
    metric: str,
    org: Company,
    where: Where,
) -> Iterable[dict[str, Any]]:
    for key, actual in so_far.items():
        kind, node = org.node_of(where) if key == THE_NODE else ("unit", key)
        path = org.path_of(kind, node, where)
        told = org.words(kind, node)
        against = Against(aims.get(key), clock.share(metric, path), clock.remaining(path), None, None)
        stands = derived(actual, against)
        yield {
            "day": day,
            "id": key,
            "name": told["name"],
            "name_en": told["name_en"],
            "actual": actual,
            "target": aims.get(key),
            **{name: stands[name] for name in _DERIVED},
        }
