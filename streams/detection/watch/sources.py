"""What is off with the data: a source that fell silent, or too much of what it sends belongs to nobody."""

from datetime import datetime, timedelta

import polars as pl

from streams.detection.holding import said_of
from streams.detection.watch.facts import MONEY, NOTHING, Facts, flags

SILENT_HOURS, SILENT_QUANTILE = 2, 0.01
MOST_UNASSIGNED = 0.01
OPENS, CLOSES = 9, 18
ENOUGH_HOURS = 90
"""Working hours that a source has been heard of, below which nothing is usual for it."""


def silent(facts: Facts) -> pl.DataFrame:
    """Sources that sent less in the last two working hours than in all but one of a hundred such stretches, or of
    whose money more than a hundredth belongs to no office we know; amount: that money.

    `facts.sent`: topic, source, hour (local, its beginning), count. `facts.unassigned`: source, amount, unassigned.
    """
    quiet = [] if facts.sent.is_empty() else _quiet(facts)
    lost = [] if facts.unassigned.is_empty() else [
        (source, unassigned)
        for source, amount, unassigned in facts.unassigned.select("source", "amount", "unassigned").iter_rows()
        if amount > 0 and float(unassigned) > MOST_UNASSIGNED * float(amount)
    ]  # fmt: skip
    amounts = dict.fromkeys(quiet, 0) | {said_of("orders", source): amount for source, amount in lost}
    if not amounts:
        return NOTHING
    nothing = pl.lit("")
    found = pl.DataFrame({"id": list(amounts), "amount": [float(one) for one in amounts.values()]}).with_columns(
        pl.col("amount").round(2).cast(MONEY), office_id=nothing, customer_id=nothing, rep_id=nothing
    )
    return flags(found, "source", since=pl.lit(facts.today), days=pl.lit(0))


def _quiet(facts: Facts) -> list[str]:
    hours = _working_hours(facts)
    if len(hours) < ENOUGH_HOURS:
        return []
    known = pl.DataFrame({"hour": hours}).with_row_index("at")
    found = []
    for (topic, source), sent in facts.sent.partition_by("topic", "source", as_dict=True).items():
        heard = known.join(sent, on="hour", how="left").with_columns(pl.col("count").fill_null(0)).sort("at")
        begun = heard.filter(pl.col("count") > 0)["at"].min()
        counts = heard.filter(pl.col("at") >= (begun if begun is not None else len(hours)))["count"]
        if len(counts) < ENOUGH_HOURS:
            continue
        stretches = counts.rolling_sum(SILENT_HOURS).drop_nulls()
        usual = stretches.head(len(stretches) - SILENT_HOURS).quantile(SILENT_QUANTILE, "lower")
        if usual is not None and stretches[-1] < usual:
            found.append(said_of(str(topic), str(source)))
    return sorted(found)


def _working_hours(facts: Facts) -> list[datetime]:
    """The beginnings of all working hours since the first word, up to the last that is over, in order."""
    local = facts.now.astimezone(facts.zone).replace(tzinfo=None)
    first = facts.sent["hour"].min()
    if first is None:
        return []
    begin = datetime.fromisoformat(str(first)).replace(minute=0, second=0, microsecond=0)
    count = int((local - begin).total_seconds() // 3_600) + 1
    return [
        hour
        for hour in (begin + timedelta(hours=n) for n in range(count))
        if OPENS <= hour.hour < CLOSES
        and facts.calendar.weight(hour.date()) > 0
        and (local - hour).total_seconds() >= 3_600
    ]
