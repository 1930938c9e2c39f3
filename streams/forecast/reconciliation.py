"""How wrong each series is thought to be, and the maps to forecasts that add up that follow from it."""

from collections.abc import Callable

import numpy as np

from streams.forecast.smoothing import Floats
from warehouse.baseline.adding_up import Map, Summing, adding_up

FLOOR = 1e-6
"""Least variance of a series, as a part of the mean one: a series that was never wrong would divide by nothing."""

LEAST_SHRUNK = 0.001
"""Errors that are each other's multiples cannot be inverted; shrunk by so much they can."""


def shrunk(errors: Floats) -> Floats:
    """Covariance of errors (periods × series) about zero, its correlations shrunk towards none.

    By how much follows from how uncertain they are (Schäfer & Strimmer 2005).
    """
    periods = len(errors)
    deviation = np.sqrt(variances(errors))
    scaled = errors / deviation
    correlation = scaled.T @ scaled / periods
    uncertain = (scaled**2).T @ scaled**2 / periods - correlation**2
    off = ~np.eye(len(deviation), dtype=bool)
    whole = (correlation[off] ** 2).sum()
    part = float(uncertain[off].sum() / max(periods - 1, 1) / whole) if whole > 0 else 1.0
    part = min(max(part, LEAST_SHRUNK), 1.0)
    kept = np.where(off, (1.0 - part) * correlation, 1.0)
    return np.asarray(kept * np.outer(deviation, deviation))


def variances(errors: Floats) -> Floats:
    """Mean square of each series' errors, never nothing; 1 for all where none was ever wrong."""
    square = (errors**2).mean(axis=0)
    return np.asarray(np.maximum(square, FLOOR * float(square.mean()) or 1.0))


MAPS: dict[str, Callable[[Summing, Floats], Map]] = {
    "struct": lambda summing, _: adding_up(summing, np.maximum(abs(summing).sum(axis=1), 1e-12)),
    "ols": lambda summing, _: adding_up(summing, np.ones(summing.shape[0])),
    "variance": lambda summing, errors: adding_up(summing, variances(errors)),
    "mint": lambda summing, errors: adding_up(summing, shrunk(errors)),
}
"""By name, the map from the summing matrix and the errors within the history (periods × series)."""

MOST_FOR_MINT = 2_000
"""Series beyond which a whole covariance is not tried: it would not fit a laptop's memory."""


def maps_for(series: int) -> list[str]:
    """The names of the maps that are tried on so many series."""
    return [name for name in MAPS if name != "mint" or series <= MOST_FOR_MINT]
