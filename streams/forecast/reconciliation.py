"""From forecasts that do not add up to forecasts that do: by a linear map that trusts each series as W says.

S (series × bottom) sums the bottom series up. The map is S(S′W⁻¹S)⁻¹S′W⁻¹, W how wrong each series is thought to be
(Wickramasuriya, Athanasopoulos & Hyndman, JASA 2019). Where every bottom series has a row of its own, the same map is
written by what does not add up, so that a matrix of the sums' size is solved and none of the bottom's.
"""

from collections.abc import Callable

import numpy as np

from streams.forecast.smoothing import Floats, Ints

FLOOR = 1e-6
"""Least variance of a series, as a part of the mean one: a series that was never wrong would divide by nothing."""

LEAST_SHRUNK = 0.001
"""Errors that are each other's multiples cannot be inverted; shrunk by so much they can."""


Map = Callable[[Floats], Floats]
"""From forecasts (… × series) to such that add up."""


def adding_up(summing: Floats, weight: Floats) -> Map:
    """The map for a covariance W (series × series), or for its diagonal (series)."""
    own = own_rows(summing)
    if own is None:
        scaled = summing / weight[:, None] if weight.ndim == 1 else np.linalg.solve(weight, summing)
        whole = summing @ np.linalg.solve(summing.T @ scaled, scaled.T)
        return lambda said: np.asarray(said @ whole.T)
    above = np.setdiff1d(np.arange(len(summing)), own)
    sums = summing[above]
    if weight.ndim == 1:
        shared = -(sums * weight[own]).T
        gram = np.diag(weight[above]) - sums @ shared
    else:
        of_gaps = weight[:, above] - weight[:, own] @ sums.T
        shared = of_gaps[own]
        gram = of_gaps[above] - sums @ shared
    gain = np.linalg.solve(gram, shared.T)

    def add_up(said: Floats) -> Floats:
        gaps = said[..., above] - said[..., own] @ sums.T
        return np.asarray((said[..., own] - gaps @ gain) @ summing.T)

    return add_up


def own_rows(summing: Floats) -> Ints | None:
    """For each bottom series a row that is that series and nothing else; None where one has none."""
    alone = np.flatnonzero((np.count_nonzero(summing, axis=1) == 1) & (summing.sum(axis=1) == 1.0))
    column = summing[alone].argmax(axis=1)
    found, first = np.unique(column, return_index=True)
    return alone[first] if len(found) == summing.shape[1] else None


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


MAPS: dict[str, Callable[[Floats, Floats], Map]] = {
    "struct": lambda summing, _: adding_up(summing, np.maximum(np.abs(summing).sum(axis=1), 1e-12)),
    "ols": lambda summing, _: adding_up(summing, np.ones(len(summing))),
    "variance": lambda summing, errors: adding_up(summing, variances(errors)),
    "mint": lambda summing, errors: adding_up(summing, shrunk(errors)),
}
"""By name, the map from the summing matrix and the errors within the history (periods × series)."""

MOST_FOR_MINT = 2_000
"""Series beyond which a whole covariance is not tried: it would not fit a laptop's memory."""


def maps_for(series: int) -> list[str]:
    """The names of the maps that are tried on so many series."""
    return [name for name in MAPS if name != "mint" or series <= MOST_FOR_MINT]
