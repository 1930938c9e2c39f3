"""The clock: the worker that holds the one partition of `ticks` sends them, and sweeps as of each that it reads."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import faust
from aiokafka.errors import KafkaError
from faust.types import TP
from pydantic import ValidationError

from ingest.events import Tick
from streams import meters
from streams.detection.sweeper import Sweeper
from streams.effects.checker import Checker
from streams.log import LogWriter
from streams.settings import WorkerSettings
from streams.sweeps import Sweeps
from streams.trials import Trials
from warehouse.errors import WarehouseError

log = logging.getLogger(__name__)

TAKEN_AT_ONCE = 64
LOOKS_EVERY_SECONDS, LOOK_RESTS = 0.5, 4
"""How long it is rested between two looks whether what came makes somebody short, so that it is time to sweep, and how
many times as long as a look took: on a busy machine the board goes first."""

SWEEP_RESTS = 4
"""How many times as long as a sweep took it is rested after it, but for an event that makes somebody short: it finds
nobody at work, and what moves with the clock alone can wait for seconds."""

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

    sweeps, urgent = Sweeps(writer, sweeper, checker), asyncio.Event()

    async def look() -> None:
        """An event that makes somebody short is reason for a tick of its own."""
        if clock in app.consumer.assignment() and not urgent.is_set() and lag() <= SWEEPS_UP_TO_LAG:
            try:
                if await sweeper().tips():
                    urgent.set()
                    await tick()
            except (WarehouseError, KafkaError) as error:
                log.warning("what came cannot be held against what was expected: %s", error)

    async def look_on() -> None:
        took = 0.0
        while not app.should_stop:
            await app.sleep(max(LOOKS_EVERY_SECONDS, LOOK_RESTS * took))
            begin = time.monotonic()
            await look()
            took = time.monotonic() - begin

    async def sweep(stream: Any) -> None:
        async for events in stream.noack_take(TAKEN_AT_ONCE, within=settings.gather_seconds):
            newest, begin = events[-1].message.value.records[-1], time.monotonic()
            urgent.clear()
            try:
                await sweeps.at(Tick.model_validate_json(newest.value).occurred_at)
            except (WarehouseError, ValidationError, KafkaError) as error:
                log.warning("no sweep as of this tick: %s", error)
                meters.SWEEPS_FAILED.inc()
            for event in events:
                await stream.ack(event)
            with suppress(TimeoutError):
                await asyncio.wait_for(urgent.wait(), SWEEP_RESTS * (time.monotonic() - begin))

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

    async def stop(*_: Any, **__: Any) -> None:
        sweeps.stop()

    app.timer(interval=settings.tick_seconds)(tick)
    app.timer(interval=BUILDS_EVERY_SECONDS)(build)
    app.timer(interval=settings.tick_seconds)(try_rules)
    app.task(look_on)
    app.agent(channel, name="sweep", concurrency=1)(sweep)
    app.on_before_shutdown.connect(stop, weak=False)
