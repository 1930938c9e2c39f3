"""The log as it stands, read from the beginning up to given offsets."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from pydantic import ValidationError

from ingest.events import Event
from ingest.retractions import identity, reader
from ingest.settings import KafkaSettings
from ingest.topics import TOPICS


class LogAway(RuntimeError):
    """The log does not answer."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A record of the log; `event` is None where the contract refuses it, `id` what the event is known by."""

    partition: int
    offset: int
    event: Event | None
    id: str = ""


def ends(settings: KafkaSettings, topic: str) -> dict[int, int]:
    """The last offset of each partition that holds a record."""
    consumer = KafkaConsumer(**settings.client_options(), enable_auto_commit=False)
    try:
        partitions = consumer.partitions_for_topic(settings.topic_prefix + topic) or set()
        offsets = consumer.end_offsets([TopicPartition(settings.topic_prefix + topic, one) for one in partitions])
        return {tp.partition: end - 1 for tp, end in offsets.items() if end > 0}
    finally:
        consumer.close()


def read(settings: KafkaSettings, topic: str, up_to: Mapping[int, int]) -> Iterator[Logged]:
    """Every record of a topic up to and with the given offset of each partition; order holds within a partition.

    Raises `LogAway` when nothing comes for 30 s.
    """
    parse = reader(TOPICS[topic])
    for partition, offset, raw in raws(settings, topic, up_to):
        yield logged(topic, parse, partition, offset, raw)


def raws(settings: KafkaSettings, topic: str, up_to: Mapping[int, int]) -> Iterator[tuple[int, int, bytes]]:
    """Partition, offset and content of what `read` reads. Raises `LogAway`."""
    left = {TopicPartition(settings.topic_prefix + topic, one): last for one, last in up_to.items() if last >= 0}
    if not left:
        return
    consumer = KafkaConsumer(**settings.client_options(), enable_auto_commit=False, max_partition_fetch_bytes=8 * 2**20)
    try:
        consumer.assign(list(left))
        consumer.seek_to_beginning(*left)
        while left:
            fetched = consumer.poll(timeout_ms=30_000, max_records=50_000)
            if not fetched:
                raise LogAway(f"nothing came from {topic} for 30 s; see that Kafka runs at ONEBOARD_KAFKA_BOOTSTRAP")
            for tp, records in fetched.items():
                for record in records:
                    if tp in left and record.offset <= left[tp]:
                        yield tp.partition, record.offset, record.value or b""
                if tp in left and records[-1].offset >= left[tp]:
                    del left[tp]
                    consumer.pause(tp)
    finally:
        consumer.close()


def logged(topic: str, parse: Callable[[bytes], Event], partition: int, offset: int, raw: bytes) -> Logged:
    """A record as it is looked at."""
    try:
        event = parse(raw)
    except ValidationError:
        return Logged(partition, offset, None)
    return Logged(partition, offset, event, identity(topic, event.event_id, raw))
