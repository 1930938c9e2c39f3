"""What is off with the end of a month: a unit books most of it in the last days, or books back across it."""

from datetime import date, timedelta

import polars as pl

from ingest.calendar import Period, WorkingCalendar
from streams.detection.watch.facts import MONEY, NOTHING, Facts, flags

LAST_DAYS, CRAM, TIMES_NORM = 3, 0.5, 2.0
TOLD_DAYS = 3
"""Working days of the next month on which it is still told."""
MONTHS = 3
"""Months before that make a norm."""


def crammed(facts: Facts) -> pl.DataFrame:
    """Units that booked more than half of a month in its last 3 working days, and twice as much as is their norm.

    `facts.channel`: office_id, day, amount, back_dated (booked more than 3 days later, in the month after) of what is
    sold by distributors, of everything where nothing is. Amount: what is beyond the norm, and what is back-dated.
    """
    month = month_judged(facts.calendar, facts.today)
    if facts.channel.is_empty() or month is None:
        return NOTHING
    before = [month.previous()]
    while len(before) < MONTHS:
        before.append(before[-1].previous())
    first = min(facts.channel["day"].to_list())
    known = [one for one in before if one.start >= first]
    if not known:
        return NOTHING
    here = _shares(facts, month)
    norms = pl.concat([_shares(facts, one) for one in known]).group_by("office_id").agg(pl.col("late", "whole").sum())
    both = here.join(norms, on="office_id", suffix="_norm").filter(pl.col("whole") > 0, pl.col("whole_norm") > 0)
    share, norm = pl.col("late") / pl.col("whole"), pl.col("late_norm") / pl.col("whole_norm")
    beyond = pl.when((share > CRAM) & (share > TIMES_NORM * norm)).then((share - norm) * pl.col("whole")).otherwise(0.0)
    found = both.with_columns(amount=beyond + pl.col("back_dated")).filter(pl.col("amount") > 0).select(
        pl.col("office_id").alias("id"), "office_id", pl.lit("").alias("customer_id"), pl.lit("").alias("rep_id"),
        pl.col("amount").round(2).cast(MONEY),
    )  # fmt: skip
    last = _last_days(facts.calendar, month)
    return flags(found, "unit", since=pl.lit(last[0]), days=pl.lit(len(last)))


def month_judged(calendar: WorkingCalendar, today: date) -> Period | None:
    """The month whose end is judged today: this one on its last working day, the one before in the days after it."""
    month = Period.containing(today, "month")
    if today >= _last_days(calendar, month)[-1]:
        return month
    return month.previous() if calendar.working_day_index(today) <= TOLD_DAYS else None


def _last_days(calendar: WorkingCalendar, month: Period) -> list[date]:
    days = [month.end - timedelta(n) for n in range(31)]
    return sorted([day for day in days if day >= month.start and calendar.weight(day) > 0][:LAST_DAYS])


def _shares(facts: Facts, month: Period) -> pl.DataFrame:
    """Of each office what it booked in the month, in its last days, and back into it."""
    inside = facts.channel.filter(pl.col("day").is_between(month.start, month.end))
    late = pl.col("day") >= _last_days(facts.calendar, month)[0]
    return inside.with_columns(pl.col("amount", "back_dated").cast(pl.Float64)).group_by("office_id").agg(
        pl.col("amount").sum().alias("whole"), pl.col("amount").filter(late).sum().alias("late"),
        pl.col("back_dated").sum(),
    )  # fmt: skip
