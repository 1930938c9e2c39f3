"""What is known of one entity: the timeline of the versions that stand, and beside it what keeps others from standing.

A version stands while some event that says it is not taken back. So events and retractions may come in any order and
any number of times: the timeline is a function of the set of them. A version that comes late is put into its place, and
one that is taken back out of it, by adding what the new timeline says and taking away what the old one said.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from ingest.events import Event
from ingest.intake import NOT_SAID
from ingest.retractions import Retraction, identity
from streams.timeline import Reading, Row, State, difference, rows_from, state_after

Said = tuple[Event, bytes]


class Conflict(ValueError):
    """The same version came again with other content."""


@dataclass(frozen=True, slots=True)
class Entity:
    """`states` is the timeline. `beside` are retractions, and events that say what stands once more under another id:
    the version goes on to stand when only one of its events is taken back.
    """

    states: Sequence[State] = ()
    beside: tuple[bytes, ...] = ()


def same_content(a: Event, b: Event) -> bool:
    """Whether two events say the same, however they were written, named and brought."""
    ignored: dict[str, Any] = dict.fromkeys(NOT_SAID)
    return a.model_copy(update=ignored) == b.model_copy(update=ignored)


@dataclass(frozen=True)
class Entities:
    """How the events of one topic are put into their entities."""

    topic: str
    reading: Reading
    zone: ZoneInfo
    parse: Callable[[bytes], Event]

    def known(self, raws: Iterable[bytes]) -> Entity:
        """An entity of which these events and retractions were taken, in whatever order."""
        said = sorted(((self.parse(raw), raw) for raw in raws), key=_version)
        taken_back = {(one.version, one.retracts) for one, _ in said if isinstance(one, Retraction)}
        standing: list[Said] = []
        beside = [raw for one, raw in said if isinstance(one, Retraction)]
        for version, some in groupby((one for one in said if not isinstance(one[0], Retraction)), key=_version):
            count = [one for one in some if (version, self._id(*one)) not in taken_back]
            standing += count[:1]
            beside += [raw for _, raw in count[1:]]
        return Entity(self._told((), standing), tuple(beside))

    def put(self, entity: Entity, event: Event, raw: bytes) -> tuple[Entity, list[Row]] | None:
        """Take an event or a retraction in.

        Returns the entity and the rows that make the warehouse follow, or None where that says nothing new. Raises
        `Conflict` where the version stands with other content.
        """
        if isinstance(event, Retraction):
            return self._without(entity, event, raw)
        if entity.beside and self._is_taken_back(entity, event, raw):
            return None
        states, version = entity.states, event.order_in_time
        at = bisect_left(states, version, key=_place)
        if at == len(states) or states[at].version != version:
            timeline, rows = self._respun(states, at, [(event, raw), *self._said(states[at:])])
            return Entity(timeline, entity.beside), rows
        if states[at].raw == raw:
            return None
        standing = self.parse(states[at].raw)
        if not same_content(standing, event):
            raise Conflict(f"version {version} came before with other content; send the change with a higher version")
        ids = {self._id(*one) for one in ((standing, states[at].raw), *self._also(entity, version))}
        return None if self._id(event, raw) in ids else (Entity(states, (*entity.beside, raw)), [])

    def _without(self, entity: Entity, event: Retraction, raw: bytes) -> tuple[Entity, list[Row]] | None:
        states, version = entity.states, event.version
        if any(isinstance(one, Retraction) and _names(one) == _names(event) for one in map(self.parse, entity.beside)):
            return None
        also = self._also(entity, version)
        gone = {other for one, other in also if self._id(one, other) == event.retracts}
        beside = [one for one in entity.beside if one not in gone]
        at = bisect_left(states, version, key=_place)
        is_there = at < len(states) and states[at].version == version
        if not is_there or self._id(self.parse(states[at].raw), states[at].raw) != event.retracts:
            return Entity(states, (*beside, raw)), []
        instead = [one for one in also if one[1] not in gone][:1]
        for _, other in instead:
            beside.remove(other)
        timeline, rows = self._respun(states, at, [*instead, *self._said(states[at + 1 :])])
        return Entity(timeline, (*beside, raw)), rows

    def _is_taken_back(self, entity: Entity, event: Event, raw: bytes) -> bool:
        named = {_names(one) for one in map(self.parse, entity.beside) if isinstance(one, Retraction)}
        return (event.order_in_time, self._id(event, raw)) in named

    def _also(self, entity: Entity, version: int) -> list[Said]:
        """The events beside the timeline that say this version, too."""
        said = [(self.parse(raw), raw) for raw in entity.beside]
        return [one for one in said if _version(one) == version and not isinstance(one[0], Retraction)]

    def _respun(self, states: Sequence[State], at: int, said: Iterable[Said]) -> tuple[list[State], list[Row]]:
        timeline = self._told(states[:at], said)
        rows = rows_from(self.reading, timeline, at)
        return timeline, list(rows if at == len(states) else difference(rows, rows_from(self.reading, states, at)))

    def _told(self, states: Sequence[State], said: Iterable[Said]) -> list[State]:
        timeline = list(states)
        for event, raw in said:
            timeline.append(state_after(self.reading, timeline[-1] if timeline else None, event, raw, self.zone))
        return timeline

    def _said(self, states: Sequence[State]) -> Iterable[Said]:
        return ((self.parse(state.raw), state.raw) for state in states)

    def _id(self, event: Event, raw: bytes) -> str:
        return identity(self.topic, event.event_id, raw)


def _version(said: Said) -> int:
    return said[0].order_in_time


def _place(state: State) -> int:
    return state.version


def _names(retraction: Retraction) -> tuple[int, str]:
    return retraction.version, retraction.retracts
