"""A rebuild beside a stream that goes on: equal row for row, nothing lost and nothing double across the change."""

import itertools
import os
import random
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from deploy.errors import CannotRun
from deploy.local.kafka import EmbeddedKafka
from deploy.rebuild import Rebuilt, filling, forget_old, rebuild
from deploy.verify import parts
from ingest.events import Order
from streams.snapshot.writing import SnapshotWriter
from tests.stack import Stack, until
from warehouse.client import Warehouse
from warehouse.generations import Generations

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
ORDERS = 3_000
NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)


def orders(numbers: Iterator[int]) -> Iterator[dict[str, object]]:
    """Versions of orders in twos, most of them moved to another day, rep or office; now and then one comes late."""
    for number in numbers:
        rng = random.Random(number)
        yield {
            "order_id": f"o{number // 2}",
            "version": (number + (number // 2) % 7 // 6) % 2,
            "occurred_at": f"2026-11-{1 + number % 22:02d}T10:00:00+08:00",
            "amount": rng.randrange(1_000, 10_000_000) / 100,
            "rep_id": f"r{rng.randrange(50)}",
            "office_id": f"o{rng.randrange(10)}",
            "product_id": f"p{rng.randrange(8)}",
        }


class Source(threading.Thread):
    """Publishes orders, a few at a time, until it is told to stop."""

    def __init__(self, stack: Stack, numbers: Iterator[int]) -> None:
        super().__init__(daemon=True)
        self.sent = 0
        self._stack, self._numbers, self._ends = stack, numbers, threading.Event()

    def run(self) -> None:
        while not self._ends.wait(0.1):
            self._stack.publish("orders", orders(itertools.islice(self._numbers, 10)))
            self.sent += 10

    def __enter__(self) -> "Source":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self.join()


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    """Of orders: each is sent once."""
    return itertools.count()


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory, numbers: Iterator[int]) -> Iterator[Stack]:
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("rebuild")) as stack:
        stack.publish("orders", orders(itertools.islice(numbers, ORDERS)))
        stack.publish("orders", [{"order_id": "two-faced", "version": 1, "amount": amount, "office_id": "o1",
                                  "occurred_at": "2026-11-02T10:00:00+08:00"} for amount in (100, 200)])  # fmt: skip
        stack.publish("org", [{"kind": "unit", "id": f"o{n}", "valid_from": "2026-01-01", "name": f"Office {n}",
                               "occurred_at": "2026-01-01T00:00:00Z"} for n in range(10)])  # fmt: skip
        stack.start("worker")
        stack.settle()
        yield stack


def rebuilt(stack: Stack, **how: object) -> Rebuilt:
    """One more, however short the time since the last; nobody looks at a board here."""
    snapshots = stack.folder / "snapshots"
    return rebuild(
        stack.warehouse.settings,
        stack.kafka,
        stack.company,
        snapshots,
        print,
        settled_seconds=0,
        **how,  # type: ignore[arg-type]
    )


def newest(stack: Stack) -> str:
    """Ask the generation that is current from now on."""
    stack.warehouse.close()
    return stack.warehouse.generation()


def test_beside_a_stream_that_goes_on_it_is_equal_and_nothing_is_lost(
    stack: Stack, numbers: Iterator[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEBOARD_DATA_DIR", str(stack.folder))
    before, letters = newest(stack), stack.dead_letters()
    with Source(stack, numbers) as source:
        until(lambda: source.sent > 0, "orders are sent")
        ran = stack.run("rebuild")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "order_changes: equal" in ran.stderr
        *_, kept, summary = ran.stdout.splitlines()
        assert f"{before} is kept and takes " in kept
        assert " events/s: equal in " in summary
        assert summary.endswith(f"{newest(stack)} is current.")
        assert newest(stack) != before
        sent = source.sent
        until(lambda: source.sent > sent + 50, "orders are sent after the change")
    stack.settle()
    report = stack.verify()
    assert report.is_right, report.mismatches[:5]
    assert stack.dead_letters() == letters == 1, "letters are not written again"
    assert stack.warehouse.rows("SELECT dictGet('units', 'name', tuple('o7'), toDate('2026-11-02'))") == [("Office 7",)]


def test_a_worker_that_slept_through_the_change_does_no_harm(stack: Stack, numbers: Iterator[int]) -> None:
    """It is stopped in the middle of a burst, with batches in hand for a generation that is dropped meanwhile."""
    worker = stack.pid("worker")

    def asleep(old: Warehouse, new: Warehouse) -> None:
        before = old.rows("SELECT count() FROM order_changes")
        stack.publish("orders", orders(itertools.islice(numbers, 6_000)))
        until(lambda: old.rows("SELECT count() FROM order_changes") > before, "the worker is in the middle of it")
        os.kill(worker, signal.SIGSTOP)

    try:
        done = rebuilt(stack, filled=asleep)
        assert done.is_current, done.verdicts
        with pytest.raises(CannotRun, match="wait"):
            forget_old(stack.warehouse.settings, 3_600)
        assert [database for database, _ in forget_old(stack.warehouse.settings, 0)] == [done.old]
    finally:
        os.kill(worker, signal.SIGCONT)
    newest(stack)
    stack.publish("orders", orders(itertools.islice(numbers, 100)))
    stack.settle()
    report = stack.verify()
    assert report.is_right, report.mismatches[:5]


def test_a_generation_that_is_not_what_the_log_says_is_found_out_and_kept(stack: Stack) -> None:
    """Until somebody says that it is meant: then it is put right."""
    before = newest(stack)
    stack.warehouse.command(
        "ALTER TABLE order_changes UPDATE rep_id = 'r49' WHERE entity_id = 'o17:1' AND version = 0",
        settings={"mutations_sync": 2},
    )
    done = rebuilt(stack)
    assert not done.is_current
    [found] = [one for one in done.verdicts if not one.is_equal]
    assert found.table == "order_changes"
    assert all(stack.topic_ids["orders"] in one for one in found.differences)
    assert newest(stack) == before
    assert not stack.verify().is_right
    assert rebuilt(stack, even_if_different=True).is_current
    assert newest(stack) != before
    stack.settle()
    assert stack.verify().is_right


def test_a_snapshot_beside_the_log_is_part_of_it(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put there after the fact: the old generation has nothing of it, and nothing that it has is other."""
    monkeypatch.setattr(filling, "FEW_EVENTS", 0)  # in processes of their own
    writer = SnapshotWriter(stack.folder / "snapshots" / "earlier", stack.company)
    for number in range(50):
        writer.add("orders", Order(order_id=f"s{number}", version=1, amount=10, office_id="o1", occurred_at=NOON))
    writer.finish(NOON)
    done = rebuilt(stack)
    assert done.is_current, done.verdicts
    newest(stack)
    assert stack.warehouse.rows("SELECT sum(booked_amount) FROM order_changes WHERE entity_id LIKE 's%'") == [(500,)]
    stack.publish("orders", [{"order_id": "s7", "version": 2, "amount": 4, "office_id": "o1",
                              "occurred_at": "2026-11-20T10:00:00+08:00"}])  # fmt: skip
    stack.settle()
    assert stack.warehouse.rows("SELECT sum(booked_amount) FROM order_changes WHERE entity_id LIKE 's%'") == [(494,)]


def test_what_snapshots_contribute_is_summed_once_whatever_the_log_adds(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stack.folder / "verify"
    monkeypatch.setattr(parts, "AT_ONCE", 20)
    assert stack.verify(kept).is_right
    summed = {path: path.stat().st_mtime_ns for path in kept.rglob("*.parquet")}
    assert len(summed) == 3, "fifty orders, twenty at a time"
    corrected = {"version": 2, "office_id": "o2", "effective_on": "2026-09-30", "correction": True, "amount": 7}
    stack.publish("orders", [{"order_id": f"s{number}", "occurred_at": "2026-11-20T11:00:00+08:00", **corrected}
                             for number in range(20, 30)])  # fmt: skip
    stack.settle()
    report, afresh = stack.verify(kept), stack.verify()
    assert report.is_right
    assert (report.events, report.sums) == (afresh.events, afresh.sums)
    assert {path: path.stat().st_mtime_ns for path in kept.rglob("*.parquet")} == summed
    assert not [path for path in kept.iterdir() if path.name.startswith("aside")]
    change = "ALTER TABLE order_changes UPDATE office_id = '{}' WHERE order_id = 's3'"
    stack.warehouse.command(change.format("elsewhere"), settings={"mutations_sync": 2})
    wrong = {one.key for one in stack.verify(kept).mismatches if one.aggregate == "by_office"}
    assert any("office_id=elsewhere" in key for key in wrong), wrong
    stack.warehouse.command(change.format("o1"), settings={"mutations_sync": 2})


def test_what_no_worker_has_judged_yet_is_left_to_one(stack: Stack) -> None:
    """A bad record without a letter: the rebuild stops before it, the worker puts it aside and goes on."""
    newest(stack)
    letters = stack.dead_letters()
    stack.kill("worker")
    stack.publish("orders", [{"order_id": "two-faced", "version": 1, "amount": 300, "office_id": "o1",
                              "occurred_at": "2026-11-02T10:00:00+08:00"}])  # fmt: skip
    stack.publish("orders", [{"order_id": "last", "version": 1, "amount": 1, "office_id": "o1",
                              "occurred_at": "2026-11-02T10:00:00+08:00"}])  # fmt: skip
    done = rebuilt(stack)
    assert done.is_current, done.verdicts
    newest(stack)
    stack.start("worker")
    stack.settle()
    assert stack.dead_letters() == letters + 1
    assert stack.verify().is_right


def test_only_one_rebuilds_at_a_time(stack: Stack) -> None:
    with Generations(stack.warehouse.settings, "somebody else") as generations:
        generations.begin()
        with pytest.raises(CannotRun, match="by somebody else began"):
            rebuilt(stack)
