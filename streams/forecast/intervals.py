"""How far off forecasts may be, from how far off earlier ones were: split conformal, by tier and by step.

An error of the past is measured in the series' own one-step error at that origin; the scores of a tier are put
together, and their quantile, with the correction for how few they are, is the half-width in units of today's one-step
error (Lei et al., JASA 2018; Angelopoulos & Bates 2023).
"""

import numpy as np

from streams.forecast.smoothing import Floats, Ints
from streams.forecast.tiers import by_tier


def half_widths(scores: Floats, now: Floats, tier: Ints, levels: tuple[float, ...]) -> Floats:
    """Half-widths (levels × horizon × series).

    `scores` (origins × horizon × series) are absolute errors over the one-step error of their origin, `now` (series)
    the one-step error of today.
    """
    horizon, series = scores.shape[1:]
    widths = np.empty((len(levels), horizon, series))
    for group in by_tier(tier):
        told = np.sort(scores[:, :, group].transpose(1, 0, 2).reshape(horizon, -1), axis=1)
        count = told.shape[1]
        for at, level in enumerate(levels):
            rank = min(count, int(np.ceil((count + 1) * level))) - 1
            widths[at][:, group] = np.maximum.accumulate(told[:, rank])[:, None] * now[group]
    return widths
