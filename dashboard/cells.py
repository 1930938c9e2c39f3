"""Products × units: what each cell should have by now, from its own target or, where it has none, from its unit's.

A cell that has a target is held to that, by the share of the period that is expected of its unit, as the page is that
it opens. The expectation of any other is its unit's, split by the shares its products had over the last twelve months;
a unit without a past is split as all of them together were. Without an expectation of the unit there is none of its
cells. A cell of which few orders are expected is marked: its pace would be noise.
"""

from datetime import date

import polars as pl

from ingest.period import a_year_before

ENOUGH_ORDERS = 8
"""Expected orders of a period under which a pace is noise."""

_NO_PAST = pl.DataFrame(
    schema={"unit_id": pl.String, "product_id": pl.String, "past": pl.Float64, "orders": pl.Float64}
)


_NO_TARGETS = pl.DataFrame(schema={"unit_id": pl.String, "product_id": pl.String, "target": pl.Float64})


def expected_cells(
    actual: pl.DataFrame,
    past: pl.DataFrame,
    units: pl.DataFrame,
    months: int = 1,
    targets: pl.DataFrame = _NO_TARGETS,
) -> pl.DataFrame:
    """What is there beside what should be: unit_id, product_id, actual, expected, pace, gap, orders, is_few.

    `actual`: unit_id, product_id, amount; `past`: with orders too, of twelve months; `units`: id, expected and
    expected_share; `months` is how long the period is; `targets`: unit_id, product_id, target of the cells that have
    one.
    """
    keys = ["unit_id", "product_id"]
    found = actual.select(*keys, pl.col("amount").alias("actual"))
    amounts = pl.col("amount").cast(pl.Float64).clip(0.0).alias("past")
    was = past.select(*keys, amounts, pl.col("orders").cast(pl.Float64)) if len(past) else _NO_PAST
    shares = _shares(was, units)
    cells = found.join(shares, on=keys, how="full", coalesce=True).join(was, on=keys, how="left")
    of_units = pl.col("id").alias("unit_id"), pl.col("expected").alias("unit_expected"), "expected_share"
    cells = cells.join(units.select(of_units), on="unit_id", how="left").join(targets, on=keys, how="left")
    amount = pl.col("actual").cast(pl.Float64)
    own = pl.col("target").cast(pl.Float64) * pl.col("expected_share")
    expected = pl.coalesce(own, pl.col("unit_expected") * pl.col("share").fill_null(0.0))
    return (
        cells.with_columns(pl.col("actual").fill_null(0), expected.alias("expected"))
        .with_columns(pl.when(pl.col("expected") > 0).then(amount.fill_null(0.0) / pl.col("expected")).alias("pace"))
        .with_columns(
            (pl.col("actual").cast(pl.Float64) - pl.col("expected")).alias("gap"),
            (pl.col("orders").fill_null(0.0) * months / 12 < ENOUGH_ORDERS).alias("is_few"),
        )
        .select(*keys, "actual", "expected", "pace", "gap", "orders", "is_few")
        .sort(keys)
    )


def _shares(was: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """unit_id, product_id, share: adding up to 1 within each unit that has a past, or that borrows everybody's."""
    own = was.filter(pl.col("past").sum().over("unit_id") > 0)
    own = own.select("unit_id", "product_id", (pl.col("past") / pl.col("past").sum().over("unit_id")).alias("share"))
    everybody = was.group_by("product_id").agg(pl.col("past").sum()).filter(pl.col("past") > 0)
    everybody = everybody.select("product_id", (pl.col("past") / pl.col("past").sum()).alias("share"))
    without = units.select(pl.col("id").alias("unit_id")).join(own, on="unit_id", how="anti")
    return pl.concat([own, without.join(everybody, how="cross").select(own.columns)])


def year_before(start: date) -> tuple[date, date]:
    """The twelve months that end just before `start`."""
    return a_year_before(start), date.fromordinal(start.toordinal() - 1)
