"""Brings events into the warehouse by the worker's own transforms, without a broker."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.events import Event
from ingest.settings import CompanySettings
from streams.batches import Batch, Position, Record
from streams.edition import Editions
from streams.readings import transform_of
from streams.transforms import Transform
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
        transform = self._transforms.get(topic) or self._made(topic)
        first = self._offsets.get(topic, 0)
        self._offsets[topic] = first + len(events)
        records = [
            Record(first + at, int(event.occurred_at.timestamp() * 1000), event.entity_id.encode(),
                   event.model_dump_json(exclude_none=True).encode())
            for at, event in enumerate(events)
        ]  # fmt: skip
        batch = Batch(topic, 0, records)
        decoded = transform.decode(batch)
        assert not decoded.letters, decoded.letters[0]
        await transform.prepare(decoded)
        outcome = transform.outcome(batch, Position(f"{topic}-id", 0), decoded)
        assert not outcome.letters, outcome.letters[0]
        await self.warehouse.insert(transform.table, outcome.table, token=f"{topic}:{first}")
        transform.remember(outcome)
        if topic == "org":
            await self.editions.stored(decoded.events)

    def _made(self, topic: str) -> Transform:
        made = transform_of(topic, self.company, self.warehouse, 1_000_000)
        self._transforms[topic] = made
        return made
