"""The effect of what was done in one place, against others in which nothing was: difference in differences. Pure.

One place was treated, so its own two numbers tell no scatter; what the untouched ones did by themselves does (Conley
& Taber, REStat 93, 2011). Small places scatter more than large ones, so each untouched place's departure is brought to
the treated one's size before it is compared (Ferman & Pinto, REStat 101, 2019). Sales move in proportion: what is
common to all is a factor, not a sum (Wooldridge, Econometrics J. 26, 2023).

A place may scatter more than its peers; what its own days say of that is the least that is believed.

All figures are amounts a working day.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEVEL = 0.8
"""Of so many cases the interval holds the effect."""
FEWEST = 10
"""Untouched peers under which no interval is told: 2 ÷ (1 − `LEVEL`) is what both its ends need."""
LEAST_SHARE = 0.25
"""A place that sold less than this part of what is usual still scatters as if it had sold so much."""


@dataclass(frozen=True)
class Seen:
    """One place: what is `usual` there a working day, and what came a day `before` and `after` (one unit of money).

    `off_before` and `off_after` are how far these two may be off by the scatter of their own days (`off_by_days`).
    """

    usual: float
    before: float
    after: float
    off_before: float = 0.0
    off_after: float = 0.0


@dataclass(frozen=True)
class Effect:
    """What came a working day beyond what would have, with its interval, in the unit of `Seen`.

    `common` is by which factor the untouched moved from before to after.
    """

    effect: float
    low: float
    high: float
    common: float
    peers: int


@dataclass(frozen=True)
class Scatter:
    """How far a place departs by itself: the variance is a part `alike` that every place has, and a part of chance that
    falls with what is sold there."""

    alike: float
    by_chance: float

    @classmethod
    def of(cls, off: Floats, chance: Floats) -> "Scatter":
        """From departures and how much of chance there is in each, by least squares over the squares, each as certain
        as it is small; neither part is below nought."""
        square, one = off**2 / chance, 1 / chance
        (alike, by_chance), *_ = np.linalg.lstsq(np.stack([one, np.ones_like(one)], axis=1), square, rcond=None)
        if by_chance < 0:
            return cls(float((off**2).mean()), 0.0)
        return cls(float(alike), float(by_chance)) if alike >= 0 else cls(0.0, float(square.mean()))

    def deviation(self, chance: Floats) -> Floats:
        """The deviation of places with so much of chance."""
        return np.asarray(np.sqrt(np.maximum(self.alike + self.by_chance * chance, 1e-18)))


def difference(treated: Seen, peers: Sequence[Seen], days: tuple[float, float], level: float = LEVEL) -> Effect | None:
    """The effect on the treated place; None with fewer than `FEWEST` peers that usually sell, or a place that does not.

    `days` are the working days of before and of after. Without the measure the place would have gone on as before times
    what the untouched did; how far these are off the same forecast of their own, brought to the treated one's size, is
    the interval: of n peers an end is their ⌈(n + 1) q⌉-th (split conformal, Vovk et al. 2005).
    """
    sells = [one for one in peers if one.usual > 0]
    if treated.usual <= 0 or len(sells) < FEWEST or min(days) <= 0:
        return None
    usual = np.array([one.usual for one in sells])
    before, after = (np.array([getattr(one, name) for one in sells]) for name in ("before", "after"))
    if before.sum() <= 0:
        return None
    common = float(after.sum() / before.sum())
    off = (after - before * common) / usual
    scatter = Scatter.of(off, _chance(usual, common, days))
    share = max(treated.before / treated.usual, LEAST_SHARE)
    own = scatter.deviation(share * _chance(np.array([treated.usual]), common, days))[0] * treated.usual
    own = max(own, float(np.hypot(treated.off_after, common * treated.off_before)))
    told = np.sort(off / scatter.deviation(_chance(usual, common, days))) * own
    reach = max(int(np.floor((len(told) + 1) * (1 - level) / 2)), 1)
    effect = treated.after - treated.before * common
    return Effect(effect, effect - float(told[-reach]), effect - float(told[reach - 1]), common, len(told))


def off_by_days(own: Floats, every: Floats) -> float:
    """How far the mean of a place's working days may be off by chance: what each of them departs from its part of what
    came everywhere on that day (which takes month ends and holidays out). 0 of fewer than three days."""
    if len(own) < 3 or every.sum() <= 0:
        return 0.0
    departs = own - every * own.sum() / every.sum()
    return float(np.sqrt((departs**2).sum() / (len(own) - 1) / len(own)))


def _chance(usual: Floats, common: float, days: tuple[float, float]) -> Floats:
    """How much of chance there is in a departure, up to a factor: sales come as orders, so that their variance is in
    proportion to them."""
    before, after = days
    return np.asarray(common / (usual * after) + common**2 / (usual * before))
