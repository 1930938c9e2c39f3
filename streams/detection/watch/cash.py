"""What is off with money that should have come: dues long past their day, what was accepted and never invoiced."""

import polars as pl

from streams.detection.watch.chance import unlike_others
from streams.detection.watch.facts import MONEY, NOTHING, Facts, flags

UNINVOICED_DAYS = 10
OVERDUE_DAYS = 30
"""What is late by no more than this is the usual way of paying."""
UNPAID, WEEK = (0.1, 0.01), 7
"""Parts of dues that are still unpaid after what is usual, and after what is next to never."""


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


def late(facts: Facts) -> pl.DataFrame:
    """Orders unpaid for longer than nearly all ever are, up to the day from which they are overdue, of owners of whom
    more orders are than chance has it (see `unlike_others`): unpaid as late as one in ten is, or as next to none is.

    `facts.fell_due`: order_id, customer_id, rep_id, office_id, due_on, unpaid (Decimal, 0 where it is paid).
    """
    if facts.fell_due.is_empty():
        return NOTHING
    age = (pl.lit(facts.today) - pl.col("due_on")).dt.total_days()
    dues = facts.fell_due.with_columns(age.alias("days"), (pl.col("unpaid") > 0).alias("is_late"))
    delays = dict.fromkeys(delay for part in UNPAID if (delay := usual_delay(dues, part)) is not None)
    if not delays:
        return NOTHING
    least = min(delays)
    dues = dues.filter(pl.col("days") > least, pl.col("days") <= OVERDUE_DAYS)
    owners = {
        owner
        for delay in delays
        for owner in unlike_others(dues.filter(pl.col("days") > delay), "is_late", looks=len(delays))
    }
    orders = dues.filter(pl.col("is_late") & pl.col("rep_id").is_in(sorted(owners))).rename(
        {"order_id": "id", "unpaid": "amount"}
    )
    return flags(orders, "order", since=pl.col("due_on") + pl.duration(days=least + 1), days=pl.col("days"))


def usual_delay(dues: pl.DataFrame, unpaid: float) -> int | None:
    """Days past their day after which no more than this part of dues is unpaid (days, is_late); None where that takes
    too long."""
    for days in range(1, OVERDUE_DAYS - WEEK):
        week = dues.filter(pl.col("days").is_between(days, days + WEEK - 1))["is_late"]
        if len(week) and int(week.sum()) <= unpaid * len(week):
            return days
    return None


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
