"""The same job by others: read `orders`, make change rows, store them once; only what reads from Kafka differs.

`python -m tests.bench.rival confluent|quix`, in an environment of its own (`tests.bench.rivals` makes it).
"""

import asyncio
import sys
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.settings import company, kafka
from ingest.topics import TOPICS
from streams.batches import Batch, Record
from streams.readings import transform_of
from streams.settings import worker
from streams.sink import Sink
from warehouse.client import AsyncWarehouse

AT_ONCE, WAIT_SECONDS = 20_000, 0.05
TOPIC = kafka().topic_prefix + "orders"


class Store:
    """Our transform and our sink, alone, on a loop of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        warehouse = AsyncWarehouse()
        transform = transform_of("orders", company(), warehouse, worker().cached_entities)
        self._sink = Sink(
            TOPICS["orders"], transform, warehouse, worker(),
            send_letters=_nothing, announce=_nothing, rewind=_nothing,
        )  # fmt: skip

    def begin(self, topic_id: str, partitions: Iterable[int]) -> Mapping[int, int]:
        """The watermarks."""
        return self._wait(self._sink.begin(topic_id, partitions))

    def take(self, by_partition: Mapping[int, list[Record]]) -> None:
        """Returns when they are stored."""
        self._wait(self._sink.take([Batch(TOPIC, one, records) for one, records in by_partition.items()]))

    def _wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def _nothing(*_: Any) -> None:
    """Nobody is told."""


def confluent(topic_id: str) -> None:
    """A plain loop of confluent-kafka."""
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer(
        {"bootstrap.servers": kafka().bootstrap, "group.id": f"{TOPIC}-confluent", "enable.auto.commit": False}
    )
    store = Store()
    marks = store.begin(topic_id, consumer.list_topics(TOPIC).topics[TOPIC].partitions)
    consumer.assign([TopicPartition(TOPIC, one, mark + 1) for one, mark in marks.items()])
    while True:
        by_partition: dict[int, list[Record]] = {}
        for message in consumer.consume(AT_ONCE, WAIT_SECONDS):
            record = Record(message.offset(), message.timestamp()[1], message.key(), message.value())
            by_partition.setdefault(message.partition(), []).append(record)
        if by_partition:
            store.take(by_partition)


def quix(topic_id: str) -> None:
    """Quix Streams with a batching sink."""
    from quixstreams import Application
    from quixstreams.sinks import BatchingSink, SinkBatch

    store = Store()

    class Ours(BatchingSink):
        def write(self, batch: SinkBatch) -> None:
            records = [Record(one.offset, one.timestamp, one.key, one.value) for one in batch]
            store.take({batch.partition: records})

    app = Application(
        kafka().bootstrap, consumer_group=f"{TOPIC}-quix", auto_offset_reset="earliest", commit_interval=0.5,
        commit_every=AT_ONCE, auto_create_topics=False, consumer_poll_timeout=WAIT_SECONDS, loglevel="WARNING",
    )  # fmt: skip
    topic = app.topic(TOPIC, key_deserializer="bytes", value_deserializer="bytes")
    partitions = app.get_consumer().list_topics(TOPIC).topics[TOPIC].partitions
    store.begin(topic_id, partitions)
    app.dataframe(topic).sink(Ours())
    app.run()


if __name__ == "__main__":
    {"confluent": confluent, "quix": quix}[sys.argv[1]](sys.argv[2])
