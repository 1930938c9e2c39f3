"""The events of snapshots as they stand in their files, up to given rows: all, or those of given entities."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from deploy.verify.parts import COLUMNS, hashes
from streams.snapshot.manifest import check, snapshots

BEFORE_THE_LOG = -1_000_000
"""A snapshot's files stand before the log's partitions: of a version that is in both, the snapshot's came first."""


@dataclass(frozen=True)
class File:
    """The first `rows` of a file that is what its manifest says; `place` is where it stands among all files."""

    path: Path
    place: int
    rows: int
    sha256: str


@dataclass(frozen=True)
class Group:
    """Rows of one row group of a file: `rows` from its first on, or of these the `chosen`."""

    file: File
    number: int
    begin: int
    rows: int
    chosen: Any = None

    def ids(self) -> Any:
        """Whose events they are."""
        return self._column("entity_id")

    def table(self) -> Any:
        """Their events, as `COLUMNS`."""
        row = np.arange(self.rows) if self.chosen is None else self.chosen
        place = pa.repeat(self.file.place, len(row))
        event = self._column("event").cast(pa.binary())
        return pa.table([self.ids(), place, pa.array(self.begin + row), event], schema=COLUMNS)

    def _column(self, name: str) -> Any:
        column = pq.ParquetFile(self.file.path).read_row_group(self.number, columns=[name])[name][: self.rows]
        return column if self.chosen is None else column.take(pa.array(self.chosen))


class Snapshots:
    """Every snapshot below a folder; none where there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self._found = list(snapshots(folder)) if folder else []
        self.topic_ids = [manifest.topic_id for _, manifest in self._found]

    def files(self, topic: str, up_to: Mapping[tuple[str, int], int]) -> list[File]:
        """The files of a topic, up to and with the given row of each. Raises `SnapshotBroken`."""
        files, place = [], BEFORE_THE_LOG
        for folder, manifest in self._found:
            for partition, file in manifest.of_topic(topic):
                place += 1
                if rows := up_to.get((manifest.topic_id, partition), -1) + 1:
                    files.append(File(check(folder, file), place, rows, file.sha256))
        return files


def groups(files: Sequence[File]) -> Iterator[Group]:
    """All rows, some thousands at a time."""
    for file in files:
        held, begin = pq.ParquetFile(file.path).metadata, 0
        for number in range(held.num_row_groups):
            if (rows := min(held.row_group(number).num_rows, file.rows - begin)) > 0:
                yield Group(file, number, begin, rows)
            begin += held.row_group(number).num_rows


def of_entities(files: Sequence[File], wanted: Any) -> Iterator[Group]:
    """The rows of the entities with these `hashes`."""
    if len(wanted):
        for group in groups(files):
            if len(chosen := np.flatnonzero(np.isin(hashes(group.ids()), wanted))):
                yield Group(group.file, group.number, group.begin, group.rows, chosen)
