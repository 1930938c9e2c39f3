"""From nodes to candidates: take the likeliest shortfall, set what it explains aside, look again.

A problem shows on every node above and beside it: an office that loses a line drags office, region and line down. The
node that holds the whole shortfall and little else has the largest likelihood ratio, so it is taken first; its rows
are put back to what was expected, and whatever is still short is looked at anew (sequential scan for several clusters:
Zhang, Assunção & Kulldorff 2010). So one problem is one candidate, at the coarsest grain that holds it.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from math import log

import numpy as np

from streams.detection.baseline import Floats, Ints, added
from streams.detection.candidates import Aim, Candidate
from streams.detection.evidence import KNOWN, chance, combined, likelihood_ratio, unrest
from streams.detection.looks import Look, peers_of, places_of, ratio_of
from streams.detection.nodes import Level, Side, beside
from streams.detection.rules import Rule
from streams.detection.signs import Visits
from warehouse.key import Key

MOST = 50
"""Candidates of one sweep; more than that is no list of problems but a broken source."""

ENOUGH_NODES = 4
"""A node of a level with fewer is not judged against history: one or two others are no measure of how all went."""

OWN = 0.5
"""A shortfall against a target is folded into what was found below it when less than this part of it is its own."""

LEAST_CHANCE = 1e-12

FALSE_ALARMS = 1.0
"""Such shortfalls by chance alone among all nodes of a grain (Desolneux, Moisan & Morel 2000), from which on one is not
even looked at; which of the others are told is for `discoveries` to say."""

TAIL = 30.0
"""The chance of a shortfall is e^−(likelihood ratio), divided by less than this: what need not be worked out."""
HORIZONS = (("actual", "expected"), ("before_actual", "before_expected"), ("month_actual", "month_expected"))


class Hunt:
    """One search over both sides. `opened` are the (rule id, key) that stand: they leave late, see `Rule.leave`.

    `signs` are what else speaks for a shortfall of a key, as visits do of a rep; `days_gone` are the working days of
    the month so far.
    """

    def __init__(
        self,
        sides: Sequence[Side],
        rules: Sequence[Rule],
        aims: Mapping[Key, Aim],
        opened: AbstractSet[tuple[str, Key]],
        signs: Mapping[Key, Visits],
        days_gone: float,
    ) -> None:
        self._raw = tuple(sides)
        self._sides = [replace(side, sums=side.sums.copied()) for side in sides]
        self._rules, self._aims, self._opened = rules, aims, opened
        self._signs, self._days_gone = signs, days_gone
        wholes = (level.keys[0] for side in sides for level in side.levels if len(level.keys) == 1)
        self._whole_is_aimed = any(key in aims for key in wholes)

    def candidates(self) -> list[Candidate]:
        """Every candidate, strongest first of those against history, then of those against a target."""
        found: list[tuple[Candidate, Look, int]] = []
        for of_month in (False, True):
            for _ in range(MOST):
                if (taken := self._strongest(of_month)) is None:
                    break
                candidate, look, node = taken
                if look.eligible[node]:
                    found.append(taken)
                    self._put_back(candidate, look, node)
                else:
                    self._level(look, node)
        return [candidate for candidate, look, node in found if not _is_part(look, node, found)]

    def _strongest(self, of_month: bool) -> tuple[Candidate, Look, int] | None:
        """The likeliest shortfall; what stands and holds it goes first, so that one problem stays one finding."""
        best: tuple[float, Candidate, Look, int] | None = None
        standing: list[tuple[Look, int]] = []
        for look in self._looks(of_month):
            standing += [(look, node) for node in np.flatnonzero(look.stands & (look.strength > 0)).tolist()]
            for node in np.argsort(-look.strength, kind="stable").tolist():
                strength = float(look.strength[node])
                if strength <= 0 or (best and strength <= best[0]):
                    break
                if candidate := self._judged(look, node):
                    best = strength, candidate, look, node
                    break
        if best is None:
            return None
        _, candidate, look, node = best
        for outer, at in standing:
            if outer.holds(at, look, node) and (held := self._judged(outer, at)):
                return held, outer, at
        return candidate, look, node

    def _looks(self, of_month: bool) -> Iterator[Look]:
        for rule in self._rules:
            by_target = rule.against == "target" and self._days_gone >= rule.from_day
            if of_month and not by_target:
                continue
            for raw, side in zip(self._raw, self._sides, strict=True):
                for at, level in enumerate(side.levels):
                    if level.grain == rule.grain and len(level.keys) >= (1 if of_month else ENOUGH_NODES):
                        yield self._seen(rule, raw, side, side.levels[at], of_month, by_target)

    def _seen(self, rule: Rule, raw: Side, side: Side, level: Level, of_month: bool, by_target: bool) -> Look:
        """A target rule's nodes take part against history too: an office that falls alike explains its lines.

        Such a node is told only where it is short of its target, and as that.
        """
        if of_month:
            return self._of_month(rule, raw, side, level)
        look = self._of_history(rule, raw, side, level)
        if by_target:
            look.eligible[:] = False
        return look

    def _of_history(self, rule: Rule, raw: Side, side: Side, level: Level) -> Look:
        count = len(level.keys)
        sums = side.sums.grouped(level.label, count)
        expected = beside(sums.actual, sums.expected, side.sums.actual.sum(), side.sums.expected.sum())
        before = beside(
            sums.before_actual, sums.before_expected, side.sums.before_actual.sum(), side.sums.before_expected.sum()
        )
        actual = raw.sums.grouped(level.label, count).booked
        level = replace(level, scale=level.scale * unrest(sums.actual, expected, level.scale))
        return self._look(rule, level, side, actual, sums.actual, expected, None, sums.past, sums.before_actual, before)

    def _of_month(self, rule: Rule, raw: Side, side: Side, level: Level) -> Look:
        count = len(level.keys)
        sums = side.sums.grouped(level.label, count)
        aims = [self._aims.get(key, Aim(0, 0, 0)) for key in level.keys]
        target, share, share_before = np.array(aims, dtype=np.float64).T
        due = target * share
        alike = np.ones(count)
        if self._whole_is_aimed:
            everybody = side.sums.month_actual.sum(), side.sums.month_expected.sum()
            moved = beside(sums.month_actual, sums.month_expected, *everybody)
            alike = np.minimum(ratio_of(moved, sums.month_expected), alike)
        known = np.full(count, KNOWN) * level.scale
        actual = raw.sums.grouped(level.label, count).month_actual
        return self._look(
            rule, level, side, actual, sums.month_actual, due, target, known,
            sums.month_before_actual, target * share_before, alike,
        )  # fmt: skip

    def _look(
        self, rule: Rule, level: Level, side: Side, raw: Floats, actual: Floats, due: Floats, target: Floats | None,
        past: Floats, before_actual: Floats, before_due: Floats, alike: Floats | float = 1.0,
    ) -> Look:  # fmt: skip
        """`alike` is the part of what is due that everybody else reaches: a node is held to no more."""
        stands = np.array([(rule.id, key) in self._opened for key in level.keys], dtype=bool)
        expected = due * np.where(stands, 1.0, alike)
        limit = np.where(stands, rule.leave, rule.enter)
        ratio = ratio_of(actual, expected)
        least = np.maximum(rule.least_gap * 1e4, rule.least_share * (due if target is None else target))
        known = level.allowed & (expected > 0) & (past > 0)
        eligible = known & (ratio < limit)
        eligible &= (raw < limit * expected) & (expected - raw >= np.where(stands, 0.5, 1.0) * least)
        if target is not None:
            eligible &= expected - actual >= OWN * (expected - raw)
        eligible &= expected - actual >= np.where(stands, 0.5, 1.0) * least
        if rule.lasting_days > 1:
            eligible &= stands | (ratio_of(before_actual, before_due * alike) < limit)
        strength = likelihood_ratio(actual / level.scale, expected / level.scale, past / level.scale)
        for node in np.flatnonzero(eligible).tolist():
            if sign := self._signs.get(level.keys[node]):
                strength[node] -= log(max(sign.chance, LEAST_CHANCE))
        taking_part = eligible if target is not None or rule.grain == "rep" else known
        hopeless = strength < log(max(known.sum(), 1) / (FALSE_ALARMS * TAIL))
        taking_part = taking_part & (stands | ~hopeless)
        return Look(
            rule, level, side, raw, due, actual, expected, target, past, ratio, stands, eligible,
            np.where(taking_part, strength, 0.0),
        )  # fmt: skip

    def _judged(self, look: Look, node: int) -> Candidate | None:
        """The candidate of a node, when chance, peers and places allow it."""
        rule, key, scale = look.rule, look.level.keys[node], look.level.scale[node]
        alone = chance(look.actual[node] / scale, look.expected[node] / scale, look.past[node] / scale)
        likely = self._with_signs(alone, look, node)
        false_alarms = likely * int((look.level.allowed & (look.expected > 0)).sum())
        stands = (rule.id, key) in self._opened
        if not stands and false_alarms > FALSE_ALARMS:
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
            round(float(look.raw[node])), round(float(look.due[node]) / 100) * 100,
            None if look.target is None else round(float(look.target[node])), likely, float(1 / (1 + false_alarms)),
            float(look.expected[node] / scale), peers, places,
        )  # fmt: skip

    def _with_signs(self, alone: float, look: Look, node: int) -> float:
        """The chance of a shortfall with what else speaks for it: both apart, or all of it as one count."""
        key, scale = look.level.keys[node], look.level.scale[node]
        if (sign := self._signs.get(key)) is None:
            return alone
        together = sign.chance_with(look.actual[node] / scale, look.expected[node] / scale, look.past[node] / scale)
        return min(1.0, 2 * min(combined([alone, sign.chance]), together))

    def _put_back(self, candidate: Candidate, look: Look, node: int) -> None:
        """Give the node's rows what was expected of them, and the other side's rows of the same offices their part."""
        rows = look.level.label == node
        sums = look.side.sums
        basis = sums.month_expected if candidate.of_month else sums.expected
        whole = basis[rows].sum()
        moved = look.expected[node] / whole if whole > 0 else 0.0
        for name, of in HORIZONS:
            factor = moved if candidate.of_month or of != "month_expected" else 1.0
            missing = np.where(rows, getattr(sums, of) * factor - getattr(sums, name), 0.0)
            self._add(look.side, name, of, missing)

    def _level(self, look: Look, node: int) -> None:
        """Lift the node's rows in step, until it is no longer short of its history; what is short in it still shows."""
        rows = look.level.label == node
        sums = look.side.sums
        expected = np.where(rows, sums.expected, 0.0)
        short = 1 - look.ratio[node]
        moved = look.expected[node] / expected.sum() if expected.any() else 0.0
        for name, of in HORIZONS[:2]:
            self._add(look.side, name, of, np.where(rows, getattr(sums, of) * short * moved, 0.0))

    def _add(self, side: Side, name: str, of: str, missing: Floats) -> None:
        """Add what is missing to a side's rows, and to the other's by office."""
        if missing.sum() <= 0:
            return
        actual = getattr(side.sums, name)
        actual += missing
        for other in self._sides:
            if other is not side:
                _spread_out(getattr(other.sums, name), getattr(other.sums, of), other.office, side.office, missing)


def _is_part(look: Look, node: int, found: Sequence[tuple[Candidate, Look, int]]) -> bool:
    """Whether a cross lies in another that is short even without it: the problem is the wider one's, and told once."""
    return look.rule.grain == "cell" and any(
        outer.rule is look.rule and outer.holds(at, look, node) for _, outer, at in found
    )


def _spread_out(actual: Floats, expected: Floats, office: Ints, other_office: Ints, missing: Floats) -> None:
    """Add each office's missing amount to its rows, by what is expected of them."""
    count = int(max(office.max(initial=-1), other_office.max(initial=-1))) + 1
    by_office = added(other_office, missing, count)
    whole = added(office, expected, count)
    actual += expected * np.divide(by_office, whole, out=np.zeros_like(whole), where=whole > 0)[office]
