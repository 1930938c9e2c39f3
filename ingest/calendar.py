"""Business days and the working-day calendar: pure functions of dates, no clock and no I/O."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar

from ingest.period import Period, PeriodKind

__all__ = ["CLOSES", "COMPANY", "OPENS", "Period", "PeriodKind", "WorkingCalendar", "business_day"]

COMPANY = "company"
"""The id under which an override counts for everybody."""

OPENS, CLOSES = time(9), time(18)
"""Local hours between which a working day's share grows."""

_DAY = timedelta(days=1)
_OFFICE_SECONDS = (CLOSES.hour - OPENS.hour) * 3600


def business_day(at: datetime, zone: ZoneInfo) -> date:
    """The day on which `at` (aware) falls in the company's zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at.astimezone(zone).date()


def _public_holidays() -> Any:
    """The library of public holidays: a third of a second to load, and China's published calendar needs none of it."""
    import holidays

    return holidays


@cache
def _published_years() -> range:
    return range(min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year + 1)


@cache
def _seed(country: str, year: int) -> tuple[float, ...]:
    """Weight of each day of a year before any override: 1 a working day, 0 none."""
    first = date(year, 1, 1)
    days = [first + _DAY * n for n in range((date(year + 1, 1, 1) - first).days)]
    if country == "CN" and year in _published_years():
        return tuple(float(chinese_calendar.is_workday(day)) for day in days)
    public = _public_holidays().country_holidays(country, years=year)
    return tuple(float(public.is_working_day(day)) for day in days)


class WorkingCalendar:
    """How much each day counts as a working day, for the company and for each unit.

    `overrides` maps (unit id or "company", day) to a weight ≥ 0. A `path` is the chain of unit ids from the root to the
    unit asked about; its nearest unit with an override decides a day, then "company", then the country's calendar:
    for CN the published one with its make-up days, beyond it and elsewhere the public holidays. Never changes.
    """

    def __init__(self, country: str = "CN", overrides: Mapping[tuple[str, date], float] | None = None) -> None:
        if country != "CN" and country not in _public_holidays().list_supported_countries():
            raise ValueError(f"no public holidays are known for country {country!r}; give an ISO 3166 code such as CN")
        self.country = country
        self._own: dict[str, dict[date, float]] = {}
        for (unit_id, day), weight in (overrides or {}).items():
            self._own.setdefault(unit_id, {})[day] = float(weight)
        self._sums: dict[tuple[tuple[str, ...], int], list[float]] = {}

    def is_provisional(self, year: int) -> bool:
        """Whether the year's make-up days and bridges are not published yet, so that its weights may still change."""
        return self.country == "CN" and year not in _published_years()

    def weight(self, day: date, path: Sequence[str] = ()) -> float:
        """How much `day` counts for the last unit of `path`: 1 a working day, 0 none."""
        for unit_id in (*reversed(path), COMPANY):
            own = self._own.get(unit_id)
            if own is not None and (found := own.get(day)) is not None:
                return found
        return _seed(self.country, day.year)[day.timetuple().tm_yday - 1]

    def exceptions(self, path: Sequence[str]) -> tuple[str, ...]:
        """The units of `path` that have days of their own: paths with the same ones share all their weights."""
        return tuple(unit_id for unit_id in path if unit_id in self._own)

    def working_days(self, start: date, end: date, path: Sequence[str] = ()) -> float:
        """Sum of the weights from `start` to `end`, both included; 0 when `end` is before `start`."""
        if end < start:
            return 0.0
        units = tuple(unit_id for unit_id in (COMPANY, *path) if unit_id in self._own)
        whole_years = sum(self._year(units, year)[-1] for year in range(start.year, end.year))
        before_start = self._year(units, start.year)[start.timetuple().tm_yday - 1]
        return whole_years - before_start + self._year(units, end.year)[end.timetuple().tm_yday]

    def elapsed_weight(
        self, start: date, end: date, until: datetime, zone: ZoneInfo, path: Sequence[str] = ()
    ) -> float:
        """Working days of start..end gone by at `until`; a day under way counts by the hour, 09:00 to 18:00 local."""
        local = until.astimezone(zone)
        today = local.date()
        if today < start:
            return 0.0
        if today > end:
            return self.working_days(start, end, path)
        opened = datetime.combine(today, OPENS, zone)
        gone = min(max((local - opened).total_seconds() / _OFFICE_SECONDS, 0.0), 1.0)
        return self.working_days(start, today - _DAY, path) + gone * self.weight(today, path)

    def remaining_weight(
        self, start: date, end: date, until: datetime, zone: ZoneInfo, path: Sequence[str] = ()
    ) -> float:
        """Working days of start..end still to come at `until`, the rest of a day under way included."""
        return self.working_days(start, end, path) - self.elapsed_weight(start, end, until, zone, path)

    def elapsed_share(self, start: date, end: date, until: datetime, zone: ZoneInfo, path: Sequence[str] = ()) -> float:
        """Elapsed over all working days of start..end, 0 to 1; without any working day 1 once `end` is past, else 0."""
        total = self.working_days(start, end, path)
        if total <= 0:
            return float(until.astimezone(zone).date() > end)
        return min(1.0, self.elapsed_weight(start, end, until, zone, path) / total)

    def working_day_index(self, day: date, path: Sequence[str] = ()) -> int:
        """Which working day of its month `day` is, from 1; between working days that of the last one, 0 before any."""
        return sum(self.weight(day.replace(day=n), path) > 0 for n in range(1, day.day + 1))

    def working_minutes(self, since: datetime, until: datetime, zone: ZoneInfo, path: Sequence[str] = ()) -> float:
        """Minutes of office hours (09:00 to 18:00 local) of working days between two instants; 0 before `since`."""
        begin, end = since.astimezone(zone), until.astimezone(zone)
        days, seconds = (end.date() - begin.date()).days, 0.0
        for day in (begin.date() + _DAY * n for n in range(days + 1)):
            if self.weight(day, path) > 0:
                opens, closes = (datetime.combine(day, hour, zone) for hour in (OPENS, CLOSES))
                seconds += max(0.0, (min(end, closes) - max(begin, opens)).total_seconds())
        return seconds / 60

    def is_office_hour(self, at: datetime, zone: ZoneInfo, path: Sequence[str] = ()) -> bool:
        """Whether people are at work: office hours (09:00 to 18:00 local) of a working day."""
        local = at.astimezone(zone)
        return OPENS <= local.time() < CLOSES and self.weight(local.date(), path) > 0

    def add_working_days(self, day: date, count: int, path: Sequence[str] = ()) -> date:
        """The working day `count` working days after (before, when negative) `day`; `day` itself for 0."""
        step = _DAY if count > 0 else -_DAY
        idle = 0
        while count:
            day += step
            idle += 1
            if self.weight(day, path) > 0:
                count -= 1 if step > timedelta(0) else -1
                idle = 0
            elif idle > 366:
                raise ValueError(f"no working day within a year before {day} for {'/'.join(path) or COMPANY}")
        return day

    def _year(self, units: tuple[str, ...], year: int) -> list[float]:
        """Running sums of a year's weights: [0, w(1 Jan), w(1 Jan) + w(2 Jan), …]."""
        found = self._sums.get((units, year))
        if found is None:
            weights = list(_seed(self.country, year))
            for unit_id in units:
                for day, weight in self._own[unit_id].items():
                    if day.year == year:
                        weights[day.timetuple().tm_yday - 1] = weight
            found = self._sums[(units, year)] = list(accumulate(weights, initial=0.0))
        return found
