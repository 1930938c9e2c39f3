"""How a month's business spreads over its working days: slow at first, a rush at the end."""

from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from ingest.calendar import CLOSES, OPENS, Period, WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE_SECONDS = (CLOSES.hour - OPENS.hour) * 3600
FIRST_DAYS, LAST_DAYS = 2, 3
OPENING, MONTH_END, QUARTER_END = 0.9, 1.5, 1.8
"""Weight of each of the first two and the last three working days, where an ordinary one has 1."""

SEASON = (0.90, 0.70, 1.10, 0.95, 0.97, 1.10, 0.93, 0.95, 1.10, 0.97, 1.05, 1.28)
"""Business of a month against the year's average, January first."""

_EPOCH = date(1970, 1, 1).toordinal()
_OFFSET = 8 * 3600  # Shanghai has kept no summer time since 1991


def local_day(instant: int) -> date:
    """The company's day of an epoch second, the fast way."""
    return date.fromordinal(_EPOCH + (instant + _OFFSET) // 86_400)


def opening(day: date) -> int:
    """The epoch second of 09:00 on the company's day."""
    return midnight(day) + OPENS.hour * 3600


def midnight(day: date) -> int:
    """The epoch second at which the company's day begins."""
    return (day.toordinal() - _EPOCH) * 86_400 - _OFFSET


class MonthPace:
    """The curve of one month for the units under `path`: which share of its business is done by when.

    Days off of a unit's own move its business to its other days: the month as a whole does not change.
    """

    def __init__(self, calendar: WorkingCalendar, month: Period, path: tuple[str, ...] = (), rush: bool = True) -> None:
        days = [month.start + timedelta(n) for n in range((month.end - month.start).days + 1)]
        weights = np.array([calendar.weight(day, path) for day in days])
        if not weights.any():
            weights = np.array([calendar.weight(day) for day in days])
        self.days: list[date] = [day for day, weight in zip(days, weights, strict=True) if weight > 0]
        worked = weights[weights > 0]
        if rush:
            worked[:FIRST_DAYS] *= OPENING
            worked[-LAST_DAYS:] *= QUARTER_END if month.end.month % 3 == 0 else MONTH_END
        self._weights = worked / worked.sum()

    @cached_property
    def _points(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Shares and instants (epoch seconds) of each opening and each close; nothing happens between."""
        ends = np.cumsum(self._weights)
        ends[-1] = 1.0
        shares = np.ravel(np.column_stack((np.concatenate(([0.0], ends[:-1])), ends)))
        opened = np.array([opening(day) for day in self.days], dtype=np.float64)
        return shares, np.ravel(np.column_stack((opened, opened + OFFICE_SECONDS)))

    def instants(self, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """The epoch second at which each share (0 ≤ share < 1) of the month's business is done."""
        xs, ys = self._points
        return np.interp(shares, xs, ys).astype(np.int64)

    def share(self, until: datetime) -> float:
        """The share of the month's business that is done by `until`."""
        xs, ys = self._points
        return float(np.interp(until.timestamp(), ys, xs))


class Workdays:
    """The next working day of the units under `path`, remembered."""

    def __init__(self, calendar: WorkingCalendar, path: tuple[str, ...]) -> None:
        self._calendar, self._path = calendar, path
        self._next: dict[date, date] = {}

    def next(self, day: date) -> date:
        """`day` itself where it is a working day, else the first one after it."""
        found = self._next.get(day)
        if found is None:
            found = day
            while self._calendar.weight(found, self._path) <= 0:
                found += timedelta(1)
            self._next[day] = found
        return found
