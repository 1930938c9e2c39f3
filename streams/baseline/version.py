"""A version of the baseline: built from the months that are over, asked by the minute what an actual means. Pure.

What the rest of a month brings is orders × amounts: as many orders as are expected, of a worth that scatters, times a
volume that is uncertain itself. So what came by now says the more about the rest the more orders a node has: the
volume of n orders is believed like c ÷ (τ² n) months of its own (Gamma–Poisson; Bühlmann's credibility), c for how
amounts scatter, τ for how uncertain a volume is. τ is the one that was best in the months before; and how far the
landing was off in them, in units of what orders × amounts and a common part explain, makes the intervals (split
conformal, adaptive, by tier and by how far the month was, both sides apart).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.baseline.expectation import Expectation, Method, expected, method_of
from streams.baseline.months import STEPS, Ledger
from streams.forecast.reconciliation import Map, adding_up
from streams.forecast.smoothing import Floats, Ints
from streams.forecast.tiers import by_tier, tiers

LEVELS = (0.8, 0.95)
PHASES = (0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.95)
"""Parts of the working days at which earlier months are looked at."""

UNCERTAIN = (0.03, 0.06, 0.12, 0.25, 0.5)
"""What is tried for τ, the uncertainty of a volume as a part of it."""

ALIKE = (0.0, 0.01, 0.02, 0.04, 0.08, 0.16)
"""What is tried for the part of a rest that goes wrong for a node as a whole, however many orders it has."""

SCATTER = 2.0
"""Mean square over squared mean of an order's worth; an opinion, and what of it is wrong the scores put right."""

FEW_ORDERS = 8.0
"""Expected orders of a month under which what should be there by now is chance: its landing is what can be judged."""

TAUGHT = 5
"""Months that are known before a month can be judged by what was known then."""

FIRST_TOLD, LEARNS = 4, 0.2
"""Months before the first that is told out of time, and how much of a month's surplus of misses is learned from it."""

RECENT = 18
"""The last months by which intervals are learned."""


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

    summing: Floats
    expectation: Expectation
    uncertain: Floats
    alike: Floats
    offs: Floats
    add_up: Map

    @property
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


def built(
    ledger: Ledger, summing: Floats, working_days: float, quarter_end: bool, tier: Ints | None = None
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


def earlier(ledger: Ledger, summing: Floats, method: Method, first: int = TAUGHT) -> Past:
    """The months of a ledger from `first` on, each with what is expected of it from those before, by one method."""
    return [
        (
            expected(ledger.before(at), summing, float(ledger.working_days[at]), bool(ledger.quarter_end[at]), method),
            ledger.paths[at] @ summing.T,
        )
        for at in range(first, len(ledger.paths))
    ]


def of_past(now: Expectation, past: Past, summing: Floats, tier: Ints) -> Baseline:
    """The baseline of a month from what is expected of it and how far earlier expectations were off."""
    weight = np.maximum(now.volume, now.order) * now.order
    add_up = adding_up(summing, weight)
    uncertain, alike = np.empty(len(tier)), np.empty(len(tier))
    offs = np.empty((len(LEVELS), 2, len(PHASES), len(tier)))
    errors = np.stack([_errors(past, add_up, np.full(len(tier), tau)) for tau in UNCERTAIN])
    scales = np.stack([_scales(past, np.full(len(tier), part)) for part in ALIKE])
    for here in by_tier(tier):
        best = int(np.argmin(np.abs(errors[..., here] / scales[0][..., here]).mean(axis=(1, 2, 3))))
        found, tried = errors[best][..., here], scales[..., here]
        part = int(np.argmin([_unlikely(found, scale) for scale in tried]))
        uncertain[here], alike[here] = UNCERTAIN[best], ALIKE[part]
        scores = found / tried[part]
        for at, level in enumerate(LEVELS):
            outside = _adapted(scores, 1.0 - level)
            for phase in range(len(PHASES)):
                low, high = _ends(np.sort(scores[:, phase].ravel()), outside)
                offs[at, 0, phase, here], offs[at, 1, phase, here] = low, high
    return Baseline(summing, now, uncertain, alike, offs, add_up)


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


def _adapted(scores: Floats, wanted: float) -> float:
    """The part to leave outside so that `wanted` of what comes is: less, where earlier months kept surprising.

    Month by month, as it would have been told (Gibbs & Candès, NeurIPS 2021). `scores`: months × phases × nodes.
    """
    outside = wanted
    for month in range(FIRST_TOLD, len(scores)):
        known = scores[:month].swapaxes(0, 1).reshape(scores.shape[1], -1)
        low, high = np.quantile(known, (outside / 2, 1.0 - outside / 2), axis=1)
        missed = (scores[month] < low[:, None]) | (scores[month] > high[:, None])
        outside = min(max(outside + LEARNS * (wanted - float(missed.mean())), 0.0), 1.0)
    return outside


def _ends(told: Floats, outside: float) -> tuple[float, float]:
    """The scores beyond which, on both sides together, that part of what is unseen will lie; told is sorted."""
    count = len(told)
    reach = max(int(np.floor((count + 1) * outside / 2)), 1)
    return float(told[reach - 1]), float(told[count - reach])


def _between(offs: Floats, elapsed: float) -> Floats:
    place = float(np.interp(elapsed, PHASES, np.arange(len(PHASES))))
    low = min(int(place), len(PHASES) - 2)
    return np.asarray(offs[low] + (place - low) * (offs[low + 1] - offs[low]))
