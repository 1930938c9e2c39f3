"""Events dealt by entity to parts that fit into memory: however many there are, one part at a time is held."""

import os
from collections.abc import Iterable, Iterator
from math import ceil
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any, Self

import numpy as np
import polars as pl
import psutil
import pyarrow as pa

from deploy.verify.log import Logged, logged
from ingest.retractions import reader
from ingest.topics import TOPICS

AT_ONCE = 50_000
"""Events of a part, some 7 kB each while they are looked at."""
MOST = 500
"""Parts: each is an open file while events are dealt. Beyond that they become larger."""
_TYPES: dict[str, Any] = {"entity_id": pa.string(), "place": pa.int64(), "row": pa.int64(), "event": pa.binary()}
COLUMNS = pa.schema(_TYPES)
"""Of an event: whose it is, where it stands, what it says."""
_ASIDE = "aside-"


def hashes(ids: Any) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """A number for each entity, the same wherever it is named."""
    return pl.Series(ids, dtype=pl.String).hash().to_numpy()


class Parts:
    """The events of a topic that are dealt to it, some `AT_ONCE` of `rows` a part; a context that clears up."""

    def __init__(self, topic: str, rows: int, folder: Path) -> None:
        self._topic, self._number = topic, min(MOST, max(1, ceil(rows / AT_ONCE)))
        self._held: list[Any] = []
        self._writers: dict[int, Any] = {}
        self._folder = aside(folder)

    def __len__(self) -> int:
        return self._number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def deal(self, tables: Iterable[Any]) -> None:
        """More events, in tables of `COLUMNS`."""
        for table in tables:
            if self._number == 1:
                self._held.append(table)
                continue
            part = hashes(table["entity_id"]) % self._number
            order = np.argsort(part, kind="stable")
            sorted_table, begins = table.take(order), np.searchsorted(part[order], np.arange(self._number + 1))
            for number in np.unique(part).tolist():
                begin, end = int(begins[number]), int(begins[number + 1])
                self._writer(number).write_table(sorted_table[begin:end])

    def of(self, number: int) -> list[Logged]:
        """The events of a part, in their order; nothing is dealt after that."""
        while self._writers:
            self._writers.popitem()[1].close()
        parse = reader(TOPICS[self._topic])
        found = [
            logged(self._topic, parse, place, row, event)
            for table in self._tables(number)
            for place, row, event in zip(*(table[name].to_pylist() for name in COLUMNS.names[1:]), strict=True)
        ]
        return sorted(found, key=lambda one: (one.partition, one.offset))

    def _path(self, number: int) -> Path:
        return Path(self._folder.name) / f"{number}.arrow"

    def _writer(self, number: int) -> Any:
        if number not in self._writers:
            options = pa.ipc.IpcWriteOptions(compression="zstd")
            self._writers[number] = pa.ipc.new_stream(str(self._path(number)), COLUMNS, options=options)
        return self._writers[number]

    def _tables(self, number: int) -> Iterator[Any]:
        if self._number == 1:
            yield from self._held
        elif self._path(number).exists():
            with pa.OSFile(str(self._path(number)), "rb") as source:
                yield from map(pa.table, pa.ipc.open_stream(source))


def aside(folder: Path) -> TemporaryDirectory[str]:
    """A folder below another for what is on its way."""
    return TemporaryDirectory(prefix=f"{_ASIDE}{os.getpid()}-", dir=folder)


def clear(folder: Path) -> None:
    """Remove what a process that was killed had put aside."""
    for one in folder.glob(f"{_ASIDE}*"):
        if not psutil.pid_exists(int(one.name.split("-")[1])):
            rmtree(one, ignore_errors=True)
