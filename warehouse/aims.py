"""Targets of any period: of a month, a quarter or a year as set; of a day, a week or a range their months' part.

The part of a month's target that falls on some of its days is the share expected on them: the company's own shape of a
month, on the company's working days.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from ingest.calendar import Period
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.clock import Clock, clock_at
from warehouse.curve import months_of, within
from warehouse.dimensions import Where
from warehouse.targets import CROSS, SCHEMA, Aimed, targets_of
from warehouse.viewer import Viewer


async def aims_of(
    warehouse: AsyncWarehouse, viewer: Viewer, metrics: Sequence[str], clock: Clock, by: Aimed | None, where: Where
) -> pl.DataFrame:
    """`targets_of` for the clock's period. A range has a target where each of its months has one, of a flow alone."""

    def asked(period: Period) -> "asyncio.Future[pl.DataFrame]":
        return asyncio.ensure_future(
            targets_of(warehouse, viewer, metrics, period=period, by=by, where=where, as_of=clock.target_day)
        )

    if clock.period.is_planned:
        return await asked(clock.period)
    months = months_of(clock.period)
    found = await asyncio.gather(*map(asked, months))
    parts = pl.concat(_part(frame, month, clock) for frame, month in zip(found, months, strict=True))
    summed = parts.group_by("metric", "id").agg(pl.col("target").sum(), pl.len().alias("months"))
    return summed.filter(pl.col("months") == len(months)).drop("months").cast(SCHEMA).sort("metric", "id")


async def cross_targets(
    warehouse: AsyncWarehouse, viewer: Viewer, *, metric: str, period: Period, now: datetime, where: Where
) -> pl.DataFrame:
    """unit_id, product_id, target: of every unit × product that has one of its own, on the route, in the segment and as
    of the moment of `where`."""
    clock = await clock_at(warehouse, (metric,), period, now, where.as_of)
    anywhere = replace(where, unit_id=None, product_id=None)
    found = await aims_of(warehouse, viewer, (metric,), clock, "cross", anywhere)
    return found.select(
        pl.col("id").str.split_exact(CROSS, 1).struct.rename_fields(["unit_id", "product_id"]).alias("id"), "target"
    ).unnest("id")


def _part(targets: pl.DataFrame, month: Period, clock: Clock) -> pl.DataFrame:
    """What of a month's targets falls into the clock's period."""
    shares = {
        metric: closed - opened
        for metric, curve in clock.curves.items()
        for opened, closed in [within(curve, clock.calendar, month, clock.period, company().zone)]
    }
    share = pl.col("metric").replace_strict(shares, default=None, return_dtype=pl.Float64)
    amount = (pl.col("target").cast(pl.Float64) * share).round(4).cast(SCHEMA["target"])
    return targets.with_columns(amount.alias("target")).drop_nulls("target")
