"""A snapshot on the real engine: the same as its events one by one, once whatever dies, and the log goes on from it."""

import asyncio
import json
from datetime import UTC, date, datetime
from math import ceil

import polars as pl
import pytest
from pydantic_core import Url

from deploy.verify import parts, readings
from deploy.verify import sums as sums_by_day
from deploy.verify.compare import CHECKED
from deploy.verify.history import history as of_snapshots
from deploy.verify.snapshots import Snapshots
from deploy.verify.standing import Counts
from deploy.verify.stored import Stored
from deploy.verify.sums import Recomputation, Sums, measures
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


def by_key(found, keys):
    """Rows by key, as text, zeros left out."""
    rows = found.with_columns(pl.col(keys).cast(pl.String)).iter_rows()
    return {row[: len(keys)]: row[len(keys) :] for row in rows if any(row[len(keys) :])}


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


def test_a_snapshot_is_what_its_events_are_one_by_one(warehouse, written, monkeypatch, tmp_path):
    folders, folder, events = written
    assert enter(warehouse, folder) == sum(map(len, events.values()))
    monkeypatch.setattr(parts, "AT_ONCE", 700)
    monkeypatch.setattr(sums_by_day, "DAYS_AT_ONCE", 20)
    kept = Snapshots(folders)
    for topic, checked in CHECKED.items():
        stored = Stored(warehouse, checked.table, kept.topic_ids)
        of = Recomputation(topic, checked.recompute, COMPANY, tmp_path, lambda what: None)
        shares = of_snapshots(of, kept.files(topic, stored.marks))
        assert len(shares) == ceil(len(events[topic]) / 700)
        expected = Sums(shares)
        spans = list(expected.spans())
        assert len(spans) > 2
        keys = ["day", *checked.aggregates["facts"]]
        for days in spans:
            wanted = expected.within(days)
            found = stored.facts(keys, measures(wanted), days)
            assert by_key(found, keys) == by_key(wanted.select(found.columns), keys)
        count = len(events[topic])
        assert expected.counts == Counts(count, count, count)
        assert stored.versions() == (count, count, 0)


def test_summing_up_a_snapshot_goes_on_where_it_was_and_is_not_done_again(warehouse, written, monkeypatch, tmp_path):
    folders, folder, events = written
    enter(warehouse, folder)
    monkeypatch.setattr(parts, "AT_ONCE", len(events["orders"]) // 4)
    files = Snapshots(folders).files("orders", Stored(warehouse, "order_changes", [load(folder).topic_id]).marks)
    looked_at = []

    def orders(logged, company):
        if len(looked_at) == 2:
            raise KeyboardInterrupt
        looked_at.append(len(logged))
        return readings.orders(logged, company)

    def shares(compute):
        return of_snapshots(Recomputation("orders", compute, COMPANY, tmp_path, lambda what: None), files)

    with pytest.raises(KeyboardInterrupt):
        shares(orders)
    assert len(list(tmp_path.rglob("*.parquet"))) == 2
    paths = shares(readings.orders)
    assert sorted(tmp_path.rglob("*.parquet")) == sorted(paths)
    written_at = [path.stat().st_mtime_ns for path in paths]
    assert [path.stat().st_mtime_ns for path in shares(readings.orders)] == written_at


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
