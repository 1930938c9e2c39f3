"""The box of dead letters: the newest of them and what became of each, read off the log and nothing else.

A replay or a dismissal is an action on `actions`, so what the box says is what the log says: it survives everything,
and needs neither the worker nor the warehouse, which may be what is ill. Everything here blocks; a box may be shared
by threads.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from pydantic import ValidationError

from ingest.events import Action
from ingest.letters.letter import Letter, Position, letter_of
from ingest.reader import Reader
from ingest.settings import KafkaSettings
from ingest.topics import TOPICS

if TYPE_CHECKING:
    from kafka import TopicPartition

    from ingest.reader import Offsets

KEPT = 20_000
"""Letters a box looks at; of older ones it says only how many there are."""
PREVIEW_BYTES = 2_000
_WORDS: dict[str, Literal["replayed", "dismissed"]] = {"replay": "replayed", "dismiss": "dismissed"}


class Place(NamedTuple):
    """Where an event lies on a topic of ours; as text "orders:3:121"."""

    topic: str
    partition: int
    offset: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for what is no such place."""
        found = re.fullmatch(r"([a-z-]+):(\d{1,9}):(\d{1,18})", text)
        return cls(found[1], int(found[2]), int(found[3])) if found and found[1] in TOPICS else None

    def __str__(self) -> str:
        return f"{self.topic}:{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done about a letter: by whom, when, what they said, and the place `into` which it was sent again."""

    how: Literal["replayed", "dismissed"]
    who: str
    at: datetime
    note: str = ""
    into: Place | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A letter with what became of it; None while it waits."""

    letter: Letter
    settled: Settled | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter that was sent again: where to, its bytes there, and the letter it became if it was put aside anew."""

    place: Place
    value: bytes
    again: Position | None


class Box:
    """`read` brings it up to date: the first time the newest letters, later only what came since.

    Letters in it carry the beginning of their bytes; `whole` fetches all of one. `older` is how many lie before those
    that are kept.
    """

    def __init__(self, settings: KafkaSettings | None = None, kept: int = KEPT) -> None:
        self.older = 0
        self._reader, self._kept = Reader(settings), kept
        self._letters: dict[Position, Letter] = {}
        self._settled: dict[str, Settled] = {}
        self._reached: Offsets = {}
        self._lock = threading.RLock()

    def read(self) -> list[Found]:
        """Every kept letter, the newest first. Raises `BrokerAway` where Kafka does not answer."""
        with self._lock:
            actions = self._reader.partitions("actions")
            before = self._reader.ends(actions)
            self._read_letters()
            self._read_actions(actions, before)
            newest = sorted(self._letters.values(), key=_age, reverse=True)
            return [Found(one, self._settled.get(one.position.subject)) for one in newest]

    def whole(self, position: Position) -> Letter | None:
        """The letter with all of its bytes, from where they first were if Kafka would not take them twice."""
        with self._lock:
            record = self._reader.record("dead-letters", *position)
            if record is None:
                return None
            letter = letter_of(record, self._prefix, len(record.value or b""))
            if not letter.is_whole and letter.origin and letter.topic in TOPICS:
                original = self._reader.record(letter.topic, *letter.origin)
                if original is not None:
                    value = original.value or b""
                    return replace(letter, value=value, size=len(value))
            return letter

    def sent(self, settled: Settled) -> Sent | None:
        """What was replayed, as it lies where it went; None where the action does not say where, or it is gone."""
        if settled.into is None:
            return None
        topic, *place = settled.into
        with self._lock:
            record = self._reader.record(topic, *place)
            came = (one.position for one in self._letters.values() if (one.topic, one.origin) == (topic, tuple(place)))
            return Sent(settled.into, record.value or b"", next(came, None)) if record is not None else None

    def close(self) -> None:
        """Let go of the connection; the next read makes another."""
        with self._lock:
            self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _prefix(self) -> str:
        return self._reader.settings.topic_prefix

    def _read_letters(self) -> None:
        partitions = self._reader.partitions("dead-letters")
        begins, ends = self._reader.begins(partitions), self._reader.ends(partitions)
        if any(self._reached.get(tp, 0) > end for tp, end in ends.items()):  # the topic was made anew
            self._letters, self._settled, self._reached = {}, {}, {}
        share = max(1, self._kept // max(1, len(partitions)))
        fresh = {tp: max(self._reached.get(tp, begins[tp]), ends[tp] - share) for tp in partitions}
        for record in self._reader.records(fresh, ends):
            letter = letter_of(record, self._prefix, PREVIEW_BYTES)
            self._letters[letter.position] = letter
        self._reached |= ends
        for letter in sorted(self._letters.values(), key=_age)[: -self._kept]:
            del self._letters[letter.position]
        self.older = sum(ends.values()) - sum(begins.values()) - len(self._letters)

    def _read_actions(self, partitions: list[TopicPartition], before: Offsets) -> None:
        """No action on a letter is older than the letter; the log's clock is one for all topics."""
        if missing := [tp for tp in partitions if tp not in self._reached]:
            oldest = min((one.at for one in self._letters.values()), default=None)
            found = self._reader.since(missing, oldest) if oldest else {}
            self._reached |= {tp: found.get(tp, before[tp]) for tp in missing}
        ends = self._reader.ends(partitions)
        for record in self._reader.records({tp: self._reached[tp] for tp in partitions}, ends):
            if record.key and record.key.startswith(b"dead-letter:"):
                self._settle(record.value or b"")
        self._reached |= ends

    def _settle(self, value: bytes) -> None:
        try:
            done = Action.model_validate_json(value)
        except ValidationError:
            return
        if done.what in _WORDS:
            into = Place.parse(done.into or "")
            settled = Settled(_WORDS[done.what], done.who, done.occurred_at, done.note or "", into)
            self._settled.setdefault(done.subject, settled)


def _age(letter: Letter) -> tuple[datetime, Position]:
    return letter.at, letter.position
