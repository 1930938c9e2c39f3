"""The first pass, spread over processes: files of a snapshot, or one partition of the log each.

All versions of an entity lie in one file or in one partition, so no process needs to know of what another one stores.
"""

import asyncio
import gc
import multiprocessing
import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from deploy.errors import CannotRun
from deploy.local.leash import end_with
from ingest.settings import CompanySettings, KafkaSettings
from streams.replay import Place, Progress, Reached, Replay
from streams.snapshot.loading import load_snapshot
from streams.snapshot.manifest import load
from warehouse.client import AsyncWarehouse
from warehouse.settings import WarehouseSettings


@dataclass(frozen=True)
class Into:
    """The generation that is filled, and what is needed for it."""

    warehouse: WarehouseSettings
    generation: str
    kafka: KafkaSettings
    company: CompanySettings
    cached_entities: int


class Errand(Protocol):
    """What one process does at a time."""

    async def run(self, into: Into, warehouse: AsyncWarehouse, progress: Progress) -> Reached: ...


@dataclass(frozen=True)
class OfSnapshot:
    """Files of a snapshot, all of one topic."""

    folder: Path
    files: frozenset[int]

    async def run(self, into: Into, warehouse: AsyncWarehouse, progress: Progress) -> Reached:
        entered = await load_snapshot(self.folder, load(self.folder), into.company, warehouse, progress, self.files)
        return Reached(events=entered)


@dataclass(frozen=True)
class OfLog:
    """A partition of the log up to before `end`."""

    topic: str
    topic_id: str
    partition: int
    end: int
    told: frozenset[Place]

    async def run(self, into: Into, warehouse: AsyncWarehouse, progress: Progress) -> Reached:
        replay = Replay(self.topic, self.topic_id, into.company, into.kafka, warehouse, into.cached_entities)
        try:
            await replay.go_on({self.partition: self.end}, self.told, progress)
        finally:
            await replay.close()
        return replay.reached


class Spread:
    """So many processes, which end with this one. `events` counts what has entered, while they are at it."""

    def __init__(self, into: Into, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._into = into
        self._entered, self._is_over = context.Value("Q", 0), context.Event()
        self._pool = ProcessPoolExecutor(
            processes, context, initializer=_begin, initargs=(self._entered, self._is_over, os.getpid())
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._pool.shutdown(cancel_futures=True)

    @property
    def events(self) -> int:
        return int(self._entered.value)

    async def all(self, errands: Sequence[Errand]) -> list[Reached]:
        """Run them, begun in their order; what each came to. Raises what one of them raises."""
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.gather(
                *(loop.run_in_executor(self._pool, _run, self._into, errand) for errand in errands)
            )
        except BrokenProcessPool as error:
            raise CannotRun(
                "A process of the rebuild was killed, most likely for want of memory: free some."
            ) from error


class Over(Exception):
    """Whoever started this process no longer wants what it does."""


_shared: list[Any] = []


def _begin(entered: Any, is_over: Any, parent: int) -> None:
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to hear; it tells us
    gc.disable()  # batches make hundreds of thousands of objects and no circles
    _shared[:] = [entered, is_over]


def _run(into: Into, errand: Errand) -> Reached:
    entered, is_over = _shared

    def progress(events: int) -> None:
        if is_over.is_set():
            raise Over
        with entered.get_lock():
            entered.value += events

    async def run() -> Reached:
        warehouse = AsyncWarehouse(into.warehouse, generation=into.generation)
        try:
            return await errand.run(into, warehouse, progress)
        finally:
            await warehouse.close()

    return asyncio.run(run())
