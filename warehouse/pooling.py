"""What many actions brought, taken together: how many helped, and how much of what was expected they brought. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from warehouse.metrics import FEW

Z = 1.2816
"""Of the normal distribution, what leaves a tenth on each side: intervals are of 80 of 100 cases, as everywhere."""


@dataclass(frozen=True)
class Outcome:
    """One action that was decided: whether it worked, and its effect with its interval, as shares of what was expected;
    None where no effect could be measured."""

    worked: bool
    effect: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Pooled:
    """`worked` of `count`; `rate` (low, high) only where they are `FEW` or more; `effect` (mean, low, high) of those
    that could be measured, `measured` of them, under the same rule."""

    count: int
    worked: int
    rate: tuple[float, float] | None = None
    effect: tuple[float, float, float] | None = None
    measured: int = 0


def pooled(outcomes: Sequence[Outcome]) -> Pooled:
    """All of them together; under `FEW` of them no rate and no mean is told."""
    count, worked = len(outcomes), sum(one.worked for one in outcomes)
    effects = [one.effect for one in outcomes if one.effect]
    rate = wilson(worked, count) if count >= FEW else None
    effect = mean_effect(effects) if len(effects) >= FEW else None
    return Pooled(count, worked, rate, effect, len(effects))


def wilson(worked: int, count: int) -> tuple[float, float]:
    """The interval of a rate (Wilson, JASA 22, 1927); between 0 and 1, whatever came of how few."""
    share, square = worked / count, Z**2 / count
    middle = (share + square / 2) / (1 + square)
    half = Z / (1 + square) * sqrt(share * (1 - share) / count + square / (4 * count))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def mean_effect(effects: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """The mean effect of actions that differ among themselves, with its interval (DerSimonian & Laird, Controlled
    Clinical Trials 7, 1986): each counts by how certain it is, and by how much they differ beyond that."""
    variances = [max((high - low) / (2 * Z), 1e-6) ** 2 for _, low, high in effects]
    weights = [1 / one for one in variances]
    total = sum(weights)
    fixed = sum(weight * effect for weight, (effect, _, _) in zip(weights, effects, strict=True)) / total
    spread = sum(weight * (effect - fixed) ** 2 for weight, (effect, _, _) in zip(weights, effects, strict=True))
    slack = total - sum(weight**2 for weight in weights) / total
    between = max(0.0, (spread - (len(effects) - 1)) / slack) if slack > 0 else 0.0
    weights = [1 / (one + between) for one in variances]
    total = sum(weights)
    mean = sum(weight * effect for weight, (effect, _, _) in zip(weights, effects, strict=True)) / total
    half = Z / sqrt(total)
    return mean, mean - half, mean + half
