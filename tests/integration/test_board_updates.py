"""What a board hears of `board-updates` on the real broker when it starts, and afterwards."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from kafka import KafkaProducer

from dashboard.live.reader import TOPIC, last_sweep, read_updates
from ingest.settings import KafkaSettings
from ingest.topics import SWEEPS

pytestmark = pytest.mark.kafka
AT = datetime(2026, 11, 26, 2, tzinfo=UTC)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for is seen from outside only
            await asyncio.sleep(0.02)


async def test_a_board_that_starts_hears_as_of_when_all_was_looked_at_and_else_only_what_comes(
    log: KafkaSettings,
) -> None:
    producer = KafkaProducer(bootstrap_servers=log.bootstrap, acks="all")

    def tell(**said: str) -> None:
        producer.send(log.topic_prefix + TOPIC, json.dumps(said).encode()).get(timeout=10)

    assert await last_sweep(log) is None
    heard: list[datetime | None] = []
    moved: list[str] = []
    for said in ({"table": "orders"}, {"table": SWEEPS, "at": AT.isoformat()}, {"table": "orders"}):
        tell(**said)
    assert await last_sweep(log) == AT
    reading = asyncio.create_task(read_updates(log, lambda one: moved.append(one.table), swept=heard.append))
    await until(lambda: heard)
    tell(table="deals")
    await until(lambda: "deals" in moved)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    producer.close()
    assert heard == [AT]
    assert moved == ["", "deals"]  # what moved before is asked for once, whatever it was
