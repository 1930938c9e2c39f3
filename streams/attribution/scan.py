"""The scan: which cells stand out, followed upwards as long as the rest of a coarser one moved too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from streams.attribution.lattice import Cell, Lattice, Mask
from streams.attribution.rates import Moved, Rates

AT_MOST = 4
"""Cells named."""
RANKED = 5
"""Cells of the ranking."""
HARDLY = 1.0
"""Numerators due, below which a rest says nothing of what most do."""


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


@dataclass(frozen=True)
class Named:
    cell: Cell
    score: float
    moved: Moved


class Scan:
    """Cells named one by one, each over the leaves that none before it holds."""

    def __init__(self, lattice: Lattice, rates: Rates, settings: RatioSettings) -> None:
        self.lattice, self.rates, self.settings = lattice, rates, settings
        self.free: Mask = np.ones(len(rates.o), np.bool_)
        self.passed: list[Cell] = []
        self.first: list[tuple[float, int, int]] = []

    def cells(self) -> list[Named]:
        """What is named, the first found first; a coarser cell found later takes in the finer ones."""
        named: list[Named] = []
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
        every: list[tuple[float, int, int]] = []
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

    def _followed(self, cell: Cell) -> Named:
        """From the best cell up, as long as the rest of a coarser one moved too, then down where a rest did not."""
        way, score = [cell], self._score(cell)
        for step in (self._coarser, self._finer):
            while better := step(way[-1], score):
                score, cell = better
                way.append(cell)
        self.passed += way[::-1]
        inside = self.lattice.holds(cell) & self.free
        return Named(cell, score, self.rates.moved(inside, self.rates.common(self.free & ~inside)))

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
        top, of = np.array([o[inside].sum()]), np.array([n[inside].sum()])
        return float(self.rates.likelihood_ratio(top, of, o[self.free].sum(), n[self.free].sum())[0])

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
