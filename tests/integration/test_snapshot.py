"""A snapshot on the real engine: the same as its events one by one, once whatever dies, and the log goes on from it."""

import asyncio
import json
from datetime import UTC, date, datetime

import pytest
from pydantic_core import Url

from deploy.verify import readings
from deploy.verify.compare import CHECKED
from deploy.verify.snapshots import Snapshots
from deploy.verify.stored import Stored
from ingest.settings import CompanySettings
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.sizes import SIZES
from streams.batches import Batch, Position, Record
from streams.readings import READINGS, transform_of
from streams.snapshot import loading
from streams.snapshot.loading import load_snapshot
from streams.snapshot.manifest import SnapshotBroken, load
from streams.snapshot.writing import SnapshotWriter
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.migrate import migrate
from warehouse.settings import WarehouseSettings

pytestmark = pytest.mark.warehouse
COMPANY = CompanySettings()
UNTIL = datetime(2026, 11, 18, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of snapshots, that of one of them, and the events in it by topic."""
    folder = tmp_path_factory.mktemp("snapshots")
    events = {topic: [] for topic in READINGS}
    writer = SnapshotWriter(folder / "small", COMPANY)
    for topic, event in history(Company.make(7, SIZES["small"], date(2026, 11, 18)), UNTIL):
        if topic in READINGS:
            writer.add(topic, event)
            events[topic].append(event)
    writer.finish(UNTIL)
    return folder, folder / "small", events


@pytest.fixture
def warehouse(warehouse_server, request):
    name = "snapshot_" + "".join(letter for letter in request.node.name if letter.isalnum())[-30:]
    warehouse = Warehouse(WarehouseSettings(url=Url(warehouse_server), database=name))
    migrate(warehouse)
    yield warehouse
    warehouse.command(f"DROP DATABASE {name}")
    warehouse.close()


def enter(warehouse, folder, progress=lambda rows: None):
    async def run():
        client = AsyncWarehouse(warehouse.settings)
        try:
            return await load_snapshot(folder, load(folder), COMPANY, client, progress)
        finally:
            await client.close()

    return asyncio.run(run())


def sums(warehouse, table, keys, measures):
    """Sums by day and keys, zeros left out."""
    listed = ", ".join(f"sum({name})" for name in measures)
    by = ", ".join(("day", *keys))
    found = warehouse.rows(f"SELECT {by}, {listed} FROM {table} GROUP BY {by}")  # noqa: S608
    width = len(keys) + 1
    return {row[:width]: row[width:] for row in found if any(row[width:])}


def put(warehouse, topic, events):
    """Events one batch after the other, as from a log."""

    async def run():
        client = AsyncWarehouse(warehouse.settings)
        transform = transform_of(topic, COMPANY, client, 100_000)
        for first in range(0, len(events), 997):
            some = events[first : first + 997]
            records = [Record(first + at, 0, b"k", raw) for at, raw in enumerate(some)]
            batch = Batch(topic, 0, records)
            decoded = transform.decode(batch)
            await transform.prepare(decoded)
            outcome = transform.outcome(batch, Position("log", 0), decoded)
            assert not decoded.letters
            assert not outcome.letters
            await client.insert(transform.table, outcome.table)
            transform.remember(outcome)
        await client.close()

    asyncio.run(run())


def test_a_snapshot_is_what_its_events_are_one_by_one(warehouse, written):
    folders, folder, events = written
    assert enter(warehouse, folder) == sum(map(len, events.values()))
    kept = Snapshots(folders)
    for topic, checked in CHECKED.items():
        stored = Stored(warehouse, checked.table, kept.topic_ids)
        with kept.parts(topic, stored.marks, 700) as parts:
            logged = [list(parts.read(number)) for number in range(len(parts))]
            assert len(parts) == 1 or max(map(len, logged)) < 1_000
            assert all(
                parts.part_of(one.event.entity_id) == number for number, some in enumerate(logged) for one in some
            )
        expected = checked.recompute((one for some in logged for one in some), COMPANY)
        keys = [*checked.aggregates["facts"]]
        measures = [name for name in expected.columns if name not in ("day", *readings.KEYS, "customer_id")]
        both = expected.group_by("day", *keys).sum().select("day", *keys, *measures)
        found = {
            row[: len(keys) + 1]: row[len(keys) + 1 :]
            for row in stored.facts(["day", *keys], measures).iter_rows()
            if any(row[len(keys) + 1 :])
        }
        wanted = {row[: len(keys) + 1]: row[len(keys) + 1 :] for row in both.iter_rows()}
        as_text = {tuple(map(str, key)): value for key, value in wanted.items()}
        assert {tuple(map(str, key)): value for key, value in found.items()} == as_text
        assert stored.versions() == (len(events[topic]), len(events[topic]), 0)


def test_a_snapshot_that_was_cut_off_goes_on_and_enters_once(warehouse, written, monkeypatch):
    monkeypatch.setattr(loading, "ROWS_AT_ONCE", 300)
    _, folder, events = written
    seen = 0

    def die(rows):
        nonlocal seen
        seen += rows
        if seen > 1_500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enter(warehouse, folder, die)
    enter(warehouse, folder)
    assert enter(warehouse, folder) == 0
    for topic, row in READINGS.items():
        found = warehouse.rows(
            f"SELECT count(), uniqExact(entity_id, version) FROM {row[0].table} WHERE state != ''"  # noqa: S608
        )
        assert found == [(len(events[topic]),) * 2]


def test_the_log_goes_on_where_the_snapshot_ends(warehouse, written):
    """A later version on the log takes away what the snapshot's last one gave; one known already changes nothing."""
    _, folder, events = written
    enter(warehouse, folder)
    latest = {event.order_id: event for event in events["orders"] if event.line_id == "1" and not event.credits}
    one = next(event for event in latest.values() if event.status == "effective" and event.kind == "standard")
    before = warehouse.rows("SELECT sum(booked_amount), sum(lines) FROM order_changes WHERE is_overlay = 0")[0]
    cancelled = json.loads(one.model_dump_json(exclude_none=True))
    cancelled |= {"version": one.version + 1, "status": "cancelled", "occurred_at": "2026-11-18T10:00:00+08:00"}
    put(warehouse, "orders", [one.model_dump_json(exclude_none=True).encode(), json.dumps(cancelled).encode()])
    after = warehouse.rows("SELECT sum(booked_amount), sum(lines) FROM order_changes WHERE is_overlay = 0")[0]
    assert (before[0] - after[0], before[1] - after[1]) == (one.amount, 1)


def test_a_snapshot_over_what_the_log_brought_already_chains_on_it(warehouse, written):
    """Half of the orders' versions came by the log before the snapshot entered."""
    _, folder, events = written
    raws = [event.model_dump_json(exclude_none=True).encode() for event in events["orders"]]
    put(warehouse, "orders", raws[::2])
    enter(warehouse, folder)
    keys, measures = ("office_id", "rep_id"), ("booked_amount", "lines", "collected_amount", "due_amount")
    over = sums(warehouse, "order_changes", keys, measures)
    warehouse.command("TRUNCATE TABLE order_changes")
    put(warehouse, "orders", raws)
    assert over == sums(warehouse, "order_changes", keys, measures)


def test_a_file_that_was_changed_is_not_read(warehouse, written, tmp_path):
    _, folder, _ = written
    manifest = load(folder)
    copy = tmp_path / "copy"
    copy.mkdir()
    manifest.save(copy)
    for file in manifest.files:
        (copy / file.name).write_bytes((folder / file.name).read_bytes() + b" ")
    with pytest.raises(SnapshotBroken, match="changed after it was written"):
        enter(warehouse, copy)
