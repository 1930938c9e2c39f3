"""What a sweep reads from the warehouse: the last words, then everything it looks at, in two rounds of questions."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import polars as pl

from ingest.calendar import WorkingCalendar, business_day
from ingest.events import Finding
from ingest.settings import CompanySettings
from streams.detection.findings import key_of
from streams.detection.holding import Held
from streams.detection.kept import Kept
from streams.detection.picture import Picture, Seen
from streams.detection.rules import RULES
from streams.detection.windows import PAST_DAYS, Windows, recent_days
from streams.organisation import Org, org_at
from warehouse.baseline.reading import METRIC
from warehouse.client import AsyncWarehouse
from warehouse.clock import clock_at
from warehouse.key import Key
from warehouse.queries.calendar import working_calendar
from warehouse.queries.findings import parsed
from warehouse.targets import targets
from warehouse.viewer import Viewer

LONGEST_STANDING_DAYS = 120
"""Working days a finding may stand and still be judged against what was before it."""

SILENT_DAYS = 1.0
"""Working days without any order after which the source, and not the sales, is the problem."""

REOPENS_WITHIN = timedelta(days=14)
"""What is found again so soon after it was over is the same finding, opened again."""

# Of what stands or ended lately: its last word, and the first one since it was closed, if ever, by version.
_WORDS = """
SELECT said, last = 'open' AS stands, arrayMin(arrayFilter(one -> one > closed, versions)) AS first FROM (
    SELECT finding_id, argMax(state, (version, offset)) AS said, argMax(finding_state, (version, offset)) AS last,
        maxIf(version, finding_state != 'open') AS closed, groupArray(version) AS versions, max(changed_at) AS said_at
    FROM finding_events WHERE state != '' AND changed_at <= {now:DateTime64(6, 'UTC')} GROUP BY finding_id)
WHERE last = 'open' OR said_at > {since:DateTime64(6, 'UTC')} ORDER BY finding_id
"""

_NEWEST = "SELECT topic_id, max(changed_at) FROM order_changes GROUP BY topic_id, partition"


@dataclass(frozen=True)
class Words:
    """The last words as of an instant: on what stands, since when each of these has been told by id, and on what ended
    lately."""

    standing: list[Finding]
    first_told: dict[str, datetime] = field(default_factory=dict)
    ended: list[Finding] = field(default_factory=list)


async def last_words(warehouse: AsyncWarehouse, now: datetime) -> Words:
    """The last words as of now."""
    rows = await warehouse.query(_WORDS, {"now": now, "since": now - REOPENS_WITHIN})
    found = Words([])
    for state, stands, first in rows.iter_rows():
        word = parsed(state)
        (found.standing if stands else found.ended).append(word)
        if stands:
            found.first_told[word.finding_id] = datetime.fromtimestamp(first / 1e6, UTC)
    return found


async def observed(
    warehouse: AsyncWarehouse,
    company: CompanySettings,
    now: datetime,
    words: Sequence[Finding],
    first_told: Mapping[str, datetime],
    held: Held | None = None,
    kept: Kept | None = None,
) -> Picture | None:
    """The picture as of now; None while orders are silent for longer than a working day, or there are none.

    `held` says of which offices data is missing, `kept` is what was read before. The past of what stands ends where
    it ended when it was first told: a problem is not held against itself.
    """
    kept = kept or Kept()
    await kept.look(warehouse, now)
    with kept.stated():
        calendar = await working_calendar(warehouse)
    today = business_day(now, company.zone)
    if not await are_orders_heard(warehouse, company, calendar, now):
        return None
    opened, since = cuts(words, first_told, calendar, today, company)
    windows = Windows.ending(now, today, company.zone, calendar, since)
    return await _picture(warehouse, windows, opened, held or Held(), kept)


async def are_orders_heard(
    warehouse: AsyncWarehouse, company: CompanySettings, calendar: WorkingCalendar, now: datetime
) -> bool:
    """Whether there are orders, the newest no older than a working day."""
    last = max((at for _, at in await warehouse.rows(_NEWEST)), default=None)
    return last is not None and not is_silent(calendar, last, now, company)


def cuts(
    words: Sequence[Finding],
    first_told: Mapping[str, datetime],
    calendar: WorkingCalendar,
    today: date,
    company: CompanySettings,
) -> tuple[dict[Key, date], date]:
    """Where the past of what stands ends, by key, and the day from which a picture must know of the company. Pure."""
    opened = {
        key_of(word): recent_days(calendar, business_day(first_told[word.finding_id], company.zone))[0]
        for word in words
        if word.rule in RULES and word.target is None
    }
    longest = calendar.add_working_days(today, -LONGEST_STANDING_DAYS)
    begun = [max(day, longest) for day in opened.values()]
    return opened, calendar.add_working_days(min(begun), -PAST_DAYS) if begun else today


def is_silent(calendar: WorkingCalendar, last: datetime, now: datetime, company: CompanySettings) -> bool:
    """Whether the newest order, of the instant `last`, is more than `SILENT_DAYS` old. Pure."""
    first, zone = business_day(min(last, now), company.zone), company.zone
    today = business_day(now, zone)
    gone = calendar.elapsed_weight(first, today, now, zone) - calendar.elapsed_weight(
        first, today, min(last, now), zone
    )
    return gone > SILENT_DAYS


async def _picture(
    warehouse: AsyncWarehouse, windows: Windows, opened: Mapping[Key, date], held: Held, kept: Kept
) -> Picture:
    start, today, recent = windows.days[0], windows.today, windows.recent_start
    before = windows.calendar.add_working_days(recent, -PAST_DAYS)
    (org, aims), (sales, credits, visits), clock = await asyncio.gather(
        _stated(warehouse, windows, kept),
        asyncio.gather(
            kept.cells.until(warehouse, start, today),
            kept.reps.until(warehouse, start, today),
            kept.visits.until(warehouse, before, today),
        ),
        clock_at(warehouse, (METRIC,), windows.month, windows.now),
    )
    lately = pl.col("day") >= recent
    done, done_before = (visits.filter(days).group_by("rep").agg(pl.col("visits").sum()) for days in (lately, ~lately))
    seen = Seen(sales, credits, done, done_before, aims, clock.curves[METRIC], opened, clock.landings, held)
    return Picture(windows, org, seen)


async def _stated(warehouse: AsyncWarehouse, windows: Windows, kept: Kept) -> tuple[Org, dict[Key, float]]:
    """The organisation, and base targets of the month by key."""
    viewer, month, today = Viewer.system(), windows.month, windows.today
    with kept.stated():
        of_units, of_products, of_all, org = await asyncio.gather(
            targets(warehouse, viewer, metric=METRIC, period=month, by="unit", as_of=today),
            targets(warehouse, viewer, metric=METRIC, period=month, by="product", as_of=today),
            targets(warehouse, viewer, metric=METRIC, period=month, as_of=today),
            org_at(warehouse, today, windows.days[0]),
        )
    aims = {Key(one): _scaled(value) for one, value in of_units.iter_rows()}
    aims |= {Key("", one): _scaled(value) for one, value in of_products.iter_rows()}
    if org.root:
        aims |= {Key(org.root): _scaled(value) for _, value in of_all.iter_rows()}
    return org, aims


def _scaled(value: object) -> float:
    return float(str(value)) * 1e4
