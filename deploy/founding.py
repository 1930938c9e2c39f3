"""The fictional company's history as snapshots, one a month: written by as many processes as there are cores."""

import gc
import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from pathlib import Path
from typing import Self

from deploy.errors import CannotRun
from deploy.local.leash import end_with
from deploy.simulation import company_of
from deploy.told import Told
from ingest.events import Event
from ingest.settings import company
from ingest.simulator.company import Company
from ingest.simulator.history import Piece, pieces, stated
from streams.readings import READINGS
from streams.snapshot.manifest import MANIFEST, Manifest, SnapshotFile
from streams.snapshot.writing import SnapshotWriter

MOST_PROCESSES = 8
"""More of them wait for the disk, and each holds the whole company in memory."""

_Writing = Future[tuple[SnapshotFile, ...]]


class Founding:
    """A history up to `until` on its way into folders beside each other; the processes end with this one.

    A folder that is finished stays as it is, so that what was broken off goes on.
    """

    def __init__(self, told: Told, until: datetime, beside: Path) -> None:
        self._company, self._until = company_of(told), until
        self._name = beside / f"{told.size}-{told.seed}-{told.founded_on}"
        months: dict[str, list[Piece]] = {}
        for piece in pieces(self._company, until):
            months.setdefault(f"{min(piece.month.start, until.date()):%Y-%m}", []).append(piece)
        newest_first = {month: months[month] for month in sorted(months, reverse=True)}
        missing = {month: some for month, some in newest_first.items() if not (self._folder(month) / MANIFEST).exists()}
        self._pool = ProcessPoolExecutor(
            min(os.cpu_count() or 1, MOST_PROCESSES),
            multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(told, os.getpid()),
        )
        self._writing: dict[str, list[_Writing]] = {}
        for month, some in missing.items():
            shutil.rmtree(self._folder(month), ignore_errors=True)
            self._writing[month] = [self._pool.submit(_write, piece, until, self._folder(month)) for piece in some]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def stated(self) -> Iterator[tuple[str, Event]]:
        """What the company says of itself, but for what is summed: that is a snapshot of its own."""
        folder = self._folder("stated")
        shutil.rmtree(folder, ignore_errors=True)
        writer = SnapshotWriter(folder, company())
        for topic, event in stated(self._company, self._until):
            if topic in READINGS:
                writer.add(topic, event)
            else:
                yield topic, event
        writer.finish(self._until)

    def months(self) -> Iterator[Path]:
        """The folder of each month when its snapshot is written, the newest first. Raises `CannotRun`."""
        try:
            for month, writing in self._writing.items():
                wait(writing)
                files = sorted((file for one in writing for file in one.result()), key=lambda file: file.name)
                Manifest(written_at=self._until, files=tuple(files)).save(self._folder(month))
                yield self._folder(month)
        except BrokenProcessPool as error:
            raise CannotRun("A process of the history was killed, most likely for want of memory.") from error

    def _folder(self, part: str) -> Path:
        return self._name.with_name(f"{self._name.name}-{part}")


_told_of: list[Company] = []


def _begin(told: Told, parent: int) -> None:
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C goes to all of us, and there is nothing to be said of it here
    gc.set_threshold(200_000, 50, 100)  # events are no circles: looking for some took 40 % of the time
    _told_of[:] = [company_of(told)]


def _write(piece: Piece, until: datetime, folder: Path) -> tuple[SnapshotFile, ...]:
    writer = SnapshotWriter(folder, company(), f"-{piece.what}-{piece.month.start:%y%m}")
    for topic, event in piece.happened(_told_of[0], until):
        writer.add(topic, event)
    return writer.files()
