"""What is off with open deals: nobody tends them, they are pushed, stuck, promised without evidence, never signed.

Each test is a pure function from `Facts` to `FLAGS`; `since` is the first day on which the test would have said so.
"""

from datetime import date

import polars as pl

from ingest.fields import STAGES, ForecastCategory
from streams.detection.watch.chance import unlike_others
from streams.detection.watch.facts import NOTHING, Facts, flags

UNTENDED_DAYS = {"S": 10, "A": 10, "B": 15, "C": 25}
"""Working days without any done contact (DOMAIN R5). A deal without a grade is looked at as the least."""
STEP_DAYS = 3
PUSHED_DAYS, SECOND = 5, 2
EVIDENCE_DAYS = 14
UNSIGNED_DAYS = 30
ENOUGH_WON = 30

_COMMIT = str(ForecastCategory.COMMIT)
_WITH_STEP = STAGES[STAGES.index("solution") :]
_BEFORE_NEGOTIATION = STAGES[: STAGES.index("negotiation")]
_AWARDED = "awarded"


def untended(facts: Facts) -> pl.DataFrame:
    """Deals nobody spoke with for too long, and from solution on those without a next step, or with one overdue.

    Days before the deal was the owner's, or on which the owner was away, do not count against it. Next steps are only
    missed where the deal's source tells of any.
    """
    deals = _with_money(facts)
    if deals.is_empty():
        return NOTHING
    there = pl.col("rep_id").replace_strict(facts.there_since, default=None, return_dtype=pl.Date)
    deals = deals.with_columns(pl.max_horizontal("held_since", there).alias("theirs_since"))
    touched = pl.max_horizontal("last_contact_on", "opened_on", "theirs_since")
    limit = pl.lit(UNTENDED_DAYS["C"])
    cut = facts.ago(UNTENDED_DAYS["C"])
    for grade, days in UNTENDED_DAYS.items():
        limit = pl.when(pl.col("grade") == grade).then(days).otherwise(limit)
        cut = pl.when(pl.col("grade") == grade).then(facts.ago(days)).otherwise(cut)
    step = pl.max_horizontal(pl.coalesce("next_step_on", "stage_since", "opened_on"), "theirs_since")
    is_due = pl.col("next_step_on").is_not_null() | ~pl.col("has_next_step")
    late = pl.col("stage").is_in(_WITH_STEP) & pl.col("tells_next_steps") & is_due & (step <= facts.ago(STEP_DAYS))
    found = deals.with_columns(touched.alias("touched"), limit.alias("limit"), step.alias("step")).with_columns(
        (pl.col("touched") <= cut).fill_null(False).alias("silent"), late.fill_null(False).alias("late")
    )
    found = found.filter(pl.col("silent") | pl.col("late"))
    return _counted(found, facts)


def _counted(found: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """`FLAGS` of what was found: from the earlier of its two reasons on, in the office's working days."""
    since: list[date] = []
    gone: list[int] = []
    columns = found.select("office_id", "silent", "touched", "limit", "late", "step")
    for office, silent, touched, limit, late, step in columns.iter_rows():
        reasons = [(touched, limit)] * silent + [(step, STEP_DAYS)] * late
        path = facts.org.unit_path(office)
        since.append(min(facts.calendar.add_working_days(day, count, path) for day, count in reasons))
        gone.append(facts.working_days(min(day for day, _ in reasons), office))
    counted = found.with_columns(pl.Series("since", since, dtype=pl.Date), pl.Series("days", gone, dtype=pl.Int64))
    return flags(counted, "deal", since=pl.col("since"), days=pl.col("days"))


def pushed(facts: Facts) -> pl.DataFrame:
    """Deals moved to a later month a second time, or moved while promised, in the last working days."""
    deals = _with_money(facts)
    if deals.is_empty():
        return NOTHING
    lately = pl.col("pushed_on") > facts.ago(PUSHED_DAYS)
    found = deals.filter(lately & ((pl.col("pushes") >= SECOND) | pl.col("was_commit")))
    return flags(found, "deal", since=pl.col("pushed_on"), days=_days(facts, "pushed_on"))


def slipping(facts: Facts) -> pl.DataFrame:
    """Deals moved out of this month, of owners who move more of what was due in it than all others do.

    Of the deals still open that are due this month or were moved on in it; see `unlike_others`.
    """
    deals = _with_money(facts)
    if deals.is_empty():
        return NOTHING
    month = facts.today.replace(day=1)
    due = pl.col("expected_close_on").dt.truncate("1mo")
    moved = (pl.col("pushed_on") >= month).fill_null(False) & (due > month)
    asked = deals.with_columns(moved=moved).filter(pl.col("moved") | (due == month).fill_null(False))
    owners = unlike_others(asked, "moved")
    found = asked.filter(pl.col("moved") & pl.col("rep_id").is_in(owners))
    return flags(found, "deal", since=pl.col("pushed_on"), days=_days(facts, "pushed_on"))


def unproven(facts: Facts) -> pl.DataFrame:
    """Deals promised for this month that are not in negotiation yet, or with whose customer nobody spoke for days."""
    deals = _with_money(facts)
    if deals.is_empty():
        return NOTHING
    month = facts.today.replace(day=1)
    promised = (pl.col("forecast_category") == _COMMIT) & (pl.col("expected_close_on").dt.truncate("1mo") == month)
    touched = pl.max_horizontal("last_contact_on", "opened_on", "held_since")
    silent = (pl.lit(facts.today) - touched).dt.total_days() >= EVIDENCE_DAYS
    early = pl.col("stage").is_in(_BEFORE_NEGOTIATION)
    since = pl.when(early).then(pl.max_horizontal("stage_since", pl.lit(month)))
    quiet = pl.when(silent).then(touched.dt.offset_by(f"{EVIDENCE_DAYS}d"))
    found = deals.filter(promised & (early | silent).fill_null(False))
    first = pl.coalesce(pl.min_horizontal(since, quiet), pl.lit(facts.today))
    return flags(found, "deal", since=first, days=pl.coalesce(_days_of(facts, touched), pl.lit(0)))


def stuck(facts: Facts) -> pl.DataFrame:
    """Deals longer in their stage than nine of ten that were won, of the same segment and grade."""
    deals = _with_money(facts)
    if deals.is_empty() or facts.ages.is_empty():
        return NOTHING
    keys = ["segment", "grade", "stage"]
    usual = facts.ages.with_columns(pl.col(keys).cast(pl.String)).filter(pl.col("deals") >= ENOUGH_WON)
    aged = deals.join(usual.select(*keys, pl.col("longest").cast(pl.Int64)), on=keys, how="inner")
    found = aged.filter(_days(facts, "stage_since") > pl.col("longest"))
    since = pl.col("stage_since") + pl.duration(days=pl.col("longest") + 1)
    return flags(found, "deal", since=since, days=_days(facts, "stage_since"))


def unsigned(facts: Facts) -> pl.DataFrame:
    """Deals awarded so many days ago without an order that stands."""
    deals = _with_money(facts)
    if deals.is_empty():
        return NOTHING
    days = _days(facts, "stage_since")
    found = deals.filter((pl.col("stage") == _AWARDED) & (days >= UNSIGNED_DAYS))
    if not facts.ordered.is_empty():
        found = found.join(facts.ordered, left_on="id", right_on="opportunity_id", how="anti")
    return flags(found, "deal", since=pl.col("stage_since").dt.offset_by(f"{UNSIGNED_DAYS}d"), days=days)


def _with_money(facts: Facts) -> pl.DataFrame:
    return facts.deals.filter(pl.col("amount") > 0) if "amount" in facts.deals.columns else facts.deals


def _days(facts: Facts, column: str) -> pl.Expr:
    return _days_of(facts, pl.col(column))


def _days_of(facts: Facts, day: pl.Expr) -> pl.Expr:
    return (pl.lit(facts.today) - day).dt.total_days()
