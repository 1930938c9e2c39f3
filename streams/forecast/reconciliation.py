"""From forecasts that do not add up to forecasts that do: linear maps from all series to the bottom ones.

S (series × bottom) sums the bottom series up. Every map is P = (S′W⁻¹S)⁻¹S′W⁻¹, and S·P·forecast adds up at every level
(Wickramasuriya, Athanasopoulos & Hyndman, JASA 2019); what differs is W, how wrong each series is thought to be.
"""

from collections.abc import Callable

import numpy as np

from streams.forecast.smoothing import Floats

FLOOR = 1e-6
"""Least variance of a series, as a part of the mean one: a series that was never wrong would divide by nothing."""

LEAST_SHRUNK = 0.001
"""Errors that are each other's multiples cannot be inverted; shrunk by so much they can."""


def to_bottom(summing: Floats, weight: Floats) -> Floats:
    """P (bottom × series) for a covariance W (series × series), or for its diagonal (series)."""
    scaled = summing / weight[:, None] if weight.ndim == 1 else np.linalg.solve(weight, summing)
    return np.asarray(np.linalg.solve(summing.T @ scaled, scaled.T))


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


MAPS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "struct": lambda summing, _: to_bottom(summing, np.maximum(np.abs(summing).sum(axis=1), 1e-12)),
    "ols": lambda summing, _: to_bottom(summing, np.ones(len(summing))),
    "variance": lambda summing, errors: to_bottom(summing, variances(errors)),
    "mint": lambda summing, errors: to_bottom(summing, shrunk(errors)),
}
"""By name, P from the summing matrix and the errors within the history (periods × series)."""
