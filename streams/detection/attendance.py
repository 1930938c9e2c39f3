"""Which days count for whom: offices by their own calendar and what is heard of them, people while they were there."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from streams.detection.baseline import Floats
from streams.detection.holding import Held
from streams.detection.silence import Wait, silent, waits
from streams.detection.windows import Windows
from streams.organisation import Org

ENOUGH_THERE = 15
"""Working days of being there before, below which nobody is judged, nor are others measured by them."""


@dataclass(frozen=True)
class Attendance:
    """Of a sweep. `sales`: day, office, order_lines; `credits`: rep; `held`: of which offices data is missing."""

    windows: Windows
    org: Org
    sales: pl.DataFrame
    credits: pl.DataFrame
    held: Held

    @cached_property
    def offices(self) -> dict[str, int]:
        """The offices that sold or where somebody is, each with its place."""
        units = set(self.sales["office"].to_list()) | set(self.org.homes.values())
        return {unit: at for at, unit in enumerate(sorted(units))}

    @cached_property
    def office_weights(self) -> Floats:
        """Weight of each day for each office against the company's; 1 on a day on which the company does not work."""
        calendar, days = self.windows.calendar, self.windows.days
        usual = [calendar.weight(day) for day in days]
        own = [calendar.exceptions(self.org.unit_path(unit)) for unit in self.offices]
        weights = {
            path: [
                calendar.weight(day, path) / whole if whole > 0 else 1.0 for day, whole in zip(days, usual, strict=True)
            ]
            for path in set(own)
        }
        found = np.array([weights[path] for path in own])
        for unit, since in self.silent.items():
            found[self.offices[unit], self.windows.place(since) :] = 0.0
        return found

    @cached_property
    def waits(self) -> dict[str, Wait]:
        """By office that sold, how long it waits for its next order."""
        return waits(self.sales, self.org, self.windows)

    @cached_property
    def silent(self) -> dict[str, date]:
        """By office, since when nothing is known of it: by its own silence, or by that of the source that feeds it."""
        found = silent(self.waits)
        held = {unit: day for unit, day in self.held.offices("orders").items() if unit in self.offices}
        return {**found, **{unit: min(day, found.get(unit, day)) for unit, day in held.items()}}

    def people(self, past: slice) -> tuple[list[str], Floats]:
        """Who sold and was in today's unit for long enough of the `past`, and the weight of each day for each."""
        sellers = sorted(set(self.credits["rep"].to_list()) & {one for one, unit in self.org.homes.items() if unit})
        began, presences, count = self.windows.days[0].toordinal(), self.org.presences, len(self.windows.days)
        spans = [
            (at, first.toordinal() - began, last.toordinal() - began + 1)
            for at, one in enumerate(sellers)
            for first, last in presences.get(one, ())
        ]
        at, first, end = np.array(spans, dtype=np.int64).reshape(-1, 3).T
        edges = np.zeros((len(sellers), count + 1))
        np.add.at(edges, (at, np.clip(first, 0, count)), 1.0)
        np.add.at(edges, (at, np.clip(end, 0, count)), -1.0)
        weights = (np.cumsum(edges, axis=1)[:, :-1] > 0).astype(np.float64)
        weights *= self.office_weights[[self.offices[self.org.homes[one]] for one in sellers]]
        long = weights[:, past] @ self.working_days[past] >= ENOUGH_THERE
        return [one for one, kept in zip(sellers, long, strict=True) if kept], weights[long]

    @cached_property
    def working_days(self) -> Floats:
        """1 for each working day of the company."""
        return np.array([float(self.windows.calendar.weight(day) > 0) for day in self.windows.days])
