"""Which share of a month's bookings is in by when: the working-day calendar, bent by the company's own months."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from ingest.calendar import Period, WorkingCalendar

_DAY = timedelta(days=1)

TRUST = 3.0
"""Months of history that weigh as much as the calendar alone; an opinion, to be measured."""

STEPS = 40
"""Points of the learned curve between the first and the last working hour of a month."""


@dataclass(frozen=True)
class Curve:
    """`shares[i]` of a month is in when `i / STEPS` of its working days have gone by; `months` it was learned from."""

    shares: tuple[float, ...] = tuple(step / STEPS for step in range(STEPS + 1))
    months: int = 0

    def at(self, elapsed: float) -> float:
        """The expected share when `elapsed` (0 to 1) of the working days have gone by: calendar and history blended."""
        if elapsed <= 0 or elapsed >= 1:
            return min(max(elapsed, 0.0), 1.0)
        place = elapsed * STEPS
        low = int(place)
        learned = self.shares[low] + (place - low) * (self.shares[low + 1] - self.shares[low])
        trust = self.months / (self.months + TRUST)
        return trust * learned + (1 - trust) * elapsed


def learned(amounts: dict[date, float], months: Sequence[Period], calendar: WorkingCalendar) -> Curve:
    """The mean of the months' own curves; a month with amounts on fewer than half its working days teaches nothing."""
    taught = [shares for month in months if (shares := _of_month(amounts, month, calendar)) is not None]
    if not taught:
        return Curve()
    means = (sum(shares[step] for shares in taught) / len(taught) for step in range(STEPS + 1))
    return Curve(tuple(accumulate(means, max)), len(taught))  # returns may lower a day, never what is expected


def _of_month(amounts: dict[date, float], month: Period, calendar: WorkingCalendar) -> list[float] | None:
    total = sum(amount for day, amount in amounts.items() if day in month)
    working = calendar.working_days(month.start, month.end)
    busy = sum(bool(amounts.get(day)) for day in days_of(month))
    if total <= 0 or working <= 0 or busy < working / 2:
        return None
    elapsed, shares, so_far = [0.0], [0.0], 0.0
    for day in days_of(month):
        so_far += amounts.get(day, 0.0)
        gone = calendar.working_days(month.start, day) / working
        if gone > elapsed[-1]:
            elapsed.append(gone)
            shares.append(so_far / total)
        else:  # what comes on a day off counts with the working day before it
            shares[-1] = so_far / total if elapsed[-1] > 0 else 0.0
    return [_between(elapsed, shares, step / STEPS) for step in range(STEPS + 1)]


def _between(xs: list[float], ys: list[float], x: float) -> float:
    right = bisect_right(xs, x + 1e-12)
    if right >= len(xs):
        return ys[-1]
    left = right - 1
    return ys[left] + (ys[right] - ys[left]) * (x - xs[left]) / (xs[right] - xs[left])


def days_of(period: Period) -> list[date]:
    """Every day of the period, in order."""
    return [period.start + _DAY * n for n in range((period.end - period.start).days + 1)]


def months_of(period: Period) -> list[Period]:
    """The months of the period, in order."""
    found = [Period.containing(period.start, "month")]
    while found[-1].end < period.end:
        found.append(found[-1].next())
    return found


def expected_share(
    curve: Curve, calendar: WorkingCalendar, period: Period, now: datetime, zone: ZoneInfo, path: Sequence[str] = ()
) -> float:
    """The share of the period's amount expected by `now`, 0 to 1: each month by its curve, months by working days."""
    if calendar.working_days(period.start, period.end, path) <= 0:
        return calendar.elapsed_share(period.start, period.end, now, zone, path)
    total = gone = 0.0
    for month in months_of(period):
        weight = calendar.working_days(month.start, month.end, path)
        opened, closed = within(curve, calendar, month, period, zone, path)
        reached = curve.at(calendar.elapsed_share(month.start, month.end, now, zone, path))
        total += weight * (closed - opened)
        gone += weight * (min(max(reached, opened), closed) - opened)
    return min(1.0, gone / total) if total > 0 else calendar.elapsed_share(period.start, period.end, now, zone, path)


def within(
    curve: Curve, calendar: WorkingCalendar, month: Period, period: Period, zone: ZoneInfo, path: Sequence[str] = ()
) -> tuple[float, float]:
    """The shares of a month's amount that are expected before `period` begins, and by its end."""
    ends = (max(period.start, month.start) - _DAY, min(period.end, month.end))
    opened, closed = (
        curve.at(calendar.elapsed_share(month.start, month.end, end_of_day(day, zone), zone, path)) for day in ends
    )
    return opened, closed


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last instant of the business day."""
    return datetime.combine(day, time.max, zone)


def same_working_day(
    calendar: WorkingCalendar, period: Period, other: Period, day: date, path: Sequence[str] = ()
) -> date:
    """The day of `other` by which as many working days have gone as in `period` by `day`; its end when it has fewer.

    On a day off, the last day off after that working day. The day before `other` when none has gone.
    """
    if day >= period.end:
        return other.end
    gone = calendar.working_days(period.start, day, path)
    found = other.start - _DAY
    while found < other.end and calendar.working_days(other.start, found, path) < gone:
        found += _DAY
    if calendar.weight(day, path) == 0:
        while found < other.end and calendar.weight(found + _DAY, path) == 0:
            found += _DAY
    return found
