"""From figures that do not add up to figures that do: by a linear map that trusts each series as W says.

S (series × bottom) sums the bottom series up. The map is S(S′W⁻¹S)⁻¹S′W⁻¹, W how wrong each series is thought to be
(Wickramasuriya, Athanasopoulos & Hyndman, JASA 2019). Where every bottom series has a row of its own, the same map is
written by what does not add up, so that a matrix of the sums' size is solved and none of the bottom's.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

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
