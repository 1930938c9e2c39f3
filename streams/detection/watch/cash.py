"""What is off with money that should have come: dues long past their day, what was accepted and never invoiced."""

import polars as pl

from streams.detection.watch.facts import MONEY, NOTHING, Facts, flags

UNINVOICED_DAYS = 10
OVERDUE_DAYS = 30
"""What is late by no more than this is the usual way of paying."""


def overdue(facts: Facts, *, over: int, until: int | None) -> pl.DataFrame:
    """Orders with dues that are more than `over` days past their day and not paid, up to `until` days."""
    if facts.dues.is_empty():
        return NOTHING
    late = facts.dues.filter(pl.col("days") > over)
    if until is not None:
        late = late.filter(pl.col("days") <= until)
    orders = late.group_by("order_id", maintain_order=True).agg(
        pl.col("customer_id", "rep_id", "office_id").first(), pl.col("amount").sum(), pl.col("days").max()
    )
    orders = orders.filter(pl.col("amount") > 0).rename({"order_id": "id"})
    since = pl.lit(facts.today) - pl.duration(days=pl.col("days") - over - 1)
    return flags(orders, "order", since=since, days=pl.col("days"))


def uninvoiced(facts: Facts) -> pl.DataFrame:
    """Orders of which something was accepted so many working days ago and is not invoiced to this day.

    Invoices cover acceptances in the order of their days.
    """
    if facts.accepted.is_empty():
        return NOTHING
    old = pl.col("day") <= facts.ago(UNINVOICED_DAYS)
    lines = facts.accepted.sort("order_id", "line_id", "day").group_by("order_id", "line_id", maintain_order=True).agg(
        pl.col("customer_id", "rep_id", "office_id").last(),
        (pl.col("accepted").filter(old).sum() - pl.col("invoiced").sum()).cast(MONEY).alias("amount"),
        pl.col("day").filter(old & (pl.col("accepted") > 0)).max().alias("accepted_on"),
    )  # fmt: skip
    orders = lines.filter(pl.col("amount") > 0).group_by("order_id", maintain_order=True).agg(
        pl.col("customer_id", "rep_id", "office_id").first(), pl.col("amount").sum(), pl.col("accepted_on").min(),
    ).rename({"order_id": "id"})  # fmt: skip
    days = (pl.lit(facts.today) - pl.col("accepted_on")).dt.total_days()
    return flags(orders, "order", since=pl.col("accepted_on"), days=days)
