"""Reading a snapshot into the warehouse: ranges of rows, each one insert with its position and its token."""

import asyncio
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from ingest.settings import CompanySettings
from streams.batches import Batch, Position, Record
from streams.changing import ChangeTransform
from streams.readings import READINGS, transform_of
from streams.snapshot.layout import begins, columns_of, word_columns
from streams.snapshot.manifest import Manifest, SnapshotBroken, SnapshotFile, check
from streams.storing import store
from streams.transforms import Outcome
from warehouse.client import AsyncWarehouse

ROWS_AT_ONCE = 100_000
CACHED = 1
"""No entity is in two ranges: there is nothing to remember."""
Progress = Callable[[int], None]


async def load_snapshot(
    folder: Path,
    manifest: Manifest,
    company: CompanySettings,
    warehouse: AsyncWarehouse,
    progress: Progress,
    only: Container[int] | None = None,
) -> int:
    """Bring what is missing of a snapshot into the warehouse, of `only` these files; how many events.

    `progress` is told of each range. No worker may write there meanwhile: what it remembers of timelines would not know
    of the snapshot. Killed, it goes on after the last range that is stored. Raises `SnapshotBroken`.
    """
    loaded = 0
    for topic in READINGS:
        files = [(place, file) for place, file in manifest.of_topic(topic) if only is None or place in only]
        if not files:
            continue
        loader = _Loader(topic, manifest, company, warehouse)
        for partition, file in files:
            loaded += await loader.file(check(folder, file), partition, file, progress)
    return loaded


class _Loader:
    """The files of one topic."""

    def __init__(self, topic: str, manifest: Manifest, company: CompanySettings, warehouse: AsyncWarehouse) -> None:
        transform = transform_of(topic, company, warehouse, CACHED)
        assert isinstance(transform, ChangeTransform)
        self._topic, self._topic_id = topic, manifest.topic_id
        self._received_at_ms = int(manifest.written_at.timestamp() * 1_000)
        self._transform, self._warehouse, self._zone = transform, warehouse, company.zone
        self._fields = READINGS[topic][1].fields

    async def file(self, path: Path, partition: int, file: SnapshotFile, progress: Progress) -> int:
        """Store what is missing of a file; while one range is on its way the next is made ready."""
        done = await self._stored(partition)
        if done == file.rows:
            return 0
        storing: asyncio.Task[None] | None = None
        for first, table in await asyncio.to_thread(_ranges, path, word_columns(self._fields), done):
            outcome = await self._outcome(Position(self._topic_id, partition), first, table)
            if outcome.letters:
                letter = outcome.letters[0]
                raise SnapshotBroken(f"{path}, row {letter.record.offset}: {letter.message}")
            if storing:
                await storing
            storing = asyncio.create_task(self._store(outcome.table, partition, first))
            progress(len(table))
        if storing:
            await storing
        if await self._stored(partition) != file.rows:
            raise SnapshotBroken(f"{path} did not arrive whole: does another process load this snapshot, too?")
        return file.rows - done

    async def _outcome(self, position: Position, first: int, table: Any) -> Outcome:
        columns = await asyncio.to_thread(columns_of, table, self._fields, self._zone)
        raws = table["event"].combine_chunks()
        by_row = table["by_row"].chunk(0).to_numpy(zero_copy_only=False)
        if not by_row.any() and await self._transform.is_all_new(columns):
            return await asyncio.to_thread(
                self._transform.outcome_of_new, position, first, columns, raws, self._received_at_ms
            )
        records = [
            Record(first + row, self._received_at_ms, None, event.encode())
            for row, event in enumerate(raws.to_pylist())
        ]
        batch = Batch(self._topic, position.partition, records)
        decoded = await asyncio.to_thread(self._transform.decode, batch)
        await self._transform.prepare(decoded)
        return await asyncio.to_thread(self._transform.outcome, batch, position, decoded)

    async def _store(self, table: Any, partition: int, first: int) -> None:
        token = f"{self._topic_id}:{partition}:{first}"
        await store(self._warehouse, self._transform.table, table, token)

    async def _stored(self, partition: int) -> int:
        """How many rows of a file are in the warehouse."""
        rows = await self._warehouse.rows(
            f"SELECT max(offset) FROM {self._transform.table}"  # noqa: S608
            " WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} GROUP BY topic_id, partition",
            {"topic_id": self._topic_id, "partition": partition},
        )
        return int(rows[0][0]) + 1 if rows else 0


def _ranges(path: Path, words: list[str], done: int) -> list[tuple[int, Any]]:
    """Row and table of each range after the first `done` rows; a range ends where an entity does."""
    ranges = []
    table = pq.read_table(path, read_dictionary=words, memory_map=True).unify_dictionaries().combine_chunks()
    starts = np.append(np.flatnonzero(begins(table["entity_id"].chunk(0))), len(table))
    while done < len(table):
        end = int(starts[min(int(np.searchsorted(starts, done + ROWS_AT_ONCE)), len(starts) - 1)])
        ranges.append((done, table.slice(done, end - done)))
        done = end
    return ranges
