"""The rebuild from its beginning to its end: make room, fill, compare, change over, and say so to the screens."""

import asyncio
import getpass
import os
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.errors import CannotRun
from deploy.rebuild.filling import Filling
from deploy.rebuild.spread import Into
from ingest.settings import CompanySettings, KafkaSettings
from streams.log import LogWriter
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.comparison import Compared, compared
from warehouse.errors import WarehouseError
from warehouse.generations import Generations, RebuildUnderWay, Shadow, whoever
from warehouse.migrate import migrate
from warehouse.queries.freshness import POSITIONED
from warehouse.settings import WarehouseSettings

Say = Callable[[str], None]
ANSWER_SECONDS = 3_600
"""A comparison reads everything there is."""
NEEDED_MEMORY_BYTES = 3 * 2**29
PROCESS_BYTES = 3 * 2**29
"""What a process holds of batches, beside the timelines it remembers."""
TIMELINE_BYTES = 2_000
ALIVE_EVERY_SECONDS = 3.0
SETTLED_SECONDS = 30.0
"""After this every worker and every screen has gone over to the new generation (`dashboard.live.following`)."""
ROOM = 1.3
"""What is not merged yet takes more room than what it replaces."""
GIB = 2**30


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild came to; where `is_current` is False nothing has changed for anybody."""

    events: int
    seconds: float
    verdicts: Sequence[Compared]
    missing: Sequence[str]
    is_current: bool
    database: str
    old: str
    old_bytes: int

    @property
    def is_equal(self) -> bool:
        return not self.missing and all(one.is_equal for one in self.verdicts)


def rebuild(
    warehouse: WarehouseSettings,
    kafka: KafkaSettings,
    company: CompanySettings,
    snapshots: Path,
    say: Say,
    *,
    even_if_different: bool = False,
    settled_seconds: float = SETTLED_SECONDS,
    filled: Callable[[Warehouse, Warehouse], None] = lambda old, new: None,
) -> Rebuilt:
    """Rebuild the warehouse while everything that uses it goes on. `CannotRun` where it may not or cannot begin.

    What an earlier rebuild left is dropped first, `settled_seconds` after it at the earliest. `filled` is called
    between filling and comparing, with the old generation and the new one.
    """
    patient = warehouse.model_copy(update={"answer_timeout_seconds": ANSWER_SECONDS})
    with Generations(patient, whoever(getpass.getuser(), socket.gethostname(), os.getpid())) as generations:
        processes, cached = _require_memory()
        _require_settled(generations, settled_seconds)
        try:
            shadow = generations.begin()
        except RebuildUnderWay as error:
            raise CannotRun(str(error)) from error
        is_current = False
        try:
            old = generations.current()
            _require_disk(generations, old)
            say(f"filling {shadow.database} beside {old}")
            began = time.monotonic()
            into = Into(patient, shadow.database, kafka, company, cached)
            this = _Rebuild(into, generations, shadow, old, processes, say)
            rebuilt = asyncio.run(this.run(snapshots, began, filled, even_if_different))
            is_current = rebuilt.is_current
            return rebuilt
        finally:
            if not is_current:
                with suppress(WarehouseError):
                    generations.left(shadow)


def forget_old(warehouse: WarehouseSettings, settled_seconds: float = SETTLED_SECONDS) -> list[tuple[str, int]]:
    """Drop every generation that is not current; each with the bytes it took. `CannotRun` while one may be shown."""
    with Generations(warehouse, "") as generations:
        _require_settled(generations, settled_seconds)
        sizes = {database: generations.bytes_of(database) for database in generations.old()}
        return [(database, sizes[database]) for database in generations.forget()]


class _Rebuild:
    def __init__(
        self, into: Into, generations: Generations, shadow: Shadow, old: str, processes: int, say: Say
    ) -> None:
        self._into, self._generations, self._shadow, self._old = into, generations, shadow, old
        self._processes, self._say = processes, say

    async def run(
        self,
        snapshots: Path,
        began: float,
        filled: Callable[[Warehouse, Warehouse], None],
        even_if_different: bool,
    ) -> Rebuilt:
        settings = self._into.warehouse
        old, new = (Warehouse(settings, generation=one) for one in (self._old, self._shadow.database))
        asked = AsyncWarehouse(settings, generation=self._shadow.database)
        filling = Filling(self._into, asked, self._processes)
        pulse = asyncio.create_task(self._pulse(filling))
        try:
            await asyncio.to_thread(migrate, new)
            for table in POSITIONED:
                await asked.command(f"SYSTEM STOP MERGES {table}")
            await filling.first(snapshots)
            await filling.catch_up()
            seconds = time.monotonic() - began
            await asyncio.to_thread(filled, old, new)
            verdicts = await asyncio.to_thread(self._compared, old, new)
            missing = await self._missing(filling)
            is_current = even_if_different or not (missing or any(not one.is_equal for one in verdicts))
            if is_current:
                await filling.catch_up()
                for table in POSITIONED:
                    await asked.command(f"SYSTEM START MERGES {table}")
                await asyncio.to_thread(self._generations.switch, self._shadow)
                await self._announce()
            size = await asyncio.to_thread(self._generations.bytes_of, self._old)
            return Rebuilt(
                filling.events, seconds, verdicts, missing, is_current, self._shadow.database, self._old, size
            )
        finally:
            pulse.cancel()
            await filling.close()
            await asked.close()
            old.close()
            new.close()

    def _compared(self, old: Warehouse, new: Warehouse) -> list[Compared]:
        verdicts = []
        for one in compared(old, new):
            self._say(f"{one.table}: {'equal' if one.is_equal else 'different'}, {one.rows:,} rows")
            verdicts.append(one)
        return verdicts

    async def _missing(self, filling: Filling) -> list[str]:
        old = AsyncWarehouse(self._into.warehouse, generation=self._old)
        try:
            return await filling.missing(old)
        finally:
            await old.close()

    async def _pulse(self, filling: Filling) -> None:
        """Show that we live, and say how far we are."""
        began, said = time.monotonic(), 0
        while True:
            await asyncio.sleep(ALIVE_EVERY_SECONDS)
            with suppress(WarehouseError):
                await asyncio.to_thread(self._generations.alive, self._shadow)
            if filling.events > said:
                said = filling.events
                self._say(f"{said:,} events, {said / (time.monotonic() - began):,.0f} a second")

    async def _announce(self) -> None:
        writer = LogWriter(self._into.kafka)
        try:
            await writer.announce({"table": "all", "slices": "all", "generation": self._shadow.database})
        finally:
            await writer.stop()


def _require_memory() -> tuple[int, int]:
    """How many processes there is room for, and how many timelines each may remember; `CannotRun` where for none."""
    available, cores = psutil.virtual_memory().available, os.cpu_count() or 1
    if available < NEEDED_MEMORY_BYTES:
        raise CannotRun(
            f"A rebuild needs {NEEDED_MEMORY_BYTES / GIB:.1f} GB of memory and {available / GIB:.1f} GB are free: stop "
            "something, or rebuild on another machine that reaches Kafka and the warehouse."
        )
    processes = max(1, min(cores, available // 2 // PROCESS_BYTES))
    return int(processes), int(available // 4 // processes // TIMELINE_BYTES)


def _require_settled(generations: Generations, seconds: float) -> None:
    """`CannotRun` while a screen may still show the generation that would be dropped."""
    ago = generations.changed_ago()
    if ago is not None and ago < seconds:
        raise CannotRun(
            f"The last rebuild changed over {ago:.0f} s ago, and screens follow: wait {seconds - ago:.0f} s."
        )


def _require_disk(generations: Generations, old: str) -> None:
    """`CannotRun` where two generations do not fit on the warehouse's disk."""
    size, free = generations.bytes_of(old), generations.free_bytes()
    if free < size * ROOM:
        raise CannotRun(
            f"{old} takes {size / GIB:.1f} GB, and the warehouse's disk has {free / GIB:.1f} GB free: both generations "
            f"must stand on it for a while. Free {(size * ROOM - free) / GIB:.1f} GB."
        )
