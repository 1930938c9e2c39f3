"""Much history enters as snapshots, before any worker runs: those that are there, and the fictional company's."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from deploy.errors import CannotRun
from deploy.founding import Founding
from deploy.settings import LocalSettings
from deploy.told import Told
from ingest.events import Event
from ingest.log_watch import LogWatch
from ingest.publisher import Publisher
from ingest.settings import company, kafka
from streams.edition import Editions
from streams.readings import READINGS
from streams.replay import Replay
from streams.settings import worker
from streams.snapshot.loading import load_snapshot
from streams.snapshot.manifest import Manifest, load, snapshots
from warehouse.client import AsyncWarehouse
from warehouse.queries.freshness import freshness

Say = Callable[[str], None]
_PUBLISHED_AT_ONCE = 5_000


def folder_of(settings: LocalSettings) -> Path:
    """Where snapshots are kept, beside the log."""
    return settings.data_dir / "snapshots"


def load_all(settings: LocalSettings, say: Say) -> int:
    """Bring what is missing of every snapshot into the warehouse; how many events. Killed, it goes on where it was.

    Those whose names come last enter first: of a company the newest months.
    """
    found = sorted(snapshots(folder_of(settings)), reverse=True, key=lambda one: one[0].name)
    return sum(_loaded(folder, manifest, say) for folder, manifest in found)


def found(settings: LocalSettings, size: str, seed: int, say: Say) -> int:
    """The company's history, once: what is summed as snapshots, what is stated on the log; how many events entered.

    The newest months enter first, and what is known of units, people and products before them: the board shows each as
    it has entered.
    """
    state = settings.data_dir / "simulation.json"
    now = datetime.now(UTC)
    told = Told.load(state, size, seed, now.astimezone(company().zone).date())
    if told.until is not None:
        return load_all(settings, say)
    told = told.begun(now)
    told.save(state)
    with Founding(told, told.ends_at, folder_of(settings)) as founding:
        say("organisation and targets first")
        with closing(Publisher(kafka(), bulk=True)) as publisher:
            _publish(publisher, founding.stated())
        asyncio.run(_stated())
        entered = load_all(settings, say)
        for month in founding.months():
            entered += _loaded(month, load(month), say)
    told.reached(told.ends_at).save(state)
    return entered


def _publish(publisher: Publisher, events: Iterable[tuple[str, Event]]) -> None:
    left = iter(events)
    while chunk := list(islice(left, _PUBLISHED_AT_ONCE)):
        by_topic: dict[str, list[Event | bytes]] = {}
        for topic, event in chunk:
            by_topic.setdefault(topic, []).append(event)
        for topic, some in by_topic.items():
            publisher.publish(topic, some)


async def _stated() -> None:
    """Store what is on the log of units, people, products, targets and tasks, as a worker would."""
    await asyncio.to_thread(refuse_beside_workers)
    with LogWatch(kafka(), worker().group) as watch:
        ends = (await asyncio.to_thread(watch.look)).to_store
    warehouse = AsyncWarehouse()
    try:
        stored = (await freshness(warehouse)).select("topic_id", "partition", "watermark")
        for place, end in ends.items():
            if place.topic in READINGS:
                continue
            replay = Replay(place.topic, place.topic_id, company(), kafka(), warehouse, worker().cached_entities)
            replay.reached.offsets = {at: mark for id, at, mark in stored.iter_rows() if id == place.topic_id}
            try:
                await replay.go_on({place.partition: end}, (), lambda events: None)
            finally:
                await replay.close()
        await Editions(warehouse).begin()
    finally:
        await warehouse.close()


def _loaded(folder: Path, manifest: Manifest, say: Say) -> int:
    entered = 0

    def progress(rows: int) -> None:
        nonlocal entered
        if not entered:
            refuse_beside_workers()
        entered += rows
        say(f"{entered:,} of {manifest.events:,} events of {folder.name} entered")

    async def entering() -> int:
        warehouse = AsyncWarehouse()
        try:
            return await load_snapshot(folder, manifest, company(), warehouse, progress)
        finally:
            await warehouse.close()

    return asyncio.run(entering())


def refuse_beside_workers() -> None:
    """`CannotRun` while workers run: what they remember of timelines would be wrong."""
    with LogWatch(kafka(), worker().group) as watch:
        if watch.look().workers:
            raise CannotRun("A worker is running: stop it, enter the snapshot, and start it again.")
