"""Where the gap of an additive measure comes from: the fewest cells whose leaves deviate alike.

A cell that is a root cause moves its leaves by one ratio (the generalised ripple effect of Squeeze: Li et al.,
*Generic and Robust Localization of Multi-Dimensional Root Causes*, ISSRE 2019). Squeeze, AutoRoot and RiskLoc first
cluster leaves by how far they deviate and then look for the cells of each cluster. Here both are one step: cells are
added greedily while they pay for being named. What a cell brings is how much likelier its leaves are when they share
a ratio of their own than when they share that of all; naming it costs the logarithm of how many cells one could have
named instead (minimum description length), so that of cells that explain alike the coarser wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from streams.attribution.answers import Answer, Verdict
from streams.attribution.background import Background, weighted_median
from streams.attribution.lattice import Cell, Dimension, Floats, Lattice, Mask
from streams.attribution.parts import Found, divided, measure


@dataclass(frozen=True)
class AdditiveSettings:
    """What is held for likely. Chosen once, by `make bench-rca ARGS=--cross-validate`."""

    stray: float = 0.01
    """Share of leaves that deviate for no reason, so that no single leaf is ever a finding."""
    own_way: float = 0.2
    """Share of a cause's leaves that do not follow its ratio (small ones are lumpy)."""
    small: float = 0.25
    """A leaf as small as this quantile of the expectations counts half."""
    price: float = 3.0
    """What every named cell must bring besides, in nats."""
    shift: float = 4.0
    """How many standard errors make of a common shift an answer."""


DEFAULT = AdditiveSettings()
AT_MOST = 12
"""Cells named, however many would pay."""
SHORTLIST, OF_EACH = 16, 3
"""Cells that are looked at closely, a round, and of each cuboid."""
ANYWHERE = 0.25
"""Density of a deviation that could be anything, per unit of expectation."""


def attribute_gap(
    leaves: pl.DataFrame,
    dimensions: Sequence[Dimension],
    *,
    expected: str = "expected",
    observed: str = "observed",
    settings: AdditiveSettings = DEFAULT,
) -> Answer:
    """The cells that hold the gap `observed - expected`, the largest part of it first.

    `leaves` has one row per leaf: a column for every attribute in `dimensions`, and the measure expected and observed
    there, in one unit. A dimension is a column, or the columns of a hierarchy from the coarsest to the finest
    (`("region", "office", "rep")`), of which a cell names one level. The parts and the rest are a partition of the
    leaves: their contributions add up to the gap, exactly for integers and decimals and within rounding for floats.
    Raises `UnusableLeaves` and `UnusableMeasure`.
    """
    lattice = Lattice(leaves, dimensions)
    f, v = (measure(leaves, column) for column in (expected, observed))
    background = Background.of(f, v, lattice)
    found = _Search(lattice, f, v, background, settings).cells()
    answer = divided(leaves, lattice, found, expected, observed, background.ratio, background.evidence)
    if background.shifted(settings.shift) and 2 * abs(float(answer.rest.contribution)) > abs(float(answer.gap)):
        return replace(answer, verdict=Verdict.ALIKE)
    return answer


class _Search:
    """Cells added one by one, each over the leaves that none before it holds."""

    def __init__(
        self, lattice: Lattice, f: Floats, v: Floats, background: Background, settings: AdditiveSettings
    ) -> None:
        self.lattice, self.settings, self.background = lattice, settings, background
        self.deviations = background.deviations(f, v)
        half = float(np.quantile(np.abs(f), settings.small))
        self.says = np.abs(f) / (np.abs(f) + half) if half > 0 else (f != 0).astype(np.float64)
        self.size = np.abs(f)
        self.before = np.log(
            (1 - settings.stray) * _normal(self.deviations, background.scale) + settings.stray * ANYWHERE
        )
        self.free: Mask = np.ones(len(f), np.bool_)

    def cells(self) -> list[Found]:
        """What pays for being named, in the order in which it was found."""
        found: list[Found] = []
        while len(found) < AT_MOST and self.free.any():
            near = (self._closely(cuboid, code) for cuboid, code in self._shortlist())
            best = max(near, key=lambda one: one.evidence, default=None)
            if best is None or best.evidence <= 0:
                break
            found.append(best)
            self.free &= ~self.lattice.holds(best.cell)
        return found

    def _shortlist(self) -> list[tuple[int, int]]:
        """The cells whose leaves deviate most as one, by the likelihood ratio of a normal shift, outliers held in."""
        scale = self.background.scale
        held = np.clip(self.deviations, -20 * scale, 20 * scale)
        weights = np.where(self.free, self.says / scale**2, 0.0)
        moved = weights * held
        short: list[tuple[float, int, int]] = []
        for cuboid, breadth in enumerate(self.lattice.breadths):
            total, shift = self.lattice.sums(cuboid, weights), self.lattice.sums(cuboid, moved)
            ratio = np.divide(shift**2, 2 * total, out=np.zeros_like(total), where=total > 0)
            top = np.argpartition(ratio, -OF_EACH)[-OF_EACH:] if len(ratio) > OF_EACH else np.arange(len(ratio))
            short += [(float(ratio[code]) - breadth, cuboid, int(code)) for code in top]
        pay = sorted(one for one in short if one[0] > self.settings.price)[-SHORTLIST:]
        return [(cuboid, code) for _, cuboid, code in pay]

    def _closely(self, cuboid: int, code: int) -> Found:
        inside = np.flatnonzero((self.lattice.codes[cuboid] == code) & self.free)
        deviations, scale = self.deviations[inside], self.background.scale[inside]
        apart = np.abs(deviations) > 3 * scale
        which = apart if apart.any() else np.ones_like(apart)
        shared = weighted_median(deviations[which], self.size[inside][which])
        follow = (1 - self.settings.own_way) * _normal(deviations - shared, scale) + self.settings.own_way * ANYWHERE
        brings = float(self.says[inside] @ (np.log(follow) - self.before[inside]))
        cost = self.settings.price + self.lattice.breadths[cuboid]
        cell = Cell(cuboid, code, int(inside[0]))
        return Found(cell, self.background.ratio * (1 + shared), brings - cost)


def _normal(x: Floats, scale: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * (x / scale) ** 2) / (scale * np.sqrt(2 * np.pi)))
