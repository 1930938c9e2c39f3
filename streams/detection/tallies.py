"""The sums of nodes while a hunt puts back in those of rows what it explains."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from streams.detection.baseline import Floats, Ints, Mask, added
from streams.detection.nodes import Level, Side, Sums, beside


@dataclass(frozen=True)
class Tally:
    """The sums of a level's nodes, in step with those of its side's rows; `month_booked` is with nothing put back.

    `parts` are the same by what a node holds of one office: `part[row]` is its part (−1 for none), `node[part]` the
    node of that, `office[part]` the office.
    """

    side: Side
    level: Level
    whole: Sums
    month_booked: Floats
    part: Ints
    node: Ints
    office: Ints
    parts: Sums

    @classmethod
    def of(cls, side: Side, level: Level) -> "Tally":
        """As the rows are now."""
        inside, count, offices = level.label >= 0, len(level.keys), len(side.offices)
        pairs, place = np.unique((level.label * offices + side.office)[inside], return_inverse=True)
        part = np.full(len(level.label), -1, dtype=np.int64)
        part[inside] = place
        whole, parts = side.sums.grouped(level.label, count), side.sums.grouped(part, len(pairs))
        node, office = np.divmod(pairs, offices)
        return cls(side, level, whole, whole.month_actual.copy(), part, node, office, parts)

    @cached_property
    def _is_wide(self) -> bool:
        """Whether a node holds more than one office."""
        return len(self.node) > len(np.unique(self.node))

    def sold(self, name: str) -> Floats:
        """By node. What an office took back beyond what it sold is its own, and no wider node's: to those it sold
        nothing."""
        whole: Floats = getattr(self.whole, name)
        if not self._is_wide:
            return whole
        below = np.minimum(getattr(self.parts, name), 0)
        return whole - added(self.node, below, len(whole)) if below.any() else whole

    def moved(self, name: str, of: str, tells: Mask) -> Floats:
        """By node, what is expected in `of` moved as `name` moved for everybody else in the offices that tell."""
        own, due = getattr(self.whole, name), getattr(self.whole, of)
        rows, all_due = getattr(self.side.sums, name), getattr(self.side.sums, of)
        if tells.all():
            return beside(due, own, due, rows.sum(), all_due.sum())
        of_row, of_part = tells[self.side.office], tells[self.office]
        node, count = self.node[of_part], len(due)
        own, own_due = (added(node, getattr(self.parts, one)[of_part], count) for one in (name, of))
        return beside(due, own, own_due, rows[of_row].sum(), all_due[of_row].sum())

    def add(self, name: str, missing: Floats) -> None:
        """Add what is missing of rows to their nodes."""
        rows = np.flatnonzero((missing != 0) & (self.part >= 0))
        for sums, label in ((self.whole, self.level.label), (self.parts, self.part)):
            column = getattr(sums, name)
            column += added(label[rows], missing[rows], len(column))


def spread_out(actual: Floats, expected: Floats, office: Ints, other_office: Ints, missing: Floats) -> Floats:
    """What is missing of another side's rows, by rows of this: each office's, by what is expected of its rows.

    Where more is missing than all that is expected, for the office took back more than it sold, by what each of them
    lacks, and no more than that: taking back is the office's.
    """
    count = int(max(office.max(initial=-1), other_office.max(initial=-1))) + 1
    by_office = added(other_office, missing, count)
    whole, lack = added(office, expected, count), np.maximum(expected - actual, 0)
    held = np.minimum(_over(by_office, added(office, lack, count)), 1)
    evenly = expected * _over(by_office, whole)[office]
    return np.asarray(np.where((by_office > whole)[office], lack * held[office], evenly))


def _over(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
