"""Everything a worker has in one generation of the warehouse: its footing, sinks, editions, sweeper and checker."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ingest.settings import CompanySettings, KafkaSettings
from ingest.topics import TOPICS
from streams.detection.sweeper import Sweeper
from streams.edition import Editions
from streams.effects.checker import Checker
from streams.footing import Footing
from streams.log import LogWriter
from streams.readings import READINGS, transform_of
from streams.settings import WorkerSettings
from streams.sink import Sink
from streams.statements import STATEMENTS
from warehouse.client import AsyncWarehouse

STORED = (*READINGS, *STATEMENTS)
"""Topics whose events end in the warehouse."""


class Stores:
    """Where the events of a worker go. What is in flight keeps the generation it was made for, whatever comes later."""

    def __init__(
        self,
        warehouse: AsyncWarehouse,
        settings: WorkerSettings,
        company: CompanySettings,
        kafka: KafkaSettings,
        log: LogWriter,
        rewind: Callable[[str, int, int], Awaitable[None]],
    ) -> None:
        self.warehouse = warehouse
        self.footing = Footing(warehouse, kafka)
        self.editions = Editions(warehouse)
        self.sweeper, self.checker = Sweeper(warehouse, company), Checker(warehouse, company)
        self._log, self._rewind, self._is_retired = log, rewind, False
        self.sinks = {
            name: Sink(
                TOPICS[name],
                transform_of(name, company, warehouse, settings.cached_entities),
                warehouse,
                settings,
                send_letters=log.send_letters,
                announce=self.announce,
                rewind=self.rewind,
                stored=self.editions.stored if name == "org" else None,
            )
            for name in STORED
        }

    async def announce(self, update: Mapping[str, Any]) -> None:
        """Tell the screens what moved, and in which generation."""
        await self._log.announce({**update, "generation": await self.warehouse.generation()})

    async def rewind(self, topic: str, partition: int, offset: int) -> None:
        """Fetch a partition again from an offset, unless it is another generation's watermark that counts by now."""
        if not self._is_retired:
            await self._rewind(topic, partition, offset)

    def retire(self) -> None:
        """Another generation is the current one: nothing is tried here a second time."""
        self._is_retired = True
        for sink in self.sinks.values():
            sink.retire()

    async def close(self) -> None:
        """Let go of the connections."""
        self.footing.close()
        await self.warehouse.close()
