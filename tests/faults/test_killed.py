"""`kill -9` in the middle of an import: nothing lost, nothing double."""

import random
import threading

import pytest

from tests.stack import Stack, until

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
ORDERS = 20_000


def orders(seed):
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


def test_a_killed_worker_and_a_killed_warehouse_lose_nothing_and_double_nothing(kafka, tmp_path):
    with Stack(kafka.bootstrap, tmp_path) as stack:
        stack.start("worker")
        source = threading.Thread(target=lambda: stack.publish("orders", orders(7)))
        source.start()

        def stored():
            return stack.warehouse.rows("SELECT uniqExact(entity_id, version) FROM order_changes")[0][0]

        until(lambda: stored() > 500, "the import is under way")
        stack.kill("worker")
        stack.start("worker")
        before = stored()
        until(lambda: stored() > before, "the new worker goes on")
        stack.kill("warehouse")
        stack.start("warehouse")
        source.join()
        stack.settle()
        report = stack.verify()
    assert report.events["orders"] == ORDERS
    assert report.is_right, report.mismatches[:5]
