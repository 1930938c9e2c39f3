"""Room on the engine's disk, watched: with little left nothing is written any more.

chDB 26.9 does not notice a write that fails: where the disk fills up in the middle of a merge, the merged part is taken
for good with files cut short, and the whole ones are deleted (seen on tmpfs and on ext4). So it is kept from writing
while there is still some room, more than a second of anybody else's writing takes.
"""

import logging
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)
RESERVE_BYTES = 1 << 30
LOOKS_EVERY_SECONDS = 0.5


class Room:
    """With less than `reserve` bytes free `merge(False)` is called, and `merge(True)` when there is room again."""

    def __init__(self, folder: Path, merge: Callable[[bool], None], reserve: int = RESERVE_BYTES) -> None:
        self._folder, self._merge, self._reserve = folder, merge, reserve
        self.free = reserve
        self._was_tight = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="room", daemon=True)

    @property
    def is_tight(self) -> bool:
        """Whether nothing may be written now."""
        return self.free < self._reserve

    def __str__(self) -> str:
        free, kept = (f"{one / 2**20:,.0f} MB" for one in (self.free, self._reserve))
        return f"{free} are left on the disk of {self._folder} and {kept} are kept free: make room"

    def start(self) -> None:
        """Look once, then again and again until `stop`."""
        self._look()
        self._thread.start()

    def stop(self) -> None:
        """Returns when nothing is asked of the engine any more."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOKS_EVERY_SECONDS):
            self._look()

    def _look(self) -> None:
        try:
            self.free = shutil.disk_usage(self._folder).free
            if self.is_tight:
                self._merge(False)  # again and again: tables may have been made meanwhile
            elif self._was_tight:
                self._merge(True)
        except (OSError, RuntimeError) as error:
            log.warning("whether there is room on the disk is not known: %s", error)
            return
        if self.is_tight is not self._was_tight:
            log.warning("nothing is written: %s", self) if self.is_tight else log.warning("there is room again")
        self._was_tight = self.is_tight
