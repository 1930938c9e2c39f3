"""The board's own eye on the system: one task that looks every few seconds as long as the server lives."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from dashboard.health.record import Record
from dashboard.settings import dashboard
from ingest.settings import ingest, kafka

if TYPE_CHECKING:
    from dashboard.health.looking import Looker

log = logging.getLogger(__name__)
HERE = "http://127.0.0.1"
EVERY_SECONDS = 5.0
FIRST_AFTER_SECONDS = 2.0
"""What the first screen needs comes first."""


class Watch:
    """Looks from `start` to `stop`; `record` is what was seen."""

    def __init__(self, opened: Callable[[], "Looker"]) -> None:
        self.record = Record()
        self._opened = opened
        self._looker: Looker | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, in the loop at hand."""
        self._task = asyncio.create_task(self._for_ever())

    async def stop(self) -> None:
        """Look no more."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._looker:
            await asyncio.to_thread(self._looker.close)

    async def _for_ever(self) -> None:
        await asyncio.sleep(FIRST_AFTER_SECONDS)
        self._looker = await asyncio.to_thread(self._opened)
        while True:
            try:
                async with asyncio.timeout(6 * EVERY_SECONDS):
                    self.record.add(await self._looker.look())
            except TimeoutError:
                log.warning("no look at the system's health: it took more than %s s", 6 * EVERY_SECONDS)
            except Exception:  # the eye must not go blind for good over one look
                log.exception("no look at the system's health")
            await asyncio.sleep(EVERY_SECONDS)


_running: list[Watch] = []


def start(screens: Callable[[], int]) -> None:
    """Begin to look at everything that the settings name; `screens` says how many tabs are open."""

    def opened() -> "Looker":
        from dashboard.health.looking import Looker  # its Kafka client takes half a second to load

        settings = dashboard()
        return Looker.of(kafka(), settings.worker_group, settings.ingest_url or f"{HERE}:{ingest().port}", screens)

    _running[:] = [Watch(opened)]
    _running[0].start()


async def stop() -> None:
    """End it."""
    while _running:
        await _running.pop().stop()


def record() -> Record:
    """What was seen so far; nothing before the server's start."""
    return _running[0].record if _running else Record()
