"""The transform of topics that are summed: signed change rows from each entity's timeline.

Versions that come in order, nearly all, go through whole columns (`streams.columnar`). An entity of which something
comes late, twice, or in another currency goes row by row (`streams.timeline`) for this batch; both give the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pyarrow as pa

from ingest.events import Event
from ingest.retractions import Retraction
from streams.batches import EPOCH, NO_DAY, Batch, Position, Record, nothing, table
from streams.columnar.chained import chained
from streams.columnar.columns import NONE, Columns
from streams.columnar.decoding import Decoder, Taken
from streams.columnar.reading import ColumnarReading
from streams.columnar.table import days_touched, ids_touched, table_of
from streams.currency import NoRate
from streams.dead_letters import DeadLetter
from streams.entity import Conflict, Entities, Entity
from streams.memory import Kept, Known, Timelines
from streams.timeline import Reading, Row, State, measures, state_after
from streams.transforms import POSITION, RETRACTION, Decoded, Outcome, Parse, event_of, received_at
from warehouse.client import AsyncWarehouse

LOOKED_UP_AT_ONCE = 1_000
SLICES: Mapping[str, str] = {"offices": "office_id", "products": "product_id"}


@dataclass
class Changing(Decoded):
    """Events as columns, with the records they came in."""

    records: list[Record]
    taken: Taken
    retractions: list[tuple[Record, Retraction]]
    before: dict[str, Kept] = field(default_factory=dict)
    """What is known of their entities; `memory` tells as of when."""
    memory: int = -1

    @property
    def entity_ids(self) -> Sequence[str]:
        ids: Sequence[str] = self.taken.columns.entity_id
        return [*ids, *(one.entity_id for _, one in self.retractions)] if self.retractions else ids

    def event(self, at: int, parse: Parse) -> Event:
        """One of the events as a model."""
        return self.taken.models.get(at) or parse(self.records[at].value or b"")


class ChangeTransform:
    """Signed change rows of one topic; see `streams.transforms.Transform`."""

    def __init__(
        self,
        topic: str,
        reading: Reading,
        by_column: ColumnarReading,
        parse: Parse,
        zone: ZoneInfo,
        warehouse: AsyncWarehouse,
        cached: int,
    ) -> None:
        self.table = reading.table
        self._columns = (
            *POSITION, "entity_id", "version", "state", "day", "entity_day", "changed_at", "received_at", "source",
            *reading.ids, *measures(reading), RETRACTION,
        )  # fmt: skip
        self._reading, self._by_column, self._parse, self._zone = reading, by_column, parse, zone
        self._entities = Entities(topic, reading, zone, parse)
        self._decoder = Decoder(by_column.model, by_column.fields, zone)
        self._warehouse = warehouse
        self._known: Known | None = None
        self._timelines = Timelines(cached)
        self._memory = 0
        self._nothing = tuple(nothing(name) for name in reading.ids), (0,) * len(measures(reading))
        self._slices = {name: column for name, column in SLICES.items() if column in reading.ids}

    def decode(self, batch: Batch) -> Changing:
        letters: list[DeadLetter] = []
        retractions: list[tuple[Record, Retraction]] = []

        def model(at: int) -> Event | None:
            found = event_of(batch, batch.records[at], self._parse)
            if isinstance(found, DeadLetter):
                letters.append(found)
            elif isinstance(found, Retraction):
                retractions.append((batch.records[at], found))
            else:
                return found
            return None

        taken = self._decoder.columns([record.value for record in batch.records], model)
        return Changing(letters, [batch.records[at] for at in taken.at], taken, retractions)

    async def prepare(self, decoded: Decoded) -> None:
        """Give the events what is known of their entities; an id not in the known set is new.

        The outcome reads that and not the memory, out of which another batch's timelines may push them meanwhile.
        """
        assert isinstance(decoded, Changing)
        wanted = set(decoded.entity_ids)
        memory = None
        while memory != self._memory:  # whoever forgets meanwhile has it read again
            memory = self._memory
            known = await self.know()
            before = {one: kept for one in wanted if (kept := self._timelines.get(one))}
            missing = known.among([one for one in wanted if one not in before])
            for start in range(0, len(missing), LOOKED_UP_AT_ONCE):
                before |= await self._loaded(missing[start : start + LOOKED_UP_AT_ONCE])
            decoded.before, decoded.memory = before, memory

    async def know(self) -> Known:
        """The entities that the warehouse has."""
        while self._known is None:
            memory = self._memory
            ids = await self._warehouse.query(f"SELECT DISTINCT entity_id FROM {self.table} WHERE entity_id != ''")  # noqa: S608
            if memory == self._memory:
                self._known = Known(ids["entity_id"])
        return self._known

    async def _loaded(self, entity_ids: list[str]) -> dict[str, Kept]:
        found = await self._warehouse.rows(
            f"SELECT entity_id, arrayMap(pair -> pair.2, arraySort(groupArray((version, state)))) FROM {self.table}"  # noqa: S608
            " WHERE entity_id IN {ids:Array(String)} AND state != '' GROUP BY entity_id",
            {"ids": entity_ids},
        )
        return {
            entity_id: self._kept(self._entities.known(text.encode() for text in texts)) for entity_id, texts in found
        }

    def outcome(self, batch: Batch, position: Position, decoded: Decoded) -> Outcome:
        """Rows of the batch; versions within it chain on each other. The last offset is always left behind."""
        assert isinstance(decoded, Changing)
        in_order, others = self._sorted_out(decoded)
        result = Outcome(None, slices={name: set() for name in self._slices}, memory=decoded.memory)
        rows: list[tuple[Any, ...]] = []
        one_by_one = [(decoded.records[at], decoded.event(at, self._parse)) for at in others] + decoded.retractions
        for record, event in sorted(one_by_one, key=lambda one: one[0].offset):
            rows += self._rows(batch, position, decoded, record, event, result)
        left_behind = [decoded.records[at].offset for at in in_order[-1:]] + [row[2] for row in rows[-1:]]
        if batch.last not in left_behind:
            rows.append(self._marker(position, batch.records[-1]))
        tables = [table(self._columns, rows)] if rows else []
        if in_order:
            tables.append(self._chain(decoded, in_order, position, result, plain=bool(rows)))
        if len(tables) > 1:
            tables[1] = tables[1].append_column(RETRACTION, pa.array([""] * len(tables[1])))
        result.table = tables[0] if len(tables) == 1 else pa.concat_tables(tables).combine_chunks()
        return result

    async def is_all_new(self, columns: Columns) -> bool:
        """Whether none of the entities is known, and every one has each version once."""
        ids = pl.Series(columns.entity_id).filter(pl.Series(columns.begins))
        rises = columns.begins[1:] | (np.diff(columns.version) > 0)
        is_plain = rises.all() and not self._by_column.goes_by_row(columns).any()
        return bool(is_plain) and not (await self.know()).among(ids)

    def outcome_of_new(
        self, position: Position, first: int, columns: Columns, raws: Any, received_at_ms: int
    ) -> Outcome:
        """Rows of events of which `is_all_new` holds, their bytes in `raws`; offsets rise from `first`."""
        known = np.zeros(len(columns), np.bool_)
        done = chained(
            self._reading, self._by_column, columns, known, (), lambda row: self._parse(raws[row].as_py().encode())
        )
        offsets, received = first + np.arange(len(columns)), np.full(len(columns), received_at_ms)
        return Outcome(table_of(self._reading, done, position, raws, offsets, received), memory=self._memory)

    def _sorted_out(self, decoded: Changing) -> tuple[Sequence[int], Sequence[int]]:
        """Events of entities of which all versions come in order, and the others."""
        taken, entity_ids = decoded.taken, decoded.taken.columns.entity_id
        latest: dict[str, int] = {}
        goes_by_row = taken.by_row | self._by_column.goes_by_row(taken.columns)
        by_row = {entity_ids[at] for at in np.flatnonzero(goes_by_row).tolist()}
        by_row |= {one.entity_id for _, one in decoded.retractions}
        for entity_id, version in zip(entity_ids, taken.columns.version.tolist(), strict=True):
            before = latest.get(entity_id)
            if before is None:
                kept = decoded.before.get(entity_id)
                before = kept.version if kept else -1
                if kept and kept.goes_by_row:
                    by_row.add(entity_id)
            if version <= before:
                by_row.add(entity_id)
            latest[entity_id] = version
        every = range(len(entity_ids))
        if not by_row:
            return every, []
        return (
            [at for at in every if entity_ids[at] not in by_row],
            [at for at in every if entity_ids[at] in by_row],
        )

    def _chain(
        self, decoded: Changing, in_order: Sequence[int], position: Position, result: Outcome, *, plain: bool
    ) -> Any:
        """Chain versions that come in order, column by column; returns their table."""
        columns, records = decoded.taken.columns, decoded.records
        numbers: dict[str, int] = {}
        entity = [numbers.setdefault(columns.entity_id[at], len(numbers)) for at in in_order]
        before = [(number, kept) for one, number in numbers.items() if (kept := decoded.before.get(one))]
        remembered = [kept for _, kept in before]
        raws = [kept.raws[-1] for kept in remembered]
        if before:
            known = self._decoder.columns(raws, lambda at: self._parse(raws[at]))
            columns = known.columns.behind(columns)
        if before or len(numbers) < len(columns):
            order = np.argsort(np.array([number for number, _ in before] + entity), kind="stable")
            rows = np.concatenate([np.arange(len(before)), len(before) + np.array(in_order, np.int64)])[order]
            columns = columns.take(rows)
        else:
            rows = np.arange(len(columns))
        is_known = rows < len(before)

        def event(row: int) -> Event:
            at = int(rows[row])
            return self._parse(raws[at]) if at < len(before) else decoded.event(at - len(before), self._parse)

        done = chained(self._reading, self._by_column, columns, is_known, remembered, event)
        of_rows = [*(Record(-1, 0, None, raw) for raw in raws), *records]
        chosen = [of_rows[at] for at in rows.tolist()]
        values = [record.value or b"" for record in chosen]
        result.kept |= done.kept(values, remembered)
        result.days |= days_touched(done)
        for name, column in self._slices.items():
            result.slices[name] |= ids_touched(self._reading, done, column)
        offsets = np.array([record.offset for record in chosen])
        received = np.array([record.received_at_ms for record in chosen])
        return table_of(self._reading, done, position, values, offsets, received, plain=plain)

    def _rows(
        self, batch: Batch, position: Position, decoded: Changing, record: Record, event: Event, result: Outcome
    ) -> list[tuple[Any, ...]]:
        """Put one event into its entity; the rows of the table, or a letter."""
        kept = result.kept.get(event.entity_id) or decoded.before.get(event.entity_id)
        before = Entity(self._states(kept.raws), kept.beside) if kept else Entity()
        try:
            placed = self._entities.put(before, event, record.value or b"")
        except (Conflict, NoRate) as error:
            reason = "version-conflict" if isinstance(error, Conflict) else "currency-without-rate"
            result.letters.append(DeadLetter(batch.topic, batch.partition, record, reason, str(error)))
            return []
        if placed is None:
            return []
        entity, changes = placed
        result.kept[event.entity_id] = self._kept(entity)
        result.days |= {row.day for row in changes}
        for name, column in self._slices.items():
            result.slices[name] |= {row.ids[self._reading.ids.index(column)] for row in changes}
        return self._tuples(position, record, event, changes)

    def _tuples(self, position: Position, record: Record, event: Event, changes: list[Row]) -> list[tuple[Any, ...]]:
        version, taken_back = event.order_in_time, event if isinstance(event, Retraction) else None
        if taken_back or all(row.version != version for row in changes):
            day = NO_DAY if taken_back else self._reading.change_day(event, self._zone)
            changes = [Row(version, event.occurred_at, event.source, day, day, *self._nothing), *changes]
        carrier = next(at for at, row in enumerate(changes) if row.version == version)
        received, state = received_at(record), (record.value or b"").decode()
        return [
            (
                *position, record.offset, event.entity_id, row.version, state if at == carrier else "", row.day,
                row.entity_day, row.changed_at, received, row.source, *row.ids, *row.amounts,
                taken_back.retraction_id if taken_back else "",
            )
            for at, row in enumerate(changes)
        ]  # fmt: skip

    def _marker(self, position: Position, record: Record) -> tuple[Any, ...]:
        ids, amounts = self._nothing
        when = NO_DAY, NO_DAY, EPOCH, received_at(record)
        return (*position, record.offset, "", 0, "", *when, "", *ids, *amounts, "")

    def _states(self, raws: Sequence[bytes]) -> list[State]:
        states: list[State] = []
        for raw in raws:
            previous = states[-1] if states else None
            states.append(state_after(self._reading, previous, self._parse(raw), raw, self._zone))
        return states

    def _kept(self, entity: Entity) -> Kept:
        raws = tuple(state.raw for state in entity.states)
        if entity.beside:
            version = entity.states[-1].version if entity.states else -1
            return Kept(version, raws, NONE, (), (), goes_by_row=True, beside=entity.beside)
        last = entity.states[-1]
        taken = self._decoder.columns([last.raw], lambda at: self._parse(last.raw))
        return Kept(
            last.version,
            raws,
            _number(last.change_day),
            tuple(_number(day) for day in last.own_days),
            self._by_column.remembered(last.memory),
            bool((taken.by_row | self._by_column.goes_by_row(taken.columns)).any()),
        )

    def remember(self, outcome: Outcome) -> None:
        if self.has_forgotten_since(outcome):
            self.forget()  # what was read again meanwhile may have been read before these rows were stored
        elif self._known is not None:
            self._known.add(outcome.kept)
            self._timelines.keep(outcome.kept)

    def forget(self) -> None:
        self._known = None
        self._timelines.clear()
        self._memory += 1

    def has_forgotten_since(self, outcome: Outcome) -> bool:
        return outcome.memory != self._memory


def _number(day: date | None) -> int:
    return NONE if day is None else (day - NO_DAY).days
