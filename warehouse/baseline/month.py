"""What one month should bring, and what an actual means by it: due by now, landing, intervals. Pure.

What the rest of a month brings is orders × amounts: as many orders as are expected, of a worth that scatters, times a
volume that is uncertain itself. So what came by now says the more about the rest the more orders a node has: the
volume of n orders is believed like c ÷ (τ² n) months of its own (Gamma–Poisson; Bühlmann's credibility), c for how
amounts scatter, τ for how uncertain a volume is.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from warehouse.baseline.adding_up import Floats, Map, Summing, adding_up

STEPS = 20
"""Points of a curve: about one a working day; between them it is straight, through the hours of a day too."""

LEVELS = (0.8, 0.95)
PHASES = (0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.95)
"""Parts of the working days at which earlier months are looked at."""

SCATTER = 2.0
"""Mean square over squared mean of an order's worth; an opinion, and what of it is wrong the scores put right."""

FEW_ORDERS = 8.0
"""Expected orders of a month under which what should be there by now is chance: its landing is what can be judged."""


@dataclass(frozen=True)
class Expectation:
    """Of one month, by node (a row of the summing matrix), in units of the ledger.

    `volume`: the month; `curve` (STEPS + 1 × nodes): the share of it by when so many of its working days have gone;
    `order`: the worth of an order.
    """

    volume: Floats
    curve: Floats
    order: Floats

    def share(self, elapsed: float) -> Floats:
        """The share of the month that is due when `elapsed` (0 to 1) of its working days have gone."""
        place = min(max(elapsed, 0.0), 1.0) * STEPS
        low = min(int(place), STEPS - 1)
        return np.asarray(self.curve[low] + (place - low) * (self.curve[low + 1] - self.curve[low]))

    @property
    def orders(self) -> Floats:
        """Orders expected of the month."""
        return np.maximum(self.volume, 0.0) / self.order


@dataclass(frozen=True)
class Landing:
    """By node, in units of the ledger: `due` by now, where the month lands, and the intervals by level."""

    due: Floats
    landing: Floats
    lower: dict[float, Floats]
    upper: dict[float, Floats]


@dataclass(frozen=True)
class Baseline:
    """What one month should bring. `uncertain` and `alike` (nodes) are τ and the common part; `offs` (levels × 2 ×
    phases × nodes) the scores between which that share of earlier landings lay; `add_up` makes the rest add up."""

    summing: Summing
    expectation: Expectation
    uncertain: Floats
    alike: Floats
    offs: Floats
    add_up: Map

    @classmethod
    def of(
        cls, summing: Summing, expectation: Expectation, uncertain: Floats, alike: Floats, offs: Floats
    ) -> "Baseline":
        """With the map that trusts each node by how much chance is in what it is to bring."""
        weight = np.maximum(expectation.volume, expectation.order) * expectation.order
        return cls(summing, expectation, uncertain, alike, offs, adding_up(summing, weight))

    @cached_property
    def by_landing(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """The nodes too thin for a pace: they are judged by landing and leading signs."""
        return np.asarray(self.expectation.orders < FEW_ORDERS)

    def landing(self, actual: Floats, elapsed: float) -> Landing:
        """What `actual` (nodes) means when `elapsed` (0 to 1) of the month's working days have gone.

        Landings add up as actuals do. A few products of arrays: cheap enough for every minute.
        """
        rest = self.add_up(rest_of(self.expectation, self.uncertain, actual, elapsed))
        scale = scale_of(self.expectation, self.alike, elapsed)
        landing = actual + rest
        low, high = (
            {level: landing + _between(self.offs[at, side], elapsed) * scale for at, level in enumerate(LEVELS)}
            for side in (0, 1)
        )
        return Landing(self.expectation.share(elapsed) * self.expectation.volume, landing, low, high)


def rest_of(month: Expectation, uncertain: Floats, actual: Floats, elapsed: float) -> Floats:
    """What is still to come, by node, before it is made to add up."""
    share = month.share(elapsed)
    held = SCATTER / (uncertain**2 * np.maximum(month.orders, 0.1))
    volume = (held * month.volume + actual) / (held + share)
    return np.asarray((1.0 - share) * np.maximum(volume, 0.0))


def scale_of(month: Expectation, alike: Floats, elapsed: float) -> Floats:
    """The deviation of what is still to come, by the chance of orders and amounts and by the common part."""
    coming = np.maximum((1.0 - month.share(elapsed)) * month.volume, 0.05 * month.order)
    return np.asarray(np.sqrt(SCATTER * coming * month.order + (alike * coming) ** 2))


def _between(offs: Floats, elapsed: float) -> Floats:
    place = float(np.interp(elapsed, PHASES, np.arange(len(PHASES))))
    low = min(int(place), len(PHASES) - 2)
    return np.asarray(offs[low] + (place - low) * (offs[low + 1] - offs[low]))
