"""The fictional company's history as a snapshot: its pieces written by as many processes as there are cores."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from pathlib import Path
from typing import Self

from deploy.errors import CannotRun
from deploy.local.leash import end_with
from deploy.simulation import Told, company_of
from ingest.events import Event
from ingest.settings import company
from ingest.simulator.company import Company
from ingest.simulator.history import Piece, pieces, stated
from streams.readings import READINGS
from streams.snapshot.manifest import Manifest, SnapshotFile
from streams.snapshot.writing import SnapshotWriter

MOST_PROCESSES = 8
"""More of them wait for the disk, and each holds the whole company in memory."""


class Founding:
    """A history up to `until` on its way into `folder`; the processes end with this one."""

    def __init__(self, told: Told, until: datetime, folder: Path) -> None:
        self._company, self._until, self._folder = company_of(told), until, folder
        self._pieces = pieces(self._company, until)
        self._written = 0
        self._own = SnapshotWriter(folder, company())
        self._files: list[SnapshotFile] = []
        self._pool = ProcessPoolExecutor(
            min(os.cpu_count() or 1, MOST_PROCESSES, len(self._pieces)),
            multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(told, os.getpid()),
        )
        self._writing = [self._pool.submit(_write, piece, until, folder) for piece in self._pieces]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    @property
    def share_written(self) -> float:
        """The part of the pieces that is written."""
        return self._written / len(self._pieces)

    def stated(self) -> Iterator[tuple[str, Event]]:
        """What the company says of itself, but for what is summed: that is written too."""
        for topic, event in stated(self._company, self._until):
            if topic in READINGS:
                self._own.add(topic, event)
            else:
                yield topic, event

    def pieces(self) -> Iterator[int]:
        """So many events are written: told after each piece. Raises `CannotRun`."""
        try:
            for done in as_completed(self._writing):
                self._files += done.result()
                self._written += 1
                yield sum(file.rows for file in self._files)
        except BrokenProcessPool as error:
            raise CannotRun(
                "A process that wrote history was killed, most likely for want of memory: free some."
            ) from error

    def finish(self) -> Manifest:
        """The snapshot is whole: after `stated` and `pieces` have come to their ends."""
        files = sorted((*self._files, *self._own.files()), key=lambda file: file.name)
        manifest = Manifest(written_at=self._until.replace(microsecond=0), files=tuple(files))
        manifest.save(self._folder)
        return manifest


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
