"""Months as paths: how far each was when so much of its working days had gone by. Months of any length compare then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ingest.calendar import Period, WorkingCalendar
from streams.forecast.smoothing import Floats
from warehouse.baseline.month import STEPS
from warehouse.curve import days_of


@dataclass(frozen=True)
class Ledger:
    """What was sold in the months that are over, the oldest first.

    `paths` (months × STEPS + 1 × leaf series): amount by when so many of the working days had gone; the last is the
    month's total. `orders` (months × leaf series). `working_days` and `quarter_end` by month.
    """

    paths: Floats
    orders: Floats
    working_days: Floats
    quarter_end: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def before(self, month: int) -> "Ledger":
        """What was known when that month began."""
        return Ledger(self.paths[:month], self.orders[:month], self.working_days[:month], self.quarter_end[:month])


def paths_of(amounts: Mapping[date, Floats], months: Sequence[Period], calendar: WorkingCalendar) -> Floats:
    """Paths (months × STEPS + 1 × series) of amounts by day; what comes on a day off counts with the working day
    before it, before any with the first."""
    series = len(next(iter(amounts.values())))
    found = np.zeros((len(months), STEPS + 1, series))
    for at, month in enumerate(months):
        gone, reached, so_far = [0.0], [np.zeros(series)], np.zeros(series)
        whole = calendar.working_days(month.start, month.end)
        for day in days_of(month):
            so_far = so_far + amounts.get(day, 0.0)
            if calendar.weight(day) > 0:
                gone.append(calendar.working_days(month.start, day) / whole)
                reached.append(so_far)
            elif gone[-1] > 0:
                reached[-1] = so_far
        if whole <= 0:
            gone.append(1.0)
            reached.append(so_far)
        found[at] = at_points(np.array(gone), np.array(reached), np.linspace(0.0, 1.0, STEPS + 1))
        found[at, -1] = so_far
    return found


def at_points(known: Floats, values: Floats, wanted: Floats) -> Floats:
    """Values (known × series) between the points at which they are known (rising), at those that are wanted."""
    right = np.clip(np.searchsorted(known, wanted, side="left"), 1, len(known) - 1)
    span = known[right] - known[right - 1]
    part = np.divide(wanted - known[right - 1], span, out=np.ones_like(wanted), where=span > 0)
    return np.asarray(values[right - 1] + part[:, None] * (values[right] - values[right - 1]))
