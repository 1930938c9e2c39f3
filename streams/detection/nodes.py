"""The nodes that are judged: rows of a panel put together by unit, line, office × line, product or rep."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from streams.detection.baseline import Floats, Ints, Mask, Model, added
from streams.detection.evidence import spread
from streams.detection.rules import Grain
from warehouse.key import Key

FEW = 3.0
"""Orders of the whole level that a node's own average order is mixed with: two large ones do not make an average."""


ALONE = 0.2
"""A node is compared with the others while they hold more than this share of all that is expected."""


@dataclass(frozen=True)
class Spans:
    """Which days of a panel are looked at, as masks; `start` is the day on which the past begins."""

    recent: Mask
    recent_before: Mask
    month: Mask
    month_before: Mask
    start: int
    recent_start: int
    stretches: tuple[Mask, ...]


@dataclass(frozen=True)
class Sums:
    """By row or node, in units of 1/10,000: the last 20 working days, the same a working day earlier, the month.

    What is compared with history is the usual amount; `booked` and the month's actuals are all of it.
    """

    actual: Floats
    expected: Floats
    before_actual: Floats
    before_expected: Floats
    month_actual: Floats
    month_before_actual: Floats
    month_expected: Floats
    past: Floats
    booked: Floats

    def copied(self) -> "Sums":
        """The same in arrays of its own."""
        return Sums(*(getattr(self, field.name).copy() for field in fields(self)))

    def grouped(self, label: Ints, count: int) -> "Sums":
        """Added up by node; rows with label −1 belong to none."""
        inside = label >= 0
        return Sums(*(added(label[inside], getattr(self, field.name)[inside], count) for field in fields(self)))


def sums_of(model: Model, spans: Spans, month_expected: Floats) -> Sums:
    """The sums of every row of a panel."""
    panel = model.panel
    return Sums(
        panel.sums(spans.recent), model.expected(spans.recent),
        panel.sums(spans.recent_before), model.expected(spans.recent_before),
        panel.booked(spans.month), panel.booked(spans.month_before), month_expected, model.past,
        panel.booked(spans.recent),
    )  # fmt: skip


@dataclass(frozen=True)
class Level:
    """One way to put rows together: `label[row]` is the index of the row's node in `keys`, −1 for none.

    `scale` is the money of one order of chance of each node: see `evidence`; `orders` the order lines expected in the
    recent days; `allowed` says which nodes may be found at all.
    """

    grain: Grain
    keys: Sequence[Key]
    label: Ints
    scale: Floats
    allowed: Mask

    def index(self, key: Key) -> int | None:
        """Where the node of that key stands; None when there is none."""
        return next((at for at, other in enumerate(self.keys) if other == key), None)


@dataclass(frozen=True)
class Past:
    """What scales are learned from, by row: amount and lines of past and recent days, amounts of each stretch."""

    amount: Floats
    lines: Floats
    actual: Sequence[Floats]
    expected: Sequence[Floats]

    @classmethod
    def of(cls, model: Model, spans: Spans) -> "Past":
        """Of every row of a panel; days in which it took back more than it sold say nothing of what an order is."""
        panel, before = model.panel, np.zeros_like(spans.recent)
        before[spans.start : spans.recent_start] = True
        amount, lines = np.zeros(len(panel.keys)), np.zeros(len(panel.keys))
        for days in (before, spans.recent):
            sold = panel.sums(days)
            amount += np.maximum(sold, 0)
            lines += np.where(sold >= 0, np.maximum(panel.counts(days), 0), 0)
        return cls(
            amount, lines,
            [panel.sums(days) for days in spans.stretches], [model.expected(days) for days in spans.stretches],
        )  # fmt: skip


def level(grain: Grain, keys: Sequence[Key], label: Ints, past: Past, allowed: Mask | None = None) -> Level:
    """The level that puts row r under `keys[label[r]]`; rows with label −1 stay outside."""
    count, inside = len(keys), label >= 0

    def grouped(values: Floats) -> Floats:
        return added(label[inside], values[inside], count)

    amount, lines = grouped(past.amount), grouped(past.lines)
    usual = amount.sum() / max(lines.sum(), 1.0)
    order = (amount + FEW * usual) / (lines + FEW) if usual else np.ones(count)
    shape = (count, len(past.actual))
    actual = np.array([grouped(values) for values in past.actual]).T.reshape(shape)
    expected = np.array([grouped(values) for values in past.expected]).T.reshape(shape)
    may = np.ones(count, dtype=bool) if allowed is None else allowed
    return Level(grain, keys, label, order * spread(actual, expected, order), may)


def rows_within(
    key: Key, keys: Sequence[Key], office: Ints, offices: Sequence[frozenset[str]], product: Ints,
    products: Sequence[frozenset[str]],
) -> Mask:  # fmt: skip
    """Which of the rows of `keys` lie within a key; the others as in `Side`."""
    found = np.ones(len(keys), dtype=bool)
    for one, paths, index in ((key.unit_id, offices, office), (key.product_id, products, product)):
        if one:
            found &= np.array([one in path for path in paths], dtype=bool)[index]
    if key.person_id:
        found &= np.array([other.person_id == key.person_id for other in keys], dtype=bool)
    return found


@dataclass(frozen=True)
class Side:
    """One panel with its model, sums and levels.

    `office[row]` and `product[row]` are indexes into `offices` and `products`, the sets of ids on the way from the
    root down to them; the rows of both sides share their offices.
    """

    model: Model
    sums: Sums
    levels: tuple[Level, ...]
    office: Ints
    offices: Sequence[frozenset[str]]
    product: Ints
    products: Sequence[frozenset[str]]

    def rows(self, key: Key) -> Mask:
        """The rows that lie within a key."""
        return rows_within(key, self.model.panel.keys, self.office, self.offices, self.product, self.products)

    def behind(self, key: Key) -> Floats:
        """By day, what a key sold more (less, when negative) than was expected of it."""
        rows = self.rows(key)
        return self.model.panel.by_day(np.where(rows, len(self.model.panel.days), 0)) - self.model.expected_by_day(rows)

    def standing(self, key: Key, days: Mask) -> tuple[float, float]:
        """Actual and expected of a key on the days of a mask, moved as everybody else moved (units of 1/10,000)."""
        rows = self.rows(key)
        actual, expected = self.model.panel.sums(days), self.model.expected(days)
        tells = self.telling(actual)[self.office]
        own = rows & tells
        sums = actual[own].sum(), expected[own].sum(), actual[tells].sum(), expected[tells].sum()
        return float(actual[rows].sum()), float(beside(expected[rows].sum(), *sums))

    def telling(self, actual: Floats) -> Mask:
        """The offices that say how all went: one that took back more than it sold says nothing of that."""
        return np.asarray(added(self.office, actual, len(self.offices)) >= 0)


def beside(
    expected: Any, own_actual: Any, own_expected: Any, whole_actual: float, whole_expected: float
) -> Floats:  # fmt: skip
    """The expectation moved as everybody else moved; as it is for nodes that are nearly everybody.

    `whole` is of all that tell how it went (`Side.telling`), `own` the part of that which is the node's.
    """
    expected = np.asarray(expected, dtype=np.float64)
    others = np.asarray(whole_expected - own_expected, dtype=np.float64)
    moved = np.divide(whole_actual - own_actual, others, out=np.ones_like(expected), where=others > 0)
    return np.asarray(np.where(others > ALONE * whole_expected, expected * np.maximum(moved, 0), expected))
