"""Where a ratio went: the coarsest cells all of whose parts moved, never leaf by leaf.

The score of a cell is the likelihood ratio of a binomial scan (Kulldorff, *A spatial scan statistic*, 1997): how much
likelier numerators are when the cell has a rate of its own than when it shares that of the rest. The cell that scores
best is often too fine, for what hits all of a city hits one of its shops hardest, or too coarse by a few leaves that
say little. So it is followed upwards: what the coarser cell holds besides is compared with its own before, and with
how everything else moved meanwhile. If that is off too, the coarser cell is the cause; if it stands as it stood, the
finer one is. Further cells are looked for in what is left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from streams.attribution.answers import Verdict
from streams.attribution.errors import UnusableMeasure
from streams.attribution.lattice import Cell, Dimension, Floats, Lattice, Mask
from streams.attribution.mix import effects, owners, shifted_weights
from streams.attribution.rates import Moved, Rates, RatioAnswer, RatioPart


@dataclass(frozen=True)
class RatioSettings:
    """What is held for enough. Chosen once, by `make bench-rca ARGS=--cross-validate`."""

    lift: float = 1.35
    """Odds by which the rest of a coarser cell must have moved for the coarser to be the cause."""
    share: float = 0.05
    """Part of the coarser cell's excess that its rest must hold besides."""
    further: float = 0.12
    """Part of the first cell's excess that a further cell must hold to be named."""
    further_lift: float = 1.5
    """Odds by which a further cell must have moved."""
    stands_out: float = 0.35
    """Part of the finer cell's score that the coarser must keep."""
    errors: float = 2.0
    """Standard errors by which the rest of a coarser cell must be off."""
    price: float = 3.0
    """Nats that a cell must bring beyond the logarithm of how many there are in its cuboid."""


DEFAULT = RatioSettings()
FINEST = 3
"""Dimensions crossed at most."""
AT_MOST = 4
"""Cells named."""
RANKED = 5
"""Cells of the ranking: those named, those passed on the way to them, and the next best."""
ALIKE = 4.0
"""Standard errors that make of a common shift an answer."""
HARDLY = 1.0
"""Numerators due, below which a rest says nothing of what most do."""
KNOWN = 20.0
"""A leaf's rate before counts as much as the rate of all once its denominator was as large as this."""


def attribute_ratio(
    leaves: pl.DataFrame,
    dimensions: Sequence[Dimension],
    *,
    numerator: str = "numerator",
    denominator: str = "denominator",
    numerator_before: str | None = None,
    denominator_before: str | None = None,
    rising: bool = True,
    settings: RatioSettings = DEFAULT,
) -> RatioAnswer:
    """The cells in which `numerator / denominator` moved, and a ranking of the first five.

    `leaves` has one row per leaf: a column for every attribute (`dimensions` as in `attribute_gap`), the counts now
    and, where known, those of a time before that may be longer (0 or null where the leaf was not there). Counts, with
    0 <= numerator <= denominator; without a before, a cell is compared with the rest only. `rising` says which way is
    to be explained: True for bad ones of all (returns), False for good ones of all (deals won). With a before, every
    part's `mix` and `rate` are in units of the ratio; together with the rest's they add up to the ratio now less the
    ratio before. Raises `UnusableLeaves` and `UnusableMeasure`.
    """
    lattice = Lattice(leaves, dimensions, FINEST)
    o, n = _counts(leaves, numerator), _counts(leaves, denominator)
    known = numerator_before is not None and denominator_before is not None
    bo = _counts(leaves, numerator_before) if numerator_before and known else np.zeros_like(o)
    bn = _counts(leaves, denominator_before) if denominator_before and known else np.zeros_like(n)
    for top, bottom, column in ((o, n, numerator), (bo, bn, str(numerator_before))):
        if (top > bottom).any():
            raise UnusableMeasure(column, "no more than its denominator")
    if not rising:
        o, bo = n - o, bn - bo
    rates = Rates.of(o, n, bo, bn, KNOWN)
    search = _Search(lattice, rates, settings)
    named = search.cells()
    times = ((o, n), (bo, bn)) if known else None
    answer = _answer(lattice, rates, search, named, times)
    return answer if rising else answer.other_way()


def _counts(leaves: pl.DataFrame, column: str) -> Floats:
    if column not in leaves.columns or not leaves[column].dtype.is_numeric():
        raise UnusableMeasure(column, "a count")
    values = leaves[column].cast(pl.Float64).fill_null(0.0).to_numpy()
    if not (np.isfinite(values) & (values >= 0)).all():
        raise UnusableMeasure(column, "a count of 0 or more")
    return values


@dataclass(frozen=True)
class _Named:
    cell: Cell
    score: float
    moved: Moved


class _Search:
    """Cells named one by one, each over the leaves that none before it holds."""

    def __init__(self, lattice: Lattice, rates: Rates, settings: RatioSettings) -> None:
        self.lattice, self.rates, self.settings = lattice, rates, settings
        self.free: Mask = np.ones(len(rates.o), np.bool_)
        self.passed: list[Cell] = []
        self.first: list[tuple[float, int, int]] = []

    def cells(self) -> list[_Named]:
        """What is named, the first found first; a coarser cell found later takes in the finer ones."""
        named: list[_Named] = []
        while len(named) < AT_MOST and self.free.any():
            scores = self._scores()
            self.first = self.first or scores
            if not scores:
                break
            one = self._followed(self.lattice.cell(*scores[0][1:]))
            if named and not self._worth(one.moved, named[0].moved):
                break
            inside = self.lattice.holds(one.cell)
            named = [other for other in named if not inside[self.lattice.holds(other.cell)].all()] + [one]
            self.free &= ~inside
        return named

    def _worth(self, moved: Moved, first: Moved) -> bool:
        return moved.excess >= self.settings.further * first.excess and moved.lift >= self.settings.further_lift

    def _scores(self) -> list[tuple[float, int, int]]:
        """Score, cuboid and code of the cells whose rate is above the rest's and above their own before, best first."""
        columns = (self.rates.o, self.rates.n, self.rates.e, self.rates.known)
        o, n, e, known = (np.where(self.free, column, 0.0) for column in columns)
        common = self.rates.common(self.free)
        every = []
        for cuboid, breadth in enumerate(self.lattice.breadths):
            top, of, due, by = (self.lattice.sums(cuboid, column) for column in (o, n, e, known))
            score = self.rates.likelihood_ratio(top, of, o.sum(), n.sum()) - breadth
            # what holds most of everything is itself what most do: it is measured by the rest as well
            rest = np.divide(o.sum() - top, e.sum() - due, out=np.full_like(top, common), where=e.sum() - due > HARDLY)
            surprise = self.rates.surprise(top, of, np.minimum(common, rest) * due, by) - breadth
            up = np.minimum(score, surprise) > self.settings.price
            best = np.flatnonzero(up)
            every += [(float(score[code]), cuboid, int(code)) for code in best[np.argsort(-score[best])][:RANKED]]
        return sorted(every, key=lambda one: (-one[0], one[1]))

    def _followed(self, cell: Cell) -> _Named:
        """From the best cell up, as long as the rest of a coarser one moved too, then down where a rest did not."""
        way, score = [cell], self._score(cell)
        for step in (self._coarser, self._finer):
            while better := step(way[-1], score):
                score, cell = better
                way.append(cell)
        self.passed += way[::-1]
        inside = self.lattice.holds(cell) & self.free
        return _Named(cell, score, self.rates.moved(inside, self.rates.common(self.free & ~inside)))

    def _coarser(self, cell: Cell, score: float) -> tuple[float, Cell] | None:
        scored = ((self._score(one), one) for one in self.lattice.parents(cell))
        fit = [one for one in scored if one[0] >= self.settings.stands_out * score and self._moved_too(one[1], cell)]
        return max(fit, key=lambda one: one[0], default=None)

    def _finer(self, cell: Cell, score: float) -> tuple[float, Cell] | None:
        scored = ((self._score(one), one) for one in self.lattice.children(cell))
        for better in sorted((one for one in scored if one[0] > score), key=lambda one: -one[0]):
            if not self._moved_too(cell, better[1]):
                return better
        return None

    def _moved_too(self, coarser: Cell, finer: Cell) -> bool:
        """Whether what the coarser cell holds besides is off its own before, as everything else is not."""
        inside, whole = self.lattice.holds(finer) & self.free, self.lattice.holds(coarser) & self.free
        left = whole & ~inside
        if not left.any():
            return True
        common = self.rates.common(self.free & ~inside)
        rest, both = self.rates.moved(left, common), self.rates.moved(whole, common)
        wanted = self.settings
        return rest.lift >= wanted.lift and rest.errors >= wanted.errors and rest.excess >= wanted.share * both.excess

    def _score(self, cell: Cell) -> float:
        inside = self.lattice.holds(cell) & self.free
        o, n = self.rates.o, self.rates.n
        sums = (np.array([column[inside].sum()]) for column in (o, n))
        return float(self.rates.likelihood_ratio(*sums, o[self.free].sum(), n[self.free].sum())[0])

    def ranking(self, named: Sequence[Cell]) -> list[Cell]:
        """The first five: named, passed on the way, coarser than those, then the best of the scan at several prices of
        being fine. A cell that holds the very leaves of one before it says nothing more.
        """

        def order() -> Iterator[Cell]:
            yield from named
            yield from self.passed
            self.free = np.ones_like(self.free)
            coarser = [(self._score(above), above) for one in named for above in self.lattice.parents(one)]
            yield from (one for score, one in sorted(coarser, key=lambda one: -one[0]) if score > self.settings.price)
            top = self.first[0][0] if self.first else 0.0
            for price in (0.0, 0.15, 0.3):
                dear = sorted(self.first, key=lambda one: price * top * self.lattice.crossed[one[1]] - one[0])
                yield from (self.lattice.cell(*one[1:]) for one in dear[:RANKED])

        ranked: dict[bytes, Cell] = {}
        for one in order():
            ranked.setdefault(self.lattice.holds(one).tobytes(), one)
            if len(ranked) == RANKED:
                break
        return list(ranked.values())


Times = tuple[tuple[Floats, Floats], tuple[Floats, Floats]]


def _answer(
    lattice: Lattice, rates: Rates, search: _Search, named: Sequence[_Named], times: Times | None
) -> RatioAnswer:
    """Rows of what was named and of the rest, with the verdict."""
    cells = [(one.cell, one.score) for one in named]
    whole = rates.moved(np.ones_like(search.free), 1.0)
    everywhere = rates.moved(search.free, 1.0)
    verdict = Verdict.CELLS if cells else Verdict.ELSEWHERE
    if times and everywhere.errors > ALIKE and 2 * everywhere.excess > whole.excess:
        verdict = Verdict.ALIKE
    elif times and not cells:
        moved = shifted_weights(lattice, *times)[:AT_MOST]
        cells = [(cell, 0.0) for cell, _ in moved]
        verdict = Verdict.MIX if cells else verdict
    owner = owners(lattice, [cell for cell, _ in cells])
    both = effects(owner, len(cells) + 1, *times) if times else None
    parts = []
    for at in range(len(cells) + 1):
        inside = owner == at
        parts.append(
            RatioPart(
                lattice.values(cells[at][0]) if at < len(cells) else (),
                float(rates.o[inside].sum()),
                float(rates.n[inside].sum()),
                float(rates.e[inside].sum()) if times else None,
                cells[at][1] if at < len(cells) else 0.0,
                float(both.mix[at]) if both else None,
                float(both.rate[at]) if both else None,
            )
        )
    ranking = tuple(lattice.values(one) for one in search.ranking([cell for cell, _ in cells]))
    return RatioAnswer(verdict, tuple(parts[:-1]), parts[-1], rates.common(search.free), ranking)
