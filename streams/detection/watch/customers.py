"""What is off with customers: complaints that stay open, and a second one where it hurts."""

import polars as pl

from streams.detection.watch.facts import NOTHING, Facts, flags

SEVERE_HOURS, OTHER_HOURS = 24, 72
SECOND, WITHIN_DAYS = 2, 90
WATCHED_TIERS = ("S", "A")
_SEVERE = "severe"


def complained(facts: Facts) -> pl.DataFrame:
    """Customers with a complaint open for too long, or of a high tier with a second one; with what they buy a year."""
    if facts.complaints.is_empty():
        return NOTHING
    hours = (pl.lit(facts.now) - pl.col("raised_at")).dt.total_hours()
    limit = pl.when(pl.col("severity") == _SEVERE).then(SEVERE_HOURS).otherwise(OTHER_HOURS)
    recent = (pl.lit(facts.now) - pl.col("raised_at")).dt.total_days() < WITHIN_DAYS
    seen = facts.complaints.with_columns(
        (pl.col("is_open") & (hours >= limit)).alias("late"),
        (recent.sum().over("customer_id") >= SECOND).alias("again") & pl.col("tier").is_in(WATCHED_TIERS) & recent,
    ).filter(pl.col("customer_id") != "")
    found = seen.filter(pl.col("late") | pl.col("again")).sort("raised_at").group_by("customer_id", maintain_order=True)
    customers = found.agg(
        pl.col("rep_id", "office_id").last(), pl.col("amount").first(), pl.col("raised_at").min(),
        pl.col("raised_at").filter("again").max().alias("again_at"), pl.col("late").any(),
    ).with_columns(pl.col("customer_id").alias("id"))  # fmt: skip
    first = pl.when("late").then("raised_at").otherwise("again_at").dt.convert_time_zone(facts.zone.key).dt.date()
    return flags(customers, "customer", since=first, days=(pl.lit(facts.today) - first).dt.total_days())
