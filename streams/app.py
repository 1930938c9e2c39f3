"""The worker: a Faust app with one agent a topic, each a few lines around a `Sink`."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import faust
from faust.types import TP
from kafka.admin import KafkaAdminClient

from ingest.settings import CompanySettings, KafkaSettings, company, kafka
from ingest.topics import TOPICS
from streams.activities import Activities
from streams.collections import Collections
from streams.consumer import BatchConsumer
from streams.edition import Editions
from streams.log import LogWriter
from streams.opportunities import Opportunities
from streams.orders import Orders
from streams.settings import WorkerSettings, worker
from streams.sink import Sink
from streams.statements import STATEMENTS
from streams.timeline import Reading
from streams.transforms import ChangeTransform, StatementTransform, Transform
from warehouse.client import AsyncWarehouse
from warehouse.settings import WarehouseSettings

log = logging.getLogger(__name__)

READINGS: Mapping[str, type[Any]] = {
    "orders": Orders,
    "opportunities": Opportunities,
    "activities": Activities,
    "collections": Collections,
}
TAKEN_AT_ONCE = 64


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
        self.log = LogWriter(kafka_settings)
        self.sinks = {name: self._sink(name) for name in (*READINGS, *STATEMENTS)}
        self.app = self._app()

    def _sink(self, name: str) -> Sink:
        topic = TOPICS[name]
        transform: Transform
        if name in READINGS:
            assert topic.model is not None
            reading: Reading = READINGS[name](self.company)
            transform = ChangeTransform(
                reading, topic.model.validate_json, self.company.zone, self.warehouse, self.settings.cached_entities
            )
        else:
            transform = StatementTransform(STATEMENTS[name])
        return Sink(
            topic,
            transform,
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
            store="memory://",
            web_enabled=False,
            table_standby_replicas=0,
            stream_wait_empty=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            broker_session_timeout=self.settings.session_seconds,
            broker_rebalance_timeout=self.settings.session_seconds,
            broker_heartbeat_interval=self.settings.session_seconds / 3,
            broker_commit_interval=1.0,
            consumer_max_fetch_size=self.settings.fetch_bytes,
            consumer_auto_offset_reset="earliest",
        )
        consumer = type("WarehouseConsumer", (BatchConsumer,), {"begin_at": staticmethod(self._begin_at)})
        app.transport.Consumer = consumer
        for name in self.sinks:
            self._add_agent(app, name)
        return app

    def _add_agent(self, app: faust.App, name: str) -> None:
        channel = app.topic(
            self.kafka.topic_prefix + name,
            key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw",
        )  # fmt: skip
        sink, within = self.sinks[name], self.settings.gather_seconds

        async def store(stream: Any) -> None:
            async for events in stream.noack_take(TAKEN_AT_ONCE, within=within):
                await sink.take([event.message.value for event in events])
                for event in events:
                    await stream.ack(event)

        app.agent(channel, name=f"store-{name}", concurrency=1)(store)

    async def _begin_at(self, assigned: set[TP]) -> Mapping[TP, int]:
        """Where each assigned partition goes on: after the warehouse's watermark."""
        prefix = self.kafka.topic_prefix
        names = {tp.topic.removeprefix(prefix) for tp in assigned} & set(self.sinks)
        topic_ids = await asyncio.to_thread(self._topic_ids, [prefix + name for name in names])
        begin: dict[TP, int] = {}
        for name in sorted(names):
            partitions = [tp.partition for tp in assigned if tp.topic == prefix + name]
            watermarks = await self.sinks[name].begin(topic_ids[prefix + name], partitions)
            begin |= {TP(prefix + name, partition): mark + 1 for partition, mark in watermarks.items()}
            if name == "org":
                await self.editions.begin()
        await self.log.announce({"table": "all", "slices": "all"})
        return begin

    def _topic_ids(self, names: list[str]) -> dict[str, str]:
        admin = KafkaAdminClient(**self.kafka.client_options())
        try:
            return {topic["name"]: str(topic["topic_id"]) for topic in admin.describe_topics(names)}
        finally:
            admin.close()

    async def _rewind(self, topic: str, partition: int, offset: int) -> None:
        await self.app.consumer.seek(TP(self.kafka.topic_prefix + topic, partition), offset)


def create() -> faust.App:
    """The Faust app, from the settings of the environment."""
    return Worker(worker(), company(), kafka(), WarehouseSettings()).app


def main() -> None:
    """Run a worker until it is told to stop."""
    faust.Worker(create(), loglevel="INFO").execute_from_commandline()
