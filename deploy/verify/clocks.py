"""From versions to signed sums: when each group of measures counts, as whole columns (DOMAIN: which day)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

ENTITY = "entity_id"


@dataclass(frozen=True)
class Clock:
    """Measures that count together. `own_day` is evaluated over an entity's versions in order, null where none.

    `holds` says which versions belong to a run, for an own day that is forgotten when the run ends.
    """

    measures: tuple[str, ...]
    own_day: pl.Expr
    restated: bool = False
    holds: pl.Expr = field(default_factory=lambda: pl.lit(True))


def filled(day: pl.Expr, start: pl.Expr) -> pl.Expr:
    """The latest day named so far; where none was named yet and `start` holds, the day of the change."""
    named_before = (day.is_not_null() | start).cast(pl.Int32).cum_sum().over(ENTITY) - (day.is_not_null() | start).cast(
        pl.Int32
    )
    first = pl.when(start & (named_before == 0)).then(pl.col("change_day"))
    return pl.coalesce(day, first).forward_fill().over(ENTITY)


def within_runs(day: pl.Expr) -> pl.Expr:
    """The day named in this run of versions for which the clock's `holds` is true; silent, the day it began."""
    named = pl.coalesce(day, pl.when(pl.col("begins")).then(pl.col("change_day")))
    return pl.when(pl.col("holds")).then(named.forward_fill().over([ENTITY, "run"]))


def in_order(versions: pl.DataFrame) -> pl.DataFrame:
    """The first of each version as it came, in the order of the timeline, with the day of each change."""
    first = versions.sort("partition", "offset").unique([ENTITY, "version"], keep="first", maintain_order=True)
    ordered = first.sort(ENTITY, "version")
    is_first = pl.int_range(pl.len()).over(ENTITY) == 0
    corrects = pl.col("correction") & ~is_first
    return ordered.with_columns(is_first=is_first, corrects=corrects).with_columns(
        change_day=pl.when(~pl.col("corrects")).then("happened_on").forward_fill().over(ENTITY)
    )


def signed_sums(
    versions: pl.DataFrame, contributions: pl.DataFrame, clocks: Sequence[Clock], keys: Sequence[str]
) -> pl.DataFrame:
    """Sums of every measure by day and `keys`; `contributions` carry `row` of the version they belong to."""
    signed = [_of_clock(versions, contributions, clock, keys) for clock in clocks]
    measures = [name for clock in clocks for name in clock.measures]
    return (
        pl.concat(signed, how="diagonal")
        .group_by("day", *keys)
        .agg(pl.col(name).fill_null(0).sum() for name in measures)
        .filter(pl.any_horizontal(pl.col(name) != 0 for name in measures))
    )


def _of_clock(versions: pl.DataFrame, contributions: pl.DataFrame, clock: Clock, keys: Sequence[str]) -> pl.DataFrame:
    own, change = pl.col("own"), pl.col("change_day")
    before, change_before = own.shift(1).over(ENTITY), change.shift(1).over(ENTITY)
    moved = (own != before).fill_null(False)
    back = pl.lit(clock.restated) | pl.col("corrects") | moved
    days = (
        versions.with_columns(holds=clock.holds)
        .with_columns(run=(~pl.col("holds")).cast(pl.Int32).cum_sum().over(ENTITY))
        .with_columns(begins=pl.col("holds").cast(pl.Int32).cum_sum().over([ENTITY, "run"]) == 1)
        .with_columns(own=clock.own_day.cast(pl.Date))
        .with_columns(
            plus_day=pl.when(pl.col("is_first") | back)
            .then(pl.coalesce(own, change))
            .when(before.is_null() & own.is_not_null())
            .then(own)
            .otherwise(change),
            taken_on=pl.when(back).then(pl.coalesce(before, change_before)).otherwise(change),
        )
        .select("row", "plus_day", minus_day=pl.col("taken_on").shift(-1).over(ENTITY))
    )
    columns: Mapping[str, pl.Expr] = {name: pl.col(name).cast(pl.Int64) for name in clock.measures}
    joined = contributions.join(days, on="row").select(*keys, "plus_day", "minus_day", **columns)
    plus = joined.select(*keys, *clock.measures, day="plus_day")
    minus = joined.filter(pl.col("minus_day").is_not_null()).select(
        *keys, *(-pl.col(name) for name in clock.measures), day="minus_day"
    )
    return pl.concat([plus, minus], how="diagonal").group_by("day", *keys).agg(pl.col(*clock.measures).sum())
