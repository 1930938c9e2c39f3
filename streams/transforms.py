"""From a batch to the table of one insert: what every topic's transform does, and that of topics not summed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

from pydantic import ValidationError

from ingest.events import Event
from ingest.retractions import Retraction, identity
from ingest.topics import Topic
from streams.batches import EPOCH, Batch, Position, Record, nothing, table
from streams.dead_letters import DeadLetter, explained
from streams.memory import Kept
from streams.statements import Statement

Parse = Callable[[bytes], Event]
POSITION = ("topic_id", "partition", "offset")
RETRACTION = "retraction_id"
"""The column that says which retraction wrote a row."""


@dataclass
class Decoded:
    """The events of a batch, and a letter for every record that is none."""

    letters: list[DeadLetter]

    @property
    def entity_ids(self) -> Sequence[str]:
        """Of each event, in their order."""
        raise NotImplementedError(type(self).__name__)

    @property
    def events(self) -> list[Event]:
        """The events as models, where they are read as such."""
        return []


@dataclass
class Stated(Decoded):
    """Events as models, each with its record."""

    records: list[tuple[Record, Event]]

    @property
    def entity_ids(self) -> Sequence[str]:
        return [event.entity_id for _, event in self.records]

    @property
    def events(self) -> list[Event]:
        return [event for _, event in self.records]


@dataclass
class Outcome:
    """What a batch comes to: the table of its insert, letters, the ids whose slices moved, and the days they moved on.

    `kept` is what is to be remembered of each entity once the rows are stored; `memory` tells which memory the outcome
    was built on.
    """

    table: Any
    letters: list[DeadLetter] = field(default_factory=list)
    slices: dict[str, set[str]] = field(default_factory=dict)
    days: set[date] = field(default_factory=set)
    kept: dict[str, Kept] = field(default_factory=dict)
    memory: int = 0

    def speaks_of(self, decoded: Decoded) -> bool:
        """Whether an entity of these events is among those of the outcome."""
        return bool(self.kept) and any(entity_id in self.kept for entity_id in decoded.entity_ids)


class Transform(Protocol):
    """A topic's way into its table; `remember` after a batch is stored, `forget` on any doubt."""

    table: str

    def decode(self, batch: Batch) -> Decoded:
        """The events of a batch. Pure: it may go on in a thread while another batch is stored."""

    async def prepare(self, decoded: Decoded) -> None:
        """Bring into memory what the outcome needs to know."""

    def outcome(self, batch: Batch, position: Position, decoded: Decoded) -> Outcome:
        """The rows of the batch. The last offset is always left behind."""

    def remember(self, outcome: Outcome) -> None:
        """The rows are stored: what was built on them may be built upon."""

    def forget(self) -> None:
        """Somebody else may have written: read everything from the warehouse again."""

    def has_forgotten_since(self, outcome: Outcome) -> bool:
        """Whether the memory that the outcome was built on is gone."""


def event_of(batch: Batch, record: Record, parse: Parse) -> Event | DeadLetter:
    """The event of a record as its model reads it, or the letter that says why it is none."""
    try:
        if record.value is None:
            raise ValueError("the record has no value; send a version with another status instead of a tombstone")
        return parse(record.value)
    except (ValidationError, ValueError) as error:
        message = explained(error) if isinstance(error, ValidationError) else str(error)
        return DeadLetter(batch.topic, batch.partition, record, "invalid-event", message)


def received_at(record: Record) -> datetime:
    """Kafka's timestamp of a record."""
    return datetime.fromtimestamp(record.received_at_ms / 1000, UTC)


class StatementTransform:
    """One row an event, as it stands."""

    def __init__(self, topic: Topic, statement: Statement, parse: Parse) -> None:
        self.table = statement.table
        self._names = () if topic.stays else ("event_id", RETRACTION)
        self._columns = (
            *POSITION, "entity_id", "version", "state", *statement.columns, *self._names, "changed_at", "received_at",
        )  # fmt: skip
        self._topic, self._statement, self._parse = topic, statement, parse
        self._nothing = tuple(nothing(name) for name in statement.columns)

    def decode(self, batch: Batch) -> Decoded:
        result = Stated([], [])
        for record in batch.records:
            found = event_of(batch, record, self._parse)
            if isinstance(found, DeadLetter):
                result.letters.append(found)
            else:
                result.records.append((record, found))
        return result

    async def prepare(self, decoded: Decoded) -> None:
        """Nothing to know beforehand."""

    def outcome(self, batch: Batch, position: Position, decoded: Decoded) -> Outcome:
        assert isinstance(decoded, Stated)
        rows: list[Sequence[Any]] = [
            (
                *position, record.offset, event.entity_id, event.order_in_time, (record.value or b"").decode(),
                *self._values(record, event), event.occurred_at, received_at(record),
            )
            for record, event in decoded.records
        ]  # fmt: skip
        if not rows or rows[-1][2] != batch.last:
            last = batch.records[-1]
            unnamed = ("",) * len(self._names)
            rows.append((*position, last.offset, "", 0, "", *self._nothing, *unnamed, EPOCH, received_at(last)))
        return Outcome(table(self._columns, rows))

    def _values(self, record: Record, event: Event) -> tuple[Any, ...]:
        """What the statement says, and what it is named; a retraction has the name of what it takes back."""
        if isinstance(event, Retraction):
            return *self._nothing, event.retracts, event.retraction_id
        named = (identity(self._topic.name, event.event_id, record.value or b""), "") if self._names else ()
        return *self._statement.values(event), *named

    def remember(self, outcome: Outcome) -> None:
        """Nothing is kept."""

    def forget(self) -> None:
        """Nothing is kept."""

    def has_forgotten_since(self, outcome: Outcome) -> bool:
        return False
