"""From the events of a batch to the rows of one insert; one transform a topic, no clock, no client of the log."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from ingest.events import Event
from streams.batches import EPOCH, NO_DAY, Batch, Position, Record, nothing
from streams.currency import NoRate
from streams.dead_letters import DeadLetter, explained
from streams.statements import Statement
from streams.timeline import Conflict, Reading, Row, State, measures, put, state_after
from warehouse.client import AsyncWarehouse

Parse = Callable[[bytes], Event]
POSITION = ("topic_id", "partition", "offset")
LOOKED_UP_AT_ONCE = 1_000


@dataclass
class Outcome:
    """What a batch comes to: rows of the table, letters, the ids whose slices moved, and the days on which they did."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    slices: dict[str, set[str]] = field(default_factory=dict)
    days: set[date] = field(default_factory=set)


class Transform(Protocol):
    """Rows of a topic; `remember` after they are stored, `forget` on any doubt."""

    table: str
    columns: tuple[str, ...]

    async def prepare(self, events: Iterable[Event]) -> None: ...

    def outcome(self, batch: Batch, position: Position, events: Sequence[tuple[Record, Event]]) -> Outcome: ...

    def remember(self) -> None: ...

    def forget(self) -> None: ...


def decoded(batch: Batch, parse: Parse) -> tuple[list[tuple[Record, Event]], list[DeadLetter]]:
    """The events of a batch, and a letter for every record that is none."""
    events, letters = [], []
    for record in batch.records:
        try:
            if record.value is None:
                raise ValueError("the record has no value; send a version with another status instead of a tombstone")
            events.append((record, parse(record.value)))
        except (ValidationError, ValueError) as error:
            message = explained(error) if isinstance(error, ValidationError) else str(error)
            letters.append(DeadLetter(batch.topic, batch.partition, record, "invalid-event", message))
    return events, letters


def received_at(record: Record) -> datetime:
    """Kafka's timestamp of a record."""
    return datetime.fromtimestamp(record.received_at_ms / 1000, UTC)


class ChangeTransform:
    """Signed change rows from each entity's timeline."""

    def __init__(self, reading: Reading, parse: Parse, zone: ZoneInfo, warehouse: AsyncWarehouse, cached: int) -> None:
        self.table = reading.table
        self._measures = measures(reading)
        self.columns = (
            *POSITION, "entity_id", "version", "state", "day", "entity_day", "changed_at", "received_at", "source",
            *reading.ids, *self._measures,
        )  # fmt: skip
        self._reading, self._parse, self._zone = reading, parse, zone
        self._warehouse, self._cached = warehouse, cached
        self._known: set[int] | None = None
        self._timelines: OrderedDict[str, list[State]] = OrderedDict()
        self._new: dict[str, list[State]] = {}
        self._nothing = tuple(nothing(name) for name in reading.ids), (0,) * len(self._measures)
        self._offices = reading.ids.index("office_id")
        self._products = reading.ids.index("product_id") if "product_id" in reading.ids else None

    async def prepare(self, events: Iterable[Event]) -> None:
        """Bring the timelines of known entities into memory; an id not in the known set is new."""
        if self._known is None:
            ids = await self._warehouse.rows(f"SELECT DISTINCT entity_id FROM {self.table} WHERE entity_id != ''")  # noqa: S608
            self._known = {hash(entity_id) for (entity_id,) in ids}
        wanted = {event.entity_id for event in events}
        missing = [one for one in wanted if one not in self._timelines and hash(one) in self._known]
        for start in range(0, len(missing), LOOKED_UP_AT_ONCE):
            await self._load(missing[start : start + LOOKED_UP_AT_ONCE])

    async def _load(self, entity_ids: list[str]) -> None:
        found = await self._warehouse.rows(
            f"SELECT entity_id, state FROM {self.table} WHERE entity_id IN {{ids:Array(String)}} AND state != ''"  # noqa: S608
            " ORDER BY entity_id, version",
            {"ids": entity_ids},
        )
        for entity_id, text in found:
            raw = text.encode()
            states = self._timelines.setdefault(entity_id, [])
            states.append(state_after(self._reading, states[-1] if states else None, self._parse(raw), raw, self._zone))

    def outcome(self, batch: Batch, position: Position, events: Sequence[tuple[Record, Event]]) -> Outcome:
        """Rows of the batch; versions within it chain on each other. The last offset is always left behind."""
        result = Outcome(slices={"offices": set(), "products": set()})
        self._new = {}
        for record, event in events:
            states = self._new.get(event.entity_id) or self._timelines.get(event.entity_id, [])
            try:
                placed = put(self._reading, states, event, record.value or b"", self._zone, self._parse)
            except Conflict as error:
                result.letters.append(DeadLetter(batch.topic, batch.partition, record, "version-conflict", str(error)))
            except NoRate as error:
                result.letters.append(
                    DeadLetter(batch.topic, batch.partition, record, "currency-without-rate", str(error))
                )
            else:
                if placed:
                    self._new[event.entity_id], rows = placed
                    self._add(result, position, record, event, rows)
        if not result.rows or result.rows[-1][2] != batch.last:
            result.rows.append(self._marker(position, batch.records[-1]))
        return result

    def _add(self, result: Outcome, position: Position, record: Record, event: Event, rows: list[Row]) -> None:
        received = received_at(record)
        state = (record.value or b"").decode()
        version = event.order_in_time
        if not rows or all(row.version != version for row in rows):
            day = self._reading.change_day(event, self._zone)
            rows = [
                Row(version, event.occurred_at, event.source, day, day, *self._nothing),
                *rows,
            ]
        for row in rows:
            own = row.version == version
            result.rows.append(
                (
                    *position, record.offset, event.entity_id, row.version, state if own else "", row.day,
                    row.entity_day, row.changed_at, received, row.source, *row.ids, *row.amounts,
                )
            )  # fmt: skip
            if own:
                state = ""
            result.days.add(row.day)
            result.slices["offices"].add(row.ids[self._offices])
            if self._products is not None:
                result.slices["products"].add(row.ids[self._products])

    def _marker(self, position: Position, record: Record) -> tuple[Any, ...]:
        ids, amounts = self._nothing
        return (*position, record.offset, "", 0, "", NO_DAY, NO_DAY, EPOCH, received_at(record), "", *ids, *amounts)

    def remember(self) -> None:
        """The rows are stored: what was built on them may be built upon."""
        assert self._known is not None
        for entity_id, states in self._new.items():
            self._known.add(hash(entity_id))
            self._timelines[entity_id] = states
            self._timelines.move_to_end(entity_id)
        self._new = {}
        while len(self._timelines) > self._cached:
            self._timelines.popitem(last=False)

    def forget(self) -> None:
        """Somebody else may have written: read everything from the warehouse again."""
        self._known = None
        self._timelines.clear()
        self._new = {}


class StatementTransform:
    """One row an event, as it stands."""

    def __init__(self, statement: Statement) -> None:
        self.table = statement.table
        self.columns = (*POSITION, "entity_id", "version", "state", *statement.columns, "changed_at", "received_at")
        self._statement = statement
        self._nothing = tuple(nothing(name) for name in statement.columns)

    async def prepare(self, events: Iterable[Event]) -> None:
        """Nothing to know beforehand."""

    def outcome(self, batch: Batch, position: Position, events: Sequence[tuple[Record, Event]]) -> Outcome:
        """A row for each event. The last offset is always left behind."""
        result = Outcome()
        for record, event in events:
            result.rows.append(
                (
                    *position, record.offset, event.entity_id, event.order_in_time, (record.value or b"").decode(),
                    *self._statement.values(event), event.occurred_at, received_at(record),
                )
            )  # fmt: skip
        if not result.rows or result.rows[-1][2] != batch.last:
            last = batch.records[-1]
            result.rows.append((*position, last.offset, "", 0, "", *self._nothing, EPOCH, received_at(last)))
        return result

    def remember(self) -> None:
        """Nothing is kept."""

    def forget(self) -> None:
        """Nothing is kept."""
