"""Writing a snapshot: events in any order, in bounded memory, into sorted Parquet files."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.events import Event
from ingest.settings import CompanySettings
from streams.columnar.decoding import Decoder
from streams.readings import READINGS
from streams.snapshot.layout import table_of
from streams.snapshot.manifest import Manifest, SnapshotFile, sha256

AT_ONCE = 50_000
BUCKETS = 32
ROWS_A_FILE = 500_000
ROWS_A_GROUP = 65_536


class _Topic:
    """One topic on its way: buckets by entity, so that what is sorted at once is a small part of the whole."""

    def __init__(self, name: str, folder: Path, company: CompanySettings, part: str) -> None:
        self.name, self._folder, self._part = name, folder, part
        self._fields = READINGS[name][1].fields
        self._decoder = Decoder(READINGS[name][1].model, self._fields, company.zone)
        self._waiting: list[Event] = []
        self._buckets: dict[int, tuple[Any, int]] = {}

    def add(self, event: Event) -> None:
        self._waiting.append(event)
        if len(self._waiting) == AT_ONCE:
            self._spill()

    def files(self) -> Iterable[SnapshotFile]:
        """Sort the buckets into files."""
        self._spill()
        waiting: list[Any] = []
        for place, bucket in enumerate(sorted(self._buckets)):
            writer, _ = self._buckets[bucket]
            writer.close()
            with pa.OSFile(str(self._path(bucket)), "rb") as file:
                waiting.append(
                    pa.ipc.open_stream(file).read_all().sort_by([("entity_id", "ascending"), ("version", "ascending")])
                )
            self._path(bucket).unlink()
            if sum(map(len, waiting)) >= ROWS_A_FILE or place == len(self._buckets) - 1:
                yield self._file(f"{self.name}{self._part}-{place:02d}.parquet", pa.concat_tables(waiting))
                waiting = []

    def _spill(self) -> None:
        if not self._waiting:
            return
        events, self._waiting = self._waiting, []
        raws = [event.model_dump_json(exclude_none=True).encode() for event in events]
        taken = self._decoder.columns(raws, events.__getitem__)
        table = table_of(taken, raws, self._fields)
        bucket = (pl.Series(taken.columns.entity_id).hash() % BUCKETS).to_numpy()
        for number in np.unique(bucket).tolist():
            part = table.filter(pa.array(bucket == number))
            if number not in self._buckets:
                self._buckets[number] = pa.ipc.new_stream(str(self._path(number)), table.schema), number
            self._buckets[number][0].write_table(part)

    def _path(self, bucket: int) -> Path:
        return self._folder / f"{self.name}{self._part}-{bucket:02d}.unsorted"

    def _file(self, name: str, table: Any) -> SnapshotFile:
        path = self._folder / name
        pq.write_table(table, path, compression="zstd", row_group_size=ROWS_A_GROUP, write_statistics=False)
        return SnapshotFile(topic=self.name, name=name, rows=len(table), sha256=sha256(path))


class SnapshotWriter:
    """Takes the events of topics that are summed; after `finish` the folder is a snapshot, before it is none.

    Several may write into one folder at once, each a `part` of its own and entities of its own: what their `files`
    return makes one `Manifest`.
    """

    def __init__(self, folder: Path, company: CompanySettings, part: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._topics = {name: _Topic(name, folder, company, part) for name in READINGS}

    def add(self, topic: str, event: Event) -> None:
        """Take one event, valid already."""
        self._topics[topic].add(event)

    def files(self) -> tuple[SnapshotFile, ...]:
        """Sort and write everything."""
        return tuple(file for topic in self._topics.values() for file in topic.files())

    def finish(self, written_at: datetime) -> Manifest:
        """Sort and write everything: this is the whole of the snapshot."""
        manifest = Manifest(written_at=written_at, files=self.files())
        manifest.save(self.folder)
        return manifest
