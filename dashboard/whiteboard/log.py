"""The whiteboards' part of the log: one reader a process that follows it all, one that looks up what a board needs."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from dashboard.whiteboard.catalogue import Catalogue, Place
from ingest.errors import BrokerAway, EventTooLarge
from ingest.intake import Sealed
from ingest.settings import KafkaSettings, kafka
from ingest.whiteboards import HEADER, PRESENCE, TOPIC, Step, What, body, read

log = logging.getLogger(__name__)
AGAIN_SECONDS = 1.0
ACKNOWLEDGED_WITHIN_MS, LET_GO_SECONDS = 10_000, 1.0
PATIENCE_SECONDS = 15.0
PROCESS = secrets.token_hex(6)
"""Who this process is among those that share the boards."""
_UNFINISHED_MS = 60_000
"""After which a step of which pieces are missing is taken for one whose writer died."""
_NEAR = 64
"""Records between two wanted ones that are read over rather than sought past."""


def step_of(board_id: str, what: What, **more: Any) -> Step:
    """A step that this process takes now; `more` are fields of `Step`."""
    step_id, at = secrets.token_hex(8), datetime.now(UTC)
    return Step(step_id=step_id, board_id=board_id, what=what, at=at, process=PROCESS, **more)


@dataclass
class _Gathered:
    """The pieces of a step that have come, and where and when the first of them lies."""

    partition: int
    first: int
    began_ms: int
    pieces: dict[int, bytes] = field(default_factory=dict)


class Log:
    """`heard` is told of every step with its body, `met` of what others say of who is where, from another process."""

    def __init__(
        self,
        heard: Callable[[Step, bytes], None],
        met: Callable[[str, bytes], None],
        settings: KafkaSettings | None = None,
    ) -> None:
        self._settings = settings or kafka()
        self._heard, self._met = heard, met
        self.catalogue = Catalogue()
        self.read_to: dict[int, int] = {}
        self._next: dict[TopicPartition, int] = {}
        self._gathered: dict[str, _Gathered] = {}
        self._is_caught_up, self._moved = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()
        self._looker: AIOKafkaConsumer | None = None
        self._connecting = asyncio.Lock()
        self._producer: AIOKafkaProducer | None = None

    def start(self) -> None:
        """Begin to follow; the broker need not be there yet."""
        self._task = asyncio.create_task(self._follow_for_ever())

    async def stop(self) -> None:
        """End it."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._looker:
            await self._looker.stop()
        await self._let_go()

    async def caught_up(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until all that stood on the log at the start has been read; False when that takes longer."""
        try:
            await asyncio.wait_for(self._is_caught_up.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def until_noted(self, board_id: str) -> None:
        """Wait until a board that was just written is in the catalogue; TimeoutError where the log does not say so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.catalogue.get(board_id) is None:
                await self._moved.wait()

    async def write(self, topic: str, records: Sequence[Sealed]) -> None:
        """Put records on the log and wait until every in-sync replica has them. Raises `BrokerAway`, `EventTooLarge`.

        In the loop itself, without a change of threads: while fifty draw, the loop is what every thread would wait for.
        """
        name = self._settings.topic_prefix + topic
        try:
            producer = await self._connected()
            sent = [await producer.send(name, one.value, one.key, headers=list(one.headers)) for one in records]
            await asyncio.gather(*sent)
        except MessageSizeTooLargeError as error:
            raise EventTooLarge(f"a step of a whiteboard is too large for Kafka: {error}") from error
        except (KafkaError, OSError) as error:
            await self._let_go()
            raise BrokerAway(f"Kafka did not take a step of a whiteboard: {error!r}") from error

    async def _connected(self) -> AIOKafkaProducer:
        async with self._connecting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._settings.client_options(),
                    acks="all",
                    enable_idempotence=True,
                    request_timeout_ms=ACKNOWLEDGED_WITHIN_MS,
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def _let_go(self) -> None:
        """The next write connects anew."""
        producer, self._producer = self._producer, None
        if producer:
            with suppress(KafkaError, OSError, TimeoutError):  # what was not acknowledged was said to whoever wrote it
                await asyncio.wait_for(producer.stop(), LET_GO_SECONDS)

    async def bodies(self, places: Iterable[Place]) -> list[tuple[Step, bytes]]:
        """The steps that lie at these places, in the log's order. KafkaError where the broker is away."""
        async with self._looking:
            found: list[tuple[Step, bytes]] = []
            pieces: dict[str, dict[int, bytes]] = {}
            try:
                async for record in self._records(sorted(set(places))):
                    step = read(record.headers)
                    gathered = pieces.setdefault(step.step_id, {})
                    gathered[step.piece] = record.value
                    if len(gathered) == step.pieces:
                        found.append((step, body([gathered[one] for one in range(step.pieces)])))
            except BaseException:
                looker, self._looker = self._looker, None
                if looker:
                    await looker.stop()
                raise
            return found

    async def _records(self, places: Sequence[Place]) -> Any:
        if self._looker is None:
            self._looker = self._consumer()
            await self._looker.start()
        for run in _runs(places):
            partition = TopicPartition(self._settings.topic_prefix + TOPIC, run[0][0])
            wanted = {offset for _, offset in run}
            self._looker.assign([partition])
            self._looker.seek(partition, run[0][1])
            while wanted:
                batch = await self._looker.getmany(partition, timeout_ms=5_000)
                records = batch.get(partition, [])
                if not records:
                    raise KafkaError(f"the log does not give the whiteboard's records from {min(wanted)} on")
                for record in records:
                    if record.offset in wanted:
                        wanted.discard(record.offset)
                        yield record

    async def _follow_for_ever(self) -> None:
        is_away = False
        while True:
            consumer = self._consumer(TOPIC, PRESENCE)
            try:
                await consumer.start()
                is_away = False
                await self._follow(consumer)
            except (KafkaError, OSError) as error:
                if not is_away:
                    log.warning("cannot read whiteboards (%s); trying every %s s", error, AGAIN_SECONDS)
                is_away = True
            except Exception:  # whatever it was, the boards go on being followed
                log.exception("whiteboards cannot be followed; trying again")
            finally:
                await consumer.stop()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        name = self._settings.topic_prefix + TOPIC
        steps = [one for one in consumer.assignment() if one.topic == name]
        ends = await consumer.end_offsets(steps)
        for partition in steps:
            consumer.seek(partition, self._next.get(partition, 0))
        await consumer.seek_to_end(*(one for one in consumer.assignment() if one.topic != name))
        while True:
            if all(self._next.get(partition, 0) >= end for partition, end in ends.items()):
                self._is_caught_up.set()
            batch: Mapping[TopicPartition, Sequence[Any]] = await consumer.getmany(timeout_ms=500)
            for partition, records in batch.items():
                for record in records:
                    self._take(partition, record, is_presence=partition.topic != name)
                self._next[partition] = records[-1].offset + 1
            if batch:
                self._moved.set()
                self._moved = asyncio.Event()

    def _take(self, partition: TopicPartition, record: Any, *, is_presence: bool) -> None:
        if is_presence:
            if dict(record.headers).get(HEADER) != PROCESS.encode():
                self._met((record.key or b"").decode(errors="replace"), record.value or b"")
            return
        try:
            step = read(record.headers)
            self.catalogue.note(step, (partition.partition, record.offset))
            gathered = self._gathered.setdefault(
                step.step_id, _Gathered(partition.partition, record.offset, record.timestamp)
            )
            gathered.pieces[step.piece] = record.value or b""
            if len(gathered.pieces) == step.pieces:
                del self._gathered[step.step_id]
                self._heard(step, b"".join(gathered.pieces[one] for one in range(step.pieces)))
        except ValueError as error:
            log.warning("record %s:%s of %s is left out: %s", partition.partition, record.offset, TOPIC, error)
        self.read_to[partition.partition] = self._whole_up_to(partition.partition, record)

    def _whole_up_to(self, partition: int, record: Any) -> int:
        """The last offset up to which every step has been read whole, or was left unfinished long ago."""
        old = record.timestamp - _UNFINISHED_MS
        self._gathered = {
            id: one for id, one in self._gathered.items() if one.began_ms > old or one.partition != partition
        }
        return min(
            [one.first - 1 for one in self._gathered.values() if one.partition == partition], default=record.offset
        )

    def _consumer(self, *topics: str) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            *(self._settings.topic_prefix + topic for topic in topics),
            **self._settings.client_options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=500,
        )


def _runs(places: Sequence[Place]) -> list[list[Place]]:
    """Places that lie near each other, together."""
    runs: list[list[Place]] = []
    for before, place in pairwise([(-1, 0), *places]):
        if place[0] != before[0] or place[1] - before[1] > _NEAR:
            runs.append([])
        runs[-1].append(place)
    return runs
