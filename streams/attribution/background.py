"""What everybody shares: the ratio of the leaves that are no finding, and how far they scatter around it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from streams.attribution.lattice import Floats, Lattice

BINS, LEAVES_A_BIN = 12, 40
"""Groups of leaves of like size from which the scatter is read, at most; and how many leaves each has at least."""
LEAST_SCATTER = 0.005
"""No forecast is held for better than half a percent."""
ROUNDS = 5
"""Of the fit, each weighting by the one before; it has settled by then."""
MEDIAN_OF_NORMAL = 0.6745
FAR = 3.0
"""Standard deviations from which on a leaf is no witness of what most do."""


@dataclass(frozen=True)
class Background:
    """Leaves scatter around `ratio` x expectation by `scale`, a standard deviation per unit of expectation."""

    ratio: float
    scale: Floats
    evidence: float
    """Nats for this ratio against 1."""
    error: float
    """Standard error of the ratio of all sums, by the scatter of the leaves."""

    @classmethod
    def of(cls, f: Floats, v: Floats, lattice: Lattice) -> "Background":
        """Read off the leaves: of 1 and the ratios that the leaves and single attributes suggest, the likeliest.

        Leaves that hardly ever sell say nothing one by one (most stand at 0), so their sums by attribute have a say.
        """
        sums = (
            (lattice.sums(row, f), lattice.sums(row, v)) for row, crossed in enumerate(lattice.crossed) if crossed == 1
        )
        guesses = sorted({1.0, *(_ratio_of_most(*pair) for pair in ((f, v), *sums))}, key=lambda one: abs(one - 1))
        size = np.abs(f)
        scale = _scatter(size, [_off(f, v, guess) for guess in guesses])
        costs = [_cost(_off(f, v, guess), scale) for guess in guesses]
        best = min(range(len(guesses)), key=lambda at: costs[at] + (at > 0) * np.log(len(f)))
        ratio = guesses[best]
        if best:
            near = np.abs(_off(f, v, ratio)) < FAR * scale
            ratio = float(v[near].sum() / f[near].sum()) if f[near].sum() > 0 else ratio
        total = float(size.sum())
        error = float(np.sqrt(((size * scale) ** 2).sum())) / total if total > 0 else np.inf
        return cls(ratio, scale, costs[0] - costs[best], error)

    def deviations(self, f: Floats, v: Floats) -> Floats:
        """How far each leaf is off, per unit of its expectation; where nothing was expected, what came as it is."""
        return _off(f, v, self.ratio)

    def shifted(self, errors: float) -> bool:
        """Whether the common ratio is off 1 by more than so many standard errors of it."""
        return abs(self.ratio - 1) > max(errors * self.error, LEAST_SCATTER)


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value that half of the weight does not reach beyond."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order[min(int(np.searchsorted(total, total[-1] / 2)), len(order) - 1)]])


def _ratio_of_most(f: Floats, v: Floats) -> float:
    some = (f > 0) & (v >= 0)
    ratio = weighted_median(v[some] / f[some], f[some]) if some.any() else 1.0
    return ratio if ratio > 0 else 1.0


def _off(f: Floats, v: Floats, ratio: float) -> Floats:
    share = ratio * f
    return np.clip((v - share) / np.where(share != 0, np.abs(share), 1.0), -20, 20)


def _cost(off: Floats, scale: Floats) -> float:
    return 0.5 * float(np.minimum((off / scale) ** 2, FAR**2).sum())


def _scatter(size: Floats, candidates: Iterable[Floats]) -> Floats:
    """Of each leaf its standard deviation: a part relative to its size, and one that fades as sizes grow (counts).

    Read around that candidate which leaves the least of it.
    """
    some = np.flatnonzero(size > 0)
    if not some.size:
        return np.ones_like(size)
    order = some[np.argsort(size[some])]
    each = max(min(LEAVES_A_BIN, len(order)), len(order) // BINS)
    groups = order[: len(order) // each * each].reshape(-1, each)
    middles = [np.median(np.abs(off[groups]), axis=1) / MEDIAN_OF_NORMAL for off in candidates]
    least = min(middles, key=lambda one: float(np.log(one + LEAST_SCATTER).sum()))
    sizes = np.median(size[groups], axis=1)
    relative, counted = _fitted(np.maximum(least, LEAST_SCATTER) ** 2, 1 / sizes)
    return np.sqrt(relative + counted / np.where(size > 0, size, sizes[0]))


def _fitted(squares: Floats, inverse: Floats) -> tuple[float, float]:
    """The non-negative a and b of `a + b * inverse` nearest to the squares, each as far off as it is large."""
    floor = LEAST_SCATTER**2
    a, b = max(floor, float(squares.mean())), 0.0
    for _ in range(ROUNDS):
        weights = 1 / (a + b * inverse) ** 2
        all_, x, xx = (float(weights @ inverse**power) for power in range(3))
        y, xy = float(weights @ squares), float(weights @ (squares * inverse))
        determinant = all_ * xx - x * x
        if determinant > 1e-9 * all_ * xx:
            a, b = (y * xx - xy * x) / determinant, (xy * all_ - y * x) / determinant
        if determinant <= 1e-9 * all_ * xx or b < 0:
            a, b = y / all_, 0.0
        if a < floor:
            a, b = floor, max(0.0, (xy - floor * x) / xx)
    return a, b
