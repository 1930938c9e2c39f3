"""A version of the baseline, built from the months that are over. Pure.

How uncertain a volume is (τ) is what was best in the months before; and how far the landing was off in them, in units
of what orders × amounts and a common part explain, makes the intervals (split conformal, adaptive, by tier and by how
far the month was, both sides apart).
"""

from collections.abc import Sequence

import numpy as np

from streams.baseline.conformal import adapted, ends
from streams.baseline.expectation import Method, expected, method_of
from streams.baseline.months import Ledger
from streams.forecast.smoothing import Floats, Ints
from streams.forecast.tiers import by_tier, tiers
from warehouse.baseline.adding_up import Map, Summing, summed
from warehouse.baseline.month import LEVELS, PHASES, STEPS, Baseline, Expectation, rest_of, scale_of

UNCERTAIN = (0.03, 0.06, 0.12, 0.25, 0.5)
"""What is tried for τ, the uncertainty of a volume as a part of it."""

ALIKE = (0.0, 0.01, 0.02, 0.04, 0.08, 0.16)
"""What is tried for the part of a rest that goes wrong for a node as a whole, however many orders it has."""

TAUGHT = 5
"""Months that are known before a month can be judged by what was known then."""

RECENT = 18
"""The last months by which intervals are learned."""


def built(
    ledger: Ledger, summing: Summing, working_days: float, quarter_end: bool, tier: Ints | None = None
) -> Baseline:
    """The baseline of the month after a ledger's last; `working_days` are that month's.

    `tier` numbers the nodes whose intervals are learned together, by level of the company say; else by size. A ledger
    of fewer than `TAUGHT` + 5 months raises ValueError.
    """
    if len(ledger.paths) < TAUGHT + 5:
        raise ValueError(
            f"{len(ledger.paths)} months teach no interval: give {TAUGHT + 5} months that are over, or more"
        )
    method = method_of(ledger, summing)
    past = earlier(ledger, summing, method, max(TAUGHT, len(ledger.paths) - RECENT))
    return of_past(
        expected(ledger, summing, working_days, quarter_end, method),
        past,
        summing,
        tiers(summing) if tier is None else tier,
    )


Past = Sequence[tuple[Expectation, Floats]]
"""Months that are over: what was expected of each when it began, and its path (STEPS + 1 × nodes)."""


def earlier(ledger: Ledger, summing: Summing, method: Method, first: int = TAUGHT) -> Past:
    """The months of a ledger from `first` on, each with what is expected of it from those before, by one method."""
    return [
        (
            expected(ledger.before(at), summing, float(ledger.working_days[at]), bool(ledger.quarter_end[at]), method),
            summed(ledger.paths[at], summing),
        )
        for at in range(first, len(ledger.paths))
    ]


def of_past(now: Expectation, past: Past, summing: Summing, tier: Ints) -> Baseline:
    """The baseline of a month from what is expected of it and how far earlier expectations were off."""
    uncertain, alike = np.empty(len(tier)), np.empty(len(tier))
    offs = np.empty((len(LEVELS), 2, len(PHASES), len(tier)))
    bare = Baseline.of(summing, now, uncertain, alike, offs)
    errors = np.stack([_errors(past, bare.add_up, np.full(len(tier), tau)) for tau in UNCERTAIN])
    scales = np.stack([_scales(past, np.full(len(tier), part)) for part in ALIKE])
    for here in by_tier(tier):
        best = int(np.argmin(np.abs(errors[..., here] / scales[0][..., here]).mean(axis=(1, 2, 3))))
        found, tried = errors[best][..., here], scales[..., here]
        part = int(np.argmin([_unlikely(found, scale) for scale in tried]))
        uncertain[here], alike[here] = UNCERTAIN[best], ALIKE[part]
        scores = found / tried[part]
        for at, level in enumerate(LEVELS):
            offs[at][..., here] = np.array(ends(scores, adapted(scores, 1.0 - level)))[..., None]
    return bare


def _errors(past: Past, add_up: Map, uncertain: Floats) -> Floats:
    """How far off earlier landings were (months × phases × nodes)."""
    found = np.empty((len(past), len(PHASES), len(uncertain)))
    for at, (month, path) in enumerate(past):
        for phase, elapsed in enumerate(PHASES):
            actual = path[round(elapsed * STEPS)]
            found[at, phase] = path[-1] - actual - add_up(rest_of(month, uncertain, actual, elapsed))
    return found


def _scales(past: Past, alike: Floats) -> Floats:
    """How far off they might have been (months × phases × nodes)."""
    return np.array([[scale_of(month, alike, elapsed) for elapsed in PHASES] for month, _ in past])


def _unlikely(errors: Floats, scale: Floats) -> float:
    """Minus the logarithm of the likelihood of errors that are normal with a multiple of the scale."""
    return float(np.log(((errors / scale) ** 2).mean()) / 2 + np.log(scale).mean())
