"""What is known of each rule: its numbers, how often it spoke, what people said to that, and what it would say changed.

A finding is confirmed when more people call it right than wrong or, where nobody judges it, when somebody took or
treated it; it is denied when more call it wrong, or it was said to be no problem. Precision is confirmed over
both. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ingest.events import Tried
from warehouse.life import VERDICTS, Treatment
from warehouse.queries.findings import FindingCard
from warehouse.queries.trials import TrialCard
from warehouse.thresholds import THRESHOLDS, RuleWord, in_force

DAYS_OF_A_WEEK = 5
"""Working days."""


@dataclass(frozen=True)
class Judged:
    """How many findings people confirmed and denied, and what they said with one click."""

    confirmed: int = 0
    denied: int = 0
    verdicts: Mapping[str, int] | None = None

    @property
    def precision(self) -> float | None:
        """Confirmed over all that were judged; None without any."""
        every = self.confirmed + self.denied
        return self.confirmed / every if every else None


@dataclass(frozen=True)
class Outcome:
    """What one side of a trial found: how many, how many a week, by person, and what people said of the same ones."""

    found: tuple[Tried, ...]
    a_week: float
    load: tuple[tuple[str, int], ...]
    judged: Judged


@dataclass(frozen=True)
class RuleRow:
    """One rule. `words` are what was switched on, the newest first; `count` is what it found in the days looked at."""

    rule: str
    numbers: Mapping[str, Decimal]
    count: int
    a_week: float
    judged: Judged
    words: tuple[RuleWord, ...]
    trials: tuple[TrialCard, ...]


@dataclass(frozen=True)
class Book:
    """Every rule, the findings of the last `days` working days, and names."""

    rows: tuple[RuleRow, ...]
    cards: tuple[FindingCard, ...]
    names: Mapping[str, tuple[str, str]]

    def outcomes(self, trial: TrialCard) -> tuple[Outcome, Outcome] | None:
        """As it is, and changed; None while it is not done."""
        if trial.word is None or trial.state != "done":
            return None
        days = max(trial.word.of, 1)
        as_is, changed = (self._outcome(side, trial.rule, days) for side in (trial.word.as_is, trial.word.changed))
        return as_is, changed

    def _outcome(self, found: Sequence[Tried], rule: str, days: int) -> Outcome:
        load = Counter(one.responsible_id for one in found if one.responsible_id)
        ranked = tuple(sorted(load.items(), key=lambda one: (-one[1], one[0])))
        ids, places = {one.finding_id for one in found}, dict[str, list[Tried]]()
        for one in found:
            places.setdefault(one.slice.key, []).append(one)

        def is_found(card: FindingCard) -> bool:
            here = places.get(card.finding.slice.key, ())
            return card.finding.finding_id in ids or any(is_same(card, one) for one in here)

        same = (card for card in self.cards if card.finding.rule == rule and is_found(card))
        return Outcome(tuple(found), len(found) * DAYS_OF_A_WEEK / days, ranked, judged(same))


def is_same(card: FindingCard, tried: Tried) -> bool:
    """Whether what was told is what a trial found: the same finding, or the same place while it stood."""
    finding, treatment = card.finding, card.treatment
    if finding.finding_id == tried.finding_id:
        return True
    if finding.slice.key != tried.slice.key:
        return False
    begun = (treatment.opened_at or finding.since).date()
    ended = treatment.ended_at.date() if treatment.ended_at else None
    return (tried.until is None or begun <= tried.until) and (ended is None or ended >= tried.since)


def verdict_of(treatment: Treatment) -> bool | None:
    """Whether people confirmed (True) or denied (False) a finding; None where they did neither."""
    right = sum(one == "right" for one in treatment.verdicts.values())
    wrong = len(treatment.verdicts) - right
    if right != wrong:
        return right > wrong
    if treatment.status == "not_a_problem":
        return False
    return True if treatment.assignee_id or treatment.status in ("taken", "in_treatment", "verified") else None


def judged(cards: Iterable[FindingCard]) -> Judged:
    """What people said of findings."""
    treatments = [card.treatment for card in cards]
    said = Counter(verdict_of(one) for one in treatments)
    clicks = Counter(verdict for one in treatments for verdict in one.verdicts.values())
    return Judged(said[True], said[False], {verdict: clicks[verdict] for verdict in VERDICTS})


def book(
    cards: Sequence[FindingCard], words: Sequence[RuleWord], trials: Sequence[TrialCard],
    names: Mapping[str, tuple[str, str]], days: float,
) -> Book:  # fmt: skip
    """From the findings of so many working days, what was switched on, and what was tried."""
    numbers = in_force(words)
    rows = []
    for rule in THRESHOLDS:
        own = [card for card in cards if card.finding.rule == rule]
        rows.append(
            RuleRow(
                rule, numbers[rule], len(own), len(own) * DAYS_OF_A_WEEK / max(days, 1.0), judged(own),
                tuple(word for word in reversed(words) if word.rule == rule),
                tuple(one for one in trials if one.rule == rule),
            )
        )  # fmt: skip
    return Book(tuple(rows), tuple(cards), names)
