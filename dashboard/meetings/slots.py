"""When all who are called are free: office hours of working days, but for planned visits and other meetings. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from ingest.calendar import CLOSES, OPENS, WorkingCalendar

Busy = tuple[datetime, datetime]
STEP = timedelta(minutes=30)
"""Meetings begin on the hour and the half hour."""
SOONEST = timedelta(minutes=10)
"""Nobody is booked for sooner."""
MOST_DAYS = 14


def free_slots(
    busy: Iterable[Busy], calendar: WorkingCalendar, path: Sequence[str], zone: ZoneInfo, now: datetime,
    minutes: int = 30, most: int = 3,
) -> list[datetime]:  # fmt: skip
    """The next beginnings, in the company's zone; fewer than `most` where so much is taken for two weeks."""
    taken, long = list(busy), timedelta(minutes=minutes)

    def is_free(begin: datetime) -> bool:
        return not any(start < begin + long and end > begin for start, end in taken)

    begins = _begins(calendar, path, zone, now + SOONEST, long)
    return list(islice((begin for begin in begins if is_free(begin)), most))


def _begins(
    calendar: WorkingCalendar, path: Sequence[str], zone: ZoneInfo, since: datetime, long: timedelta
) -> Iterator[datetime]:
    first = since.astimezone(zone).date()
    for day in (first + timedelta(days=n) for n in range(MOST_DAYS)):
        if calendar.weight(day, path) <= 0:
            continue
        begin, closes = datetime.combine(day, OPENS, zone), datetime.combine(day, CLOSES, zone)
        while begin + long <= closes:
            if begin >= since:
                yield begin
            begin += STEP
