"""The events of snapshots as they stand in their files, up to given rows, in parts that fit into memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from deploy.verify.log import Logged, logged
from ingest.retractions import reader
from ingest.topics import TOPICS
from streams.snapshot.manifest import check, snapshots

BEFORE_THE_LOG = -1_000_000
"""A snapshot's files stand before the log's partitions: of a version that is in both, the snapshot's came first."""


@dataclass(frozen=True)
class _File:
    """The first `rows` of a file; `place` is where it stands among all files."""

    path: Path
    place: int
    rows: int

    def groups(self) -> Iterator[Any]:
        """Entity, place, row and event of its rows, some thousands at a time."""
        file, begin = pq.ParquetFile(self.path), 0
        for number in range(file.num_row_groups):
            table = file.read_row_group(number, columns=["entity_id", "event"])[: max(0, self.rows - begin)]
            row = pa.array(range(begin, begin + len(table)), pa.int64())
            yield table.append_column("row", row).append_column("place", pa.repeat(self.place, len(table)))
            begin += file.metadata.row_group(number).num_rows


class Snapshots:
    """Every snapshot below a folder; none where there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self._found = list(snapshots(folder)) if folder else []
        self.topic_ids = [manifest.topic_id for _, manifest in self._found]

    def parts(self, topic: str, up_to: Mapping[tuple[str, int], int], most: int) -> "Parts":
        """The events of a topic up to and with the given row of each file, some `most` of them at a time."""
        files, place = [], BEFORE_THE_LOG
        for folder, manifest in self._found:
            for partition, file in manifest.of_topic(topic):
                place += 1
                if rows := up_to.get((manifest.topic_id, partition), -1) + 1:
                    files.append(_File(check(folder, file), place, rows))
        return Parts(topic, files, most)


class Parts:
    """The events of some files, dealt by entity to so many parts that each has some `most`; what is dealt lies in a
    folder that goes with `close`."""

    def __init__(self, topic: str, files: Sequence[_File], most: int) -> None:
        self._topic, self._files = topic, files
        self._number = max(1, ceil(sum(file.rows for file in files) / most))
        self._folder = TemporaryDirectory(prefix="oneboard-verify-")
        if self._number > 1:
            self._deal()

    def __len__(self) -> int:
        return self._number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was dealt."""
        self._folder.cleanup()

    def part_of(self, entity_id: str) -> int:
        """The number of the part that an entity belongs to."""
        return crc32(entity_id.encode()) % self._number

    def read(self, number: int) -> Iterator[Logged]:
        """Every event of a part, file by file."""
        parse = reader(TOPICS[self._topic])
        for table in self._tables(number):
            columns = (table[name].to_pylist() for name in ("place", "row", "event"))
            for place, row, event in zip(*columns, strict=True):
                yield logged(self._topic, parse, place, row, event.encode())

    def _path(self, number: int) -> Path:
        return Path(self._folder.name) / f"{number}.arrow"

    def _deal(self) -> None:
        writers: dict[int, Any] = {}
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        for file in self._files:
            for table in file.groups():
                part = np.fromiter(map(self.part_of, table["entity_id"].to_pylist()), np.int32, len(table))
                for number in np.unique(part).tolist():
                    if number not in writers:
                        writers[number] = pa.ipc.new_stream(str(self._path(number)), table.schema, options=options)
                    writers[number].write_table(table.filter(pa.array(part == number)))
        for writer in writers.values():
            writer.close()

    def _tables(self, number: int) -> Iterator[Any]:
        if self._number == 1:
            for file in self._files:
                yield from file.groups()
        elif self._path(number).exists():
            with pa.OSFile(str(self._path(number)), "rb") as source:
                for batch in pa.ipc.open_stream(source):
                    yield pa.table(batch)
