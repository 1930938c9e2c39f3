"""The worker: a Faust app with one agent a topic, each a few lines around a `Sink`."""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import faust
from aiokafka.errors import IllegalStateError, KafkaError
from faust.types import TP

from ingest.letters.letter import standstill
from ingest.settings import CompanySettings, KafkaSettings
from streams import meters
from streams.baselines import Baselines
from streams.batches import Batch
from streams.clock import TAKEN_AT_ONCE, add_clock
from streams.consumer import BatchConsumer
from streams.credentials import credentials
from streams.dead_letters import TooManyDeadLetters
from streams.footing import misfit
from streams.lag import Lag
from streams.log import LogWriter
from streams.patience import until_well
from streams.settings import WorkerSettings
from streams.stores import STORED, Stores
from streams.trials import Trials
from streams.watchdog import Progress, Watchdog
from warehouse.client import AsyncWarehouse
from warehouse.errors import WarehouseError
from warehouse.settings import WarehouseSettings

log = logging.getLogger(__name__)

LOOKS_EVERY_SECONDS = 2.0
"""How often the lag is told to the meters, and asked whether topics and warehouse are still the same, and current."""
BUFFERED = 32
"""Fetched batches that may wait for an agent, each of at most one fetch: more make larger parts, and fewer merges."""

FEW, RESTS_AT_MOST_SECONDS = 2_000, 0.1
"""After so few events the warehouse is left to the board for as long as they took: an insert costs much the same
however many they are, and the next will hold what comes meanwhile."""


class Worker:
    """Everything a worker holds: the app, where its events go, and the connections they share."""

    def __init__(
        self,
        settings: WorkerSettings,
        company_settings: CompanySettings,
        kafka_settings: KafkaSettings,
        warehouse_settings: WarehouseSettings,
    ) -> None:
        self.settings, self.company, self.kafka = settings, company_settings, kafka_settings
        self.warehouse_settings = warehouse_settings
        self.log = LogWriter(kafka_settings)
        self._baselines = Baselines(company_settings, self.log.send_events)
        self.stores = self._stores(None)
        self._left: list[Stores] = []
        self._is_to_seek = False
        """Whether streams have yet to be sought to the watermarks of the generation they are stored in."""
        self._following = asyncio.Lock()
        self._progress, self._watchdog = Progress(settings.stuck_seconds / 2), Watchdog(settings.stuck_seconds)
        self.app = self._app()
        self._lag = Lag(self.app, kafka_settings.topic_prefix, lambda: self.stores.sinks)

    def _stores(self, generation: str | None) -> Stores:
        warehouse = AsyncWarehouse(self.warehouse_settings, generation=generation)
        return Stores(warehouse, self.settings, self.company, self.kafka, self.log, self._rewind)

    def _app(self) -> faust.App:
        app = faust.App(
            self.settings.group,
            broker=[f"kafka://{server}" for server in self.kafka.bootstrap.split(",")],
            broker_credentials=credentials(self.kafka),
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
        for name in STORED:
            self._add_agent(app, name)
        add_clock(
            app,
            TP(self.kafka.topic_prefix + "ticks", 0),
            self.settings,
            self.log,
            sweeper=lambda: self.stores.sweeper,
            checker=lambda: self.stores.checker,
            trials=self._trials,
            baseline=lambda: self._baselines.look(self.stores.warehouse, datetime.now(UTC)),
            lag=lambda: sum(self._lag.known().values()),
        )

        async def look() -> None:
            meters.behind(self._lag.known())
            if not self._progress.stuck(await self._lag.told(), self._lag.signs(), time.monotonic()):
                self._watchdog.well()
            if what := await self.stores.footing.exchanged():
                log.warning("%s: what this worker remembers is forgotten, and it begins again", "; ".join(what))
                self._is_to_seek = True
            await self._follow()

        app.timer(interval=LOOKS_EVERY_SECONDS)(look)
        app.on_before_shutdown.connect(self._close)
        return app

    def _trials(self) -> Trials:
        stores, clock = self.stores, TP(self.kafka.topic_prefix + "ticks", 0)

        def is_ours() -> bool:
            return stores is self.stores and clock in self.app.consumer.assignment()

        return Trials(stores.warehouse, self.company, self.log.send_events, is_ours)

    async def _close(self, *_: Any, **__: Any) -> None:
        self._watchdog.stop()
        await self.log.stop()
        for stores in (*self._left, self.stores):
            await stores.close()

    def _add_agent(self, app: faust.App, name: str) -> None:
        channel = app.topic(
            self.kafka.topic_prefix + name,
            key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw",
        )  # fmt: skip
        within = self.settings.gather_seconds

        async def store(stream: Any) -> None:
            async for events in stream.noack_take(TAKEN_AT_ONCE, within=within):
                batches, begin = [event.message.value for event in events], time.monotonic()
                await self._take(name, batches)
                for event in events:
                    await stream.ack(event)
                if sum(len(batch.records) for batch in batches) < FEW:
                    await asyncio.sleep(min(time.monotonic() - begin, RESTS_AT_MOST_SECONDS))

        app.agent(channel, name=f"store-{name}", concurrency=1)(store)

    async def _take(self, name: str, batches: list[Batch]) -> None:
        """Store the batches. A stream in which too much is bad stands still, and says so, until it is let through.

        What a retired sink cannot store comes again: another generation is read on from its own watermark.
        """
        while True:
            stores = self.stores
            try:
                return await stores.sinks[name].take(batches)
            except TooManyDeadLetters as flood:
                log.error("%s", flood)
                if not await self._let_through(stores, name, flood):
                    return None
            except WarehouseError as error:
                if stores is self.stores and await self._is_current():
                    raise
                log.warning(
                    "%s: a batch for a generation that is no longer the current one is dropped: %s", name, error
                )
                return None

    async def _let_through(self, stores: Stores, name: str, flood: TooManyDeadLetters) -> bool:
        """Wait until somebody lets the bad events through; False when they are no longer this sink's to store."""
        tp = TP(self.kafka.topic_prefix + name, flood.partition)
        subject = standstill(name, flood.partition, flood.offset)
        self._lag.standing.add(tp)
        asked = "SELECT count() FROM action_events WHERE subject = {subject:String} AND what = 'let_through'"
        try:
            while tp in self.app.consumer.assignment() and stores is self.stores:
                try:
                    if (await stores.warehouse.rows(asked, {"subject": subject}))[0][0]:
                        stores.sinks[name].let_through(flood.partition, flood.offset)
                        return True
                except WarehouseError as error:
                    log.warning("%s: %s", subject, error)
                await asyncio.sleep(self.settings.standstill_seconds)
        finally:
            self._lag.standing.discard(tp)
        return False

    async def _follow(self) -> None:
        """Where another generation is current, go on in that one from its own watermarks."""
        async with self._following:
            try:
                if await self._is_current() and not self._is_to_seek:
                    return
                self._is_to_seek = True
                for tp, offset in (await self._begun(set(self.app.consumer.assignment()))).items():
                    await self.app.consumer.seek(tp, offset)
                self._is_to_seek = False
            except (WarehouseError, KafkaError) as error:
                log.warning("the current generation of the warehouse cannot be asked, trying again: %s", error)

    async def _begin_at(self, assigned: set[TP]) -> Mapping[TP, int]:
        """Where each assigned partition goes on: after the watermark of the generation that is current."""
        async with self._following:
            while True:
                try:
                    begin = await self._begun(assigned)
                except WarehouseError as error:
                    log.warning("the warehouse cannot be asked where to go on, trying again: %s", error)
                    await asyncio.sleep(LOOKS_EVERY_SECONDS)
                else:
                    self._is_to_seek = False
                    return begin

    async def _is_current(self) -> bool:
        warehouse = self.stores.warehouse
        return await warehouse.generation() == await warehouse.current()

    async def _begun(self, assigned: set[TP]) -> Mapping[TP, int]:
        """Begin in the generation that is current; events go there once its watermarks are read."""
        stores = self.stores if await self._is_current() else self._stores(await self.stores.warehouse.current())
        prefix = self.kafka.topic_prefix
        names = {tp.topic.removeprefix(prefix) for tp in assigned} & set(stores.sinks)
        topic_ids = await stores.footing.stand_on(names)
        begin: dict[TP, int] = {}

        async def find(name: str) -> None:
            partitions = [tp.partition for tp in assigned if tp.topic == prefix + name]
            watermarks = await stores.sinks[name].begin(topic_ids[name], partitions)
            begin.update({TP(prefix + name, partition): mark + 1 for partition, mark in watermarks.items()})
            if name == "org":
                await until_well(name, stores.editions.begin)

        await asyncio.gather(*map(find, sorted(names)))
        await self._refuse_misfits(stores, begin)
        if stores is not self.stores:
            log.warning("the warehouse goes on in %s", await stores.warehouse.generation())
            await self._leave(self.stores)
            self.stores = stores
        await stores.announce({"table": "all", "slices": "all"})
        return begin

    async def _leave(self, stores: Stores) -> None:
        """What is in flight there may still land; what was left before has landed long ago."""
        stores.retire()
        for one in self._left:
            await one.close()
        self._left = [stores]

    async def _refuse_misfits(self, stores: Stores, begin: Mapping[TP, int]) -> None:
        """Where the log does not hold the place at which a partition is to go on, it stands still and says so."""
        consumer = self.app.consumer
        first, end = await consumer.earliest_offsets(*begin), await consumer.highwaters(*begin)
        for tp, offset in begin.items():
            if why := misfit(offset, first.get(tp) or 0, end.get(tp) or 0):
                stores.sinks[tp.topic.removeprefix(self.kafka.topic_prefix)].refuse(tp.partition, why)

    async def _rewind(self, topic: str, partition: int, offset: int) -> None:
        with suppress(IllegalStateError):  # it has gone to another worker meanwhile, who begins at the watermark
            await self.app.consumer.seek(TP(self.kafka.topic_prefix + topic, partition), offset)
