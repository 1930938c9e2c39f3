"""A story: what happens to a deal, its visits, its order and its payments, each thing a track of versions."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from ingest.events import Event
from ingest.simulator.build import built
from ingest.simulator.company import Company
from ingest.simulator.pace import OFFICE_SECONDS, local_day, opening

T = TypeVar("T")

Happening = tuple[int, str, Event]
"""Epoch second, topic, event."""


def money(fen: int) -> Decimal:
    """An amount in CNY from whole fen."""
    return Decimal(fen).scaleb(-2)


def pick(rng: Random, among: Sequence[T]) -> T:
    """One of them; `Random.choice` at half its cost."""
    return among[int(rng.random() * len(among))]


class Track:
    """One entity: what is known of it so far, and how many versions of it were told."""

    __slots__ = ("fields", "id", "model", "topic", "version")

    def __init__(self, topic: str, model: type[Event], id: str, fields: dict[str, Any]) -> None:
        self.topic, self.model, self.id, self.fields = topic, model, id, fields
        self.version = 0

    def skip(self, changes: dict[str, Any]) -> None:
        """The entity's next version, which is told elsewhere."""
        self.fields |= changes
        self.version += 1

    def next(self, at: int, changes: dict[str, Any]) -> Happening:
        """The entity's next version: what was known, changed."""
        self.skip(changes)
        fields = dict(self.fields)
        fields["occurred_at"] = datetime.fromtimestamp(at, UTC)
        fields["event_id"] = f"{self.id}:{self.version}"
        fields["version"] = self.version
        return at, self.topic, built(self.model, fields)


Step = tuple[int, Track, dict[str, Any]]
"""Epoch second, whom it happens to, what changes."""


def told(steps: list[Step], first: int, since: int, until: int) -> Iterator[Happening]:
    """The steps after `since` and up to `until` in order of time, as events.

    What began before `first`, where history begins, is told once, as it stood then; visits before it are not told.
    """
    steps = sorted((step for step in steps if step[0] <= until), key=lambda step: step[0])
    if not steps or max(steps[-1][0], first) <= since:
        return
    begun: dict[int, Track] = {}
    for at, track, changes in steps:
        if at < first:
            if track.topic != "activities":
                track.fields |= changes
                begun[id(track)] = track
            continue
        as_it_stood: list[Step] = [(first, before, {}) for before in begun.values()]
        begun.clear()
        for when, whom, what in (*as_it_stood, (at, track, changes)):
            if when > since:
                yield whom.next(when, what)
            else:
                whom.skip(what)


class Days:
    """Instants in one office's hours, drawn from `rng`."""

    __slots__ = ("_next", "_random")

    def __init__(self, company: Company, office: int, rng: Random) -> None:
        self._next, self._random = company.workdays[office].next, rng.random

    def instant(self, day: date) -> int:
        """Some second of the office hours of that day, or of the next working day."""
        return opening(self._next(day)) + int(self._random() * OFFICE_SECONDS)

    def after(self, at: int, fewest: float, most: float) -> int:
        """An instant of office hours on a working day, `fewest` to `most` days after `at` and never before it."""
        day = local_day(at + int((fewest + self._random() * (most - fewest)) * 86_400))
        later = opening(self._next(day)) + int(self._random() * OFFICE_SECONDS)
        return later if later > at else at + 60
