"""What the worker itself writes to the log: dead letters, findings, ticks and board updates."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaProducer

from ingest.events import Event
from ingest.settings import KafkaSettings
from streams.batches import Batch, Position
from streams.dead_letters import DeadLetter
from streams.transforms import Outcome


class LogWriter:
    """An idempotent producer; every method returns when the broker has acknowledged."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._prefix = settings.topic_prefix
        self._options = settings.client_options()
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def stop(self) -> None:
        """Flush and disconnect."""
        if self._producer:
            await self._producer.stop()

    async def send_letters(self, letters: Iterable[DeadLetter]) -> None:
        """Put bad events aside."""
        for letter in letters:
            await self._send("dead-letters", letter.record.key, letter.value(), letter.headers())

    async def send_events(self, topic: str, events: Iterable[Event]) -> None:
        """Events of the system's own: findings, ticks."""
        for event in events:
            await self._send(topic, event.entity_id.encode(), event.model_dump_json(exclude_none=True).encode())

    async def announce(self, update: Mapping[str, Any]) -> None:
        """Tell the screens which slices moved, or that a sweep is done."""
        await self._send("board-updates", str(update["table"]).encode(), json.dumps(update).encode())

    async def _send(
        self, topic: str, key: bytes | None, value: bytes, headers: list[tuple[str, bytes]] | None = None
    ) -> None:
        producer = await self._started()
        await producer.send_and_wait(self._prefix + topic, value=value, key=key, headers=headers or [])

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(**self._options, acks="all", enable_idempotence=True)
                await producer.start()
                self._producer = producer
        return self._producer


def update_of(table: str, position: Position, batch: Batch, outcome: Outcome) -> dict[str, Any]:
    """What screens are told of a batch that is stored."""
    return {
        "table": table,
        "topic_id": position.topic_id,
        "partition": position.partition,
        "offset": batch.last,
        "slices": {name: sorted(ids) for name, ids in outcome.slices.items()} or "all",
        "days": [day.isoformat() for day in sorted(outcome.days)] if outcome.slices else None,
        "at": datetime.fromtimestamp(batch.records[-1].received_at_ms / 1000, UTC).isoformat(),
    }
