"""Between which scores what is unseen will lie, from few or many that were seen: split conformal, adaptive. Pure.

Scores are months × phases × nodes: how far off landings were, in units of what they might have been off.
"""

from statistics import NormalDist

import numpy as np

from streams.forecast.smoothing import Floats

LEARNS = 0.02
"""How much of a month's surplus of misses is learned from it."""

LEAST = 0.1
"""Of the part that is to lie outside, how much is left outside however often months surprised."""


def adapted(scores: Floats, wanted: float) -> float:
    """The part to leave outside so that `wanted` of what comes is: less, where earlier months kept surprising.

    Month by month (Gibbs & Candès, NeurIPS 2021), each held against all others: against the few before it nearly every
    month surprises. `scores`: months × phases × nodes.
    """
    outside = wanted
    for month in range(len(scores)):
        low, high = ends(np.delete(scores, month, axis=0), outside)
        missed = (scores[month] < low[:, None]) | (scores[month] > high[:, None])
        outside = min(max(outside + LEARNS * (wanted - float(missed.mean())), LEAST * wanted), 1.0)
    return outside


def ends(scores: Floats, outside: float) -> tuple[Floats, Floats]:
    """By phase the scores beyond which, on both sides together, that part of what is unseen will lie.

    Between two scores in proportion: of few, the next outer one would hold far more. Where they are so few that even
    the outermost leave more outside, these are moved out as far from the middle as Student's t has it.
    """
    told = np.sort(scores.swapaxes(0, 1).reshape(scores.shape[1], -1), axis=1)
    count = told.shape[1]
    reach = (count + 1) * outside / 2
    low, high = _at(told, max(reach, 1.0)), _at(told, count + 1 - max(reach, 1.0))
    if reach >= 1.0 or count < 2:
        return low, high
    middle, beyond = np.median(told, axis=1), _tail(outside / 2, count) / _tail(1 / (count + 1), count)
    return middle - beyond * (middle - low), middle + beyond * (high - middle)


def _at(told: Floats, place: float) -> Floats:
    """By phase what stands at a place, 1 the first, between two in proportion."""
    left = min(max(int(place), 1), max(told.shape[1] - 1, 1)) - 1
    right = min(left + 1, told.shape[1] - 1)
    return np.asarray(told[:, left] + (place - 1 - left) * (told[:, right] - told[:, left]))


def _tail(beyond: float, count: int) -> float:
    """Beyond how many deviations that part of Student's t of `count` values lies (Abramowitz & Stegun 26.7.5)."""
    z, free = NormalDist().inv_cdf(1.0 - beyond), count - 1
    return z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
