"""When a task that was carried out is looked at, and which days are held against which. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from ingest.calendar import WorkingCalendar
from ingest.events import CheckKind
from warehouse.task_life import TaskCard

LEADING_DAYS = 10
"""Working days after which what comes first should have moved."""
EVERY_DAYS, CYCLES = 5, 3
"""Working days from one measurement of the effect to the next, and sales cycles after which nobody measures on."""
SHORTEST, LONGEST = 20, 90
"""Of a sales cycle, in working days; what deals take is taken for no less and no more."""
USUAL_DAYS = 365
"""Days before the problem began by which is said what is usual: a year, as the board's own baseline has it."""
FEWEST_BEFORE = 10
"""Working days of before, at least. They begin when the problem was found: what made it found was low by chance too,
and would come back by itself."""


@dataclass(frozen=True)
class Spans:
    """What one check looks at, every day included; `is_last` where the time is over and it can be decided."""

    kind: CheckKind
    start: date
    end: date
    before_start: date
    before_end: date
    is_last: bool

    @property
    def usual(self) -> tuple[date, date]:
        """The days by which is said what is usual."""
        return self.before_start - timedelta(days=USUAL_DAYS), self.before_start - timedelta(days=1)


def due(card: TaskCard, since: date | None, cycle: int, calendar: WorkingCalendar, today: date) -> list[Spans]:
    """The checks of a task whose day is over by `today`, that nobody has measured yet: of each kind the latest.

    `since` is when the problem was found, None where there was none; `cycle` is in working days. Before is from then
    on, at most a cycle, up to the day it was carried out, which counts for neither side.
    """
    done = card.task.done_on
    if done is None or not card.is_to_be_checked:
        return []
    cycle = min(max(cycle, SHORTEST), LONGEST)
    found = []
    first, last = calendar.add_working_days(done, 1), calendar.add_working_days(done, LEADING_DAYS)
    if last < today and "leading" not in card.measured:
        before = calendar.add_working_days(done, -LEADING_DAYS)
        found.append(Spans("leading", first, last, before, done - timedelta(days=1), True))
    gone = int(calendar.working_days(first, today - timedelta(days=1))) if first < today else 0
    at = min(gone // EVERY_DAYS * EVERY_DAYS, CYCLES * cycle)
    if gone >= cycle > at:
        at = cycle
    if at < 2 * EVERY_DAYS:
        return found
    end = calendar.add_working_days(done, at)
    known = card.measured.get("lagging")
    if known is None or known.day < end:
        begun = max(since or date.min, calendar.add_working_days(done, -cycle))
        begun = min(begun, calendar.add_working_days(done, -FEWEST_BEFORE))
        found.append(Spans("lagging", first, end, begun, done - timedelta(days=1), at >= cycle))
    return found
