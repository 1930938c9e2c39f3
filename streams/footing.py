"""What a worker's memory stands on: these topics and this life of the warehouse. Both may be exchanged under it."""

import asyncio
import logging
from collections.abc import Iterable, Mapping

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from ingest.settings import KafkaSettings
from warehouse.client import AsyncWarehouse
from warehouse.errors import WarehouseError

log = logging.getLogger(__name__)
_JITTER_SECONDS = 2
"""The warehouse tells its age in whole seconds."""


def misfit(offset: int, first: int, end: int) -> str | None:
    """Why a partition that holds `first` ≤ … < `end` cannot go on at `offset`; None where it can."""
    if offset > end:
        return (
            f"the warehouse has it up to offset {offset - 1}, but the log ends before {end}: records were lost. "
            "Bring the log back, or make the warehouse anew from what is left with `oneboard rebuild`"
        )
    if offset < first:
        return (
            f"the warehouse needs it from offset {offset} on, but the log begins with {first}: what lies between was "
            "deleted. Bring it back, or make the warehouse anew from what is left with `oneboard rebuild`"
        )
    return None


class Footing:
    """The ids of the topics and when the warehouse was started, as they were when the worker began to remember."""

    def __init__(self, warehouse: AsyncWarehouse, kafka: KafkaSettings) -> None:
        self._warehouse, self._kafka = warehouse, kafka
        self._admin: KafkaAdminClient | None = None
        self._topic_ids: Mapping[str, str] = {}
        self._started: int | None = None

    async def stand_on(self, topics: Iterable[str]) -> Mapping[str, str]:
        """Begin to remember: the id of each topic of ours, by its name without prefix."""
        self._started = await self._start()
        ids = await asyncio.to_thread(self._ids, sorted(topics))
        for sentence in self._made_anew(ids):
            log.warning("%s; it is read from its own beginning", sentence)
        self._topic_ids = {**self._topic_ids, **ids}
        return ids

    async def exchanged(self) -> list[str]:
        """What is not the same any more, a sentence each. An engine that does not answer is not known to be another."""
        found = []
        started = await self._start()
        if started and self._started and abs(started - self._started) > _JITTER_SECONDS:
            found.append("the warehouse was started anew, and may be an older copy")
        if self._started is None:  # the warehouse was away when the worker began to remember
            self._started = started
        try:
            ids = await asyncio.to_thread(self._ids, list(self._topic_ids))
        except (KafkaError, OSError) as error:
            log.debug("the topics cannot be asked for: %s", error)
            return found
        return found + self._made_anew(ids)

    def close(self) -> None:
        """Let go of the connection."""
        admin, self._admin = self._admin, None
        if admin:
            admin.close()

    def _made_anew(self, ids: Mapping[str, str]) -> list[str]:
        known = self._topic_ids
        return [f"topic {name} was made anew" for name, one in ids.items() if known.get(name, one) != one]

    async def _start(self) -> int | None:
        try:
            return int((await self._warehouse.rows("SELECT toUnixTimestamp(now()) - uptime()"))[0][0])
        except WarehouseError as error:
            log.debug("the warehouse cannot be asked for its age: %s", error)
            return None

    def _ids(self, topics: list[str]) -> dict[str, str]:
        if not topics:
            return {}
        prefix, is_old = self._kafka.topic_prefix, self._admin is not None
        try:
            self._admin = self._admin or KafkaAdminClient(**self._kafka.client_options())
            described = self._admin.describe_topics([prefix + name for name in topics])
        except KafkaError:
            self.close()
            if is_old:  # the broker may have been started anew meanwhile
                return self._ids(topics)
            raise
        return {topic["name"].removeprefix(prefix): str(topic["topic_id"]) for topic in described}
