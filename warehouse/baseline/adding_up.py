"""From figures that do not add up to figures that do: by a linear map that trusts each series as W says.

S (series × bottom) sums the bottom series up. The map is S(S′W⁻¹S)⁻¹S′W⁻¹, W how wrong each series is thought to be
(Wickramasuriya, Athanasopoulos & Hyndman, JASA 2019). Where every bottom series has a row of its own, the same map is
written by what does not add up, so that a matrix of the sums' size is solved and none of the bottom's.
"""

from collections.abc import Callable, Collection, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Summing = csr_array
"""Series × bottom series. A company's people by unit are 40 million weights, of which one in two thousand is not 0."""

Map = Callable[[Floats], Floats]
"""From forecasts (… × series) to such that add up."""


def of_ones(rows: Sequence[Collection[int]], columns: int) -> Summing:
    """The matrix with a 1 in these columns of each row."""
    ends = np.cumsum([0, *map(len, rows)])
    at = np.fromiter(chain.from_iterable(map(sorted, rows)), np.int64)
    return csr_array((np.ones(len(at)), at, ends), shape=(len(rows), columns))


def summed(bottom: Floats, summing: Summing) -> Floats:
    """From bottom series (… × bottom) to all (… × series)."""
    flat = summing @ bottom.reshape(-1, bottom.shape[-1]).T
    return np.asarray(flat.T.reshape(*bottom.shape[:-1], summing.shape[0]))


def adding_up(summing: Summing, weight: Floats) -> Map:
    """The map for a covariance W (series × series), or for its diagonal (series)."""
    own = own_rows(summing)
    if own is None:
        dense = summing.toarray()
        scaled = dense / weight[:, None] if weight.ndim == 1 else np.linalg.solve(weight, dense)
        whole = dense @ np.linalg.solve(dense.T @ scaled, scaled.T)
        return lambda said: np.asarray(said @ whole.T)
    above = np.setdiff1d(np.arange(summing.shape[0]), own)
    sums = summing[above].toarray()
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
        return summed(said[..., own] - gaps @ gain, summing)

    return add_up


def own_rows(summing: Summing) -> Ints | None:
    """For each bottom series a row that is that series and nothing else; None where one has none."""
    alone = np.flatnonzero((summing.count_nonzero(axis=1) == 1) & (summing.sum(axis=1) == 1.0))
    found, first = np.unique(summing[alone].indices, return_index=True)
    return alone[first] if len(found) == summing.shape[1] else None
