"""What else speaks for a rep's shortfall: visits that stopped. Never a reason by itself (DOMAIN §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from streams.detection.evidence import chance, pooled, unrest
from streams.detection.nodes import Side
from warehouse.key import Key

ENOUGH_VISITS = 5
"""Visits before, below which a rep's visits say nothing."""

ENOUGH_PEOPLE = 100
"""Reps below which it cannot be seen how visits scatter."""


@dataclass(frozen=True)
class Visits:
    """Visits of a rep in the recent days, and how many the days before let expect; known as by `past` visits."""

    done: int
    expected: float
    past: float
    scale: float = 1.0
    """Visits that scatter as one would by chance: more than one where they come in clumps."""

    @cached_property
    def chance(self) -> float:
        """Of so few where the expectation is learned from `past` visits."""
        return chance(self.done / self.scale, self.expected / self.scale, self.past / self.scale)

    def chance_with(self, orders: float, expected: float, past: float) -> float:
        """Of so few visits and orders together, where either is short of what was to come: a rep who is not at it does
        less of both. A count of both is one count, and tells more than two that are each held against chance.
        """
        if not (expected > 0 and past > 0 and self.past > 0):
            return 1.0
        due = self.expected / self.scale
        unsure = due**2 / (self.past / self.scale) + expected**2 / past
        return chance(self.done / self.scale + orders, due + expected, (due + expected) ** 2 / unsure)

    @property
    def change(self) -> float:
        """Signed, −0.4 for 40 % fewer; 0 where nothing was expected."""
        return self.done / self.expected - 1 if self.expected else 0.0


def visits(side: Side, recent: Mapping[str, int], before: Mapping[str, int], recent_start: int) -> dict[Key, Visits]:
    """By rep with enough visits before: own rate pooled with peers', on the days there, moved as everybody else's."""
    panel, start = side.model.panel, side.model.start
    there = panel.weights
    days_recent, days_before = there[:, recent_start:].sum(axis=1), there[:, start:recent_start].sum(axis=1)
    people = [key.person_id for key in panel.keys]
    done = np.array([recent.get(one, 0) for one in people], dtype=np.float64)
    past = np.array([before.get(one, 0) for one in people], dtype=np.float64)
    rate, known = pooled(past, days_before)
    usual = rate * days_recent
    due = usual * (done.sum() / usual.sum() if usual.sum() > 0 else 0.0)
    scale = unrest(done, due, np.ones_like(due)) if len(people) >= ENOUGH_PEOPLE else 1.0
    return {
        key: Visits(int(done[at]), float(due[at]), float(known[at]), scale)
        for at, key in enumerate(panel.keys)
        if past[at] >= ENOUGH_VISITS and usual[at] > 0
    }
