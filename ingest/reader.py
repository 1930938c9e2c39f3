"""Reading the log as it stands, from one offset to another: for people and checks, not for streams.

Everything here blocks and is for one thread at a time. What kafka-python raises comes out as `BrokerAway`; the next
call connects anew. The client is loaded with the first call: half a second that nobody waits for before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from ingest.errors import BrokerAway
from ingest.settings import KafkaSettings, kafka

if TYPE_CHECKING:
    from kafka import TopicPartition

    Offsets = dict[TopicPartition, int]

SILENT_SECONDS = 30.0
_FETCH_BYTES = 4 * 2**20


class Reader:
    """Topics by our names, without the prefix. Offsets are of the next record, as Kafka has them."""

    def __init__(self, settings: KafkaSettings | None = None, *, patience_seconds: float = SILENT_SECONDS) -> None:
        self.settings = settings or kafka()
        self._patience = patience_seconds
        self._open: Any = None

    def partitions(self, topic: str) -> list[TopicPartition]:
        """The partitions of a topic; none where it does not exist."""
        from kafka import TopicPartition

        name = self.settings.topic_prefix + topic
        with self._consumer() as consumer:
            return [TopicPartition(name, one) for one in sorted(consumer.partitions_for_topic(name) or ())]

    def begins(self, partitions: list[TopicPartition]) -> Offsets:
        """The first offset of each."""
        with self._consumer() as consumer:
            return dict(consumer.beginning_offsets(partitions)) if partitions else {}

    def ends(self, partitions: list[TopicPartition]) -> Offsets:
        """The offset that each one's next record will have."""
        with self._consumer() as consumer:
            return dict(consumer.end_offsets(partitions)) if partitions else {}

    def since(self, partitions: list[TopicPartition], at: datetime) -> Offsets:
        """The first offset not older than `at`; left out where there is none."""
        moment = int(at.timestamp() * 1000)
        with self._consumer() as consumer:
            found = consumer.offsets_for_times(dict.fromkeys(partitions, moment)) if partitions else {}
        return {tp: where.offset for tp, where in found.items() if where is not None}

    def records(self, begins: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> Iterator[Any]:
        """Every record from `begins` to before `ends`; `BrokerAway` when nothing comes for its patience."""
        left = {tp for tp, at in begins.items() if at < ends[tp]}
        with self._consumer() as consumer:
            consumer.assign(sorted(left))
            for tp in left:
                consumer.seek(tp, begins[tp])
            heard = time.monotonic()
            while left:
                fetched = consumer.poll(timeout_ms=500, max_records=2_000)
                for tp, records in fetched.items():
                    yield from (record for record in records if record.offset < ends[tp])
                    heard = time.monotonic()
                left = {tp for tp in left if consumer.position(tp) < ends[tp]}
                if time.monotonic() - heard > self._patience:
                    raise BrokerAway(f"Kafka at {self.settings.bootstrap} sent nothing for {self._patience:.0f} s")

    def record(self, topic: str, partition: int, offset: int) -> Any:
        """The record at that place; None where there is none."""
        from kafka import TopicPartition

        tp = TopicPartition(self.settings.topic_prefix + topic, partition)
        if tp not in self.partitions(topic) or not self.begins([tp])[tp] <= offset < self.ends([tp])[tp]:
            return None
        return next(self.records({tp: offset}, {tp: offset + 1}), None)

    def close(self) -> None:
        """Let go of the connection."""
        consumer, self._open = self._open, None
        if consumer is not None:
            consumer.close(autocommit=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _consumer(self) -> Iterator[Any]:
        from kafka import KafkaConsumer
        from kafka.errors import KafkaError

        try:
            if self._open is None:
                self._open = KafkaConsumer(
                    **self.settings.client_options(),
                    enable_auto_commit=False,
                    bootstrap_timeout_ms=int(self._patience * 1000),
                    request_timeout_ms=int(self._patience * 1000),
                    max_partition_fetch_bytes=_FETCH_BYTES,
                )
            yield self._open
        except KafkaError as error:
            self.close()
            raise BrokerAway(f"Kafka at {self.settings.bootstrap} cannot be read ({error}); try again") from error
