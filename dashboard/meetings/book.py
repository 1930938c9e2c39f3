"""The meetings up to the end of the log: what the warehouse has of them, and what was said since.

That two who click at once come into one room is decided by the log: whose word on a meeting lies first there has opened
it. So whoever opens one reads the log's end first and afterwards.
"""

import asyncio
import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ingest.errors import BrokerAway
from ingest.events import Action
from ingest.publisher import log_identity
from ingest.reader import Reader
from ingest.settings import KafkaSettings
from warehouse.client import AsyncWarehouse
from warehouse.meetings import Meeting, folded
from warehouse.queries.freshness import freshness
from warehouse.queries.meetings import words_on

if TYPE_CHECKING:
    from kafka import TopicPartition

log = logging.getLogger(__name__)
TOPIC, TABLE = "actions", "action_events"
PATIENCE_SECONDS = 5.0
"""Somebody has clicked and waits: longer than this they are told that the log is away."""


class Book:
    """`on` may be asked from any task; the log is read by one at a time."""

    def __init__(self, settings: KafkaSettings | None = None) -> None:
        self._settings, self._turn = settings, threading.Lock()
        self._reader = Reader(settings, patience_seconds=PATIENCE_SECONDS)
        self._topic_id = ""

    async def on(self, warehouse: AsyncWarehouse, *subjects: str) -> list[Meeting]:
        """Every meeting about these subjects. Raises `IngestError` and `WarehouseError`."""
        marks = {
            (topic_id, partition): mark
            for table, topic_id, partition, mark, *_ in (await freshness(warehouse)).iter_rows()
            if table == TABLE
        }
        stored = await words_on(warehouse, subjects)
        fresh = await asyncio.to_thread(self._since, marks, frozenset(subjects))
        known = {word.event_id for word in stored}
        return folded([*stored, *(word for word in fresh if word.event_id not in known)])

    def close(self) -> None:
        """Let go of the log."""
        with self._turn:
            self._reader.close()

    def _since(self, marks: dict[tuple[str, int], int], subjects: frozenset[str]) -> Sequence[Action]:
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise BrokerAway("somebody else still waits for the log")
        try:
            if not self._topic_id:
                known = log_identity(self._settings, timeout_seconds=PATIENCE_SECONDS)
                self._topic_id = known.get(TOPIC, "")
            partitions = self._reader.partitions(TOPIC)
            ends = self._reader.ends(partitions)
            begins: dict[TopicPartition, int] = {
                tp: marks.get((self._topic_id, tp.partition), -1) + 1 for tp in partitions
            }
            begins |= {tp: at for tp, at in self._reader.begins([tp for tp in partitions if not begins[tp]]).items()}
            found = (_word(record.value) for record in self._reader.records(begins, ends))
            return [word for word in found if word is not None and word.subject in subjects]
        finally:
            self._turn.release()


def _word(value: bytes | None) -> Action | None:
    """A word on a meeting; None for what says nothing of any."""
    if not value or b'"meeting"' not in value:
        return None
    try:
        word = Action.model_validate_json(value)
    except ValidationError as error:
        log.warning("a word on %s cannot be read and counts for nothing: %s", TOPIC, error)
        return None
    return word if word.meeting else None
