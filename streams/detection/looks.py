"""One rule's view of one level, and the evidence around a node of it."""

from dataclasses import dataclass

import numpy as np

from streams.detection.baseline import Floats, Mask, added
from streams.detection.evidence import likelihood_ratio
from streams.detection.nodes import Level, Side
from streams.detection.rules import Rule

IN_BAND_RATIO, IN_BAND_Z = 0.8, 1.28
ONE_PLACE = 0.5
"""A product falls everywhere when no one office holds so much of the gap, and it is short without the worst one too."""


@dataclass
class Look:
    """Arrays by node, 1/10,000 each: `raw` is all that was sold, `actual` with what is explained already put back.

    `due` is what is shown as expected, `expected` what a node is held to: less than due where everybody is short. Nodes
    with a `strength` are candidates or, where not `eligible` (too small to be told), explain what lies in them. Whoever
    sold less than `short` is short of it; nobody does where nothing is known.
    """

    rule: Rule
    level: Level
    side: Side
    raw: Floats
    due: Floats
    actual: Floats
    expected: Floats
    target: Floats | None
    past: Floats
    ratio: Floats
    stands: Mask
    eligible: Mask
    strength: Floats
    short: Floats

    def holds(self, node: int, other: "Look", inner: int) -> bool:
        """Whether a node has every row of another look's node of the same side, and more."""
        rows, within = self.level.label == node, other.level.label == inner
        return self.side is other.side and rows.sum() > within.sum() and not (within & ~rows).any()


def ratio_of(actual: Floats, expected: Floats) -> Floats:
    return np.divide(actual, expected, out=np.ones_like(expected), where=expected > 0)


def peers_of(look: Look, node: int) -> tuple[int, int]:
    """How many of the same product elsewhere are in their band, and how many there are."""
    product = look.level.keys[node].product_id
    others = np.array([key.product_id == product for key in look.level.keys], dtype=bool) & (look.expected > 0)
    others[node] = False
    scale = look.level.scale
    distance = np.sqrt(2 * likelihood_ratio(look.actual / scale, look.expected / scale, look.past / scale))
    inside = (look.ratio >= IN_BAND_RATIO) | (distance < IN_BAND_Z)
    return int((others & inside).sum()), int(others.sum())


def places_of(look: Look, node: int) -> tuple[tuple[int, int], bool]:
    """In how many offices the node falls, of how many that sell it; and whether that is everywhere and no one place."""
    rows = look.level.label == node
    sums, office = look.side.sums, look.side.office
    modelled = sums.expected[rows].sum()
    expected = added(office[rows], sums.expected[rows], 0) * (look.expected[node] / modelled if modelled > 0 else 0)
    gap = np.maximum(added(office[rows], sums.actual[rows], 0), 0) - expected
    sells, falls = expected > 0, (expected > 0) & (gap < 0)
    worst = int(np.argmin(gap))
    whole, rest = gap.sum(), expected.sum() - expected[worst]
    wide = gap[worst] >= ONE_PLACE * whole and rest + whole - gap[worst] < look.rule.leave * rest
    return (int(falls.sum()), int(sells.sum())), bool(wide)
