"""What customers owe and pay, and what can be planted in it. Pure. The watch reads it."""

from datetime import date

import numpy as np
import polars as pl

from ingest.simulator.pace import opening

DUE_DAYS, LATE_DAYS = 45, (-2, 14)
DAY = 86_400


def normal(bookings: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """A row an order: office, rep, amount, due and paid (epoch seconds), mostly some days late."""
    owed = bookings.filter(~pl.col("overlay")).group_by("order", "begun", "office", "rep", maintain_order=True)
    rows = owed.agg(pl.col("amount").sum()).filter(pl.col("amount") > 0)
    late = rng.integers(*LATE_DAYS, len(rows)) * DAY
    return rows.with_columns(due=pl.col("begun") + DUE_DAYS * DAY).with_columns(paid=pl.col("due") + pl.Series(late))


def overdue(cash: pl.DataFrame, inside: pl.Expr, since: date, size: float, rng: np.random.Generator) -> pl.DataFrame:
    """Of what is due inside from `since` on, `size` of the orders are not paid. To the nearest order."""
    due = cash.select((inside & (pl.col("due") >= opening(since))).alias("is"))["is"].to_numpy()
    at = np.flatnonzero(due)
    unpaid = np.zeros(len(cash), dtype=bool)
    unpaid[rng.permutation(at)[: round(size * len(at))]] = True
    return cash.with_columns(paid=pl.when(pl.Series(unpaid)).then(None).otherwise("paid"))
