"""The queue of findings: what of them is listed, how old each is, and how soon units act on theirs. Pure.

Times are working minutes. A percentile is the smallest value that so large a share of the values does not exceed
(nearest rank).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from dashboard.stake import rank
from dashboard.view_state import AGES, STANDS, ViewState
from ingest.calendar import WorkingCalendar
from ingest.settings import company
from warehouse.life import State
from warehouse.queries.findings import FindingCard

GROUPS: Mapping[str, tuple[State, ...]] = {
    "asks": ("open", "acknowledged", "contested"),
    "hand": ("taken", "in_treatment"),
    "rests": ("snoozed", "merged", "not_a_problem"),
    "over": ("verified", "closed", "retracted"),
}
"""What the queue lists together: what asks for somebody, is in hand, rests, or is over."""
_EDGES = {"hour": 60, "day": 540, "three": 1620}
"""Working minutes below which a finding is of that age; older than the last is "older"."""


@dataclass(frozen=True)
class Queued:
    """A finding of the queue, how many working minutes old it is, and the units above it, root first."""

    card: FindingCard
    minutes: float
    path: tuple[str, ...] = ()

    @property
    def age(self) -> str:
        """Which of `AGES` it is of."""
        return next((name for name, edge in _EDGES.items() if self.minutes < edge), AGES[-1])

    @property
    def group(self) -> str:
        """Which of `GROUPS` it is in."""
        return next(name for name, states in GROUPS.items() if self.card.treatment.status in states)


@dataclass(frozen=True)
class Pace:
    """How soon a unit acts: working minutes until somebody did something, and until it was over, p50 and p95."""

    unit_id: str
    count: int
    acted: tuple[float, float] | None
    ended: tuple[float, float] | None


@dataclass(frozen=True)
class Queue:
    """Everything the page of findings shows. `names` is id → (Chinese, English); `looked_at` is as of when all was last
    looked at, None where this board has heard of no look."""

    every: tuple[Queued, ...]
    calendar: WorkingCalendar
    names: Mapping[str, tuple[str, str]]
    looked_at: datetime | None = None

    def listed(self, state: ViewState) -> list[Queued]:
        """What the address asks for, in the order of the panel."""
        return [one for one in self.every if _passes(one, state)]

    def counts(self, name: str, state: ViewState) -> Counter[str]:
        """How many there would be under each value of a filter, with all others as they are."""
        value = _VALUES[name]
        return Counter(value(one) for one in self.every if _passes(one, state, but=name))

    def paces(self, state: ViewState) -> list[Pace]:
        """How soon the units below the place looked at act, the most findings first; its own under its own name."""
        found: dict[str, list[FindingCard]] = {}
        for one in self.every:
            if state.unit is None or state.unit in one.path:
                found.setdefault(_below(one.path, state.unit), []).append(one.card)
        paces = [self._pace(unit, cards) for unit, cards in found.items()]
        return sorted(paces, key=lambda one: (-one.count, one.unit_id))

    def _pace(self, unit_id: str, cards: Sequence[FindingCard]) -> Pace:
        acted, ended = [], []
        for card in cards:
            treatment = card.treatment
            if (opened := treatment.opened_at) is None:
                continue
            acted += [self._minutes(opened, treatment.touched_at)] if treatment.touched_at else []
            ended += [self._minutes(opened, treatment.ended_at)] if treatment.ended_at else []
        return Pace(unit_id, len(cards), _middle_and_slow(acted), _middle_and_slow(ended))

    def _minutes(self, since: datetime, until: datetime) -> float:
        return self.calendar.working_minutes(since, until, company().zone)


_VALUES: Mapping[str, Callable[[Queued], str]] = {
    "stands": lambda one: one.group,
    "rule": lambda one: one.card.finding.rule,
    "who": lambda one: one.card.treatment.assignee_id or one.card.finding.responsible_id or "",
    "aged": lambda one: one.age,
}


def queue(
    cards: Iterable[FindingCard], paths: Mapping[str, tuple[str, ...]], names: Mapping[str, tuple[str, str]],
    calendar: WorkingCalendar, now: datetime, looked_at: datetime | None = None,
) -> Queue:  # fmt: skip
    """From the findings, the chain above each unit, and names."""
    zone, every = company().zone, []
    for card in sorted(cards, key=lambda card: rank(card.finding)):
        treatment = card.treatment
        since = treatment.opened_at or card.found_at or card.finding.since
        minutes = calendar.working_minutes(since, treatment.ended_at or now, zone)
        every.append(Queued(card, minutes, paths.get(card.home, (card.home,) if card.home else ())))
    return Queue(tuple(every), calendar, names, looked_at)


def _passes(one: Queued, state: ViewState, but: str = "") -> bool:
    if state.unit is not None and state.unit not in one.path:
        return False
    for name, value in _VALUES.items():
        asked = getattr(state, name)
        if name != but and asked not in (None, STANDS[-1]) and value(one) != asked:
            return False
    return True


def _below(path: Sequence[str], unit: str | None) -> str:
    """The unit of a path right below `unit` (None: the root), or that one itself."""
    at = path.index(unit) if unit in path else 0
    return path[min(at + 1, len(path) - 1)] if path else ""


def _middle_and_slow(minutes: list[float]) -> tuple[float, float] | None:
    if not minutes:
        return None
    ranked = sorted(minutes)
    middle, slow = (ranked[ceil(share * len(ranked)) - 1] for share in (0.5, 0.95))
    return middle, slow
