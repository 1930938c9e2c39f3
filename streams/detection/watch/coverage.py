"""What is off with the quarter to come: too little in the pipeline for what is missing to the target."""

import polars as pl

from ingest.calendar import Period
from streams.detection.watch.facts import MONEY, NOTHING, Facts, flags

MOST_THIN = 0.3
"""Where more offices than this are thin it is no one office's problem: the company does not sell by deals, say."""

LAST_WEEK = 9
"""The week of the quarter after which more pipeline would come too late to close in it."""


def thin(facts: Facts) -> pl.DataFrame:
    """Offices whose coverage is under 1 ÷ their own win rate, as it was a week ago; amount: the pipeline missing."""
    quarter = Period.containing(facts.today, "quarter")
    week = (facts.today - quarter.start).days // 7 + 1
    if facts.covered.is_empty() or not 2 <= week <= LAST_WEEK:
        return NOTHING
    if not may_be_thin(facts.covered):
        return NOTHING
    is_thin = (pl.col("coverage") < pl.col("needed")) & (pl.col("coverage_before") < pl.col("needed_before"))
    short = (pl.col("target") - pl.col("booked")).cast(pl.Float64)
    missing = pl.col("needed") * short - pl.col("open").cast(pl.Float64)
    found = facts.covered.filter(is_thin.fill_null(False)).select(
        "id", pl.col("id").alias("office_id"), pl.lit("").alias("customer_id"), pl.lit("").alias("rep_id"),
        missing.round(2).cast(MONEY).alias("amount"),
    )  # fmt: skip
    return flags(found, "unit", since=pl.lit(facts.today).dt.offset_by("-7d"), days=pl.lit(7))


def may_be_thin(covered: pl.DataFrame) -> bool:
    """Whether some offices are thin, and not so many that it is no one office's problem."""
    known = covered.drop_nulls(["coverage", "needed"])
    thin = known.filter(pl.col("coverage") < pl.col("needed"))
    return 0 < len(thin) <= MOST_THIN * len(known)
