"""Exactly once in effect: the warehouse remembers how far a stream has come, and every insert is compare-and-set.

A batch becomes one insert of one block: its rows, their aggregates and its last offset land together or not at all.
The insert carries a token of its topic, partition and first offset, so that of two workers that think they own the
partition one wins; the other sees it at the watermark, forgets what it knows and reads again. And it is bound to a
session of the warehouse that began before the watermark was read: one that was put back from an older copy since then
refuses it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from ingest.events import Event
from ingest.topics import Topic
from streams import meters
from streams.batches import Batch, Position, joined
from streams.dead_letters import DeadLetter, Limits, Tally, refuse_a_flood
from streams.log import update_of
from streams.patience import FIRST_PAUSE, LONGEST_PAUSE, until_well
from streams.settings import WorkerSettings
from streams.transforms import Decoded, Outcome, Transform
from warehouse.client import AsyncWarehouse
from warehouse.errors import SessionOver, WarehouseError
from warehouse.projections import BY_POSITION

log = logging.getLogger(__name__)

NOTHING_YET = -1
FEW = 200
"""Records that are through sooner than a thread of their own would begin with them."""
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Ready:
    """A batch with what it comes to."""

    batch: Batch
    position: Position
    decoded: Decoded
    outcome: Outcome
    since: float
    session: str | None


async def _computed(work: Callable[..., _Result], batch: Batch, *more: Any) -> _Result:
    """What `work` makes of the batch; in a thread where it is not little."""
    return work(batch, *more) if len(batch.records) < FEW else await asyncio.to_thread(work, batch, *more)


class Sink:
    """Takes the batches of one topic into the warehouse.

    `send_letters` returns when the letters are acknowledged; `announce` tells which slices moved, up to where;
    `rewind` makes the consumer fetch a partition again from an offset.
    """

    def __init__(
        self,
        topic: Topic,
        transform: Transform,
        warehouse: AsyncWarehouse,
        settings: WorkerSettings,
        *,
        send_letters: Callable[[list[DeadLetter]], Awaitable[None]],
        announce: Callable[[Mapping[str, Any]], Awaitable[None]],
        rewind: Callable[[str, int, int], Awaitable[None]],
        stored: Callable[[list[Event]], Awaitable[None]] | None = None,
    ) -> None:
        self.topic = topic
        self.transform = transform
        self.topic_id = ""
        self._warehouse, self._settings = warehouse, settings
        self._send_letters, self._announce, self._rewind, self._stored = send_letters, announce, rewind, stored
        self._watermarks: dict[int, int] = {}
        self._session: str | None = None
        self._limits = Limits(settings.dead_letters_in_a_row, settings.dead_letters_share, settings.dead_letters_window)
        self._tallies: dict[int, Tally] = {}
        self._let_through: set[tuple[int, int]] = set()
        self._misfits: dict[int, asyncio.Event] = {}
        self._is_retired = False
        self.failures = 0
        """How often the warehouse did not do what was asked: it grows while somebody works here in vain."""

    async def begin(self, topic_id: str, partitions: Iterable[int]) -> dict[int, int]:
        """Forget everything and read the watermarks of newly assigned partitions; returns them (−1: nothing yet)."""
        self.topic_id = topic_id
        await self._begin_session()
        self._tallies = {}
        self._let_go()
        found = list(partitions)
        return dict(zip(found, await asyncio.gather(*map(self._watermark, found)), strict=True))

    async def _begin_session(self) -> None:
        """First the session, then what is read within it."""
        session = uuid4().hex
        await self._until_well(lambda: self._warehouse.open_session(session))
        self._session = session
        self._watermarks = {}
        self.transform.forget()

    def _let_go(self) -> None:
        while self._misfits:
            self._misfits.popitem()[1].set()

    def refuse(self, partition: int, why: str) -> None:
        """Store nothing of this partition until it begins again: log and warehouse do not fit together."""
        log.error("%s:%s stands still: %s", self.topic.name, partition, why)
        self._misfits[partition] = asyncio.Event()

    def reached(self, partition: int) -> int:
        """The last offset known to be stored; −1 where none is."""
        return self._watermarks.get(partition, NOTHING_YET)

    def is_refused(self, partition: int) -> bool:
        """Whether nothing of it is stored until it begins again."""
        return partition in self._misfits

    def let_through(self, partition: int, offset: int) -> None:
        """Whatever is bad of the batch that begins there becomes dead letters, and is not counted."""
        self._let_through.add((partition, offset))

    def retire(self) -> None:
        """Its generation is no longer the current one: what fails there is not tried again."""
        self._is_retired = True
        self.transform.forget()
        self._let_go()

    async def take(self, batches: Iterable[Batch]) -> None:
        """Store the batches. Returns when they are stored, or known to be somebody else's; never loses one.

        While one batch is being stored the next one, of another partition, is made ready. A retired sink raises what
        the warehouse raises.
        """
        storing: asyncio.Task[None] | None = None
        under_way: _Ready | None = None
        try:
            for batch in joined(batches):
                if storing and under_way and under_way.batch.partition == batch.partition:
                    await storing
                since, session = time.monotonic(), self._session
                fresh = await self._fresh(batch)
                if fresh is None:
                    continue
                decoded = await _computed(self.transform.decode, fresh)
                if storing and under_way and under_way.outcome.speaks_of(decoded):
                    await storing
                ready = await self._made_ready(fresh, decoded, since, session)
                if storing:
                    await storing
                    if self.transform.has_forgotten_since(ready.outcome):
                        ready = await self._made_ready(fresh, decoded, since, session)
                under_way, storing = ready, asyncio.create_task(self._store(ready))
        finally:
            if storing:
                await storing

    async def _fresh(self, batch: Batch) -> Batch | None:
        """What of the batch the warehouse does not have; None where there is none, or one before it lacks."""
        if batch.partition in self._misfits:
            await self._misfits[batch.partition].wait()
        watermark = await self._watermark(batch.partition)
        fresh = batch.after(watermark)
        if not fresh.records:
            return None
        if fresh.first > watermark + 1:
            self._watermarks.pop(batch.partition, None)
            watermark = await self._watermark(batch.partition)
            log.warning(
                "%s:%s: the warehouse stands at %s but the next record is %s; fetching again from there",
                self.topic.name, batch.partition, watermark, fresh.first,
            )  # fmt: skip
            await self._rewind(self.topic.name, batch.partition, watermark + 1)
            return None
        return fresh

    async def _made_ready(self, batch: Batch, decoded: Decoded, since: float, session: str | None) -> _Ready:
        await self._until_well(lambda: self.transform.prepare(decoded))
        position = Position(self.topic_id, batch.partition)
        outcome = await _computed(self.transform.outcome, batch, position, decoded)
        return _Ready(batch, position, decoded, outcome, since, session)

    async def _store(self, ready: _Ready) -> None:
        """Letters first, then the rows; remembered and announced where they are ours."""
        batch, outcome, letters = ready.batch, ready.outcome, ready.decoded.letters + ready.outcome.letters
        tally = Tally()
        if (batch.partition, batch.first) not in self._let_through:
            tally = refuse_a_flood(batch, letters, self._tallies.get(batch.partition, tally), self._limits)
        if letters:
            await self._send_letters(letters)
            for letter in letters:
                meters.LETTERS.labels(self.topic.name, letter.reason).inc()
        if await self._insert(ready):
            meters.stored(self.topic.name, len(batch.records), time.monotonic() - ready.since)
            self.transform.remember(outcome)
            self._tallies[batch.partition] = tally
            if self._stored:
                events, stored = ready.decoded.events, self._stored
                await self._until_well(lambda: stored(events))
            await self._announce(update_of(self.transform.table, ready.position, batch, outcome))

    async def _insert(self, ready: _Ready) -> bool:
        """Whether this worker's rows are the ones that were stored."""
        batch, position = ready.batch, ready.position
        token = f"{position.topic_id}:{position.partition}:{batch.first}"
        pause = FIRST_PAUSE
        while True:
            if time.monotonic() - ready.since > self._settings.oldest_batch_seconds:
                return await self._start_over(batch, "it is older than the pause allowed")
            trouble: object = "the warehouse took the insert and has nothing of it"
            try:
                await self._warehouse.insert(
                    self.transform.table, ready.outcome.table, token=token, session=ready.session
                )
            except SessionOver:
                if ready.session == self._session:
                    await self._begin_session()
                return await self._start_over(batch, "the warehouse was started anew")
            except WarehouseError as error:
                trouble = error
                self.failures += 1
            self._watermarks.pop(batch.partition, None)
            watermark = await self._watermark(batch.partition)
            if watermark == batch.last:
                return True
            if self._is_retired:
                return False
            if watermark != batch.first - 1:
                return await self._start_over(batch, f"the warehouse stands at {watermark}: another worker came first")
            log.warning("%s:%s: %s; trying again in %.1f s", self.topic.name, batch.partition, trouble, pause)
            meters.RETRIES.labels(self.topic.name).inc()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _start_over(self, batch: Batch, why: str) -> bool:
        log.warning("%s:%s: batch from %s dropped: %s", self.topic.name, batch.partition, batch.first, why)
        meters.DROPPED.labels(self.topic.name).inc()
        self.transform.forget()
        self._watermarks.pop(batch.partition, None)
        watermark = await self._watermark(batch.partition)
        await self._rewind(self.topic.name, batch.partition, watermark + 1)
        return False

    async def _watermark(self, partition: int) -> int:
        if partition not in self._watermarks:
            rows: list[tuple[Any, ...]] = []

            async def read() -> None:
                nonlocal rows
                rows = await self._warehouse.rows(
                    f"SELECT max(offset) FROM {self.transform.table}"  # noqa: S608
                    " WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16}"
                    " GROUP BY topic_id, partition",
                    {"topic_id": self.topic_id, "partition": partition},
                    BY_POSITION,
                )

            await self._until_well(read)
            self._watermarks[partition] = int(rows[0][0]) if rows else NOTHING_YET
        return self._watermarks[partition]

    async def _until_well(self, attempt: Callable[[], Awaitable[None]]) -> None:
        """However long it takes, while its generation is the current one."""

        async def counted() -> None:
            try:
                await attempt()
            except WarehouseError:
                self.failures += 1
                raise

        await until_well(self.topic.name, counted, lambda: self._is_retired)
