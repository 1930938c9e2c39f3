"""As of each tick: a sweep, what it found on the log, what is to wake, what is to be checked.

Deals, customers and cash are read beside the sweeps, for that takes several times as long: whoever falls short now does
not wait for it. The next sweep tells what was seen there, so that one sweep alone decides how much a person is told.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ingest.topics import SWEEPS
from streams import meters
from streams.detection.sweeper import Sweeper
from streams.detection.watch.facts import Facts
from streams.effects.checker import Checker
from streams.log import LogWriter
from warehouse.errors import WarehouseError

log = logging.getLogger(__name__)

WATCHED_EVERY, WATCH_RESTS = timedelta(minutes=1), 20
"""What deals, customers and cash are watched for lasts days, and asks several times as much of the engine as the rest:
between two looks it rests for a minute, and for so many times as long as one took."""

CHECKED_EVERY = timedelta(minutes=10)
"""What was carried out is measured when a day is over: nothing is lost where that is seen ten minutes later."""


class Sweeps:
    """Those of one worker. `sweeper` and `checker` are those of the generation of the moment."""

    def __init__(self, writer: LogWriter, sweeper: Callable[[], Sweeper], checker: Callable[[], Checker]) -> None:
        self._writer, self._sweeper, self._checker = writer, sweeper, checker
        self._watch_from = self._check_from = datetime.min.replace(tzinfo=UTC)
        self._reading: asyncio.Task[Facts] | None = None
        self._read_of: Sweeper | None = None

    async def at(self, now: datetime) -> None:
        """Everything there is to do as of a tick. Raises `WarehouseError` and what Kafka raises."""
        sweeper = self._sweeper()
        facts = self._facts(sweeper)
        with meters.SWEEPS.time():
            found = await sweeper.told(now, facts)
        await self._writer.send_events("findings", found)
        meters.told(found)
        await self._writer.announce({"table": SWEEPS, "at": now.isoformat()})
        self._read(sweeper, now)
        await self._writer.send_events("actions", await sweeper.awakened(now))
        if now >= self._check_from:
            await self._writer.send_events("checks", await self._checker().due(now))
            self._check_from = now + CHECKED_EVERY

    def stop(self) -> None:
        """Give up what is being read."""
        if self._reading:
            self._reading.cancel()

    def _read(self, sweeper: Sweeper, now: datetime) -> None:
        if self._reading is None and now >= self._watch_from:
            self._read_of = sweeper
            self._reading = asyncio.create_task(self._facts_at(sweeper, now))

    async def _facts_at(self, sweeper: Sweeper, now: datetime) -> Facts:
        begun = time.monotonic()
        try:
            return await sweeper.facts(now)
        finally:
            took = timedelta(seconds=time.monotonic() - begun)
            self._watch_from = now + max(WATCHED_EVERY, WATCH_RESTS * took)

    def _facts(self, sweeper: Sweeper) -> Facts | None:
        """What was read beside the sweeps since the last; of another generation nothing."""
        if self._reading is None or not self._reading.done():
            return None
        read, self._reading = self._reading, None
        try:
            facts = read.result()
        except WarehouseError as error:
            log.warning("deals, customers and cash cannot be read right now: %s", error)
            return None
        return facts if sweeper is self._read_of else None
