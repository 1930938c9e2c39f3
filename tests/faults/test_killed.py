"""`kill -9` in the middle of an import: nothing lost, nothing double, and `verify` would say so if it were not so."""

import random
import threading
from itertools import islice

import pytest

from tests.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
ORDERS = 6_000
PATIENCE_SECONDS = 120


def orders(seed):
    """Two versions of each order, most of them moved to another day, rep or office."""
    rng = random.Random(seed)
    for index in range(ORDERS):
        yield {
            "order_id": f"o{index // 2}",
            "version": index % 2,
            "occurred_at": f"2026-11-{1 + index % 22:02d}T10:00:00+08:00",
            "amount": rng.randrange(1_000, 10_000_000) / 100,
            "rep_id": f"r{rng.randrange(50)}",
            "office_id": f"o{rng.randrange(10)}",
            "product_id": f"p{rng.randrange(8)}",
        }


@pytest.fixture(scope="module")
def stack(kafka, tmp_path_factory):
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("killed")) as stack:
        yield stack


def test_a_killed_worker_and_a_killed_warehouse_lose_nothing_and_double_nothing(stack):
    worker_is_back, warehouse_is_back = threading.Event(), threading.Event()

    def send():
        """A third, and the others when what was killed is back."""
        events = orders(7)
        for gate in (worker_is_back, warehouse_is_back):
            stack.publish("orders", islice(events, ORDERS // 3))
            gate.wait(PATIENCE_SECONDS)
        stack.publish("orders", events)

    source = threading.Thread(target=send)

    def stored():
        return stack.warehouse.rows("SELECT count() FROM order_changes WHERE state != ''")[0][0]

    def kill_in_the_middle(name):
        """While batches are on the way from the log into the warehouse, and more are still to be sent."""
        before = stored()
        stack.until(lambda: stored() > before, "the import goes on")
        assert source.is_alive()
        stack.kill(name)

    source.start()
    try:
        stack.start("worker")
        kill_in_the_middle("worker")
        stack.start("worker")
        worker_is_back.set()
        kill_in_the_middle("warehouse")
        stack.start("warehouse")
    finally:
        worker_is_back.set()
        warehouse_is_back.set()
        source.join()
    stack.settle()
    report = stack.verify()
    assert report.events["orders"] == ORDERS
    assert report.is_right, report.mismatches[:5]
    assert not any(report.lag.values())
    assert stack.dead_letters() == 0
    assert "another worker came first" not in stack.log("worker").read_text()


def found_wrong(stack, table):
    """What `verify` says of a table, as (aggregate, measure)."""
    return {(one.aggregate, one.measure) for one in stack.verify().mismatches if one.table == table}


def test_verify_sees_a_row_too_many_and_a_row_too_few(stack):
    """Run on what the import left: one row more, then that row gone altogether."""
    one = "entity_id = 'o17:1' AND version = 1 AND booked_amount > 0"
    stack.kill("worker")
    stack.warehouse.command(f"INSERT INTO order_changes SELECT * FROM order_changes WHERE {one}")  # noqa: S608
    double = found_wrong(stack, "order_changes")
    assert {("facts", "booked_amount"), ("by_office", "booked_amount"), ("by_rep", "lines")} <= double
    stack.warehouse.command(f"ALTER TABLE order_changes DELETE WHERE {one}", settings={"mutations_sync": 2})
    lost = found_wrong(stack, "order_changes")
    assert {("facts", "booked_amount"), ("by_office_product", "quantity")} <= lost


def test_verify_sees_a_version_and_a_statement_that_are_not_there(stack):
    stack.start("worker")
    stack.publish("org", [{"kind": "unit", "id": one, "valid_from": "2026-01-01", "occurred_at": "2026-01-01T00:00:00Z"}
                          for one in ("hz", "sz")])  # fmt: skip
    stack.settle()
    stack.warehouse.command("ALTER TABLE org_events DELETE WHERE id = 'hz'", settings={"mutations_sync": 2})
    stack.warehouse.command(
        "ALTER TABLE order_changes DELETE WHERE entity_id = 'o23:1' AND version = 0", settings={"mutations_sync": 2}
    )
    mismatches = stack.verify().mismatches
    assert ("org_events", "events", 2, 1) in {(one.table, one.measure, one.expected, one.found) for one in mismatches}
    versions = {one.measure: (one.expected, one.found) for one in mismatches if one.aggregate == "versions"}
    for measure in ("stored", "distinct"):
        expected, found = versions[measure]
        assert expected == ORDERS
        assert found < ORDERS
