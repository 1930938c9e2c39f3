"""Whatever could be ranked, with what it sold month by month: the same for whoever asks, whatever the hour."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import polars as pl

from ingest.calendar import Period
from warehouse.answers import ORG, Reads, held
from warehouse.client import AsyncWarehouse
from warehouse.clock import Clock
from warehouse.cohorts import marked, with_cohort
from warehouse.curve import months_of
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.queries.org import people_of, products_as_of, units_as_of
from warehouse.queries.ranges import paths, rolled_up
from warehouse.queries.tenure import tenure
from warehouse.standing import MONEY
from warehouse.targets import Split, targets_of
from warehouse.viewer import OWN_ONLY, Viewer

Of = Literal["units", "reps", "products"]

SPARK_MONTHS = 12
TREND_MONTHS = 3
"""The trend: the last so many complete months against as many before them."""

_LEAVES: dict[Of, tuple[str, Split]] = {"units": ("office", "unit"), "reps": ("rep", "rep"),
                                        "products": ("leaf_product", "product")}  # fmt: skip


async def peers_of(
    warehouse: AsyncWarehouse, viewer: Viewer, of: Of, metric: str, clock: Clock, where: Where
) -> pl.DataFrame:
    """Every node: id, name, name_en, kind, unit_id, path, months, mark, tenure, third, cohort, actual and before (of
    the period, and of the one before by the same working day), target, target_before, trend, trend_before, spark."""
    reads = [Reads("target_events"), ORG, *_last_months(clock, of, metric, where).reads]
    reads += MetricQuery((metric,), clock.today, clock.period.previous().start).reads
    key = ("peers", id(warehouse), viewer, of, metric, clock.period, clock.today, where)
    return await held(key, reads, lambda: _nodes(warehouse, viewer, of, metric, clock, where))


def _complete_months(clock: Clock) -> list[Period]:
    """The complete months a ranking looks back on, oldest first."""
    last = Period.containing(clock.today, "month")
    if last.end > clock.today:
        last = last.previous()
    months, count = [last], max(SPARK_MONTHS, 2 * TREND_MONTHS + len(months_of(clock.period)))
    while len(months) < count:
        months.append(months[-1].previous())
    return months[::-1]


def _last_months(clock: Clock, of: Of, metric: str, where: Where) -> MetricQuery:
    months = _complete_months(clock)
    return MetricQuery((metric,), months[-1].end, months[0].start, (_LEAVES[of][0], "month"), where)


async def _nodes(
    warehouse: AsyncWarehouse, viewer: Viewer, of: Of, metric: str, clock: Clock, where: Where
) -> pl.DataFrame:
    """Every node with what does not depend on the hour."""
    leaf, split = _LEAVES[of]
    period, before = clock.period, clock.period.previous()
    by = (leaf,) if of == "reps" else (leaf, "day")
    now = MetricQuery((metric,), clock.today, period.start, by, where)
    queries = [now, replace(now, start=before.start, end=clock.until(before))]
    queries.append(_last_months(clock, of, metric, where))
    (*amounts, months), aim, aim_before, nodes = await asyncio.gather(
        asyncio.gather(*(measure(warehouse, query, viewer) for query in queries)),
        targets_of(warehouse, viewer, (metric,), period=period, by=split, where=where, as_of=clock.target_day),
        targets_of(warehouse, viewer, (metric,), period=before, by=split, where=where, as_of=before.end),
        _listed(warehouse, of, clock),
    )
    tidy = {leaf: "id", metric: "amount"}
    amounts, months = [frame.rename(tidy) for frame in amounts], months.rename(tidy)
    if of != "reps":
        ranges = await paths(warehouse, "units" if of == "units" else "products")
        amounts = [rolled_up(frame, ranges) for frame in amounts]
        months = rolled_up(months.with_columns(pl.col("month").dt.month_end().alias("day")), ranges, ("month",))
    for name, frame in zip(("actual", "before"), amounts, strict=True):
        nodes = nodes.join(frame.select("id", pl.col("amount").cast(MONEY).alias(name)), on="id", how="left")
    for name, frame in (("target", aim), ("target_before", aim_before)):
        nodes = nodes.join(frame.select("id", pl.col("target").alias(name)), on="id", how="left")
    nodes = nodes.with_columns(pl.col("actual", "before").fill_null(0))
    return with_cohort(_with_trend(nodes, months, clock))


async def _listed(warehouse: AsyncWarehouse, of: Of, clock: Clock) -> pl.DataFrame:
    """Everybody or everything that could be ranked: id, name, name_en, kind, unit_id, path, months, mark."""
    if of == "reps":
        people, units, since = await asyncio.gather(
            people_of(warehouse, None, clock.today),
            units_as_of(warehouse, clock.today),
            tenure(warehouse, clock.period.start, clock.today),
        )
        reps = people.filter(pl.col("role").str.to_lowercase().is_in(list(OWN_ONLY)))
        reps = reps.select("id", "name", "name_en", pl.col("role").str.to_lowercase().alias("kind"), "unit_id")
        reps = reps.join(units.select(pl.col("id").alias("unit_id"), "path"), on="unit_id", how="left")
        reps = reps.with_columns(pl.col("path").fill_null([]))
        return marked(reps, since, clock.today).with_columns(pl.col("mark").fill_null(""))
    nodes = await (units_as_of if of == "units" else products_as_of)(warehouse, clock.today)
    if of == "units":
        nodes = nodes.filter(pl.col("closed") == 0)
    has_one_root = nodes.filter(pl.col("path").list.len() == 1).height == 1
    nodes = nodes.filter((pl.col("path").list.len() > 1) | (not has_one_root))
    kind = pl.when(pl.col("tier") == "").then(pl.col("path").list.len().cast(pl.String)).otherwise(pl.col("tier"))
    nothing = (pl.lit(None, pl.Float64).alias("months"), pl.lit("").alias("mark"))
    unit = pl.col("id") if of == "units" else pl.lit("")
    return nodes.select("id", "name", "name_en", kind.alias("kind"), unit.alias("unit_id"), "path", *nothing)


def _with_trend(nodes: pl.DataFrame, amounts: pl.DataFrame, clock: Clock) -> pl.DataFrame:
    """`nodes` with spark, trend, trend_before, and size: the target, else what is usual in as long a time."""
    months = [month.start for month in _complete_months(clock)]
    table = amounts.with_columns(pl.col("amount").cast(pl.Float64)).pivot("month", index="id", values="amount")
    names = [str(month) for month in months]
    table = table.select("id", *(_column(table, name) for name in names))
    nodes = nodes.join(table, on="id", how="left").with_columns(pl.col(names).fill_null(0.0))
    long = len(months_of(clock.period))
    usual = pl.sum_horizontal(names[-SPARK_MONTHS:]) / SPARK_MONTHS * long
    return nodes.with_columns(
        pl.concat_list(names[-SPARK_MONTHS:]).alias("spark"),
        _trend(names).alias("trend"),
        _trend(names[:-long]).alias("trend_before"),
        pl.coalesce(pl.col("target").cast(pl.Float64), pl.when(usual > 0).then(usual)).alias("size"),
    ).drop(names)


def _column(table: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in table.columns else pl.lit(0.0).alias(name)


def _trend(names: Sequence[str]) -> pl.Expr:
    late = pl.sum_horizontal(names[-TREND_MONTHS:])
    early = pl.sum_horizontal(names[-2 * TREND_MONTHS : -TREND_MONTHS])
    return pl.when(early > 0).then(late / early - 1)
