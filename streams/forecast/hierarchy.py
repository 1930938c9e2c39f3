"""The public function: history and summing matrix in, coherent points and intervals for every series out. Pure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from streams.forecast.choice import Choice, Trial, chosen, tried
from streams.forecast.errors import UnusableHistory, UnusableSumming
from streams.forecast.intervals import half_widths
from streams.forecast.smoothing import Floats
from streams.forecast.tiers import tiers
from warehouse.baseline.adding_up import Summing, own_rows, summed

LEVELS = (0.8, 0.95)
"""Which intervals are given."""


@dataclass(frozen=True)
class Forecast:
    """What comes, period by period, for every row of the summing matrix, in the unit of the history.

    `points` (horizon × series) add up exactly as the summing matrix says, within rounding of floats; `half_widths` by
    level (horizon × series) stand to both sides of them: .8 of what came lay within, in earlier forecasts, and .95.
    `choice` says what was averaged and how it was made to add up; None of half-widths where the history was too short
    to have tried.
    """

    points: Floats
    half_widths: dict[float, Floats]
    choice: Choice

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Lower and upper bound (horizon × series) at a level that is there; KeyError says which are."""
        if level not in self.half_widths:
            raise KeyError(f"no interval at {level}: there are {sorted(self.half_widths) or 'none'}")
        return self.points - self.half_widths[level], self.points + self.half_widths[level]


def forecast(
    history: npt.ArrayLike,
    summing: npt.ArrayLike | Summing,
    season: int,
    horizon: int,
    origins: int = 8,
    choice: Choice | None = None,
) -> Forecast:
    """Forecast every series of a hierarchy, coherently.

    `history`: periods × bottom series, the oldest first, whole numbers or floats, no gaps; at least two seasons.
    `summing`: series × bottom series, the weight of each bottom series in each series (1 and 0 for sums). It may be any
    matrix whose rows span the bottom series, which the bottom series among its rows do; rows may cross as they like.
    `season`: periods of a season, 1 for none. `horizon`: periods ahead.
    `origins`: earlier forecasts by which the method is chosen and the intervals are measured, one every half season;
    fewer where the history is short.
    `choice`: the method, where it is not to be chosen by rolling-origin cross-validation within the history given.

    Raises UnusableHistory and UnusableSumming, which say what to mend.
    """
    bottom, matrix = np.asarray(history, dtype=np.float64), _sparse(summing)
    _usable(bottom, matrix, season, horizon)
    every = summed(bottom, matrix)
    ends = origin_ends(len(every), season, horizon, origins)
    tier = tiers(matrix)
    trials = [tried(every[:end], matrix, tier, season, horizon, every[end : end + horizon]) for end in ends]
    choice = choice or chosen(trials, tier)
    now = tried(every, matrix, tier, season, horizon)
    widths = dict(zip(LEVELS, _half_widths(trials, now, choice), strict=False))
    return Forecast(now.points(choice), widths, choice)


def origin_ends(periods: int, season: int, horizon: int, origins: int) -> list[int]:
    """After how many periods earlier forecasts are made: the latest that can be compared whole, and before."""
    step = max(1, season // 2)
    ends = (periods - horizon - step * back for back in range(origins))
    return [end for end in ends if end >= max(2 * season, 8)]


def _half_widths(trials: list[Trial], now: Trial, choice: Choice) -> list[Floats]:
    if not trials:
        return []
    scores = np.stack([np.abs(trial.errors(choice)) / trial.one_step(choice) for trial in trials])
    return list(half_widths(scores, now.one_step(choice), now.tier, LEVELS))


def _sparse(summing: npt.ArrayLike | Summing) -> Summing:
    if isinstance(summing, csr_array):
        return summing
    dense = np.asarray(summing, dtype=np.float64)
    if dense.ndim != 2:
        raise UnusableSumming(f"the summing matrix has the shape {dense.shape}: give series × bottom series")
    return csr_array(dense)


def _usable(history: Floats, summing: Summing, season: int, horizon: int) -> None:
    if history.ndim != 2 or not history.size:
        raise UnusableHistory(f"history has the shape {history.shape}: give periods × bottom series")
    if not np.isfinite(history).all():
        at, series = np.argwhere(~np.isfinite(history))[0]
        raise UnusableHistory(f"period {at} of series {series} is no number: fill or leave out what is not known")
    if season < 1 or horizon < 1:
        raise ValueError(f"season {season} and horizon {horizon} are numbers of periods: give 1 or more")
    if len(history) < max(2 * season, 4):
        raise UnusableHistory(f"{len(history)} periods are too few: give {max(2 * season, 4)}, two seasons, or more")
    if summing.shape[1] != history.shape[1]:
        raise UnusableSumming(
            f"the summing matrix has the shape {summing.shape} and the history {history.shape[1]} bottom series: "
            "give series × bottom series"
        )
    if not np.isfinite(summing.data).all():
        raise UnusableSumming("the summing matrix holds what is no number")
    if own_rows(summing) is None and np.linalg.matrix_rank(summing.toarray()) < summing.shape[1]:
        raise UnusableSumming(
            "the rows of the summing matrix do not tell the bottom series apart: add a row for each bottom series"
        )
