"""The weighted pipeline: open amount times the share of past deals that were won from where it stands now."""

from datetime import date, timedelta

import polars as pl

from warehouse.answers import Reads
from warehouse.metrics import FEW
from warehouse.selects import Statement

WEIGHTED_BY = ("stage", "grade", "route")
_LOOK_BACK = timedelta(days=365)

# A deal counts once for every stage it was ever open in, under the grade and route it had there.
_SHARES = """
SELECT stage, grade, route, sum(was_won) AS won, count() AS closed
FROM (
    SELECT opportunity_id, groupUniqArrayIf((stage, grade, route), open_deals > 0) AS stood,
        sum(won_deals) > 0 AS was_won, sum(lost_deals) > 0 AS was_lost
    FROM opportunity_changes
    WHERE opportunity_id IN (
        SELECT opportunity_id FROM opportunity_changes
        WHERE day >= {start:Date} AND day <= {end:Date} AND (won_deals > 0 OR lost_deals > 0))
      AND day <= {end:Date}
    GROUP BY opportunity_id
    HAVING was_won OR was_lost)
ARRAY JOIN stood.1 AS stage, stood.2 AS grade, stood.3 AS route
GROUP BY stage, grade, route
"""


def weights(as_of: date) -> Statement:
    """Deals closed in the four quarters before `as_of`, and of them won, by stage × grade × route they had been in."""
    return Statement(
        _SHARES,
        {"start": as_of - _LOOK_BACK, "end": as_of},
        ("won", "closed"),
        Reads("opportunity_changes", None, as_of),
    )


def weighted(opened: pl.DataFrame, shares: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """`weighted_pipeline` of `opened` (open_pipeline by `by` and `WEIGHTED_BY`), a row a combination of `by`.

    A cell with fewer than ten closed deals takes the share of its stage, then of all; without any closed deal, null.
    """
    shares = shares.with_columns(pl.col("won", "closed").cast(pl.Float64), pl.col(*WEIGHTED_BY).cast(pl.String))
    frame = opened
    for depth in (3, 1):
        keys = list(WEIGHTED_BY[:depth])
        level = shares.group_by(keys).agg(pl.col("won", "closed").sum())
        level = level.filter(pl.col("closed") >= FEW).select(
            *keys, (pl.col("won") / pl.col("closed")).alias(f"s{depth}")
        )
        frame = frame.join(level, on=keys, how="left")
    won, closed = float(shares["won"].sum()), float(shares["closed"].sum())
    overall = won / closed if closed else None
    share = pl.coalesce("s3", "s1", pl.lit(overall, pl.Float64))
    frame = frame.with_columns((pl.col("open_pipeline").cast(pl.Float64) * share).alias("weighted_pipeline"))
    money = pl.col("weighted_pipeline").sum().round(4).cast(pl.Decimal(38, 4))
    if overall is None:
        money = pl.lit(None, pl.Decimal(38, 4)).alias("weighted_pipeline").first()
    return frame.group_by(by).agg(money) if by else frame.select(money)
