"""What the watch knows of a month as of a tick: deals, dues, prices, bookings by day, as the warehouse says it."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from ingest.calendar import Period, business_day
from ingest.simulator.pace import ZONE
from streams.amounts import UNIT
from streams.detection.watch.cash import OVERDUE_DAYS
from streams.detection.watch.cram import MONTHS
from streams.detection.watch.facts import MONEY, Facts
from streams.detection.watch.prices import PRICE_DAYS
from streams.detection.watch.wins import WIN_DAYS
from streams.detection.windows import PAST_DAYS
from streams.organisation import Org
from tests.bench.planted.schedule import Month

REPS, OFFICES = 2, 3
"""Rules of the watch that test every rep (dues, slips) and every office (prices, wins, crams)."""


def facts_at(month: Month, rows: pl.DataFrame, org: Org, now: datetime) -> Facts:
    """The facts as of `now`; `rows` are the booked changes known by then, with their day."""
    calendar, today = month.place.company.calendar, business_day(now, ZONE)
    dues = _dues(month, now, today)
    sold = rows.filter(~pl.col("overlay"))
    return Facts(
        now, ZONE, calendar, org,
        deals=_open(month, today),
        dues=dues.filter(pl.col("unpaid") > 0, pl.col("days") > 0).with_columns(amount="unpaid"),
        prices=_prices(sold.filter(pl.col("day") >= calendar.add_working_days(today, 1 - PRICE_DAYS))),
        fell_due=dues.filter(pl.col("days").is_between(1, OVERDUE_DAYS)),
        decided=_decided(month, today),
        channel=_channel(sold, Period.containing(today, "month")),
    )  # fmt: skip


def _money(column: str) -> pl.Expr:
    return (pl.col(column).cast(MONEY) / UNIT).cast(MONEY)


def _open(month: Month, today: date) -> pl.DataFrame:
    """Deals open today, tended to the day; one past the day on which it was to close was moved on that day."""
    deals = month.facts.deals.with_row_index("at").filter(pl.col("opened") <= today, pl.col("closed") > today)
    moved = (pl.col("expected") <= today) & (pl.col("closed") > pl.col("expected"))
    return deals.select(
        pl.format("d{}", "at").alias("id"), pl.lit("").alias("customer_id"), pl.col("product").alias("product_id"),
        pl.col("rep").alias("rep_id"), pl.col("office").alias("office_id"), pl.col("amount").cast(MONEY),
        pl.lit("qualified").alias("stage"), pl.lit("B").alias("grade"), pl.lit("pipeline").alias("forecast_category"),
        pl.col("opened").alias("opened_on"),
        pl.when(moved).then("closed").otherwise("expected").alias("expected_close_on"),
        pl.lit(today).alias("last_contact_on"), pl.col("opened").alias("stage_since"),
        pl.col("opened").alias("held_since"), moved.cast(pl.Int64).alias("pushes"),
        pl.when(moved).then("expected").alias("pushed_on"), pl.lit(False).alias("was_commit"),
        pl.lit(True).alias("has_next_step"), pl.lit(today + timedelta(1)).alias("next_step_on"),
        pl.lit(True).alias("tells_next_steps"), pl.lit("").alias("segment"), pl.lit("").alias("tier"),
    )  # fmt: skip


def _decided(month: Month, today: date) -> pl.DataFrame:
    """Deals won and lost, by office and product, lately and before."""
    calendar = month.place.company.calendar
    first = calendar.add_working_days(today, 1 - WIN_DAYS)
    deals = month.facts.deals.filter(
        pl.col("closed") <= today, pl.col("closed") >= calendar.add_working_days(first, -PAST_DAYS)
    )
    won, now = pl.col("won"), pl.col("closed") >= first
    sums = {"won": won.cast(pl.Int64), "decided": pl.lit(1), "won_amount": pl.when(won).then("amount").otherwise(0)}
    return deals.group_by(pl.col("office").alias("office_id"), pl.col("product").alias("product_id")).agg(
        *(pl.when(now).then(what).otherwise(0).sum().alias(name) for name, what in sums.items()),
        *(pl.when(~now).then(what).otherwise(0).sum().alias(f"{name}_before") for name, what in sums.items()),
    ).with_columns(segment=pl.lit(""), grade=pl.lit(""), route=pl.lit("")).sort("office_id", "product_id")  # fmt: skip


def _dues(month: Month, now: datetime, today: date) -> pl.DataFrame:
    """All dues of orders known, with what of each is not paid by now."""
    at = int(now.astimezone(UTC).timestamp())
    due_on = pl.from_epoch(pl.col("due") + 8 * 3_600, time_unit="s").dt.date()
    is_open = (pl.col("paid") > at).fill_null(True)
    return month.facts.cash.filter(pl.col("begun") <= at).select(
        pl.format("o{}", "order").alias("order_id"), pl.lit("").alias("customer_id"), pl.col("rep").alias("rep_id"),
        pl.col("office").alias("office_id"), due_on.alias("due_on"),
        pl.when(is_open).then(_money("amount")).otherwise(pl.lit(0).cast(MONEY)).alias("unpaid"),
        (pl.lit(today) - due_on).dt.total_days().alias("days"),
    )  # fmt: skip


def _prices(sold: pl.DataFrame) -> pl.DataFrame:
    return sold.group_by(pl.col("office").alias("office_id"), pl.col("product").alias("product_id")).agg(
        (pl.col("amount").sum() / UNIT).alias("listed"), (pl.col("list_amount").sum() / UNIT).alias("list")
    ).filter(pl.col("list") > 0).sort("office_id", "product_id")  # fmt: skip


def _channel(sold: pl.DataFrame, month: Period) -> pl.DataFrame:
    """Bookings by office and day of this month and those that make its norm; nothing is booked back."""
    first = month
    for _ in range(MONTHS + 1):
        first = first.previous()
    return sold.filter(pl.col("day") >= first.start).group_by(pl.col("office").alias("office_id"), "day").agg(
        (pl.col("amount").sum() / UNIT).alias("amount"), pl.lit(0.0).alias("back_dated")
    )  # fmt: skip
