"""From nodes to candidates: take the likeliest shortfall, set what it explains aside, look again.

A problem shows on every node above and beside it: an office that loses a line drags office, region and line down. The
node that holds the whole shortfall and little else has the largest likelihood ratio, so it is taken first; its rows
are put back to what was expected, and whatever is still short is looked at anew (sequential scan for several clusters:
Zhang, Assunção & Kulldorff 2010). So one problem is one candidate, at the coarsest grain that holds it.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np

from streams.detection.baseline import Floats, Ints, Key, added
from streams.detection.evidence import KNOWN, chance, combined, likelihood_ratio
from streams.detection.looks import Look, peers_of, places_of, ratio_of
from streams.detection.nodes import Level, Side, Sums, beside
from streams.detection.rules import Rule

MOST = 50
"""Candidates of one sweep; more than that is no list of problems but a broken source."""

ENOUGH_NODES = 4
"""A node of a level with fewer is not judged against history: one or two others are no measure of how all went."""

OWN = 0.5
"""A shortfall against a target is folded into what was found below it when less than this part of it is its own."""

LEAST_CHANCE = 1e-12
HORIZONS = (("actual", "expected"), ("before_actual", "before_expected"), ("month_actual", "month_expected"))


class Aim(NamedTuple):
    """A node's target (1/10,000) and the share of it expected by now and by the end of the working day before."""

    target: float
    share: float
    share_before: float


@dataclass(frozen=True)
class Candidate:
    """A node that is short: amounts in units of 1/10,000, `expected` as of now.

    `chance` is that of so large a shortfall on this node by chance, `confidence` 1 / (1 + false alarms expected).
    `peers` (in band, of) and `places` (offices that fall, of) are evidence where the rule looks at them.
    """

    rule: Rule
    key: Key
    of_month: bool
    actual: int
    expected: int
    target: int | None
    chance: float
    confidence: float
    orders: float
    peers: tuple[int, int] = (0, 0)
    places: tuple[int, int] = (0, 0)

    @property
    def gap(self) -> int:
        return self.actual - self.expected


class Hunt:
    """One search over both sides. `opened` are the (rule id, key) that stand: they leave late, see `Rule.leave`.

    `signs` are chances of what else speaks for a shortfall of a key, as visits do of a rep; `days_gone` are
    the working days of the month so far.
    """

    def __init__(
        self,
        sides: Sequence[Side],
        rules: Sequence[Rule],
        aims: Mapping[Key, Aim],
        opened: AbstractSet[tuple[str, Key]],
        signs: Mapping[Key, float],
        days_gone: float,
    ) -> None:
        self._raw = tuple(sides)
        self._sides = [replace(side, sums=_copied(side.sums)) for side in sides]
        self._rules, self._aims, self._opened = rules, aims, opened
        self._signs, self._days_gone = signs, days_gone

    def candidates(self) -> list[Candidate]:
        """Every candidate, strongest first of those against history, then of those against a target."""
        found: list[Candidate] = []
        for of_month in (False, True):
            while len(found) < MOST and (taken := self._strongest(of_month)):
                found.append(taken[0])
                self._put_back(*taken)
        return found

    def _strongest(self, of_month: bool) -> tuple[Candidate, Look, int] | None:
        best: tuple[float, Candidate, Look, int] | None = None
        for look in self._looks(of_month):
            for node in np.argsort(-look.strength, kind="stable"):
                strength = float(look.strength[node])
                if strength <= 0 or (best and strength <= best[0]):
                    break
                if candidate := self._judged(look, int(node)):
                    best = strength, candidate, look, int(node)
                    break
        return best[1:] if best else None

    def _looks(self, of_month: bool) -> Iterator[Look]:
        for rule in self._rules:
            if of_month != (rule.against == "target" and self._days_gone >= rule.from_day):
                continue
            for raw, side in zip(self._raw, self._sides, strict=True):
                for at, level in enumerate(side.levels):
                    if level.grain == rule.grain and len(level.keys) >= (1 if of_month else ENOUGH_NODES):
                        look = self._of_month if of_month else self._of_history
                        yield look(rule, raw, side, side.levels[at])

    def _of_history(self, rule: Rule, raw: Side, side: Side, level: Level) -> Look:
        count = len(level.keys)
        sums = side.sums.grouped(level.label, count)
        expected = beside(sums.actual, sums.expected, side.sums.actual.sum(), side.sums.expected.sum())
        before = beside(
            sums.before_actual, sums.before_expected, side.sums.before_actual.sum(), side.sums.before_expected.sum()
        )
        actual = raw.sums.grouped(level.label, count).booked
        return self._look(rule, level, side, actual, sums.actual, expected, None, sums.past, sums.before_actual, before)

    def _of_month(self, rule: Rule, raw: Side, side: Side, level: Level) -> Look:
        count = len(level.keys)
        sums = side.sums.grouped(level.label, count)
        aims = [self._aims.get(key, Aim(0, 0, 0)) for key in level.keys]
        target, share, share_before = np.array(aims, dtype=np.float64).T
        expected = target * share
        before = target * share_before
        known = np.full(count, KNOWN) * level.scale
        actual = raw.sums.grouped(level.label, count).month_actual
        return self._look(
            rule, level, side, actual, sums.month_actual, expected, target, known, sums.month_before_actual, before
        )

    def _look(
        self, rule: Rule, level: Level, side: Side, raw: Floats, actual: Floats, expected: Floats,
        target: Floats | None, past: Floats, before_actual: Floats, before_expected: Floats,
    ) -> Look:  # fmt: skip
        stands = np.array([(rule.id, key) in self._opened for key in level.keys], dtype=bool)
        limit = np.where(stands, rule.leave, rule.enter)
        ratio = ratio_of(actual, expected)
        least = np.maximum(rule.least_gap * 1e4, rule.least_share * (expected if target is None else target))
        eligible = level.allowed & (expected > 0) & (past > 0) & (ratio < limit)
        eligible &= (raw < limit * expected) & (expected - raw >= np.where(stands, 0.5, 1.0) * least)
        if target is not None:
            eligible &= expected - actual >= OWN * (expected - raw)
        eligible &= expected - actual >= np.where(stands, 0.5, 1.0) * least
        if rule.lasting_days > 1:
            eligible &= stands | (ratio_of(before_actual, before_expected) < limit)
        strength = likelihood_ratio(actual / level.scale, expected / level.scale, past / level.scale)
        strength -= np.log([max(self._signs.get(key, 1.0), LEAST_CHANCE) for key in level.keys])
        return Look(
            rule, level, side, raw, actual, expected, target, past, ratio, eligible, np.where(eligible, strength, 0.0)
        )

    def _judged(self, look: Look, node: int) -> Candidate | None:
        """The candidate of a node, when chance, peers and places allow it."""
        rule, key, scale = look.rule, look.level.keys[node], look.level.scale[node]
        alone = chance(look.actual[node] / scale, look.expected[node] / scale, look.past[node] / scale)
        likely = combined([alone, self._signs[key]]) if key in self._signs else alone
        false_alarms = likely * int((look.level.allowed & (look.expected > 0)).sum())
        stands = (rule.id, key) in self._opened
        if not stands and false_alarms > rule.false_alarms:
            return None
        peers = peers_of(look, node) if rule.peers_in_band else (0, 0)
        if not stands and peers[0] < rule.peers_in_band * peers[1]:
            return None
        places = (0, 0)
        if rule.grain == "product":
            places, everywhere = places_of(look, node)
            if not (everywhere or stands):
                return None
        return Candidate(
            rule, key, look.target is not None,
            round(float(look.raw[node])), round(float(look.expected[node]) / 100) * 100,
            None if look.target is None else round(float(look.target[node])), likely, float(1 / (1 + false_alarms)),
            float(look.expected[node] / scale), peers, places,
        )  # fmt: skip

    def _put_back(self, candidate: Candidate, look: Look, node: int) -> None:
        """Give the node's rows what was expected of them, and the other side's rows of the same offices their part."""
        rows = look.level.label == node
        sums = look.side.sums
        basis = sums.month_expected if candidate.of_month else sums.expected
        whole = basis[rows].sum()
        moved = look.expected[node] / whole if whole > 0 else 0.0
        for name, of in HORIZONS:
            actual, expected = getattr(sums, name), getattr(sums, of)
            factor = moved if candidate.of_month or of != "month_expected" else 1.0
            missing = np.where(rows, expected * factor - actual, 0.0)
            if missing.sum() <= 0:
                continue
            actual += missing
            for other in self._sides:
                if other is not look.side:
                    _spread_out(
                        getattr(other.sums, name), getattr(other.sums, of), other.office, look.side.office, missing
                    )


def _copied(sums: Sums) -> Sums:
    return Sums(*(getattr(sums, field.name).copy() for field in fields(sums)))


def _spread_out(actual: Floats, expected: Floats, office: Ints, other_office: Ints, missing: Floats) -> None:
    """Add each office's missing amount to its rows, by what is expected of them."""
    count = int(max(office.max(initial=-1), other_office.max(initial=-1))) + 1
    by_office = added(other_office, missing, count)
    whole = added(office, expected, count)
    actual += expected * np.divide(by_office, whole, out=np.zeros_like(whole), where=whole > 0)[office]
