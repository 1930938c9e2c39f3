"""What is averaged and how it is made to add up, chosen by what would have been right before.

At an earlier origin all shapes of smoothing are fitted anew to what lay before it. Each tier of series takes the
average of shapes that was best for it, so that a company may have a trend where a rep has none; then the map is taken
under which all series together were best. Best is the least root mean square error, averaged over series and origins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from streams.forecast.reconciliation import MAPS, maps_for, variances
from streams.forecast.smoothing import SHAPES, Floats, Ints, smoothed, warm_up
from streams.forecast.tiers import by_tier
from warehouse.baseline.adding_up import Summing

AVERAGES = tuple(average for count in range(len(SHAPES), 0, -1) for average in combinations(range(len(SHAPES)), count))
"""All averages of shapes, by their places in SHAPES; of equals, and where nothing could be tried, the first."""


@dataclass(frozen=True)
class Choice:
    """`shapes`, by tier, that are averaged with equal weights, and the name of the map."""

    shapes: tuple[tuple[str, ...], ...]
    map: str


@dataclass(frozen=True)
class Trial:
    """What all shapes said from one origin, before any map.

    `ahead` is shapes × horizon × series, `within` their errors one step ahead within the history (shapes × periods ×
    series), `actual` what came (horizon × series), None of the forecast that is still to be proved.
    """

    summing: Summing
    tier: Ints
    ahead: Floats
    within: Floats
    actual: Floats | None = None

    def averaged(self, parts: Floats, choice: Choice) -> Floats:
        """Each tier's own average of something that is shapes × something × series."""
        names = list(SHAPES)
        found = np.empty(parts.shape[1:])
        for here, shapes in zip(by_tier(self.tier), choice.shapes, strict=True):
            found[:, here] = parts[[names.index(shape) for shape in shapes]][:, :, here].mean(axis=0)
        return found

    def points(self, choice: Choice) -> Floats:
        """The forecast of the choice (horizon × series); it adds up."""
        add_up = MAPS[choice.map](self.summing, self.averaged(self.within, choice))
        return add_up(self.averaged(self.ahead, choice))

    def errors(self, choice: Choice) -> Floats:
        """What came less what the choice said (horizon × series)."""
        return self.off(self.points(choice))

    def off(self, ahead: Floats) -> Floats:
        """What came less a forecast of it."""
        if self.actual is None:
            raise ValueError("what this forecast is about is still to come")
        return np.asarray(self.actual - ahead)

    def one_step(self, choice: Choice) -> Floats:
        """Root mean square error one step ahead within the history, by series, before the map."""
        return np.asarray(np.sqrt(variances(self.averaged(self.within, choice))))


def tried(
    every: Floats, summing: Summing, tier: Ints, season: int, horizon: int, actual: Floats | None = None
) -> Trial:
    """All shapes on the history of every series (periods × series)."""
    warm = warm_up(len(every), season)
    said = [smoothed(every, tier, season, horizon, shape) for shape in SHAPES.values()]
    within = np.stack([every[warm:] - one.fitted[warm:] for one in said])
    return Trial(summing, tier, np.stack([one.ahead for one in said]), within, actual)


def chosen(trials: Sequence[Trial], tier: Ints) -> Choice:
    """The best over the trials; the average of everything under the first map when there are none."""
    names, each = list(SHAPES), by_tier(tier)
    if not trials:
        return Choice((tuple(names),) * len(each), next(iter(MAPS)))
    loss = np.array([_series_loss(trials, average) for average in AVERAGES])
    best = [AVERAGES[int(np.argmin(loss[:, here].mean(axis=1)))] for here in each]
    shapes = tuple(tuple(names[at] for at in average) for average in best)
    return min((Choice(shapes, one) for one in maps_for(len(tier))), key=lambda choice: mean_loss(trials, choice))


def mean_loss(trials: Sequence[Trial], choice: Choice) -> float:
    """Root mean square error over the horizon, averaged over series and trials, in the unit of the history."""
    return float(np.mean([_root_mean_square(trial.errors(choice)).mean() for trial in trials]))


def _series_loss(trials: Sequence[Trial], average: tuple[int, ...]) -> Floats:
    """By series, of one average before any map."""
    errors = (trial.off(trial.ahead[list(average)].mean(axis=0)) for trial in trials)
    return np.asarray(np.mean([_root_mean_square(one) for one in errors], axis=0))


def _root_mean_square(errors: Floats) -> Floats:
    return np.asarray(np.sqrt((errors**2).mean(axis=0)))
