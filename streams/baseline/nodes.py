"""The nodes over the leaves of sales as a summing matrix: units, lines and their crosses, products, people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from streams.forecast.smoothing import Ints
from streams.organisation import Org
from warehouse.baseline.adding_up import Summing, of_ones
from warehouse.key import Key

ENOUGH = 18
"""Landings at one part of the month by which intervals are learned, at least: months × nodes."""

Above = Callable[[Key], Sequence[Key]]
"""The nodes above a leaf, from the coarsest to itself; the n-th of each leaf are one level."""


@dataclass(frozen=True)
class Nodes:
    """What each row of the summing matrix is, and its level from the coarsest, 0."""

    keys: Sequence[Key]
    level: Ints
    summing: Summing

    @classmethod
    def over(cls, leaves: Sequence[Key], *above: Above) -> "Nodes":
        """All nodes above the leaves by several hierarchies, and the leaves; what two of them share stands once."""
        found: dict[Key, int] = {}
        members: dict[Key, set[int]] = {}
        for family, way in enumerate(above):
            for column, leaf in enumerate(leaves):
                for depth, key in enumerate(way(leaf)):
                    found.setdefault(key, depth * len(above) + family)
                    members.setdefault(key, set()).add(column)
        keys = sorted(found, key=lambda key: (found[key], key))
        level = np.unique([found[key] for key in keys], return_inverse=True)[1].astype(np.int64)
        return cls(keys, level, of_ones([members[key] for key in keys], len(leaves)))

    def together(self, months: int) -> Ints:
        """Which nodes learn their intervals together: each level, those joined that so many months teach too little."""
        tier, at, held = np.zeros(len(self.keys), dtype=np.int64), 0, 0
        for one in range(int(self.level.max()) + 1):
            here = self.level == one
            tier[here] = at
            held += int(here.sum())
            if held * months >= ENOUGH:
                at, held = at + 1, 0
        if held and at:
            tier[tier == at] = at - 1
        return tier


def cells(leaves: Sequence[Key], org: Org) -> Nodes:
    """Office × line: the whole, units by depth, lines, units × line by depth."""

    def units(leaf: Key) -> list[Key]:
        return [Key(), *(Key(one) for one in _unit_path(org, leaf.unit_id))]

    def crossed(leaf: Key) -> list[Key]:
        path = _unit_path(org, leaf.unit_id)
        return [Key(), Key("", leaf.product_id), *(Key(one, leaf.product_id) for one in path[1:] or path)]

    return Nodes.over(leaves, units, crossed)


def products(leaves: Sequence[Key], org: Org) -> Nodes:
    """Products by depth, under the whole."""

    def above(leaf: Key) -> list[Key]:
        return [Key(), *(Key("", one) for one in org.product_path(leaf.product_id) or (leaf.product_id,))]

    return Nodes.over(leaves, above)


def people(leaves: Sequence[Key], org: Org) -> Nodes:
    """Reps under the unit of each, under the whole; a leaf is a rep and the unit."""
    return Nodes.over(leaves, lambda leaf: [Key(), Key(leaf.unit_id), leaf])


def _unit_path(org: Org, unit_id: str) -> tuple[str, ...]:
    """From the root to the unit; a unit that is not known yet stands alone."""
    return org.unit_path(unit_id) or (unit_id,)
