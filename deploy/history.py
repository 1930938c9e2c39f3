"""Much history enters as snapshots, before any worker runs: those that are there, and the fictional company's."""

import asyncio
import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from kafka.admin import KafkaAdminClient

from deploy.errors import CannotRun
from deploy.founding import Founding
from deploy.settings import LocalSettings
from deploy.simulation import Told
from ingest.events import Event
from ingest.publisher import Publisher
from ingest.settings import KafkaSettings, company, kafka
from streams.settings import worker
from streams.snapshot.loading import load_snapshot
from streams.snapshot.manifest import MANIFEST, Manifest, snapshots
from warehouse.client import AsyncWarehouse

Say = Callable[[str], None]
_PUBLISHED_AT_ONCE = 5_000


def folder_of(settings: LocalSettings) -> Path:
    """Where snapshots are kept, beside the log."""
    return settings.data_dir / "snapshots"


def load_all(settings: LocalSettings, say: Say) -> int:
    """Bring what is missing of every snapshot into the warehouse; how many events. Killed, it goes on where it was."""
    return sum(_loaded(folder, manifest, say) for folder, manifest in snapshots(folder_of(settings)))


def found(settings: LocalSettings, size: str, seed: int, say: Say) -> int:
    """The company's history, once: what is summed as a snapshot, what is stated on the log; how many events entered."""
    state = settings.data_dir / "simulation.json"
    now = datetime.now(UTC)
    told = Told.load(state, size, seed, now.astimezone(company().zone).date())
    if told.until is None:
        told.save(state)
        folder = folder_of(settings) / f"{size}-{seed}-{told.founded_on}"
        if not (folder / MANIFEST).exists():
            _write(folder, told, now, say)
    entered = load_all(settings, say)
    if told.until is None:
        written_at = dict(snapshots(folder_of(settings)))[folder].written_at
        told.reached(written_at).save(state)
    return entered


def _write(folder: Path, told: Told, until: datetime, say: Say) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with Founding(told, until, folder) as founding:
        with closing(Publisher(kafka(), bulk=True)) as publisher:
            _publish(publisher, founding.stated())
        for written in founding.pieces():
            say(f"{written:,} events written, {founding.share_written:.0%} of the history")
        manifest = founding.finish()
    say(f"{manifest.events:,} events in {len(manifest.files)} files")


def _publish(publisher: Publisher, events: Iterable[tuple[str, Event]]) -> None:
    left = iter(events)
    while chunk := list(islice(left, _PUBLISHED_AT_ONCE)):
        by_topic: dict[str, list[Event | bytes]] = {}
        for topic, event in chunk:
            by_topic.setdefault(topic, []).append(event)
        for topic, some in by_topic.items():
            publisher.publish(topic, some)


def _loaded(folder: Path, manifest: Manifest, say: Say) -> int:
    entered = 0

    def progress(rows: int) -> None:
        nonlocal entered
        if not entered:
            refuse_beside_workers(kafka(), worker().group)
        entered += rows
        say(f"{entered:,} of {manifest.events:,} events of {folder.name} entered")

    async def load() -> int:
        warehouse = AsyncWarehouse()
        try:
            return await load_snapshot(folder, manifest, company(), warehouse, progress)
        finally:
            await warehouse.close()

    return asyncio.run(load())


def refuse_beside_workers(settings: KafkaSettings, group: str) -> None:
    """`CannotRun` while workers run: what they remember of timelines would be wrong."""
    admin = KafkaAdminClient(**settings.client_options())
    try:
        exists = any(group in one.values() for one in admin.list_groups())
        members = admin.describe_groups([group])[group]["members"] if exists else []
    finally:
        admin.close()
    if members:
        raise CannotRun("A worker is running: stop it, enter the snapshot, and start it again.")
