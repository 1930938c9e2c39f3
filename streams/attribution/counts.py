"""Where the gap of something counted comes from, on leaves too rare to be looked at one by one.

An order a quarter says nothing about its leaf, but the sums of a cell do: for counts they are all there is to know
(sufficient statistics of a Poisson rate). So each cell is scored by its sums alone, by the likelihood ratio of the scan
statistic (Kulldorff 1997) in its conditional form, in which what is expected is itself learned from a past of known
size, divided by how much more or less than by chance the cells of its cuboid scatter (quasi-likelihood: Wedderburn
1974). Cells are added one by one while they bring more than naming them costs, as in `additive`; and all of it is done
twice, once with everybody else as they were, once with everybody else fallen alike. What explains more stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from streams.attribution.answers import Answer, Verdict
from streams.attribution.lattice import Dimension, Floats, Lattice, Mask
from streams.attribution.parts import Found, divided, measure


@dataclass(frozen=True)
class CountSettings:
    """What is held for enough. Chosen on planted months of seeds from 1000 on, see docs/attribution.md."""

    price: float = 1.0
    """Nats that a cell must bring besides what it takes to name it."""
    common: float = 1.0
    """Nats that a ratio shared by everybody must bring."""
    least: float = 0.2
    """Part of the gap that a cell must hold to be named."""
    steadiest: float = 0.4
    """No cuboid is believed to scatter less than this part of chance."""


DEFAULT = CountSettings()
AT_MOST = 8
"""Cells named, however many would pay."""
FINEST = 3
"""Dimensions crossed at most."""
DENSE, PRIOR = 3.0, 10
"""Events from which on a cell says how its cuboid scatters; how many such cells what was known before stands for."""
ENOUGH = 8
"""Dense cells below which a cause among them would be taken for their scatter."""
MEDIAN = 0.455
"""Of χ² with one degree of freedom."""
Scatter = Mapping[tuple[str, ...], float]
NOTHING_KNOWN: Scatter = {}


def attribute_counts(
    leaves: pl.DataFrame,
    dimensions: Sequence[Dimension],
    *,
    expected: str = "expected",
    observed: str = "observed",
    past: str = "past",
    one: float = 1.0,
    scatter: Scatter = NOTHING_KNOWN,
    settings: CountSettings = DEFAULT,
) -> Answer:
    """The cells that hold a shortfall `observed - expected < 0`, the largest part of it first.

    `leaves` and `dimensions` as in `attribute_gap`, with `past` besides: what the leaf's expectation was learned from.
    `one` is the amount of one event of chance, such as the average order, in the unit of the measure: 1 for counts.
    `scatter` is how much cells by these columns are known to scatter, against chance, which is 1; what the cells
    themselves say comes on top. The parts and the rest add up to the gap. The verdict is `ALIKE` where most of the gap
    is a ratio that everybody shares, `ELSEWHERE` where nothing stands out. Raises `UnusableLeaves` and
    `UnusableMeasure`.
    """
    lattice = Lattice(leaves, dimensions, FINEST)
    f, v, p = (np.maximum(measure(leaves, column), 0.0) / one for column in (expected, observed, past))
    known = [scatter.get(lattice.columns(cuboid), 1.0) for cuboid in range(len(lattice.sizes))]
    scatters = [_scatter(lattice, cuboid, (f, v, p), prior, settings) for cuboid, prior in enumerate(known)]
    as_before, alike = (
        _Search(lattice, f, v, p, scatters, settings, is_common).done() for is_common in (False, True)
    )  # fmt: skip
    best = alike if alike.gain > as_before.gain else as_before
    answer = divided(leaves, lattice, best.found, expected, observed, best.ratio, best.rest)
    shared = best is alike and 2 * float(answer.rest.contribution) <= float(answer.gap) < 0
    return replace(answer, verdict=Verdict.ALIKE) if shared else answer


def _scatter(
    lattice: Lattice, cuboid: int, columns: tuple[Floats, Floats, Floats], known: float, settings: CountSettings
) -> float:
    """How much the cells of a cuboid scatter around what all did, against chance, which is 1; by the middle one."""
    f, v, _ = columns
    sums = [lattice.sums(cuboid, column) for column in columns]
    common = v.sum() / f.sum() if f.sum() > 0 else 1.0
    dense = (sums[0] >= DENSE) & (sums[2] > 0)
    due, came, past = (column[dense] for column in sums)
    terms = (came - common * due) ** 2 / (common * due * (1 + due / past)) if common > 0 else np.zeros(0)
    seen = float(np.median(terms)) / MEDIAN if len(terms) >= ENOUGH else known
    return max(settings.steadiest, (seen * len(terms) + PRIOR * known) / (len(terms) + PRIOR))


@dataclass
class _Search:
    """One way to explain: everybody else as before, or (`is_common`) by a ratio of their own."""

    lattice: Lattice
    f: Floats
    v: Floats
    p: Floats
    scatter: Sequence[float]
    settings: CountSettings
    is_common: bool
    found: list[Found] = field(default_factory=list)
    gain: float = 0.0
    ratio: float = 1.0
    rest: float = 0.0

    def done(self) -> "_Search":
        """The search at its end: `gain` in nats against nothing named and everybody as before."""
        free: Mask = np.ones(len(self.f), np.bool_)
        least = self.settings.least * max(float(self.f.sum() - self.v.sum()), 0.0)
        while len(self.found) < AT_MOST and free.any():
            sums = [np.where(free, column, 0.0) for column in (self.v, self.f, self.p)]
            self.ratio = self._common(*(float(column.sum()) for column in sums[:2]))
            if (best := self._best(sums, least)) is None:
                break
            self.found.append(best)
            free &= ~self.lattice.holds(best.cell)
        v, f, p = (column[free].sum(keepdims=True) for column in (self.v, self.f, self.p))
        self.ratio = self._common(float(v[0]), float(f[0]))
        nats = float(shortfall(v, f, p)[0]) / self.scatter[0]
        self.rest = nats - self.settings.common if self.is_common and free.any() else 0.0
        self.gain = sum(one.evidence for one in self.found) + self.rest
        return self

    def _common(self, v: float, f: float) -> float:
        return min(1.0, v / f) if self.is_common and f > 0 else 1.0

    def _best(self, sums: Sequence[Floats], least: float) -> Found | None:
        """The cell that stands out most from everybody else; its evidence is against everybody as before."""
        best: tuple[float, int, int] | None = None
        for cuboid, breadth in enumerate(self.lattice.breadths):
            v, f, p = (self.lattice.sums(cuboid, column) for column in sums)
            nats = shortfall(v, self.ratio * f, p) / self.scatter[cuboid]
            score = np.where(f - v >= least, nats - breadth - self.settings.price, -np.inf)
            code = int(np.argmax(score))
            if score[code] > 0 and (best is None or score[code] > best[0]):
                best = float(score[code]), cuboid, code
        if best is None:
            return None
        _, cuboid, code = best
        here = self.lattice.codes[cuboid] == code
        own = [column[here].sum(keepdims=True) for column in sums]
        gain = float(shortfall(*own)[0]) / self.scatter[cuboid] - self.lattice.breadths[cuboid] - self.settings.price
        return Found(self.lattice.cell(cuboid, code), float(own[0][0] / own[1][0]), gain)


def shortfall(v: Floats, f: Floats, p: Floats) -> Floats:
    """Nats for a rate below that of the past of `p` events which made `f` expected, where `v` came; 0 for no fewer.

    Given all `v + p`, each falls into the window with the probability f / (f + p).
    """
    known = (f > 0) & (p > 0) & (v < f)
    part = np.divide(f, f + p, out=np.full_like(f, 0.5), where=known)
    total = v + p
    here = v * np.log(np.where(known & (v > 0), v / np.maximum(total * part, 1e-300), 1.0))
    before = p * np.log(np.where(known, p / np.maximum(total * (1 - part), 1e-300), 1.0))
    return np.asarray(np.where(known, np.maximum(here + before, 0.0), 0.0))
