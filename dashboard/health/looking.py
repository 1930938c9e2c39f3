"""One look at every part: Kafka, the warehouse, the workers as the broker knows them, the door, and this board."""

import asyncio
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Self

import polars as pl

from dashboard.connection import warehouse
from dashboard.health.record import Sample
from dashboard.letters import inbox
from ingest.errors import IngestError
from ingest.letters.letter import Letter
from ingest.log_watch import LogState, LogWatch
from ingest.settings import KafkaSettings
from ingest.topics import TOPICS
from warehouse.errors import WarehouseError
from warehouse.queries.dead_letters import settled
from warehouse.queries.freshness import behind, freshness, in_snapshots

STORED = tuple(topic.name for topic in TOPICS.values() if topic.is_stored)
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Looker:
    """Asks everybody at once; whoever does not answer is down, and the rest is told all the same."""

    def __init__(self, log: LogWatch, door_url: str, screens: Callable[[], int]) -> None:
        self._log, self._door_url, self._screens = log, door_url, screens

    @classmethod
    def of(cls, settings: KafkaSettings, group: str, door_url: str, screens: Callable[[], int]) -> Self:
        """One that asks the broker of the settings."""
        return cls(LogWatch(settings, group), door_url, screens)

    async def look(self) -> Sample:
        """How it stands now; raises nothing for any part's sake."""
        log, stored, door = await asyncio.gather(
            asyncio.to_thread(self._of_the_log), _of_the_warehouse(), asyncio.to_thread(_answers, self._door_url)
        )
        letters = await _of_the_letters() if log else None  # a broker that is away is waited for long
        stood, dealt_with = stored or (None, 0)
        newest = stood["received_at"].max() if stood is not None and len(stood) else None
        return Sample(
            at=datetime.now(UTC),
            is_up={
                "kafka": log is not None,
                "warehouse": stood is not None,
                "worker": bool(log and log.workers),
                "ingest": door,
                "dashboard": True,
            },
            written={name: log.written(name) for name in STORED} if log else None,
            lag=behind(log.to_store.items(), stood) if log and stood is not None else None,
            workers=log.workers if log else None,
            letters=max(0, log.written("dead-letters") - dealt_with) if log and stood is not None else None,
            newest_at=newest if isinstance(newest, datetime) else None,
            screens=self._screens(),
            snapshots=in_snapshots(stood) if stood is not None else None,
            aside=_by_topic(letters, lambda one: True) if letters is not None else None,
            unlogged=_by_topic(letters, lambda one: one.origin is None) if letters is not None else None,
        )

    def close(self) -> None:
        """Let go of the broker."""
        self._log.close()

    def _of_the_log(self) -> LogState | None:
        try:
            return self._log.look()
        except IngestError:
            return None


async def _of_the_letters() -> list[Letter] | None:
    """Every letter in sight, of one event the first: a worker that died may have put it aside twice."""
    try:
        found = [one.letter for one in reversed((await inbox()).found)]
    except IngestError:
        return None
    return list({(one.topic, one.origin or one.position): one for one in found}.values())


def _by_topic(letters: Iterable[Letter], which: Callable[[Letter], bool]) -> dict[str, int]:
    return dict(Counter(one.topic for one in letters if which(one)))


async def _of_the_warehouse() -> tuple[pl.DataFrame, int] | None:
    try:
        stood, dealt_with = await asyncio.gather(freshness(warehouse()), settled(warehouse()))
    except WarehouseError:
        return None
    return stood, dealt_with


def _answers(url: str) -> bool:
    """Whether anything answers there; to be refused is an answer too."""
    try:
        with _NO_PROXY.open(f"{url.rstrip('/')}/health", timeout=2):
            return True
    except urllib.error.HTTPError as refusal:
        return refusal.code < 500
    except OSError:
        return False
