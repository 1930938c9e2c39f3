"""Days, weeks, months, quarters, years and ranges: the time that figures are asked for.

Quarters and years are the company's fiscal ones: a year is called by the calendar year in which it begins.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Self

from ingest.settings import company

PeriodKind = Literal["day", "week", "month", "quarter", "year", "range"]
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
LONGEST_DAYS = 1_100
"""What a range may hold: three years and a little."""

_DAY = timedelta(days=1)
_YEAR_OF_WEEKS = timedelta(weeks=52)


@dataclass(frozen=True, order=True)
class Period:
    """A day, a week, a month, a quarter, a year or any range; `start` and `end` both belong to it."""

    start: date
    end: date
    key: str
    kind: PeriodKind

    @classmethod
    def parse(cls, key: str) -> Self:
        """What plans are made for: "2026-11", "2026-Q4" or "2026"; ValueError for anything else."""
        year, _, part = key.partition("-")
        try:
            if len(year) != 4 or not year.isascii() or not year.isdigit():
                raise ValueError
            if not part and key == year:
                return cls._of("year", int(year), 1)
            if part in ("Q1", "Q2", "Q3", "Q4"):
                return cls._of("quarter", int(year), int(part[1]))
            if len(part) == 2 and part.isascii() and part.isdigit():
                return cls._of("month", int(year), int(part))
            raise ValueError
        except ValueError:
            raise ValueError(f"{key!r} is no period; write 2026-11, 2026-Q4 or 2026") from None

    @classmethod
    def read(cls, key: str) -> Self:
        """From any key there is: also "2026-11-26", "2026-W48" and "2026-11-03..2026-11-20"; ValueError otherwise."""
        first, dots, last = key.partition("..")
        try:
            if dots:
                return cls.spanning(_day(first), _day(last))
            if len(key) == 10:
                return cls.containing(_day(key), "day")
            if len(key) == 8 and key[4:6] == "-W":
                return cls.containing(date.fromisocalendar(int(key[:4]), int(key[6:]), 1), "week")
        except ValueError:
            raise ValueError(f"{key!r} is no period; write 2026-11-26, 2026-W48 or 2026-11-03..2026-11-20") from None
        return cls.parse(key)

    @classmethod
    def spanning(cls, start: date, end: date) -> Self:
        """From `start` to `end`: the day, week, month, quarter or year that is just that, else a range."""
        if not 0 <= (end - start).days < LONGEST_DAYS:
            raise ValueError(f"{start}..{end} is no range of 1 to {LONGEST_DAYS} days")
        kinds: tuple[PeriodKind, ...] = ("day", "week", "month", "quarter", "year")
        for kind in kinds:
            found = cls.containing(start, kind)
            if (found.start, found.end) == (start, end):
                return found
        return cls(start, end, f"{start}..{end}", "range")

    @classmethod
    def containing(cls, day: date, kind: PeriodKind) -> Self:
        """The period of that kind in which `day` lies; a range has no kind to lie in."""
        if kind == "day":
            return cls(day, day, day.isoformat(), kind)
        if kind == "week":
            year, week, weekday = day.isocalendar()
            monday = day - (weekday - 1) * _DAY
            return cls(monday, monday + 6 * _DAY, f"{year:04}-W{week:02}", kind)
        if kind == "month":
            return cls._of(kind, day.year, day.month)
        gone = (day.month - company().fiscal_year_starts) % 12
        year = day.year - (day.month < company().fiscal_year_starts)
        return cls._of(kind, year, gone // _MONTHS[kind] + 1)

    @classmethod
    def _of(cls, kind: PeriodKind, year: int, number: int) -> Self:
        key = {"month": f"{year:04}-{number:02}", "quarter": f"{year:04}-Q{number}", "year": f"{year:04}"}[kind]
        if kind == "month" and not 1 <= number <= 12:
            raise ValueError(key)
        months = _MONTHS[kind]
        gone = (number - 1) * months + (0 if kind == "month" else company().fiscal_year_starts - 1)
        first, last = (divmod(gone + more, 12) for more in (0, months - 1))
        start, end = (date(year + years, month + 1, 1) for years, month in (first, last))
        return cls(start, end.replace(day=monthrange(end.year, end.month)[1]), key, kind)

    def __str__(self) -> str:
        return self.key

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def is_planned(self) -> bool:
        """Whether targets are set for periods of this kind."""
        return self.kind in _MONTHS

    def nearest(self, day: date) -> date:
        """The day of the period that is nearest to `day`: of today the last day that can be looked at."""
        return max(min(day, self.end), self.start)

    def previous(self) -> Self:
        """The period of the same kind just before; of a range as many days."""
        if self.kind == "range":
            return self.spanning(self.start - (self.end - self.start) - _DAY, self.start - _DAY)
        return self.containing(self.start - _DAY, self.kind)

    def next(self) -> Self:
        """The period of the same kind just after; of a range as many days."""
        if self.kind == "range":
            return self.spanning(self.end + _DAY, self.end + (self.end - self.start) + _DAY)
        return self.containing(self.end + _DAY, self.kind)

    def year_before(self) -> Self:
        """The same period of the year before; days and weeks 52 weeks before, so that weekdays meet weekdays."""
        if self.kind in ("day", "week"):
            return self.containing(self.start - _YEAR_OF_WEEKS, self.kind)
        if self.kind == "range":
            return self.spanning(a_year_before(self.start), a_year_before(self.end))
        return self.containing(self.start.replace(year=self.start.year - 1), self.kind)


def a_year_before(day: date) -> date:
    """The same date of the year before; 28 February for the 29th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _day(text: str) -> date:
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise ValueError(f"{text!r} is no day")
    return date.fromisoformat(text)
