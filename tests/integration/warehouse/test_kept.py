"""Sums that are kept in the process say what the warehouse says, whatever came meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ingest.events import Order
from tests.integration.detection.conftest import another, store
from tests.integration.detection.store import Store
from warehouse.kept import KeptSums
from warehouse.metric_query import MetricQuery, measure
from warehouse.viewer import Viewer

__all__ = ["another", "store"]
pytestmark = pytest.mark.warehouse
METRICS, BY = ("bookings", "order_lines"), ("office", "leaf_product")
START, TODAY = date(2026, 9, 1), date(2026, 11, 18)


def order(number: int, day: date, amount: int, **more: object) -> tuple[str, Order]:
    at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    fields: dict[str, object] = {
        "occurred_at": at, "version": 1, "order_id": f"o{number}", "status": "effective", "amount": Decimal(amount),
        "office_id": f"office{number % 3}", "product_id": f"p{number % 2}", "rep_id": f"r{number % 5}",
    }  # fmt: skip
    return "orders", Order.model_validate({**fields, **more})


async def agrees(kept: KeptSums, store: Store, start: date = START, end: date = TODAY) -> None:
    whole = await measure(store.warehouse, MetricQuery(METRICS, end, start, ("day", *BY)), Viewer.system())
    found = await kept.until(store.warehouse, start, end)
    assert found.rows() == whole.rows()
    assert found.schema == whole.schema


async def test_kept_sums_say_what_the_warehouse_says_after_whatever_came(store: Store, another: Store) -> None:
    kept = KeptSums(METRICS, BY)
    await agrees(kept, store)  # nothing yet
    days = [START + timedelta(n) for n in range(79)]
    await store.put(order(number, day, 100 + number) for number, day in enumerate(days))
    await agrees(kept, store)
    await store.put([order(100, TODAY, 5_000)])
    await agrees(kept, store)
    later = datetime(2026, 11, 18, 8, tzinfo=UTC)
    amended = order(7, days[7], 900, version=2, occurred_at=later, effective_on=days[7], correction=True)
    moved = order(8, days[8], 108, version=2, occurred_at=later, office_id="office9", effective_on=days[8])
    gone = order(9, days[9], 109, version=2, occurred_at=later, status="cancelled")
    late, coming = order(101, days[3], 77), order(102, TODAY + timedelta(3), 50)
    await store.put([amended, moved, gone, late, coming])
    await agrees(kept, store)
    await agrees(kept, store, end=TODAY + timedelta(3))
    await agrees(kept, store, start=START - timedelta(40))  # further back than it was read
    await agrees(kept, store, start=START + timedelta(60))  # what it need not keep is let go
    await agrees(kept, store)

    # Another worker took over, much came, and it is asked again here; and another warehouse took the place of this.
    await store.put(order(200 + number, day, 10) for number, day in enumerate(days))
    await agrees(kept, store)
    await another.put([order(1, TODAY, 42)])
    await agrees(kept, another)
