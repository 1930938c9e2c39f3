"""Rates and how they moved: what was due by the time before, how far off that is, and what is mix and what is rate."""

from dataclasses import dataclass, replace

import numpy as np

from streams.attribution.answers import Verdict
from streams.attribution.background import weighted_median
from streams.attribution.lattice import Floats, Mask, Values

HALF = 0.5
"""Added to counts where odds are taken (Haldane), so that none is 0."""
FAR = 3.0
"""Standard errors from which on a leaf is no witness of what all did."""
COMMON = 0.2
"""Rates from which on a numerator is no rare event: what is not in it says something too (binomial, not Poisson)."""
UNEVEN = 0.3
"""Rates of leaves scatter by a third even where nothing happens."""


@dataclass(frozen=True)
class Moved:
    """How far some leaves are off what was due: odds ratio, standard errors, and numerators beyond it."""

    lift: float
    errors: float
    excess: float


@dataclass(frozen=True)
class RatioPart:
    """A cell's leaves, or with no values those of no cell.

    `expected` is the numerator that the time before makes due at today's denominators. `score` is the likelihood
    ratio of its rate against the rest's, in nats. `mix` and `rate` are its parts of the change, in units of the
    ratio. None without a before.
    """

    cell: Values
    numerator: float
    denominator: float
    expected: float | None
    score: float
    mix: float | None
    rate: float | None

    @property
    def ratio(self) -> float | None:
        """The cell's ratio now; None where its denominator is 0."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class RatioAnswer:
    """`parts` in the order found, the clearest first; `ranking` the first five cells, those named before the others.

    `common` is how many times what was due (without a before: the rate of all) the leaves of no cell have.
    """

    verdict: Verdict
    parts: tuple[RatioPart, ...]
    rest: RatioPart
    common: float
    ranking: tuple[Values, ...]

    def other_way(self) -> "RatioAnswer":
        """The same of the complement: what was counted as missed is counted as hit again."""
        return replace(self, parts=tuple(_turned(part) for part in self.parts), rest=_turned(self.rest))


def _turned(part: RatioPart) -> RatioPart:
    return replace(
        part,
        numerator=part.denominator - part.numerator,
        expected=None if part.expected is None else part.denominator - part.expected,
        mix=None if part.mix is None else -part.mix,
        rate=None if part.rate is None else -part.rate,
    )


@dataclass(frozen=True)
class Rates:
    """Numerators `o` of denominators `n`, leaf by leaf; `e` numerators were due, as well as `known` denominators can
    tell."""

    o: Floats
    n: Floats
    e: Floats
    known: Floats
    lifts: Floats

    @classmethod
    def of(cls, o: Floats, n: Floats, bo: Floats, bn: Floats, known: float) -> "Rates":
        """Due is the leaf's own rate before, drawn towards that of all where it was small."""
        overall = bo.sum() / bn.sum() if bn.sum() > 0 else o.sum() / max(n.sum(), 1.0)
        e = n * (bo + known * overall) / (bn + known)
        return cls(o, n, e, bn + known if bn.sum() > 0 else np.full_like(n, np.inf), _odds(o, n) / _odds(e, n))

    def common(self, some: Mask) -> float:
        """By how much most of these leaves are off what was due, as a factor; those far off have no say."""
        if not some.any() or self.e[some].sum() <= 0:
            return 1.0
        factor = weighted_median(self.lifts[some], self.e[some])
        for _ in range(2):
            due = factor * self.e
            near = some & (np.abs(self.o - due) < FAR * np.sqrt(due + (UNEVEN * due) ** 2 + 0.25))
            if self.e[near].sum() > 0:
                factor = float(self.o[near].sum() / self.e[near].sum())
        return factor

    def moved(self, some: Mask, common: float) -> Moved:
        """How far the sums of these leaves are off what was due, once what is common is taken off."""
        o, n = float(self.o[some].sum()), float(self.n[some].sum())
        e = min(common * float(self.e[some].sum()), n)
        lift = float(_odds(np.array(o), np.array(n)) / _odds(np.array(e), np.array(n)))
        return Moved(lift, (o - e) / np.sqrt(e + 1), o - e)

    @staticmethod
    def surprise(o: Floats, n: Floats, due: Floats, known: Floats) -> Floats:
        """Of cells with these sums, in nats: more than what was due, which is itself known from so many only."""
        due = np.maximum(due, 1e-9)
        nats = o * np.log(np.maximum(o, 1e-300) / due) - (o - due)
        often = (due > COMMON * n) & (due < n)
        left, missed = np.where(often, n - due, 1.0), np.where(often, np.maximum(n - o, 0.0), 0.0)
        nats += np.where(often, missed * np.log(np.maximum(missed, 1e-300) / left) + (o - due), 0.0)
        return np.where(o > due, nats / (1 + n / np.maximum(known, 1e-9)), -1.0)

    @staticmethod
    def likelihood_ratio(o: Floats, n: Floats, o_all: float, n_all: float) -> Floats:
        """Of cells with these sums, in nats: a rate of its own, above that of the rest, against one rate of all."""
        rest_o, rest_n = np.maximum(o_all - o, 0.0), np.maximum(n_all - n, 0.0)
        gain = (
            _log_likelihood(o, n)
            + _log_likelihood(rest_o, rest_n)
            - float(_log_likelihood(np.array(o_all), np.array(n_all)))
        )
        return np.where((n > 0) & (o * rest_n > rest_o * n), gain, -1.0)


def _odds(o: Floats, n: Floats) -> Floats:
    return (o + HALF) / (np.maximum(n - o, 0.0) + HALF)


def _log_likelihood(o: Floats, n: Floats) -> Floats:
    rate = np.clip(np.divide(o, n, out=np.zeros_like(o, dtype=float), where=n > 0), 1e-300, 1.0)
    missed = np.clip(1 - rate, 1e-300, 1.0)
    return np.asarray(o * np.log(rate) + (n - o) * np.log(missed))
