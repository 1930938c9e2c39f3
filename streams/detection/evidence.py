"""How likely a shortfall is by chance: counts against a past of known size, with more spread than pure chance has.

Amounts become counts by dividing them by `scale`, the money in which the spread of the past equals that of counting
(scaled Poisson, Bohm & Zech 2014): about the average order, more where orders come in clumps.
"""

from functools import lru_cache
from math import exp, lgamma, log, log1p

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

KNOWN = 1e7
"""Past orders that stand for an expectation known for sure, such as a target."""

PRIOR, STEADIEST, MANY = 20, 0.4, 20
MEDIAN_OF_NORMAL, FAR_APART = 0.6745, 4.0
MOST_KEPT = 20_000
"""Chances that are kept: a hunt asks for those of the same nodes again and again."""

MOST_POOLED = 1_000.0
"""Counts that peers stand for at most: nobody is exactly like all others."""


def beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz's method, DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    tiny, value, upper, lower = 1e-300, 1.0, 1.0, 0.0
    for step in range(400):
        half = step // 2
        if step == 0:
            term = 1.0
        elif step % 2:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        lower = 1 / (1 + term * lower or tiny)
        upper = 1 + term / upper or tiny
        value *= upper * lower
        if abs(upper * lower - 1) < 1e-12:
            break
    return min(1.0, front * (value - 1))


@lru_cache(MOST_KEPT)
def chance(count: float, expected: float, past: float = KNOWN) -> float:
    """P(at most `count` where `expected` were to come), the expectation itself learned from `past` orders.

    Exact for whole numbers: given count + past orders in all, each falls into the window with the probability
    expected ÷ (expected + past) (conditional test of two Poisson rates, Przyborowski & Wilenski 1940).
    1 where nothing is known.
    """
    if expected <= 0 or past <= 0:
        return 1.0
    return beta_below(past / (expected + past), past, max(count, 0.0) + 1)


def likelihood_ratio(count: Floats, expected: Floats, past: Floats) -> Floats:
    """Log-likelihood ratio of "another rate than before" against "as before"; 0 where count ≥ expected.

    The statistic of the scan over a tree's nodes (Kulldorff, Fang & Walsh 2003): of nodes that hold the same
    shortfall, it is largest for the one that holds nothing else. So it is too where more is taken back than was
    expected, which no count can be: m missing of e are told as m · (1 + log(m ÷ e)) by the nat of nothing sold.
    """
    known = (expected > 0) & (past > 0)
    times = np.divide(expected - np.minimum(count, 0.0), expected, out=np.ones_like(expected), where=known)
    count = np.maximum(count, 0.0)
    part = np.divide(expected, expected + past, out=np.zeros_like(expected), where=known)
    total = count + past
    found = _x_log(count, total * part) + _x_log(past, total * (1 - part))
    return np.asarray(np.where(known & (count < expected), np.maximum(found, 0.0) * times * (1 + np.log(times)), 0.0))


def _x_log(x: Floats, y: Floats) -> Floats:
    ratio = np.divide(x, y, out=np.ones_like(x), where=(x > 0) & (y > 0))
    return np.asarray(x * np.log(ratio))


def spread(actual: Floats, expected: Floats, order: Floats) -> float:
    """How much the past scattered against what orders of that size would by chance, which is 1.

    Pearson's χ² per degree of freedom of `actual` against `expected` (rows: nodes; columns: stretches of the past, at
    least two), in units of each row's average `order`. The largest hundredth of the terms is cut to the next; the few
    terms of a small company lean on 1 (`PRIOR` terms of it), and nothing is believed to be steadier than `STEADIEST`.
    """
    unit = expected * order[:, None]
    terms = np.divide((actual - expected) ** 2, unit, out=np.full_like(expected, np.nan), where=unit > 0).ravel()
    terms = terms[~np.isnan(terms)]
    columns = expected.shape[1] if expected.ndim == 2 else 0
    if columns < 2 or len(terms) < columns:
        return 1.0
    cut = np.minimum(terms, np.quantile(terms, 0.99))
    free = columns / (columns - 1)
    return max(STEADIEST, float(cut.sum() * free + PRIOR) / (len(terms) + PRIOR))


def unrest(actual: Floats, expected: Floats, scale: Floats) -> float:
    """By how much the nodes of a level scatter more now than `scale` knows of, at least 1.

    From the median of Pearson's terms (χ² with one degree has 0.455), which a few short nodes among many do not move; 1
    where there are fewer than `MANY`.
    """
    unit = expected * scale
    terms = (actual - expected)[unit > 0] ** 2 / unit[unit > 0]
    return max(1.0, float(np.median(terms)) / 0.455) if len(terms) >= MANY else 1.0


def pooled(past: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """The rate of each from its own past pooled with its peers', and the count that says how well it is known.

    `past` are counts over `exposure`. Rates of peers are taken as gamma distributed (empirical Bayes: Robbins 1956;
    Gamma-Poisson): where peers are alike each is known by all of them, where they differ each by its own past alone.
    How far they lie apart is the middle deviation, and who lies `FAR_APART` of what is usual from them has no peers.
    """
    there = exposure > 0
    own = np.divide(past, exposure, out=np.zeros_like(past), where=there)
    if there.sum() < MANY or past[there].sum() <= 0:
        return own, past
    middle = float(np.median(own[there]))
    if middle <= 0:
        return own, past
    by_chance = np.divide(middle, exposure, out=np.zeros_like(past), where=there)
    wide = float(np.median(np.abs(own[there] - middle))) / MEDIAN_OF_NORMAL
    apart = max(wide**2 - float(np.median(by_chance[there])), middle**2 / MOST_POOLED)
    alike = there & ((own - middle) ** 2 <= FAR_APART**2 * (apart + by_chance))
    peers = np.where(alike, middle**2 / apart, 0.0)
    rate = np.divide(past + peers, exposure + peers / middle, out=own.copy(), where=alike)
    return rate, past + peers


def combined(chances: list[float]) -> float:
    """The chance of several independent signs together (Fisher 1932), for one or two of them."""
    if len(chances) == 1:
        return chances[0]
    product = max(chances[0] * chances[1], 1e-300)
    return min(1.0, product * (1 - log(product)))
