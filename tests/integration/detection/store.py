"""Brings events into the warehouse by the worker's own transforms, without a broker."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.events import Event
from ingest.settings import CompanySettings
from ingest.topics import TOPICS
from streams.app import READINGS
from streams.batches import Batch, Position, Record, frame
from streams.edition import Editions
from streams.statements import STATEMENTS
from streams.transforms import ChangeTransform, StatementTransform, Transform, decoded
from warehouse.client import AsyncWarehouse

AT_ONCE = 20_000


class Store:
    """Stores events as a worker would, one topic partition each, without a broker."""

    def __init__(self, warehouse: AsyncWarehouse, company: CompanySettings) -> None:
        self.warehouse, self.company = warehouse, company
        self.editions = Editions(warehouse)
        self._transforms: dict[str, Transform] = {}
        self._offsets: dict[str, int] = {}

    async def put(self, events: Iterable[tuple[str, Event]]) -> None:
        """Store the events, in batches of a topic; organisation first, so that its editions are written once."""
        waiting: dict[str, list[Event]] = {}
        for topic, event in events:
            waiting.setdefault(topic, []).append(event)
            if len(waiting[topic]) == AT_ONCE:
                await self._store(topic, waiting.pop(topic))
        for topic, rest in waiting.items():
            await self._store(topic, rest)

    async def _store(self, topic: str, events: list[Event]) -> None:
        model = TOPICS[topic].model
        assert model is not None
        transform = self._transforms.get(topic) or self._made(topic)
        first = self._offsets.get(topic, 0)
        self._offsets[topic] = first + len(events)
        records = [
            Record(first + at, int(event.occurred_at.timestamp() * 1000), event.entity_id.encode(),
                   event.model_dump_json(exclude_none=True).encode())
            for at, event in enumerate(events)
        ]  # fmt: skip
        batch = Batch(topic, 0, records)
        parsed, letters = decoded(batch, model.validate_json)
        assert not letters, letters[0]
        await transform.prepare(event for _, event in parsed)
        outcome = transform.outcome(batch, Position(f"{topic}-id", 0), parsed)
        assert not outcome.letters, outcome.letters[0]
        await self.warehouse.insert(transform.table, frame(transform.columns, outcome.rows), token=f"{topic}:{first}")
        transform.remember()
        if topic == "org":
            await self.editions.stored([event for _, event in parsed])

    def _made(self, topic: str) -> Transform:
        model = TOPICS[topic].model
        assert model is not None
        made: Transform
        if topic in READINGS:
            made = ChangeTransform(
                READINGS[topic](self.company), model.validate_json, self.company.zone, self.warehouse, 1_000_000
            )
        else:
            made = StatementTransform(STATEMENTS[topic])
        self._transforms[topic] = made
        return made
