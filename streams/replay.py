"""The log again, from its beginning, into a generation that nobody else writes: as a worker would store it, in the
largest batches that stay one part.

Letters are not written again. A bad record of which none lies on `dead-letters` yet is the worker's to judge: its
partition is replayed up to before it, and the worker goes on from there.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from ingest.errors import BrokerAway
from ingest.settings import CompanySettings, KafkaSettings
from streams.batches import MAX_BYTES, MAX_ROWS, Batch, Position, Record
from streams.readings import transform_of
from streams.storing import store
from streams.transforms import Decoded, Outcome
from warehouse.client import AsyncWarehouse

Progress = Callable[[int], None]
Place = tuple[str, int, int]
"""Topic, partition and offset of a record."""
FETCH_BYTES = 16 * 2**20
FEWEST_CACHED = 3 * MAX_ROWS
"""What is on its way into the warehouse is always remembered: nobody could look it up there."""
SILENT_MS = 30_000


@dataclass
class Reached:
    """How far a topic is replayed: by partition the last offset stored, and that of the record before which it stopped
    because it is the worker's to judge."""

    offsets: dict[int, int] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    events: int = 0


class Replay:
    """One topic. It remembers between calls what it stored, so that a later one goes on cheaply."""

    def __init__(
        self,
        topic: str,
        topic_id: str,
        company: CompanySettings,
        kafka: KafkaSettings,
        warehouse: AsyncWarehouse,
        cached_entities: int,
    ) -> None:
        self.reached = Reached()
        self.topic_id = topic_id
        self._topic, self._kafka, self._warehouse = topic, kafka, warehouse
        self._consumer: AIOKafkaConsumer | None = None
        self._transform = transform_of(topic, company, warehouse, max(FEWEST_CACHED, cached_entities))

    async def go_on(self, ends: Mapping[int, int], told: Collection[Place], progress: Progress) -> int:
        """Replay each partition up to before its end (the offset of the next record); how many records.

        `told` are the places of which letters lie on the log. Raises `BrokerAway`, and what the warehouse raises.
        """
        before = self.reached.events
        for partition, end in ends.items():
            await self._partition(partition, end, told, progress)
        return self.reached.events - before

    async def _partition(self, partition: int, end: int, told: Collection[Place], progress: Progress) -> None:
        self.reached.held.pop(partition, None)
        storing: asyncio.Task[None] | None = None
        try:
            async with aclosing(self._batches(partition, self.reached.offsets.get(partition, -1) + 1, end)) as batches:
                async for batch in batches:
                    kept, outcome = await self._taken(batch, told)
                    if storing:
                        await storing
                    if outcome:
                        self._transform.remember(outcome)
                        storing = asyncio.create_task(self._store(kept, outcome, progress))
                    if partition in self.reached.held:
                        break
        finally:
            if storing:
                await storing

    async def _taken(self, batch: Batch, told: Collection[Place]) -> tuple[Batch, Outcome | None]:
        """The batch up to before the first bad record that is the worker's to judge, and what it comes to."""
        while batch.records:
            decoded = await asyncio.to_thread(self._transform.decode, batch)
            outcome = await self._outcome(batch, decoded)
            bad = (letter.record.offset for letter in (*decoded.letters, *outcome.letters))
            held = min((offset for offset in bad if (self._topic, batch.partition, offset) not in told), default=None)
            if held is None:
                return batch, outcome
            self.reached.held[batch.partition] = held
            batch = Batch(batch.topic, batch.partition, [one for one in batch.records if one.offset < held])
        return batch, None

    async def _outcome(self, batch: Batch, decoded: Decoded) -> Outcome:
        await self._transform.prepare(decoded)
        position = Position(self.topic_id, batch.partition)
        return await asyncio.to_thread(self._transform.outcome, batch, position, decoded)

    async def _store(self, batch: Batch, outcome: Outcome, progress: Progress) -> None:
        token = f"{self.topic_id}:{batch.partition}:{batch.first}"
        await store(self._warehouse, self._transform.table, outcome.table, token)
        self.reached.offsets[batch.partition] = batch.last
        self.reached.events += len(batch.records)
        progress(len(batch.records))

    async def _batches(self, partition: int, begin: int, end: int) -> AsyncGenerator[Batch, None]:
        """The records from `begin` (or where the log begins) to before `end`, in batches as large as may be."""
        if begin >= end:
            return
        place = TopicPartition(self._kafka.topic_prefix + self._topic, partition)
        try:
            consumer = await self._reading()
            consumer.assign([place])
            consumer.seek(place, max(begin, (await consumer.beginning_offsets([place]))[place]))
            records: list[Record] = []
            size = 0
            while await consumer.position(place) < end:
                fetched = await consumer.getmany(place, timeout_ms=SILENT_MS, max_records=MAX_ROWS)
                if not fetched and await consumer.position(place) < end:
                    raise BrokerAway(f"Kafka sent nothing of {self._topic} for {SILENT_MS // 1000} s")
                for one in fetched.get(place, ()):
                    if one.offset >= end:
                        break
                    length = len(one.value or b"")
                    if records and (len(records) == MAX_ROWS or size + length > MAX_BYTES):
                        yield Batch(place.topic, partition, records)
                        records, size = [], 0
                    records.append(Record(one.offset, one.timestamp, one.key, one.value, one.headers))
                    size += length
            if records:
                yield Batch(place.topic, partition, records)
        except KafkaError as error:
            raise BrokerAway(f"Kafka at {self._kafka.bootstrap} cannot be read ({error}); try again") from error

    async def _reading(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(
                **self._kafka.client_options(),
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                max_partition_fetch_bytes=FETCH_BYTES,
                fetch_max_bytes=FETCH_BYTES,
            )
            try:
                await consumer.start()
            except BaseException:
                await consumer.stop()
                raise
            self._consumer = consumer
        return self._consumer

    async def close(self) -> None:
        """Let go of the log."""
        if self._consumer:
            await self._consumer.stop()
