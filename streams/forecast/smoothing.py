"""Exponential smoothing of many series at once: a grid of parameters runs side by side and is averaged by likelihood.

Additive errors and seasons, damped trend or a fixed drift (Hyndman et al., Forecasting with Exponential Smoothing,
2008; the drift of half the slope is the Theta method: Hyndman & Billah 2003). No parameter is searched for: every one
of the grid is run over all series in one pass of numpy, and weighs by its likelihood for the series and for all
series of its tier together, so that what one history hardly tells apart is averaged and not chosen between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

OWN, SHARED = 0.3, 0.3
"""How much of a difference in AIC counts: the series' own, and the mean one of its tier."""

HEAD_SEASONS = 8
"""Seasons from whose means the first level and the first seasonal pattern are read."""

LEVELS = (0.05, 0.1, 0.2, 0.35, 0.55, 0.8)
SEASONS = (0.02, 0.08, 0.2, 0.35)


@dataclass(frozen=True)
class Shape:
    """One way to smooth: how fast a trend is learned and fades, or over how many seasons a fixed drift is read.

    `relative`: on logarithms, so that seasons and trends are parts of the level and not amounts.
    """

    trends: Sequence[float] = (0.0,)
    damping: Sequence[float] = (1.0,)
    drift_seasons: int = 0
    relative: bool = False


TRENDS, DAMPING = (0.01, 0.03, 0.1), (0.8, 0.9, 0.98)
SHAPES = {
    "level": Shape(),
    "trend": Shape(TRENDS, DAMPING),
    "drift": Shape(drift_seasons=5),
    "relative level": Shape(relative=True),
    "relative trend": Shape(TRENDS, DAMPING, relative=True),
}
"""What is averaged or left out by cross-validation: see `choice`."""

ASIDE = 0.2
"""Part of a series' mean size that is added before logarithms are taken: zeros have one then, and weigh no more."""


class Smoothed(NamedTuple):
    """`ahead` (horizon × series) and, one step ahead within the history, `fitted` (periods × series)."""

    ahead: Floats
    fitted: Floats


def smoothed(history: Floats, tier: Ints, season: int, horizon: int, shape: Shape) -> Smoothed:
    """Forecasts of every column of `history` (periods × series; at least two seasons) by one shape.

    `tier` numbers the series that are alike (`tiers`).
    """
    if shape.relative:
        aside = ASIDE * np.abs(history).mean(axis=0) - np.minimum(history.min(axis=0), 0.0)
        aside = np.where(aside > 0, aside, 1.0)
        found = _run(np.log(history + aside), tier, season, horizon, shape)
        return Smoothed(np.exp(found.ahead) - aside, np.exp(found.fitted) - aside)
    return _run(history, tier, season, horizon, shape)


def warm_up(periods: int, season: int) -> int:
    """Periods at the beginning in which a fit still finds its feet: their errors count for nothing."""
    return min(2 * season, periods // 2)


def _run(history: Floats, tier: Ints, season: int, horizon: int, shape: Shape) -> Smoothed:
    periods, series = history.shape
    grid = _grid(shape, season)
    alpha, beta, phi, gamma = (grid[:, [at]] for at in range(4))
    level, seasons = _head(history, season)
    level = np.repeat(level[None], len(grid), axis=0)
    trend = np.repeat(_drift(history, season, shape)[None], len(grid), axis=0)
    seasonal = [np.repeat(one[None], len(grid), axis=0) for one in seasons]
    told = np.empty((periods, len(grid), series), dtype=np.float32)
    loss = np.zeros((len(grid), series))
    warm = warm_up(periods, season)
    for at in range(periods):
        rising = phi * trend
        one_ahead = level + rising + seasonal[at % season]
        error = history[at] - one_ahead
        told[at] = one_ahead
        if at >= warm:
            loss += error**2
        level = level + rising + alpha * error
        trend = rising + beta * error
        seasonal[at % season] = seasonal[at % season] + gamma * (1 - alpha) * error
    weight = _weights(loss, periods - warm, tier)
    fitted = np.einsum("tgn,gn->tn", told, weight.astype(np.float32)).astype(np.float64)
    ahead, faded = np.empty((horizon, series)), np.zeros_like(phi)
    for step in range(horizon):
        faded = faded + phi ** (step + 1)
        ahead[step] = ((level + faded * trend + seasonal[(periods + step) % season]) * weight).sum(axis=0)
    return Smoothed(ahead, fitted)


def _grid(shape: Shape, season: int) -> Floats:
    seasons = SEASONS if season > 1 else (0.0,)
    every = product(LEVELS, shape.trends, shape.damping, seasons)
    return np.array([one for one in every if one[1] <= one[0]])


def _head(history: Floats, season: int) -> tuple[Floats, Floats]:
    """First level (series) and first seasonal pattern (season × series), from whole seasons."""
    whole = min(HEAD_SEASONS, len(history) // season) * season
    head = history[:whole].reshape(-1, season, history.shape[1])
    means = head.mean(axis=1, keepdims=True)
    return means[0, 0], (head - means).mean(axis=0)


def _drift(history: Floats, season: int, shape: Shape) -> Floats:
    """Half the slope a period of the least squares line through the last whole seasons; 0 where none is asked for."""
    if not shape.drift_seasons:
        return np.zeros(history.shape[1])
    taken = history[-min(len(history) // season, max(2, shape.drift_seasons)) * season :]
    away = np.arange(len(taken)) - (len(taken) - 1) / 2
    return np.asarray(away @ taken / (away @ away) / 2)


def _weights(loss: Floats, count: int, tier: Ints) -> Floats:
    """Weights of the grid (first axis) for each series; alike where a series never moved.

    All of a grid have as many parameters, so differences in AIC are those of the logarithm of the loss.
    """
    criterion = count * np.log(np.maximum(loss, 1e-12 * loss.max(axis=0) + np.finfo(np.float64).tiny))
    criterion -= criterion.min(axis=0)
    shared = np.empty_like(criterion)
    for one in np.unique(tier):
        shared[:, tier == one] = criterion[:, tier == one].mean(axis=1, keepdims=True)
    criterion = OWN * criterion + SHARED * shared
    weight = np.exp((criterion.min(axis=0) - criterion) / 2)
    return np.asarray(weight / weight.sum(axis=0))
