"""What causes and the watch of the company are read from, on the real engine, with answers worked out by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.queries.customers import known_customers
from warehouse.queries.endings import by_segment, decided
from warehouse.queries.fulfilment import fell_due
from warehouse.queries.leaves import leaves
from warehouse.queries.sent import by_the_clock, channel, sent, unassigned

pytestmark = pytest.mark.warehouse
TREE = {"hq": "hq", "east": "hq/east", "hz": "hq/east/hz", "nb": "hq/east/nb"}
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def rows(frame: pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(float(x) if isinstance(x, Decimal) else x for x in row) for row in frame.select(columns).iter_rows()]


async def test_leaves_split_what_was_sold_now_and_before(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.customers(c1={"segment": "city"})
    one = {"office_id": "hz", "rep_id": "ann", "product_id": "vms", "customer_id": "c1", "route": "direct"}
    books.order("2026-11-10", 100, listed_amount=Decimal(100), list_amount=Decimal(125), **one)
    books.order("2026-11-12", 20, **one)
    books.order("2026-10-01", 300, **one)
    books.order("2026-10-20", 7, **one)  # between the past and now
    books.order("2026-11-11", 50, office_id="nb", rep_id="bob", product_id="ipc")
    found = await leaves(
        asked, Where(unit_id="hz"), start=date(2026, 11, 1), end=date(2026, 11, 20), past_start=date(2026, 9, 1),
        past_end=date(2026, 10, 15),
    )  # fmt: skip
    assert rows(found, "office", "rep", "leaf_product", "segment", "route") == [("hz", "ann", "vms", "city", "direct")]
    assert rows(found, "bookings", "order_lines", "listed", "list", "bookings_before", "order_lines_before") == [
        (120, 2, 100, 125, 300, 1)
    ]


async def test_deals_that_ended_are_counted_lately_and_before(books: Books, asked: AsyncWarehouse) -> None:
    deal = {"office_id": "hz", "product_id": "vms", "grade": "A"}
    books.deal("2026-11-10", won_deals=1, won_amount=Decimal(40), **deal)
    books.deal("2026-11-11", lost_deals=1, **deal)
    books.deal("2026-10-11", won_deals=1, won_amount=Decimal(30), **deal)
    books.deal("2026-11-11", open_deals=1, office_id="nb", product_id="vms")
    deals = await decided(asked, date(2026, 9, 1), date(2026, 11, 1), date(2026, 11, 20))
    found = by_segment(deals, await known_customers(asked, date(2026, 11, 20)))
    names = ("office_id", "grade", "won", "decided", "won_amount", "won_before", "decided_before")
    assert rows(found, *names) == [("hz", "A", 1, 2, 40, 1, 1)]


async def test_what_a_source_sends_by_the_hour_and_what_of_it_is_nobodys(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    at = datetime(2026, 11, 19, 2, 30, tzinfo=UTC)
    books.order("2026-11-19", 100, source="erp", office_id="hz", changed_at=at)
    books.order("2026-11-19", 25, source="erp", office_id="gone", changed_at=at)
    said = by_the_clock({"orders": await sent(asked, "order_changes", date(2026, 11, 1), NOW)})
    assert rows(said, "source", "hour", "count") == [
        ("erp", datetime(2026, 11, 19, 10), 2)  # noqa: DTZ001
    ]
    found = await unassigned(asked, date(2026, 11, 1), date(2026, 11, 20))
    assert rows(found, "source", "amount", "unassigned") == [("erp", 125, 25)]


async def test_the_channel_is_what_distributors_book_and_what_is_booked_back(
    books: Books, asked: AsyncWarehouse
) -> None:
    late = datetime(2026, 11, 5, 2, tzinfo=UTC)
    books.order(
        "2026-10-30", 100, office_id="hz", route="distributor", changed_at=datetime(2026, 10, 30, 2, tzinfo=UTC)
    )
    books.order("2026-10-30", 40, office_id="hz", route="distributor", changed_at=late)
    books.order("2026-10-30", 9, office_id="hz", route="direct", changed_at=late)
    found = await channel(asked, date(2026, 7, 1), date(2026, 11, 20))
    assert rows(found, "office_id", "day", "amount", "back_dated") == [("hz", date(2026, 10, 30), 140, 40)]


async def test_orders_fall_due_on_the_last_of_their_days_and_are_of_who_holds_most_of_them(
    books: Books, asked: AsyncWarehouse
) -> None:
    def due(order: str, day: str, rep: str, amount: int, told: str = "2026-10-01", **fields: Any) -> None:
        books.change("order_changes", told, order_id=order, due_on=day, due_what="delivery", rep_id=rep,
                     office_id=f"of-{rep}", due_amount=Decimal(amount), **fields)  # fmt: skip

    due("o1", "2026-11-03", "ann", 5)
    due("o1", "2026-11-10", "bob", 9)
    due("o1", "2026-11-10", "eve", 90, is_overlay=True)
    due("o2", "2026-12-10", "ann", 5)
    due("o3", "2026-11-20", "ann", 5)  # today's is not past its day
    due("o4", "2026-11-19", "ann", 5)
    due("o4", "2026-11-19", "ann", -5, "2026-11-20")  # handed over today
    due("o4", "2026-11-19", "bob", 5, "2026-11-20")
    due("o5", "2026-11-12", "ann", 5)
    due("o5", "2026-11-12", "ann", -5, "2026-11-13")
    found = await fell_due(asked, date(2026, 11, 1), date(2026, 11, 20))
    assert rows(found, "order_id", "due_on", "rep_id", "office_id") == [
        ("o1", date(2026, 11, 10), "bob", "of-bob"),
        ("o4", date(2026, 11, 19), "bob", "of-bob"),
    ]
