"""What verify says to the board, and the sources' own totals against what came: through a real broker and worker."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from deploy.local.kafka import EmbeddedKafka
from ingest.calendar import business_day
from ingest.settings import CompanySettings
from tests.stack import Stack
from warehouse.client import AsyncWarehouse
from warehouse.queries.verification import last_verification
from warehouse.reconciliation import Verdict, reconciliation
from warehouse.viewer import Viewer

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
MONDAY = business_day(datetime.now(UTC), CompanySettings().zone) - timedelta(days=10)
TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("verified")) as stack:
        stack.start("worker")
        yield stack


def at(day: date, hour: int = 10) -> str:
    return f"{day}T{hour:02d}:00:00+08:00"


def order(id: str, day: date, amount: int, version: int = 1, **more: object) -> dict[str, object]:
    envelope = {"occurred_at": at(day), "source": "erp", "version": version}
    return {"order_id": id, "effective_on": str(day), "amount": amount, **envelope, **more}


def total(day: date, taken: str, count: int, amount: int | None = None, **more: object) -> dict[str, object]:
    said = {"topic": "orders", "source": "erp", "day": str(day), "occurred_at": taken, "count": count, **more}
    return said if amount is None else {**said, "amount": amount}


def asked(stack: Stack, viewer: Viewer) -> list[Verdict]:
    async def ask() -> list[Verdict]:
        warehouse = AsyncWarehouse(stack.warehouse.settings)
        try:
            return await reconciliation(warehouse, viewer, MONDAY)
        finally:
            await warehouse.close()

    return asyncio.run(ask())


def told(stack: Stack, day: date, topic: str = "orders") -> Verdict:
    (found,) = (one for one in asked(stack, Viewer.system()) if (one.total.day, one.total.topic) == (day, topic))
    return found


def test_a_total_is_compared_with_the_day_as_it_stood_when_it_was_taken(stack: Stack) -> None:
    shares = [{"person_id": "p1", "share": "0.5"}, {"person_id": "p2", "share": "0.5"},
              {"person_id": "p3", "share": "1", "overlay": True}]  # fmt: skip
    stack.publish("orders", [
        order("a", MONDAY, 100, credits=shares), order("b", MONDAY, 50), order("c", MONDAY, 25),
        order("x", MONDAY, 7, source="shop"), order("d", MONDAY, 9, status="draft"),
    ])  # fmt: skip
    stack.publish("control-totals", [total(MONDAY, at(MONDAY, 23), 3, 175)])
    stack.settle()
    assert told(stack, MONDAY).matches
    cancelled = order("c", FRIDAY, 25, version=2, effective_on=str(MONDAY), status="cancelled")
    stack.publish("orders", [cancelled])
    stack.settle()
    assert told(stack, MONDAY).matches, "what was cancelled later does not make the total wrong"
    stack.publish("control-totals", [total(MONDAY, at(FRIDAY, 23), 2, 150)])
    stack.settle()
    last = told(stack, MONDAY)
    assert (last.total.count, last.count, last.amount) == (2, 2, Decimal(150))


def test_what_is_missing_is_said_with_the_moment_since_when(stack: Stack) -> None:
    stack.publish("orders", [order("e", TUESDAY, 100)])
    stack.publish("control-totals", [total(TUESDAY, at(TUESDAY, 23), 4, 400)])
    stack.settle()
    missing = told(stack, TUESDAY)
    assert (missing.missing, missing.amount_off, missing.matches) == (3, Decimal(-300), False)
    assert missing.newest_at is not None
    said = stack.run("verify")
    assert said.returncode == 1
    assert f"erp, orders of {TUESDAY}: 3 missing since " in said.stdout
    assert "amount off by -300.00" in said.stdout
    assert "nothing lost and nothing double" in said.stdout


def test_payments_are_counted_whatever_they_cover(stack: Stack) -> None:
    parts = [{"order_id": "a", "amount": 60}, {"order_id": "b", "amount": 30}]
    payment = {"collection_id": "k1", "customer_id": "c1", "received_on": str(MONDAY), "amount": 100, "source": "erp"}
    stack.publish("collections", [
        {**payment, "occurred_at": at(MONDAY), "allocations": parts},
        {**payment, "occurred_at": at(MONDAY), "collection_id": "k2", "amount": 5},
    ])  # fmt: skip
    stack.publish("control-totals", [total(MONDAY, at(MONDAY, 23), 1, 100, topic="collections")])
    stack.settle()
    found = told(stack, MONDAY, "collections")
    assert (found.missing, found.amount_off) == (-1, Decimal(5))


def test_who_does_not_see_the_company_sees_no_totals(stack: Stack) -> None:
    assert asked(stack, Viewer("p1", "rep", own_rows=True)) == []
    assert asked(stack, Viewer.nobody()) == []


def test_what_verify_found_is_on_the_log_and_asked_for_by_the_board(stack: Stack) -> None:
    stack.run("verify", "--patient")
    stack.settle()

    async def ask():
        warehouse = AsyncWarehouse(stack.warehouse.settings)
        try:
            return await last_verification(warehouse)
        finally:
            await warehouse.close()

    found = asyncio.run(ask())
    assert (found.wrong, found.behind, found.source) == (0, 0, "verify")
    assert found.events == sum(stack.verify().events.values()) - 1, "all but the verdict itself"
    stack.warehouse.command("INSERT INTO order_changes SELECT * FROM order_changes WHERE order_id = 'b'")
    assert stack.run("verify").returncode == 1
    stack.settle()
    found = asyncio.run(ask())
    assert found.wrong > 0
    assert any("booked_amount" in one for one in found.examples)
