"""The clock: the worker that holds the one partition of `ticks` sends them, and sweeps as of each that it reads."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import faust
from aiokafka.errors import KafkaError
from faust.types import TP
from pydantic import ValidationError

from ingest.events import Tick
from ingest.topics import SWEEPS
from streams import meters
from streams.detection.sweeper import Sweeper
from streams.effects.checker import Checker
from streams.log import LogWriter
from streams.settings import WorkerSettings
from streams.trials import Trials
from warehouse.errors import WarehouseError

log = logging.getLogger(__name__)

TAKEN_AT_ONCE = 64
WATCHED_EVERY, WATCH_RESTS = timedelta(minutes=1), 20
"""What deals, customers and cash are watched for lasts days, and asks several times as much of the engine as the rest:
between two looks it rests for a minute, and for so many times as long as one took."""

CHECKED_EVERY = timedelta(minutes=10)
"""What was carried out is measured when a day is over: nothing is lost where that is seen ten minutes later."""

BUILDS_EVERY_SECONDS = 5.0
"""How often it is asked whether a baseline is to be built."""

SWEEPS_UP_TO_LAG = 500
"""With more than this still to store, what is missing would look like a gap in sales."""


def add_clock(
    app: faust.App,
    clock: TP,
    settings: WorkerSettings,
    writer: LogWriter,
    *,
    sweeper: Callable[[], Sweeper],
    checker: Callable[[], Checker],
    trials: Callable[[], Trials],
    baseline: Callable[[], Awaitable[bool]],
    lag: Callable[[], int],
) -> None:
    """Let the app tick and sweep. `sweeper` and `checker` are those of the generation of the moment, `baseline` builds
    one where it is wanted, `lag` is in records of the log."""
    channel = app.topic(clock.topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    async def tick() -> None:
        if clock in app.consumer.assignment() and lag() <= SWEEPS_UP_TO_LAG:
            await writer.send_events("ticks", [Tick(occurred_at=datetime.now(UTC), source="worker")])

    async def sweep(stream: Any) -> None:
        watch_from = check_from = datetime.min.replace(tzinfo=UTC)
        async for events in stream.noack_take(TAKEN_AT_ONCE, within=settings.gather_seconds):
            newest, begin = events[-1].message.value.records[-1], time.monotonic()
            try:
                as_of = Tick.model_validate_json(newest.value).occurred_at
                is_watched = as_of >= watch_from
                with meters.SWEEPS.time():
                    found = await sweeper().sweep(as_of, watch=is_watched)
                await writer.send_events("findings", found)
                await writer.send_events("actions", await sweeper().awakened(as_of))
                meters.told(found)
                await writer.announce({"table": SWEEPS, "at": as_of.isoformat()})
                if as_of >= check_from:
                    await writer.send_events("checks", await checker().due(as_of))
                    check_from = as_of + CHECKED_EVERY
                if is_watched:
                    took = timedelta(seconds=time.monotonic() - begin)
                    watch_from = as_of + max(WATCHED_EVERY, WATCH_RESTS * took)
            except (WarehouseError, ValidationError, KafkaError) as error:
                log.warning("no sweep as of this tick: %s", error)
                meters.SWEEPS_FAILED.inc()
            for event in events:
                await stream.ack(event)
            await asyncio.sleep(time.monotonic() - begin)  # where one is long, half of a core is left to the board

    async def try_rules() -> None:
        if clock in app.consumer.assignment():
            try:
                await trials().look()
            except (WarehouseError, KafkaError) as error:
                log.warning("no rule can be tried right now: %s", error)

    async def build() -> None:
        if clock in app.consumer.assignment() and lag() <= SWEEPS_UP_TO_LAG:
            try:
                if await baseline():
                    log.info("a version of the baseline is built")
            except (WarehouseError, KafkaError) as error:
                log.warning("no baseline can be built right now: %s", error)

    app.timer(interval=settings.tick_seconds)(tick)
    app.timer(interval=BUILDS_EVERY_SECONDS)(build)
    app.timer(interval=settings.tick_seconds)(try_rules)
    app.agent(channel, name="sweep", concurrency=1)(sweep)
