"""How every node stands: actual against target, against the time gone, and against last year."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from ingest.calendar import Period
from ingest.settings import company
from warehouse.aims import aims_of
from warehouse.amounts import THE_NODE, Amounts, amounts
from warehouse.answers import one_picture
from warehouse.baseline.shown import key_of, node_of
from warehouse.baseline.standing import Node
from warehouse.client import AsyncWarehouse
from warehouse.clock import LEARN_MONTHS, Clock, adds_up, clock_at
from warehouse.curve import days_of, end_of_day, expected_share, same_working_day
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.measures import QuestionError
from warehouse.metric_query import MetricQuery, measure
from warehouse.metrics import metric as metric_named
from warehouse.standing import MONEY, SCHEMA, Against, derived
from warehouse.targets import Split
from warehouse.tree import company_as_of
from warehouse.viewer import Viewer

__all__ = ["LEARN_MONTHS", "day_curve", "headline", "headlines", "standings"]

MANY = 500
"""Nodes whose standing is worked out beside the loop."""
CURVE = pl.Schema(
    {
        "day": pl.Date(),
        "weight": pl.Float64(),
        "amount": MONEY,
        "actual": MONEY,
        "expected": pl.Float64(),
        "target": MONEY,
        "last_year": MONEY,
    }
)


async def standings(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metric: str = "bookings",
    period: Period,
    now: datetime,
    by: Split = "unit",
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """One row a child of the node of `where` (a unit, a rep of it, or a product), those without a sale too.

    Columns of `warehouse.standing.SCHEMA`; worst gap first, then what has none, the most first. QuestionError when the
    metric cannot be split so.
    """
    metric_named(metric)
    with one_picture():
        clock = await clock_at(warehouse, (metric,), period, now, where.as_of)
        found, aims, org = await asyncio.gather(
            amounts(warehouse, viewer, (metric,), clock, by, where),
            aims_of(warehouse, viewer, (metric,), clock, by, where),
            company_as_of(warehouse, clock.today, everybody=by == "rep"),
        )
    aim = dict(aims.select("id", "target").iter_rows())
    aimed = {key for key in aim if by == "rep" and where.rep_id in (None, key)}
    keys = set(found[metric].actual) | set(org.listed(by, where, viewer)) | aimed

    def stand(key: str) -> dict[str, Any]:
        path = org.path_of(by, key, where)
        baseline = node_of(clock.landings, metric, viewer, key_of(by, key, where), path)
        stands = _stand(metric, key, path, found[metric], aim.get(key), clock, baseline)
        return {"id": key, **org.words(by, key), **stands}

    def frame() -> pl.DataFrame:
        rows = [stand(key) for key in keys]
        return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort(
            "gap", "actual", "id", descending=[False, True, False], nulls_last=True
        )

    # Of thousands of people this takes a tenth of a second, in which the loop has others to serve.
    return frame() if len(keys) < MANY else await asyncio.to_thread(frame)


async def headlines(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metrics: tuple[str, ...],
    period: Period,
    now: datetime,
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """One row a metric, in their order: how the node of `where` itself stands.

    `metric`, the columns of `standings`, and `children_target`, what its direct children shall reach: over `target` it
    is the over-assignment factor (加码); null when no child has a target.
    """
    for name in metrics:
        metric_named(name)
    with one_picture():
        clock = await clock_at(warehouse, metrics, period, now, where.as_of)
        found, own, below, org = await asyncio.gather(
            amounts(warehouse, viewer, metrics, clock, None, where),
            aims_of(warehouse, viewer, metrics, clock, None, where),
            aims_of(warehouse, viewer, metrics, clock, "unit", where),
            company_as_of(warehouse, clock.today, everybody=where.rep_id is not None),
        )
    kind, key = org.node_of(where)
    path, words = org.path_of(kind, key, where), org.words(kind, key)
    aim = dict(own.select("metric", "target").iter_rows())
    children = below.filter(pl.col("id").is_in(list(org.listed("unit", where, viewer))))
    aims_below = dict(children.group_by("metric").agg(pl.col("target").sum()).iter_rows())
    rows = [
        {
            "metric": metric,
            "id": key,
            **words,
            **_stand(
                metric,
                THE_NODE,
                path,
                found[metric],
                aim.get(metric),
                clock,
                node_of(clock.landings, metric, viewer, key_of(kind, key, where), path),
            ),
            "children_target": aims_below.get(metric),
        }
        for metric in metrics
    ]
    return pl.DataFrame(rows, schema={"metric": pl.String(), **SCHEMA, "children_target": MONEY}, orient="row")


async def headline(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metric: str = "bookings",
    period: Period,
    now: datetime,
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """Exactly one row: `headlines` of one metric, without the column `metric`."""
    found = await headlines(warehouse, viewer, metrics=(metric,), period=period, now=now, where=where)
    return found.drop("metric")


async def day_curve(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metric: str = "bookings",
    period: Period,
    now: datetime,
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """The period by day, columns of `CURVE`: amount and actual (cumulative; null after today), expected, last year.

    `expected` is the target times the share expected by the end of that day, `last_year` the cumulative amount of the
    year before by the same working day. QuestionError for what does not add up by day.
    """
    metric_named(metric)
    if not adds_up(metric):
        raise QuestionError(f"{metric} does not add up by day; ask a flow such as bookings")
    by_day = MetricQuery((metric,), period.end, period.start, ("day",), where)
    before = period.year_before()
    with one_picture():
        clock = await clock_at(warehouse, (metric,), period, now, where.as_of)
        rows, past, own, org = await asyncio.gather(
            measure(warehouse, by_day, viewer),
            measure(warehouse, replace(by_day, start=before.start, end=before.end), viewer),
            aims_of(warehouse, viewer, (metric,), clock, None, where),
            company_as_of(warehouse, clock.today, everybody=where.rep_id is not None),
        )
    path = org.path_of(*org.node_of(where), where)
    days, earlier = (dict(frame.select("day", metric).iter_rows()) for frame in (rows, past))
    target = own["target"][0] if len(own) else None
    return _curve(clock, metric, path, days, earlier, target)


def _stand(
    metric: str,
    key: str,
    path: Sequence[str],
    found: Amounts,
    target: Decimal | None,
    clock: Clock,
    baseline: Node | None,
) -> dict[str, Any]:
    share = clock.share(metric, path)
    against = Against(
        target,
        share,
        clock.remaining(path),
        None if found.last_year is None else found.last_year.get(key, Decimal(0)),
        None if found.previous is None else found.previous.get(key, Decimal(0)),
        baseline,
    )
    nothing = None if share is None else Decimal(0)
    return {**derived(found.actual.get(key, nothing), against), "spark": found.spark(key, clock)}


def _curve(
    clock: Clock,
    metric: str,
    path: Sequence[str],
    amounts: Mapping[date, Decimal],
    earlier: Mapping[date, Decimal],
    target: Decimal | None,
) -> pl.DataFrame:
    zone, period, before = company().zone, clock.period, clock.period.year_before()
    found: list[tuple[Any, ...]] = []
    actual, last_year, reached = Decimal(0), Decimal(0), before.start
    for day in days_of(period):
        amount = Decimal(amounts.get(day, 0))
        actual += amount
        until = same_working_day(clock.calendar, period, before, day)
        while reached <= until:
            last_year += Decimal(earlier.get(reached, 0))
            reached += timedelta(days=1)
        share = expected_share(clock.curves[metric], clock.calendar, period, end_of_day(day, zone), zone, path)
        so_far = (amount, actual) if day <= clock.today else (None, None)
        expected = None if target is None else float(target) * share
        weight = clock.calendar.weight(day, path)
        found.append((day, weight, *so_far, expected, target, last_year if earlier else None))
    return pl.DataFrame(found, schema=CURVE, orient="row")
