"""The worker: a Faust app with one agent a topic, each a few lines around a `Sink`."""

import asyncio
import gc
import logging
import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import faust
from aiokafka.errors import KafkaError
from faust.types import TP
from pydantic import ValidationError

from ingest.events import Tick
from ingest.letters.letter import standstill
from ingest.settings import CompanySettings, KafkaSettings, company, kafka
from ingest.topics import TOPICS
from streams import meters
from streams.batches import Batch
from streams.consumer import BatchConsumer
from streams.dead_letters import TooManyDeadLetters
from streams.detection.sweeper import Sweeper
from streams.edition import Editions
from streams.footing import Footing, misfit
from streams.log import LogWriter
from streams.patience import until_well
from streams.readings import READINGS, transform_of
from streams.settings import WorkerSettings, worker
from streams.sink import Sink
from streams.statements import STATEMENTS
from telemetry import exposition, logs
from telemetry.settings import telemetry
from warehouse.client import AsyncWarehouse
from warehouse.errors import WarehouseError
from warehouse.settings import WarehouseSettings, warehouse_settings

log = logging.getLogger(__name__)

TAKEN_AT_ONCE = 64
LOOKS_EVERY_SECONDS = 2.0
"""How often the lag is told to the meters, and whether topics and warehouse are still the same is asked."""
ENDS_WITHIN_SECONDS = 20.0
"""Told to stop, a worker is gone after this, whatever does not answer: what it holds it can hold again."""
BUFFERED = 32
"""Fetched batches that may wait for an agent, each of at most one fetch: more make larger parts, and fewer merges."""
SWEEPS_UP_TO_LAG = 500
"""With more than this still to store, what is missing would look like a gap in sales."""


class Worker:
    """Everything a worker holds: the app, a sink for each topic, and the connections they share."""

    def __init__(
        self,
        settings: WorkerSettings,
        company_settings: CompanySettings,
        kafka_settings: KafkaSettings,
        warehouse_settings: WarehouseSettings,
    ) -> None:
        self.settings, self.company, self.kafka = settings, company_settings, kafka_settings
        self.warehouse = AsyncWarehouse(warehouse_settings)
        self.editions = Editions(self.warehouse)
        self.footing = Footing(self.warehouse, kafka_settings)
        self.log = LogWriter(kafka_settings)
        self.sweeper = Sweeper(self.warehouse, company_settings)
        self.sinks = {name: self._sink(name) for name in (*READINGS, *STATEMENTS)}
        self.app = self._app()

    def _sink(self, name: str) -> Sink:
        return Sink(
            TOPICS[name],
            transform_of(name, self.company, self.warehouse, self.settings.cached_entities),
            self.warehouse,
            self.settings,
            send_letters=self.log.send_letters,
            announce=self.log.announce,
            rewind=self._rewind,
            stored=self.editions.stored if name == "org" else None,
        )

    def _app(self) -> faust.App:
        app = faust.App(
            self.settings.group,
            broker=[f"kafka://{server}" for server in self.kafka.bootstrap.split(",")],
            broker_credentials=_credentials(self.kafka),
            store="memory://",
            datadir=self.settings.scratch_dir,
            web_enabled=False,
            table_standby_replicas=0,
            stream_wait_empty=False,
            stream_buffer_maxsize=BUFFERED,
            topic_allow_declare=False,
            topic_disable_leader=True,
            consumer_group_instance_id=self.settings.instance,
            broker_session_timeout=self.settings.session_seconds,
            broker_rebalance_timeout=self.settings.session_seconds,
            broker_heartbeat_interval=self.settings.session_seconds / 3,
            broker_commit_interval=1.0,
            consumer_max_fetch_size=self.settings.fetch_bytes,
            consumer_auto_offset_reset="earliest",
            consumer_metadata_max_age_ms=10_000,  # by default a topic made anew is not looked for within five minutes
        )
        consumer = type("WarehouseConsumer", (BatchConsumer,), {"begin_at": staticmethod(self._begin_at)})
        app.transport.Consumer = consumer  # type: ignore[misc]
        for name in self.sinks:
            self._add_agent(app, name)
        self._add_clock(app)

        async def look() -> None:
            meters.behind(self._lags())
            if what := await self.footing.exchanged():
                log.warning("%s: what this worker remembers is forgotten, and it begins again", "; ".join(what))
                try:
                    await self._begin_again()
                except KafkaError as error:
                    log.warning("it cannot begin again yet: %s", error)

        app.timer(interval=LOOKS_EVERY_SECONDS)(look)
        app.on_before_shutdown.connect(self._close)
        return app

    async def _begin_again(self) -> None:
        for tp, offset in (await self._begin_at(set(self.app.consumer.assignment()))).items():
            await self.app.consumer.seek(tp, offset)

    async def _close(self, *_: Any, **__: Any) -> None:
        await self.log.stop()
        self.footing.close()
        await self.warehouse.close()

    def _add_agent(self, app: faust.App, name: str) -> None:
        channel = app.topic(
            self.kafka.topic_prefix + name,
            key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw",
        )  # fmt: skip
        sink, within = self.sinks[name], self.settings.gather_seconds

        async def store(stream: Any) -> None:
            async for events in stream.noack_take(TAKEN_AT_ONCE, within=within):
                await self._take(sink, [event.message.value for event in events])
                for event in events:
                    await stream.ack(event)

        app.agent(channel, name=f"store-{name}", concurrency=1)(store)

    async def _take(self, sink: Sink, batches: list[Batch]) -> None:
        """Store the batches. A stream in which too much is bad stands still, and says so, until it is let through."""
        is_ours = True
        while is_ours:
            try:
                return await sink.take(batches)
            except TooManyDeadLetters as flood:
                log.error("%s", flood)
                is_ours = await self._let_through(sink, flood)
        return None

    async def _let_through(self, sink: Sink, flood: TooManyDeadLetters) -> bool:
        """Wait until somebody lets the bad events through; False when the partition has become another worker's."""
        tp = TP(self.kafka.topic_prefix + sink.topic.name, flood.partition)
        subject = standstill(sink.topic.name, flood.partition, flood.offset)
        asked = "SELECT count() FROM action_events WHERE subject = {subject:String} AND what = 'let_through'"
        while tp in self.app.consumer.assignment():
            try:
                if (await self.warehouse.rows(asked, {"subject": subject}))[0][0]:
                    sink.let_through(flood.partition, flood.offset)
                    return True
            except WarehouseError as error:
                log.warning("%s: %s", subject, error)
            await asyncio.sleep(self.settings.standstill_seconds)
        return False

    def _add_clock(self, app: faust.App) -> None:
        """The worker that holds the one partition of `ticks` is the clock, and sweeps as of each tick it reads."""
        clock = TP(self.kafka.topic_prefix + "ticks", 0)
        channel = app.topic(clock.topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

        async def tick() -> None:
            if clock in app.consumer.assignment() and sum(self._lags().values()) <= SWEEPS_UP_TO_LAG:
                await self.log.send_events("ticks", [Tick(occurred_at=datetime.now(UTC), source="worker")])

        async def sweep(stream: Any) -> None:
            async for events in stream.noack_take(TAKEN_AT_ONCE, within=self.settings.gather_seconds):
                newest = events[-1].message.value.records[-1]
                try:
                    as_of = Tick.model_validate_json(newest.value).occurred_at
                    with meters.SWEEPS.time():
                        found = await self.sweeper.sweep(as_of)
                    await self.log.send_events("findings", found)
                    meters.told(found)
                except (WarehouseError, ValidationError, KafkaError) as error:
                    log.warning("no sweep as of this tick: %s", error)
                    meters.SWEEPS_FAILED.inc()
                for event in events:
                    await stream.ack(event)

        app.timer(interval=self.settings.tick_seconds)(tick)
        app.agent(channel, name="sweep", concurrency=1)(sweep)

    def _lags(self) -> dict[tuple[str, int], int]:
        """Records of the log that are not in the warehouse yet, by topic and partition of this worker's."""
        behind = {}
        for tp in self.app.consumer.assignment():
            name = tp.topic.removeprefix(self.kafka.topic_prefix)
            if sink := self.sinks.get(name):
                end = self.app.consumer.highwater(tp) or 0
                behind[name, tp.partition] = max(0, end - 1 - sink.reached(tp.partition))
        return behind

    async def _begin_at(self, assigned: set[TP]) -> Mapping[TP, int]:
        """Where each assigned partition goes on: after the warehouse's watermark."""
        prefix = self.kafka.topic_prefix
        names = {tp.topic.removeprefix(prefix) for tp in assigned} & set(self.sinks)
        topic_ids = await self.footing.stand_on(names)
        begin: dict[TP, int] = {}

        async def find(name: str) -> None:
            partitions = [tp.partition for tp in assigned if tp.topic == prefix + name]
            watermarks = await self.sinks[name].begin(topic_ids[name], partitions)
            begin.update({TP(prefix + name, partition): mark + 1 for partition, mark in watermarks.items()})
            if name == "org":
                await until_well(name, self.editions.begin)

        await asyncio.gather(*map(find, sorted(names)))
        await self._refuse_misfits(begin)
        await self.log.announce({"table": "all", "slices": "all"})
        return begin

    async def _refuse_misfits(self, begin: Mapping[TP, int]) -> None:
        """Where the log does not hold the place at which a partition is to go on, it stands still and says so."""
        consumer = self.app.consumer
        first, end = await consumer.earliest_offsets(*begin), await consumer.highwaters(*begin)
        for tp, offset in begin.items():
            if why := misfit(offset, first.get(tp) or 0, end.get(tp) or 0):
                self.sinks[tp.topic.removeprefix(self.kafka.topic_prefix)].refuse(tp.partition, why)

    async def _rewind(self, topic: str, partition: int, offset: int) -> None:
        await self.app.consumer.seek(TP(self.kafka.topic_prefix + topic, partition), offset)


def _credentials(settings: KafkaSettings) -> faust.SASLCredentials | faust.SSLCredentials | None:
    """Faust's words for how Kafka is reached; None where anybody may."""
    context, password = settings.ssl_context(), settings.sasl_password
    if settings.security_protocol.startswith("SASL"):
        return faust.SASLCredentials(
            mechanism=settings.sasl_mechanism,
            username=settings.sasl_username,
            password=password.get_secret_value() if password else None,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context else None


def create() -> faust.App:
    """The Faust app, from the settings of the environment."""
    return Worker(worker(), company(), kafka(), WarehouseSettings()).app


class Process(faust.Worker):
    """Faust's worker, which ends when it is told to even where a broker that is away keeps Faust waiting."""

    async def stop(self) -> None:
        last = threading.Timer(ENDS_WITHIN_SECONDS, os._exit, [0])
        last.daemon = True
        last.start()
        await super().stop()


def main() -> None:
    """Run a worker until it is told to stop."""
    # A batch makes hundreds of thousands of objects and no circles: looking for some took 40 % of the worker's time.
    gc.set_threshold(200_000, 50, 100)
    logs.begin("worker", telemetry(), kafka(), warehouse_settings())
    exposition.serve(telemetry())
    running = Process(create(), override_logging=False, redirect_stdouts=False, quiet=True)
    running.spinner = None  # it would draw between the lines of the log
    running.execute_from_commandline()
