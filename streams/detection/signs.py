"""What else speaks for a rep's shortfall: visits that stopped. Never a reason by itself (DOMAIN §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from streams.detection.baseline import Key
from streams.detection.evidence import chance
from streams.detection.nodes import Side

ENOUGH_VISITS = 5
"""Visits before, below which a rep's visits say nothing."""


@dataclass(frozen=True)
class Visits:
    """Visits of a rep in the recent days, and how many the days before, with `past` visits, let expect."""

    done: int
    expected: float
    past: float

    @cached_property
    def chance(self) -> float:
        """Of so few where the expectation is learned from `past` visits."""
        return chance(self.done, self.expected, self.past)

    @property
    def change(self) -> float:
        """Signed, −0.4 for 40 % fewer; 0 where nothing was expected."""
        return self.done / self.expected - 1 if self.expected else 0.0


def visits(side: Side, recent: Mapping[str, int], before: Mapping[str, int], recent_start: int) -> dict[Key, Visits]:
    """By rep with enough visits before: the own rate on the days of being there, moved as everybody else's."""
    panel, start = side.model.panel, side.model.start
    there = panel.weights
    days_recent, days_before = there[:, recent_start:].sum(axis=1), there[:, start:recent_start].sum(axis=1)
    people = [key.person_id for key in panel.keys]
    done = np.array([recent.get(one, 0) for one in people], dtype=np.float64)
    past = np.array([before.get(one, 0) for one in people], dtype=np.float64)
    usual = past * np.divide(days_recent, days_before, out=np.zeros_like(past), where=days_before > 0)
    moved = done.sum() / usual.sum() if usual.sum() > 0 else 0.0
    return {
        key: Visits(int(done[at]), float(usual[at] * moved), float(past[at]))
        for at, key in enumerate(panel.keys)
        if past[at] >= ENOUGH_VISITS and usual[at] > 0
    }
