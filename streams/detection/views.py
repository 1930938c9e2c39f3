"""What each rule sees of each level: looks at sums that change while a hunt puts back what it has explained."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from math import log

import numpy as np

from streams.detection.baseline import Floats, Mask
from streams.detection.candidates import Aim
from streams.detection.evidence import KNOWN, likelihood_ratio, unrest
from streams.detection.looks import Look, ratio_of
from streams.detection.nodes import Level, Side
from streams.detection.rules import Rule
from streams.detection.signs import Visits
from streams.detection.tallies import Tally, spread_out
from warehouse.key import Key

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


class Views:
    """Of both sides. `opened` are the (rule id, key) that stand: they leave late, see `Rule.leave`.

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
        self.signs = signs
        self._sides = [replace(side, sums=side.sums.copied()) for side in sides]
        self._tallies = [Tally.of(side, level) for side in self._sides for level in side.levels]
        self._rules, self._aims, self._opened, self._days_gone = rules, aims, opened, days_gone
        self._aimed: dict[int, Floats] = {}
        self._tell: dict[tuple[int, str], Mask] = {}
        wholes = (level.keys[0] for side in sides for level in side.levels if len(level.keys) == 1)
        self._whole_is_aimed = any(key in aims for key in wholes)

    def has_target(self, key: Key) -> bool:
        """Whether a key has a target this month."""
        return key in self._aims

    def first_looks(self) -> Iterator[tuple[Look, bool]]:
        """What each rule sees before anything is put back, and whether it is the month's: of target rules no other."""
        for of_month in (False, True):
            for look in self.looks(of_month):
                if (look.rule.against == "target") == of_month:
                    yield look, of_month

    def looks(self, of_month: bool) -> Iterator[Look]:
        """Of the month against targets, or of the recent days against history, by what is put back so far."""
        for rule in self._rules:
            by_target = rule.against == "target" and self._days_gone >= rule.from_day
            if of_month and not by_target:
                continue
            for nodes in self._tallies:
                level = nodes.level
                if level.grain == rule.grain and len(level.keys) >= (1 if of_month else ENOUGH_NODES):
                    yield self._seen(rule, nodes, of_month, by_target)

    def _seen(self, rule: Rule, nodes: Tally, of_month: bool, by_target: bool) -> Look:
        """A target rule's nodes take part against history too: an office that falls alike explains its lines.

        A node that has a target is told only where it is short of that, and as that; another is judged by its history.
        """
        if of_month:
            return self._of_month(rule, nodes)
        look = self._of_history(rule, nodes)
        if by_target:
            look.eligible[self._aims_of(nodes.level)[0] > 0] = False
        return look

    def _of_history(self, rule: Rule, nodes: Tally) -> Look:
        sums, actual = nodes.whole, nodes.sold("actual")
        expected = self._moved(nodes, "actual", "expected")
        scale = nodes.level.scale * unrest(actual, expected, nodes.level.scale)
        level = replace(nodes.level, scale=scale)
        return self._look(
            rule, level, nodes.side, sums.booked, actual, expected, None, sums.past, nodes.sold("before_actual"),
            self._moved(nodes, "before_actual", "before_expected"),
        )  # fmt: skip

    def _of_month(self, rule: Rule, nodes: Tally) -> Look:
        level = nodes.level
        target, share, share_before = self._aims_of(level)
        due = target * share
        alike = np.ones(len(level.keys))
        if self._whole_is_aimed:
            moved = self._moved(nodes, "month_actual", "month_expected")
            alike = np.minimum(ratio_of(moved, nodes.whole.month_expected), alike)
        return self._look(
            rule, level, nodes.side, nodes.month_booked, nodes.sold("month_actual"), due, target, KNOWN * level.scale,
            nodes.sold("month_before_actual"), target * share_before, alike,
        )  # fmt: skip

    def _moved(self, nodes: Tally, name: str, of: str) -> Floats:
        """What is expected of a level's nodes moved as everybody else moved."""
        key = id(nodes.side), name
        if key not in self._tell:
            self._tell[key] = nodes.side.telling(getattr(nodes.side.sums, name))
        return nodes.moved(name, of, self._tell[key])

    def _aims_of(self, level: Level) -> Floats:
        """Target, the share of it by now and by the evening before, of the nodes of a level."""
        if id(level) not in self._aimed:
            nothing = Aim(0, 0, 0)
            each = np.array([self._aims.get(key, nothing) for key in level.keys], dtype=np.float64).reshape(-1, 3)
            self._aimed[id(level)] = each.T
        return self._aimed[id(level)]

    def _stands(self, rule: Rule, level: Level) -> Mask:
        """Which nodes of a level stand under a rule."""
        opened = {key for id, key in self._opened if id == rule.id}
        return np.array([key in opened for key in level.keys] if opened else np.zeros(len(level.keys)), dtype=bool)

    def _look(
        self, rule: Rule, level: Level, side: Side, raw: Floats, actual: Floats, due: Floats, target: Floats | None,
        past: Floats, before_actual: Floats, before_due: Floats, alike: Floats | float = 1.0,
    ) -> Look:  # fmt: skip
        """`alike` is the part of what is due that everybody else reaches: a node is held to no more."""
        stands = self._stands(rule, level)
        expected = due * np.where(stands, 1.0, alike)
        limit = np.where(stands, rule.leave, rule.enter)
        ratio = ratio_of(actual, expected)
        least = np.maximum(rule.least_gap * 1e4, rule.least_share * (due if target is None else target))
        least = np.where(stands, 0.5, 1.0) * least
        known = level.allowed & (expected > 0) & (past > 0)
        short = np.minimum(limit * expected, expected - least)
        eligible = known & (ratio < limit)
        eligible &= (raw < limit * expected) & (expected - raw >= least)
        if target is not None:
            eligible &= expected - actual >= OWN * (expected - raw)
        eligible &= expected - actual >= least
        if rule.lasting_days > 1:
            eligible &= stands | (ratio_of(before_actual, before_due * alike) < limit)
        strength = likelihood_ratio(actual / level.scale, expected / level.scale, past / level.scale)
        for node in np.flatnonzero(eligible).tolist():
            if sign := self.signs.get(level.keys[node]):
                strength[node] -= log(max(sign.chance, LEAST_CHANCE))
        taking_part = eligible if target is not None or rule.grain == "rep" else known
        hopeless = strength < log(max(known.sum(), 1) / (FALSE_ALARMS * TAIL))
        taking_part = taking_part & (stands | ~hopeless)
        return Look(
            rule, level, side, raw, due, actual, expected, target, past, ratio, stands, eligible,
            np.where(taking_part, strength, 0.0), np.where(known, short, -np.inf),
        )  # fmt: skip

    def add(self, side: Side, name: str, of: str, missing: Floats) -> None:
        """Add what is missing to a side's rows, and to the other's by office."""
        if missing.sum() <= 0:
            return
        self._tell.clear()
        for other in self._sides:
            rows, more = getattr(other.sums, name), missing
            if other is not side:
                more = spread_out(rows, getattr(other.sums, of), other.office, side.office, missing)
            rows += more
            for nodes in self._tallies:
                if nodes.side is other:
                    nodes.add(name, more)
