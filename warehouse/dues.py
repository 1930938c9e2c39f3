"""Which dues are covered: payments settle the dues of an order line in the order of their days."""

from datetime import date

import polars as pl

from warehouse.movement import MONEY

BUCKETS = ("to_come", "to_30", "to_60", "to_90", "beyond")
"""To come, then past their day by 1–30, 31–60, 61–90 and more than 90 days."""

DUES = pl.Schema(
    {
        "order_id": pl.String(), "line_id": pl.String(), "due_on": pl.Date(), "due_what": pl.String(), "whole": MONEY,
        "here": MONEY,
    }
)  # fmt: skip
"""A due: `whole` is the line's, `here` the part of it that those looked at are credited with."""


def uncovered(dues: pl.DataFrame, paid: pl.DataFrame, today: date) -> pl.DataFrame:
    """What of `DUES` is not paid: order_id, line_id, due_on, due_what, bucket, amount, days (past the day), none of 0.

    `paid`: order_id, line_id, paid. A due is overdue from the day after its own, one for retention too: before its
    day it is to come.
    """
    line = ["order_id", "line_id"]
    frame = dues.cast(DUES).join(paid.cast({"paid": MONEY}), on=line, how="left")
    settled = pl.col("paid") >= pl.col("whole").sum().over(line)  # most are, and sorting is dear
    frame = frame.filter(~(settled & (pl.col("whole").min().over(line) >= 0)).fill_null(False))
    frame = frame.sort(*line, "due_on", "due_what")
    so_far = pl.col("whole").cum_sum().over(line) - pl.col("paid").fill_null(0)
    rest = pl.min_horizontal(pl.when(so_far > 0).then(so_far).otherwise(0), "whole")
    share = pl.col("here").cast(pl.Float64) / pl.col("whole").cast(pl.Float64)
    part = (rest.cast(pl.Float64) * share).round(4).cast(MONEY)
    days = (pl.lit(today) - pl.col("due_on")).dt.total_days()
    bucket = (
        pl.when(pl.col("days") <= 0).then(pl.lit("to_come"))
        .when(pl.col("days") <= 30).then(pl.lit("to_30"))
        .when(pl.col("days") <= 60).then(pl.lit("to_60"))
        .when(pl.col("days") <= 90).then(pl.lit("to_90"))
        .otherwise(pl.lit("beyond"))
    )  # fmt: skip
    frame = frame.with_columns(
        pl.when(pl.col("here") == pl.col("whole")).then(rest).otherwise(part).cast(MONEY).alias("amount"), days=days
    )
    frame = frame.with_columns(bucket=bucket).filter(pl.col("amount") != 0)
    return frame.select(*line, "due_on", "due_what", "bucket", "amount", "days")
