"""From nodes to candidates: take the likeliest shortfall, set what it explains aside, look again.

A problem shows on every node above and beside it: an office that loses a line drags office, region and line down. The
node that holds the whole shortfall and little else has the largest likelihood ratio, so it is taken first; its rows
are put back to what was expected, and whatever is still short is looked at anew (sequential scan for several clusters:
Zhang, Assunção & Kulldorff 2010). So one problem is one candidate, at the coarsest grain that holds it.
"""

from collections.abc import Sequence

import numpy as np

from streams.detection.candidates import Candidate
from streams.detection.evidence import chance, combined
from streams.detection.looks import Look, peers_of, places_of
from streams.detection.tallies import spread_out
from streams.detection.views import FALSE_ALARMS, Views
from warehouse.key import Key

MOST = 50
"""Candidates of one sweep; more than that is no list of problems but a broken source."""

HORIZONS = (("actual", "expected"), ("before_actual", "before_expected"), ("month_actual", "month_expected"))


class Hunt:
    """One search, which puts back in the views' sums what it explains."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def candidates(self) -> list[Candidate]:
        """Every candidate, strongest first of those against history, then of those against a target.

        What is found and short once more, for all sold more by what was put back since, is one, as it is seen last.
        """
        found: dict[tuple[str, Key], tuple[Candidate, Look, int]] = {}
        for of_month in (False, True):
            for _ in range(MOST):
                if (taken := self._strongest(of_month)) is None:
                    break
                candidate, look, node = taken
                if look.eligible[node]:
                    found[look.rule.id, candidate.key] = taken
                    self._put_back(candidate, look, node)
                else:
                    self._level(look, node)
        every = list(found.values())
        return [candidate for candidate, look, node in every if not _is_part(look, node, every)]

    def _strongest(self, of_month: bool) -> tuple[Candidate, Look, int] | None:
        """The likeliest shortfall; what stands and holds it goes first, so that one problem stays one finding."""
        best: tuple[float, Candidate, Look, int] | None = None
        standing: list[tuple[Look, int]] = []
        for look in self._views.looks(of_month):
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

    def _judged(self, look: Look, node: int) -> Candidate | None:
        """The candidate of a node, when chance, peers and places allow it."""
        rule, key, scale = look.rule, look.level.keys[node], look.level.scale[node]
        alone = chance(look.actual[node] / scale, look.expected[node] / scale, look.past[node] / scale)
        likely = self._with_signs(alone, look, node)
        false_alarms = likely * int((look.level.allowed & (look.expected > 0)).sum())
        stands = bool(look.stands[node])
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
        if (sign := self._views.signs.get(key)) is None:
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
            self._views.add(look.side, name, of, missing)

    def _level(self, look: Look, node: int) -> None:
        """Lift the node's rows in step, until it is no longer short of its history; what is short in it still shows,
        unless the node took back more than it sold and is told of its target."""
        rows = look.level.label == node
        sums = look.side.sums
        expected = np.where(rows, sums.expected, 0.0)
        short = 1 - look.ratio[node]
        moved = look.expected[node] / expected.sum() if expected.any() else 0.0
        inside = np.where(rows, 0, 1)
        for name, of in HORIZONS[:2]:
            due = np.where(rows, getattr(sums, of) * moved, 0.0)
            lifted = due * short
            if short > 1 and self._views.has_target(look.level.keys[node]):
                lifted = spread_out(getattr(sums, name), due, inside, inside, lifted)
            self._views.add(look.side, name, of, lifted)


def _is_part(look: Look, node: int, found: Sequence[tuple[Candidate, Look, int]]) -> bool:
    """Whether a cross lies in another that is short even without it: the problem is the wider one's, and told once."""
    return look.rule.grain == "cell" and any(
        outer.rule is look.rule and outer.holds(at, look, node) for _, outer, at in found
    )
