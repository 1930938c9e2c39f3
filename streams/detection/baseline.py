"""What should have been sold: a node's own rate before, its own working days, and how the days went for everybody.

Expected on a day = rate of the row × weight of the day for it × factor of the day. The factors are learned from all
rows together, so season, month-end rush, the hour of a day under way and a market that moves as a whole are in them
and blame nobody; the weights are the row's own calendar, so its holiday or stock-taking expects nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from warehouse.key import Key

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
ROUNDS = 8
OUTSIZED = 5.0


def added(index: Ints, values: npt.NDArray[Any], count: int) -> Floats:
    """The values added up by index; of as many groups as `count` at least."""
    return np.bincount(index, values.astype(np.float64), count).astype(np.float64)


@dataclass(frozen=True)
class Panel:
    """Amounts by row and day, sparse: `amount[i]` (units of 1/10,000) and `lines[i]` of row `row[i]` on day `day[i]`.

    `usual` is the amount with outsized deals cut to `OUTSIZED` average order lines: what is expected is learned from
    it, so that one large deal of the past makes nobody short, nor one elsewhere everybody else.
    `profile[r]` is the row of `weights` (by day) that says which days row r works; weights relative to the company's
    calendar, 1 on a day on which nobody works.
    """

    keys: Sequence[Key]
    days: Sequence[date]
    profile: Ints
    weights: Floats
    row: Ints
    day: Ints
    amount: Ints
    lines: Ints

    @cached_property
    def usual(self) -> Ints:
        lines = np.maximum(self.lines, 0)
        average = np.maximum(self.amount, 0).sum() / max(int(lines.sum()), 1)
        most = np.rint(OUTSIZED * average * np.maximum(lines, 1)).astype(np.int64)
        return np.asarray(np.minimum(self.amount, most))

    @cached_property
    def _worked(self) -> Mask:
        """Which amounts fell on a working day of their row; the others teach nothing of its rate."""
        return np.asarray(self.weights[self.profile[self.row], self.day] > 0)

    def booked(self, days: Mask) -> Floats:
        """Amount of each row on the days of the mask; whole numbers, exact below 9e15."""
        there = days[self.day]
        return added(self.row[there], self.amount[there], len(self.keys))

    def sums(self, days: Mask) -> Floats:
        """Usual amount of each row on the days of the mask."""
        there = days[self.day]
        return added(self.row[there], self.usual[there], len(self.keys))

    def counts(self, days: Mask) -> Floats:
        """Order lines of each row on the days of the mask."""
        there = days[self.day]
        return added(self.row[there], self.lines[there], len(self.keys))

    def until(self, ends: Ints, start: int) -> Floats:
        """Usual amount of each row's working days from `start` up to, not including, its own day `ends[row]`."""
        there = (self.day >= start) & (self.day < ends[self.row]) & self._worked
        return added(self.row[there], self.usual[there], len(self.keys))

    def by_day(self, ends: Ints) -> Floats:
        """Usual amount of each day, of the rows that work on it and whose own day `ends[row]` is still to come."""
        there = (self.day < ends[self.row]) & self._worked
        return added(self.day[there], self.usual[there], len(self.days))


@dataclass(frozen=True)
class Model:
    """The rates and day factors of a panel, learned from each row's past: the days start ≤ d < ends[row]."""

    panel: Panel
    start: int
    ends: Ints
    rate: Floats
    factor: Floats

    @classmethod
    def fitted(cls, panel: Panel, start: int, ends: Ints) -> "Model":
        """By turns the rates given the factors and the factors given the rates (iterative proportional fitting).

        A row whose past ends before the others' is known to be off since: it teaches no factor from then on.
        """
        past = np.maximum(panel.until(ends, start), 0.0)
        teaches = np.where(ends < ends.max(initial=0), ends, len(panel.days))
        each_day = np.maximum(panel.by_day(teaches), 0.0)
        factor = np.ones(len(panel.days))
        rate = np.zeros(len(panel.keys))
        for _ in range(ROUNDS):
            exposure = cls(panel, start, ends, rate, factor).exposure_until(ends)
            rate = np.divide(past, exposure, out=np.zeros_like(past), where=exposure > 0)
            usual = _usual(panel, rate, teaches)
            factor = np.divide(each_day, usual, out=np.zeros_like(usual), where=usual > 0)
        return cls(panel, start, ends, rate, factor)

    @cached_property
    def _running(self) -> Floats:
        running = np.cumsum(self.panel.weights * self.factor, axis=1)
        return np.concatenate((np.zeros((len(running), 1)), running), axis=1)

    def exposure_until(self, ends: Ints) -> Floats:
        """Sum of weight × factor of each row over its past."""
        running = self._running
        profile = self.panel.profile
        gone = running[profile, np.maximum(ends, self.start)] - running[profile, self.start]
        return np.asarray(np.maximum(gone, 0.0))

    def expected(self, days: Mask) -> Floats:
        """What each row should have sold on the days of the mask (units of 1/10,000)."""
        exposure = (self.panel.weights * self.factor)[:, days].sum(axis=1)
        return np.asarray(self.rate * exposure[self.panel.profile])

    def expected_by_day(self, rows: Mask) -> Floats:
        """What the rows of the mask together should have sold on each day."""
        rates = added(self.panel.profile[rows], self.rate[rows], len(self.panel.weights))
        return np.asarray((rates @ self.panel.weights) * self.factor)

    @cached_property
    def past(self) -> Floats:
        """What each row sold in its past."""
        return np.maximum(self.panel.until(self.ends, self.start), 0.0)


def _usual(panel: Panel, rate: Floats, teaches: Ints) -> Floats:
    """By day, the rates of the rows that teach on it times their weights."""
    usual = np.zeros(len(panel.days))
    for end in np.unique(teaches):
        rows = teaches == end
        usual[:end] += (added(panel.profile[rows], rate[rows], len(panel.weights)) @ panel.weights)[:end]
    return usual
