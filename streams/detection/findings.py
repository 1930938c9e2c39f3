"""From candidates to findings: ids, words, and what changed since the last word on each. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

import numpy as np

from ingest.calendar import OPENS, business_day
from ingest.events import Cell, Finding, Slice
from streams.amounts import SCALE
from streams.detection.candidates import Candidate
from streams.detection.picture import Picture
from streams.detection.responsibility import Evidence, answer, code
from streams.detection.rules import RULES, Rule
from streams.detection.signs import Visits
from streams.detection.windows import RECENT_DAYS
from warehouse.curve import end_of_day
from warehouse.key import Key

MATERIAL = 0.1
"""A finding is told again when its gap moved by so much of itself, or somebody else answers for it."""

FEW_ORDERS = 8.0


def finding_id(rule: str, key: Key, period: str) -> str:
    """Equal exactly for equal rule, slice and period."""
    return hashlib.sha256(f"{rule}|{slice_of(key).key}|{period}".encode()).hexdigest()[:16]


def slice_of(key: Key) -> Slice:
    """The slice of a key."""
    return Slice(unit_id=key.unit_id or None, product_id=key.product_id or None, person_id=key.person_id or None)


def key_of(finding: Finding) -> Key:
    """The key of a finding's slice."""
    part = finding.slice
    return Key(part.unit_id or "", part.product_id or "", part.person_id or "")


def money(scaled: int) -> Decimal:
    """From units of 1/10,000."""
    return Decimal(scaled).scaleb(-SCALE)


@dataclass(frozen=True)
class Desk:
    """Writes the findings of one sweep. `words` are the last words on those that stand, `over` on those that ended
    lately: found again, they are opened again."""

    picture: Picture
    words: Sequence[Finding]
    visits: Mapping[Key, Visits]
    rules: Mapping[str, Rule] = field(default_factory=lambda: RULES)
    over: Sequence[Finding] = ()

    @cached_property
    def _standing(self) -> dict[tuple[str, Key], Finding]:
        return {(word.rule, key_of(word)): word for word in self.words}

    @cached_property
    def _ended_lately(self) -> dict[tuple[str, Key], Finding]:
        return {(word.rule, key_of(word)): word for word in sorted(self.over, key=lambda word: word.order_in_time)}

    def written(self, candidate: Candidate) -> Finding:
        """The finding of a candidate; one that stands keeps its `since` and its id.

        Only a month's target is a question of its own: a new month asks it anew, under a new id.
        """
        windows, rule = self.picture.windows, candidate.rule
        word = self._standing.get((rule.id, candidate.key))
        before = word or self._ended_lately.get((rule.id, candidate.key))
        period = before.period if before and rule.against == "history" else windows.month.key
        since = word.since if word else datetime.combine(self.picture.onset(candidate.key), OPENS, windows.zone)
        days = windows.calendar.working_days(business_day(since, windows.zone), windows.today)
        evidence = Evidence(candidate.confidence, self._deals(candidate.key), int(days))
        found = answer(rule.first, candidate.key, self.picture.org, evidence)
        one, version = finding_id(rule.id, candidate.key, period), micros(windows.now)
        actual, expected, gap = money(candidate.actual), money(candidate.expected), money(candidate.gap)
        return Finding(
            occurred_at=windows.now, source="detection", version=version,
            event_id=f"{one}-{version}",
            finding_id=one, rule=rule.id, metric=rule.metric, period=period,
            slice=slice_of(candidate.key), since=since, as_of=windows.now, actual=actual,
            expected=expected, target=None if candidate.target is None else money(candidate.target),
            gap=gap, confidence=round(candidate.confidence, 4),
            cells=(Cell(slice=slice_of(candidate.key), actual=actual, expected=expected, contribution=gap),),
            responsible_id=found.person_id, responsible_role=found.role, stand_in_for_id=found.stand_in_for_id,
            consulted_ids=found.consulted_ids, why=(*found.why, *self._why(candidate)),
            against=tuple(self._against(candidate)),
        )  # fmt: skip

    def settled(self, candidates: Iterable[Candidate]) -> list[Finding]:
        """Every finding that is new, materially other than its last word, resolved or retracted."""
        changed: list[Finding] = []
        told = {word.finding_id: word for word in self.words}
        standing = [self.written(candidate) for candidate in candidates]
        for finding in standing:
            word = told.pop(finding.finding_id, None)
            if word is None or differs(finding.gap, finding.responsible_id, finding.stand_in_for_id, word):
                changed.append(finding)
        return [*changed, *(self._ended(word, standing) for word in told.values())]

    def _ended(self, word: Finding, standing: Sequence[Finding]) -> Finding:
        """Why a finding no longer stands.

        The month whose target it spoke of is over: resolved. It is still as far behind, but something else explains
        it: retracted for the better cell. What is known today of the days before its last word no longer supports it:
        retracted as corrected. Else business came back: resolved. Retracted for one of `standing` it is merged into
        that one.
        """
        windows = self.picture.windows
        rule = self.rules.get(word.rule)
        state, reason = "resolved", "reason.back_in_band"
        if rule is None:
            state, reason = "retracted", "reason.better_cell"
        elif rule.against == "target" and word.period != windows.month.key:
            reason = "reason.period_over"
        elif self._ratio(rule, word, windows.now) < rule.enter:
            state, reason = "retracted", "reason.better_cell"
        elif self._ratio(rule, word, self._evening_before(word.as_of)) > rule.leave:
            state, reason = "retracted", "reason.corrected"
        return ended(
            word, windows.now, state, reason, self._holder(word, standing) if reason == "reason.better_cell" else None
        )

    def _holder(self, word: Finding, standing: Sequence[Finding]) -> str | None:
        """The finding that speaks of it now: the narrowest that holds it, else the largest within it."""
        key, org = key_of(word), self.picture.org
        holds = [one for one in standing if org.within(key, key_of(one))]
        inside = [one for one in standing if org.within(key_of(one), key)]
        if holds:
            return min(holds, key=lambda one: (-len(one.slice.key), one.finding_id)).finding_id
        return min(inside, key=lambda one: (one.gap, one.finding_id)).finding_id if inside else None

    def _ratio(self, rule: Rule, word: Finding, at: datetime) -> float:
        """Actual over expected of a finding's slice as of an instant, by what is known now; 1 where nothing is."""
        windows, key = self.picture.windows, key_of(word)
        day = min(business_day(at, windows.zone), windows.today)
        side = self.picture.reps if key.person_id else self.picture.cells
        if rule.against == "target" and word.target:
            days = windows.mask(windows.month.start, day)
            actual = float(side.model.panel.booked(days)[side.rows(key)].sum())
            expected = float(word.target) * 10**SCALE * self.picture.share(key, at)
        else:
            actual, expected = side.standing(key, windows.mask(*windows.recent_of(day)))
        return actual / expected if expected > 0 else 1.0

    def _evening_before(self, at: datetime) -> datetime:
        """The end of the working day before: what was booked on the day itself may have come after the word."""
        windows = self.picture.windows
        return end_of_day(windows.calendar.add_working_days(business_day(at, windows.zone), -1), windows.zone)

    def _deals(self, key: Key) -> int:
        """Order lines of a rep in all the days looked at; 0 for others."""
        if not key.person_id:
            return 0
        panel = self.picture.reps.model.panel
        everything = np.ones(len(panel.days), dtype=bool)
        return int(panel.counts(everything)[self.picture.reps.rows(key)].sum())

    def _why(self, candidate: Candidate) -> list[str]:
        key = candidate.key
        change = round(candidate.actual / candidate.expected - 1, 4) if candidate.expected else 0
        found: list[str] = []
        if candidate.rule.grain == "cell":
            found.append(code("why.product_fell_here", product=key.product_id, unit=key.unit_id, change=change))
        if candidate.places[1]:
            count, of = candidate.places
            found.append(code("why.product_fell_everywhere", product=key.product_id, count=count, of=of))
        if seen := self.visits.get(key):
            if seen.done == 0:
                found.append(code("why.no_visit", person=key.person_id, days=RECENT_DAYS))
            elif seen.change < -0.3:
                fell = round(seen.change, 2)
                found.append(code("why.visits_fell", person=key.person_id, change=fell, days=RECENT_DAYS))
        return found

    def _against(self, candidate: Candidate) -> list[str]:
        found: list[str] = []
        if candidate.peers[1]:
            found.append(code("against.peers_in_band", count=candidate.peers[0], of=candidate.peers[1]))
        if candidate.orders < FEW_ORDERS:
            found.append(code("against.few_orders", count=round(candidate.orders)))
        for before in self.picture.org.predecessors.get(candidate.key.product_id, ()):
            found.append(code("against.successor", product=before, successor=candidate.key.product_id))
        return found


def ended(word: Finding, now: datetime, state: str, reason: str, into: str | None = None) -> Finding:
    """The last word on a finding that no longer stands, `into` the one that speaks of it now."""
    version = micros(now)
    told = {"occurred_at": now, "as_of": now, "version": version, "event_id": f"{word.finding_id}-{version}"}
    return word.model_copy(update={**told, "state": state, "reason": reason, "merged_into": into})


def differs(gap: Decimal, asked: str | None, stands_in_for: str | None, word: Finding) -> bool:
    """Whether this gap and whom it is asked of are materially other than the last word has it."""
    moved = abs(gap - word.gap) > abs(word.gap) * Decimal(str(MATERIAL))
    return moved or (asked, stands_in_for) != (word.responsible_id, word.stand_in_for_id)


def micros(at: datetime) -> int:
    """Microseconds since 1970: the version of what is said at that instant."""
    return int(at.timestamp()) * 1_000_000 + at.microsecond
