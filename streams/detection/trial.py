"""A rule tried on the past: at the end of each working day what it would have said, as it is and changed, side by side.

It is asked with what is known today, day by day as the worker would have swept, each side with the words it would have
said by then. Nothing is told, nothing is stored but the outcome.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from ingest.calendar import CLOSES, WorkingCalendar, business_day
from ingest.events import Finding, Tried
from ingest.settings import CompanySettings
from streams.detection.kept import Kept
from streams.detection.observations import REOPENS_WITHIN, cuts, observed
from streams.detection.picture import Picture
from streams.detection.rules import RULES
from streams.detection.sweeper import Laws, found
from streams.detection.watch.desk import WatchDesk
from streams.detection.watch.landing import LANDING, with_month
from streams.detection.watch.observations import facts_at
from streams.detection.watch.rules import WATCHES
from warehouse.client import AsyncWarehouse
from warehouse.queries.calendar import working_calendar

DAYS_OF_A_MONTH = 21
"""Working days."""

MOST_TRIED = 1_500
"""Findings of a side that are told, the largest first; an event has to stay below a megabyte."""


@dataclass
class Side:
    """What one version of the rules has said so far; of what `rule` said, everything that it found."""

    laws: Laws
    rule: str
    words: dict[str, Finding] = field(default_factory=dict)
    first_told: dict[str, datetime] = field(default_factory=dict)
    over: dict[str, Finding] = field(default_factory=dict)
    tried: dict[str, Tried] = field(default_factory=dict)

    def take(self, said: Sequence[Finding], today: date) -> None:
        """What was said at the end of a day."""
        for word in said:
            one = word.finding_id
            if word.state == "open":
                self.words[one] = word
                self.first_told.setdefault(one, word.as_of)
                self.over.pop(one, None)
            else:
                self.words.pop(one, None)
                self.first_told.pop(one, None)
                self.over[one] = word
            if word.rule == self.rule:
                self._try(word, today)

    def ended_lately(self, now: datetime) -> list[Finding]:
        """The last words on what ended so lately that it is opened again."""
        return [word for word in self.over.values() if word.as_of > now - REOPENS_WITHIN]

    def result(self) -> tuple[Tried, ...]:
        """What the rule found, the largest gap first."""
        return tuple(sorted(self.tried.values(), key=lambda one: (one.gap, one.finding_id))[:MOST_TRIED])

    def _try(self, word: Finding, today: date) -> None:
        before = self.tried.get(word.finding_id)
        worst = min(word.gap, before.gap) if before else word.gap
        self.tried[word.finding_id] = Tried(
            finding_id=word.finding_id, slice=word.slice, since=before.since if before else today,
            until=None if word.state == "open" else today, gap=worst, responsible_id=word.responsible_id,
            responsible_role=word.responsible_role,
        )  # fmt: skip


def days_before(calendar: WorkingCalendar, today: date, months: int) -> list[date]:
    """The working days of so many months of 21 that ended before today, oldest first."""
    found = [today]
    while len(found) <= DAYS_OF_A_MONTH * months:
        found.append(calendar.add_working_days(found[-1], -1))
    return sorted(found[1:])


async def tried(
    warehouse: AsyncWarehouse, company: CompanySettings, sides: tuple[Side, Side], now: datetime, months: int
) -> AsyncIterator[tuple[int, int, date]]:
    """Try both sides day by day: after each, how many days are done, of how many, and the first of them."""
    calendar, kept = await working_calendar(warehouse), Kept()
    days = days_before(calendar, business_day(now, company.zone), months)
    for number, day in enumerate(days, 1):
        as_of = datetime.combine(day, CLOSES, company.zone).astimezone(UTC)
        if sides[0].rule in WATCHES:
            await _watch(warehouse, company, sides, as_of, kept)
        else:
            await _hunt(warehouse, company, sides, as_of, kept)
        yield number, len(days), days[0]


async def _hunt(
    warehouse: AsyncWarehouse, company: CompanySettings, sides: tuple[Side, Side], as_of: datetime, kept: Kept
) -> None:
    words = {word.finding_id: word for side in sides for word in side.words.values()}
    told: dict[str, datetime] = {}
    for side in sides:
        told |= {one: min(at, told.get(one, at)) for one, at in side.first_told.items()}
    picture = await observed(warehouse, company, as_of, list(words.values()), told, kept=kept)
    if picture is None:
        return
    for side in sides:
        said = await asyncio.to_thread(_found, picture, side, company)
        side.take(said, picture.windows.today)


def _found(picture: Picture, side: Side, company: CompanySettings) -> list[Finding]:
    """What a side says of the picture, the past of its own findings cut where they began."""
    windows, words = picture.windows, list(side.words.values())
    opened, _ = cuts(words, side.first_told, windows.calendar, windows.today, company)
    own = replace(picture, seen=replace(picture.seen, opened=opened))
    return found(own, words, side.laws.rules, side.ended_lately(windows.now))


async def _watch(
    warehouse: AsyncWarehouse, company: CompanySettings, sides: tuple[Side, Side], as_of: datetime, kept: Kept
) -> None:
    picture = await observed(warehouse, company, as_of, [], {}, kept=kept)
    if picture is None:
        return
    windows = picture.windows
    facts = await facts_at(warehouse, company, as_of, picture.org, windows.calendar, kept)
    short = await asyncio.to_thread(found, picture, [], RULES) if sides[0].rule == LANDING else None
    for side in sides:
        words = list(side.words.values())
        known = facts if short is None else with_month(facts, picture, words, short)
        desk = WatchDesk(known, words, as_of, side.ended_lately(as_of))
        side.take(await asyncio.to_thread(desk.settled, side.laws.watches), windows.today)
