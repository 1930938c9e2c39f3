"""A topic of anybody's Kafka as a live source: read by a group, committed when its events are acknowledged."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError

from ingest.dead_letters import Letter, error_headers
from ingest.errors import Terminal, Transient
from ingest.mappings.shape import KafkaTopic
from ingest.publisher import SETTINGS_ARE_WRONG
from ingest.settings import KafkaSettings, kafka, source_prefix
from ingest.sources.counters import Counters
from ingest.sources.delivery import REASON, Delivery, whole_or_cut
from ingest.sources.live import LiveTable, Mapped
from ingest.sources.messages import Message, rows_of_message
from ingest.topics import TOPICS

_BATCH, _POLL_MILLISECONDS, _TIMEOUT_MILLISECONDS = 2_000, 1_000, 10_000
_LOOK_MILLISECONDS = 3_000
"""Somebody waits for what the first messages would become."""


class KafkaSource:
    """One `[[kafka]]` at work. What was delivered and not yet committed comes again, and is the same events again."""

    def __init__(self, live: LiveTable, settings: KafkaSettings, delivery: Delivery, counters: Counters) -> None:
        assert isinstance(live.shape, KafkaTopic)
        self.name, self.counters, self._live = live.name, counters, live
        self._shape, self._settings, self._delivery = live.shape, settings, delivery
        self._consumer: KafkaConsumer | None = None
        self._assigned: frozenset[TopicPartition] = frozenset()
        _refuse_a_circle(live.shape, settings)

    def turn(self) -> float:
        """Take what has come within a second; returns how many seconds to rest before the next turn."""
        try:
            consumer = self._connected()
            polled = consumer.poll(timeout_ms=_POLL_MILLISECONDS, max_records=_BATCH)
            self._look_for_losses(consumer)
            if polled:
                self._deliver(_messages(polled))
                consumer.commit(timeout_ms=_TIMEOUT_MILLISECONDS)
            self.counters.well(self._lag(consumer))
        except KafkaError as error:
            raise self._said(error) from error
        return 0.0

    def first(self, most: int) -> Mapped:
        """What the first messages would become; nothing is sent and nothing committed."""
        try:
            consumer = KafkaConsumer(**self._options(group=None, within=_LOOK_MILLISECONDS))
            try:
                messages = self._first(consumer, most)
            finally:
                consumer.close(autocommit=False)
        except KafkaError as error:
            raise self._said(error) from error
        rows = [row for message in messages for row in rows_of_message(message, self._shape)]
        return self._live.mapped(rows, self._shape.topic)

    def _first(self, consumer: KafkaConsumer, most: int) -> list[Message]:
        partitions = self._partitions(consumer)
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Message] = []
        while len(found) < most and any(consumer.position(one) < ends[one] for one in partitions):
            found += _messages(consumer.poll(timeout_ms=_POLL_MILLISECONDS, max_records=most))
        return found[:most]

    def let_go(self) -> None:
        """Disconnect; the next turn goes on behind what was committed."""
        consumer, self._consumer, self._assigned = self._consumer, None, frozenset()
        if consumer is not None:
            with suppress(KafkaError):  # a cluster that is away cannot be told good-bye
                consumer.close(autocommit=False, timeout_ms=_TIMEOUT_MILLISECONDS)

    def _deliver(self, messages: list[Message]) -> None:
        rows, owners = [], []
        for message in messages:
            for row in rows_of_message(message, self._shape):
                rows.append(row)
                owners.append(message)

        def letter(place: int, said: str) -> Letter:
            message = owners[place]
            value, reason = whole_or_cut(message.value, said)
            headers = error_headers(
                self._shape.topic, REASON, reason, partition=message.partition, offset=message.offset
            )
            return Letter(message.key, value, headers)

        self._delivery.deliver(rows, self._shape.topic, letter)

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            consumer = KafkaConsumer(**self._options(group=self._shape.group or f"oneboard-{self.name}"))
            try:
                self._partitions(consumer)
                consumer.subscribe([self._shape.topic])
            except (KafkaError, Transient):
                consumer.close(autocommit=False)
                raise
            self._consumer = consumer
        return self._consumer

    def _partitions(self, consumer: KafkaConsumer) -> list[TopicPartition]:
        numbers = consumer.partitions_for_topic(self._shape.topic)
        if not numbers:
            raise Transient(f"there is no topic {self._shape.topic!r} at {self._settings.bootstrap} (yet)")
        return [TopicPartition(self._shape.topic, number) for number in sorted(numbers)]

    def _options(self, group: str | None, within: int = _TIMEOUT_MILLISECONDS) -> dict[str, Any]:
        return {
            **self._settings.client_options(),
            "group_id": group,
            "enable_auto_commit": False,
            "auto_offset_reset": self._shape.begin,
            "allow_auto_create_topics": False,
            "bootstrap_timeout_ms": within,
            "session_timeout_ms": 10_000,
            "heartbeat_interval_ms": 3_000,
            "metrics_enabled": False,
        }

    def _look_for_losses(self, consumer: KafkaConsumer) -> None:
        """Say so where the cluster deleted messages before they were read: nobody else would ever tell."""
        assigned = frozenset(consumer.assignment())
        gained, self._assigned = assigned - self._assigned, assigned
        begins = consumer.beginning_offsets(list(gained)) if gained else {}
        for partition, begin in begins.items():
            committed = consumer.committed(partition)
            if committed is not None and committed < begin:
                self.counters.lost(
                    f"{begin - committed:,} messages of {partition.topic}:{partition.partition} were deleted by its "
                    "cluster before they were read; bring them in another way (`oneboard import`)"
                )

    def _lag(self, consumer: KafkaConsumer) -> int:
        assigned = list(self._assigned)
        ends = consumer.end_offsets(assigned, timeout_ms=_TIMEOUT_MILLISECONDS) if assigned else {}
        return sum(max(0, end - consumer.position(partition)) for partition, end in ends.items())

    def _said(self, error: KafkaError) -> Transient | Terminal:
        if isinstance(error, SETTINGS_ARE_WRONG):
            return Terminal(f"Kafka at {self._settings.bootstrap} refuses us: {error}")
        if isinstance(error, KafkaTimeoutError):
            setting = f"{source_prefix(self._shape.connection or self.name)}BOOTSTRAP"
            return Transient(f"Kafka at {self._settings.bootstrap} does not answer: start it, or mend {setting}")
        return Transient(f"Kafka at {self._settings.bootstrap} does not give {self._shape.topic} ({error})")


def _messages(polled: Mapping[TopicPartition, Sequence[Any]]) -> list[Message]:
    """The records of a poll, partition by partition."""
    return [
        Message(record.partition, record.offset, record.timestamp, record.key, record.value)
        for records in polled.values()
        for record in records
    ]


def _refuse_a_circle(shape: KafkaTopic, settings: KafkaSettings) -> None:
    """What oneboard writes must not come in again as something new."""
    own = {kafka().topic_prefix + name for name in TOPICS}
    if shape.topic in own and set(settings.bootstrap.split(",")) & set(kafka().bootstrap.split(",")):
        raise Terminal(f"{shape.topic} is a topic of oneboard itself: what it holds has entered already")
