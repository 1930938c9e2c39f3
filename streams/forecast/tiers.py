"""Series of like size: what one of them is too short to teach is taken from all of them."""

import numpy as np
import numpy.typing as npt

from streams.forecast.smoothing import Ints
from warehouse.baseline.adding_up import Summing

LEAST = 24
"""Series that a tier holds at least, where there are as many."""


def tiers(summing: Summing) -> Ints:
    """The tier of each row of a summing matrix: 0 the coarsest; rows of one size are of one tier."""
    members = abs(summing).sum(axis=1)
    tier = np.zeros(len(members), dtype=np.int64)
    at = held = 0
    for size in np.unique(members)[::-1]:
        here = members == size
        tier[here] = at
        held += int(here.sum())
        if held >= LEAST:
            at, held = at + 1, 0
    if held and at:  # the finest are too few for a tier of their own
        tier[tier == at] = at - 1
    return tier


def by_tier(tier: Ints) -> list[npt.NDArray[np.bool_]]:
    """The series of each tier, coarse before fine."""
    return [tier == one for one in range(int(tier.max()) + 1)]
