"""The two overrides of Faust's consumer, held against the pinned Faust and a real broker."""

import asyncio
import time
from contextlib import asynccontextmanager

import faust
import pytest
from faust.types import TP
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition

from streams.batches import Batch
from streams.consumer import BatchConsumer
from streams.settings import WorkerSettings

pytestmark = pytest.mark.kafka
RECORDS = 5_000
"""In each of two partitions."""


@pytest.fixture(scope="module")
def topic(kafka, make_topic):
    """A topic with records `0` to `4999` in both partitions."""
    name = make_topic("fetched", partitions=2)
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, linger_ms=20)
    for number in range(RECORDS):
        for partition in (0, 1):
            producer.send(name, str(number).encode(), key=b"k", partition=partition)
    producer.close()
    return name


@asynccontextmanager
async def reading(kafka, topic, group, *begins):
    """Everything a small app reads of the topic: its messages, in order. It is told `begins` in turn, then the last."""
    waiting = list(begins)
    app = faust.App(
        group, datadir=WorkerSettings().scratch_dir, broker=f"kafka://{kafka.bootstrap}", store="memory://",
        web_enabled=False, topic_allow_declare=False,
        topic_disable_leader=True, stream_wait_empty=False, consumer_auto_offset_reset="earliest",
        broker_commit_interval=0.2,
    )  # fmt: skip

    async def begin_at(assigned):
        begin = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return {TP(topic, partition): offset for partition, offset in begin.items()}

    app.transport.Consumer = type("TestedConsumer", (BatchConsumer,), {"begin_at": staticmethod(begin_at)})
    channel = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    messages = []

    async def read(stream):
        async for events in stream.noack_take(64, within=0.02):
            for event in events:
                messages.append(event.message)
                await stream.ack(event)

    app.agent(channel, name=f"read-{group}", concurrency=1)(read)
    app.finalize()
    await app.start()
    try:
        yield messages
    finally:
        await app.stop()


async def until(holds, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.05)


def offsets(messages, partition):
    return [record.offset for message in messages if message.partition == partition for record in message.value.records]


async def test_a_message_is_one_fetched_batch_of_one_partition(kafka, topic):
    async with reading(kafka, topic, f"{topic}-batches", {0: 0, 1: 0}) as messages:
        await until(lambda: len(offsets(messages, 0)) + len(offsets(messages, 1)) >= 2 * RECORDS)
    for partition in (0, 1):
        assert offsets(messages, partition) == list(range(RECORDS))
    assert len(messages) < 100, "message by message Faust makes 12,000/s at best"
    for message in messages:
        assert isinstance(message.value, Batch)
        assert (message.topic, message.partition) == (message.value.topic, message.value.partition)
        assert message.offset == message.value.last
        assert all(record.value == str(record.offset).encode() for record in message.value.records)
        assert all(record.key == b"k" and record.received_at_ms > 0 for record in message.value.records)


async def test_reading_begins_where_the_warehouse_says_and_not_where_kafka_was_told(kafka, topic):
    """Commits lie far ahead of one watermark and behind the other; a partition without a watermark keeps its commit."""
    group = f"{topic}-seek"
    committing = KafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=group, enable_auto_commit=False)
    committing.commit({TopicPartition(topic, 0): OffsetAndMetadata(RECORDS - 10, "", -1),
                       TopicPartition(topic, 1): OffsetAndMetadata(20, "", -1)})  # fmt: skip
    committing.close()
    async with reading(kafka, topic, group, {0: 1_234}) as messages:
        await until(lambda: RECORDS - 1 in offsets(messages, 0) and RECORDS - 1 in offsets(messages, 1))
    assert offsets(messages, 0) == list(range(1_234, RECORDS))
    assert offsets(messages, 1) == list(range(20, RECORDS))


async def test_a_partition_that_goes_while_its_place_is_looked_up_does_not_end_the_worker(kafka, topic):
    async with reading(kafka, topic, f"{topic}-gone", {7: 5}, {0: 4_000, 1: 4_500}) as messages:
        await until(lambda: RECORDS - 1 in offsets(messages, 0) and RECORDS - 1 in offsets(messages, 1))
    assert offsets(messages, 0) == list(range(4_000, RECORDS))
    assert offsets(messages, 1) == list(range(4_500, RECORDS))


async def test_what_is_read_is_committed_for_the_display_of_lag(kafka, topic):
    group = f"{topic}-lag"
    async with reading(kafka, topic, group, {0: 0, 1: 0}) as messages:
        await until(lambda: RECORDS - 1 in offsets(messages, 0) and RECORDS - 1 in offsets(messages, 1))
    looking = KafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=group, enable_auto_commit=False)
    try:
        assert {looking.committed(TopicPartition(topic, partition)) for partition in (0, 1)} == {RECORDS}
    finally:
        looking.close()
