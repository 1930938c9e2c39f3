"""Who is compared with whom: peers of the same kind, as long in their role, and of about the same size."""

from datetime import date, timedelta

import polars as pl

RAMP_UP_MONTHS, SEASONED_MONTHS = 6, 24
"""In a role for less than the first: not ranked yet; for longer than the second: peers of their own."""

AWAY = 0.4
"""On leave for more than this share of the days so far: not ranked."""

FEWEST = 10
"""A class of fewer is not split off; sizes are told apart where each third has as many."""

MARKS = ("leave", "transfer", "ramp_up")
"""Why somebody is not ranked; the first that holds is said."""

_MONTH = 365.25 / 12
_SIZES = ("small", "middle", "large")


def marked(people: pl.DataFrame, tenure: pl.DataFrame, day: date) -> pl.DataFrame:
    """`people` (id, …) with `months` in the role (null when nobody knows) and `mark` (one of `MARKS`, or '')."""
    months = (pl.lit(day) - pl.col("role_since")).dt.total_days() / _MONTH
    mark = (
        pl.when(pl.col("is_away") | (pl.col("away") > AWAY))
        .then(pl.lit("leave"))
        .when(pl.col("is_moved"))
        .then(pl.lit("transfer"))
        .when(pl.col("role_since") > day - timedelta(days=RAMP_UP_MONTHS * _MONTH))
        .then(pl.lit("ramp_up"))
        .otherwise(pl.lit(""))
    )
    found = people.join(tenure, on="id", how="left", maintain_order="left")
    return found.with_columns(months.alias("months"), mark.alias("mark")).drop(
        "role_since", "is_moved", "is_away", "away"
    )


def with_cohort(nodes: pl.DataFrame) -> pl.DataFrame:
    """`nodes` (kind, months, mark, size) with `tenure` ("new", "seasoned" or ''), `third` ("small", "middle", "large"
    or '') and `cohort`, a key made of both and the kind.

    Whoever is marked stands in the cohort they would be in, and moves no border of it.
    """
    is_new = pl.col("months") < SEASONED_MONTHS
    counts = pl.col("mark") == ""
    both = [
        (counts & side).sum().over("kind") >= FEWEST for side in (is_new.fill_null(False), ~is_new.fill_null(False))
    ]
    is_split = both[0] & both[1]
    tenure = pl.when(is_split).then(pl.when(is_new.fill_null(False)).then(pl.lit("new")).otherwise(pl.lit("seasoned")))
    nodes = nodes.with_columns(tenure.fill_null("").alias("tenure"))
    of = ["kind", "tenure"]
    sized = counts & pl.col("size").is_not_null()
    size = pl.when(sized).then(pl.col("size"))
    low, high = (size.quantile(share, "lower").over(of) for share in (1 / 3, 2 / 3))
    third = (
        pl.when((sized.sum().over(of) < 3 * FEWEST) | pl.col("size").is_null() | (low >= high))
        .then(pl.lit(""))
        .when(pl.col("size") <= low)
        .then(pl.lit(_SIZES[0]))
        .when(pl.col("size") <= high)
        .then(pl.lit(_SIZES[1]))
        .otherwise(pl.lit(_SIZES[2]))
    )
    nodes = nodes.with_columns(third.alias("third"))
    return nodes.with_columns(pl.concat_str("kind", "tenure", "third", separator="|").alias("cohort"))
