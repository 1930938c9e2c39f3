"""The days of a sweep: which are judged, against which past, counted in the company's working days. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from ingest.calendar import Period, WorkingCalendar
from streams.detection.baseline import Mask
from streams.detection.nodes import Spans

RECENT_DAYS, PAST_DAYS, STRETCH_DAYS = 20, 60, 10
"""Working days that are judged, that they are judged against, and of one stretch in which the past's spread is seen."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Windows:
    """The days of a sweep as of `now`. `days` runs from the first day of the past to today."""

    now: datetime
    today: date
    zone: ZoneInfo
    calendar: WorkingCalendar
    days: Sequence[date]

    @classmethod
    def ending(cls, now: datetime, today: date, zone: ZoneInfo, calendar: WorkingCalendar, since: date) -> "Windows":
        """Up to today; the past begins `PAST_DAYS` before the recent days, or at `since` where that is earlier."""
        start = min(cls.first_day(today, calendar), since)
        return cls(now, today, zone, calendar, [start + _DAY * n for n in range((today - start).days + 1)])

    @staticmethod
    def first_day(today: date, calendar: WorkingCalendar) -> date:
        """Where the past begins when nothing asks for more."""
        return calendar.add_working_days(today, -(RECENT_DAYS + PAST_DAYS) + 1)

    @property
    def month(self) -> Period:
        return Period.containing(self.today, "month")

    @property
    def days_gone(self) -> float:
        """Working days of the month that have gone by, the hours of today included."""
        return self.calendar.elapsed_weight(self.month.start, self.month.end, self.now, self.zone)

    @cached_property
    def recent_start(self) -> date:
        return self.recent_of(self.today)[0]

    def recent_of(self, day: date) -> tuple[date, date]:
        """First and last of the recent days that end on `day`."""
        return recent_days(self.calendar, day)

    def mask(self, first: date, last: date) -> Mask:
        """The days first ≤ day ≤ last."""
        return np.array([first <= day <= last for day in self.days], dtype=bool)

    def spans(self, known_from: date) -> Spans:
        """The masks of a sweep; the past begins where anything is known at all."""
        yesterday = self.calendar.add_working_days(self.today, -1)
        month = self.month
        start = max(known_from, self.days[0])
        stretches: list[Mask] = []
        end = self.recent_start - _DAY
        while (first := self.calendar.add_working_days(end + _DAY, -STRETCH_DAYS)) >= start:
            stretches.append(self.mask(first, end))
            end = first - _DAY
        return Spans(
            recent=self.mask(self.recent_start, self.today),
            recent_before=self.mask(*self.recent_of(yesterday)),
            month=self.mask(month.start, self.today),
            month_before=self.mask(month.start, yesterday),
            start=self.place(start),
            recent_start=self.place(self.recent_start),
            stretches=tuple(stretches),
        )

    def place(self, day: date) -> int:
        """The index of a day in `days`; 0 for one before them, their number for one after them."""
        return min(max(day.toordinal() - self.days[0].toordinal(), 0), len(self.days))


def recent_days(calendar: WorkingCalendar, day: date) -> tuple[date, date]:
    """First and last of the recent days that end on `day`."""
    back = RECENT_DAYS - (calendar.weight(day) > 0)
    return calendar.add_working_days(day, -back), day
