"""Ages, cycle times and what is owed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.warehouse import deals
from tests.integration.warehouse.books import Books
from tests.integration.warehouse.deals import deal
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.queries.dues import BUCKETS, cash, open_dues
from warehouse.queries.funnel import ageing, cycle
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
TREE = {"hq": "hq", "hz": "hq/hz", "bj": "hq/bj"}
TODAY = date(2026, 11, 20)
MINE: dict[str, Any] = {"rep_id": "ann", "office_id": "hz", "amount": 10}


async def test_the_age_counts_from_the_last_entry_into_the_stage(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    new = {**MINE, "opened_on": "2026-07-01"}
    deals.write(
        books,
        [
            deal("2026-07-01", "d1", **new, stage="lead"),
            deal("2026-09-01", "d1", **new, stage="bid"),
            deal("2026-10-01", "d1", **{**new, "amount": 20, "rep_id": "bob"}, stage="bid"),  # stays in its stage
            deal("2026-07-01", "d2", **new, stage="bid"),
            deal("2026-08-01", "d2", **new, stage="lead"),
            deal("2026-11-10", "d2", **new, stage="bid"),
            deal("2026-07-01", "d3", **new, stage="lead"),
            deal("2026-07-01", "d4", **new, stage="bid"),
            deal("2026-11-01", "d4", **{**new, "outcome": "won", "closed_on": "2026-11-01"}, stage="bid"),
        ],
    )
    found = {row["stage"]: row for row in (await ageing(asked, ALL, as_of=TODAY)).iter_rows(named=True)}
    assert {stage: row["deals"] for stage, row in found.items()} == {"bid": 2, "lead": 1}
    assert found["bid"]["longest"] == (TODAY - date(2026, 9, 1)).days
    assert [found["bid"][bucket] for bucket in ("to_30", "to_60", "to_90", "beyond")] == [1, 0, 1, 0]
    assert found["lead"]["beyond"] == 1
    assert (await ageing(asked, ALL, as_of=TODAY, where=Where(unit_id="bj"))).is_empty()


async def test_the_cycle_time_is_from_opening_to_winning(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    for n, opened in enumerate(("2026-10-01", "2026-09-01", "2026-01-01")):
        won = {**MINE, "opened_on": opened, "outcome": "won", "closed_on": "2026-11-01"}
        deals.write(books, [deal("2026-11-01", f"d{n}", **won)])
    found = await cycle(asked, ALL, start=date(2026, 11, 1), end=TODAY)
    assert found.row(0, named=True)["deals"] == 3
    assert found["median"][0] == (date(2026, 11, 1) - date(2026, 9, 1)).days
    assert (await cycle(asked, ALL, start=date(2026, 11, 2), end=TODAY))["deals"][0] == 0


def order(books: Books, id: str, office: str = "hz", **fields: Any) -> None:
    ids = {"order_id": id, "line_id": "1", "office_id": office, "rep_id": "ann"}
    books.change("order_changes", "2026-09-01", **ids, **{name: _money(value) for name, value in fields.items()})


def _money(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) else value


async def test_what_is_owed_is_what_dues_and_payments_leave(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    order(books, "so1", accepted_amount=900, collected_amount=200)
    order(books, "so1", due_on="2026-09-10", due_what="delivery", due_amount=500)
    order(books, "so1", due_on="2027-09-10", due_what="retention", due_amount=100)
    order(books, "so2", office="bj", due_on="2026-11-10", due_what="advance", due_amount=50)
    books.change("collection_changes", "2026-10-01", order_id="so1", line_id="1", received_amount=Decimal(100))
    books.change("collection_changes", "2026-10-01", received_amount=Decimal(30), unallocated_amount=Decimal(30))
    found = await cash(asked, ALL, as_of=TODAY, where=Where(unit_id="hz"))
    assert sorted(found.by_age.rows()) == [("to_90", False, 1, Decimal(200)), ("to_come", True, 1, Decimal(100))]
    assert (found.receivable, found.lately) == (Decimal(600), Decimal(900))
    assert found.dso == pytest.approx(60)
    whole = await cash(asked, ALL, as_of=TODAY, where=EVERYWHERE)
    assert whole.receivable == Decimal(570)  # what nobody's order was paid with counts for the company
    assert whole.by_age["dues"].sum() == 3
    nothing = await cash(asked, ALL, as_of=TODAY, where=Where(unit_id="unassigned"))
    assert (nothing.has_dues, nothing.has_payments, nothing.dso) == (False, False, None)


def due(books: Books, line: str, on: str, amount: int, what: str = "delivery", **fields: Any) -> None:
    ids = {"order_id": "so1", "line_id": line, "office_id": "hz", "rep_id": "ann", **fields}
    books.change("order_changes", "2026-07-01", **ids, due_on=on, due_what=what, due_amount=Decimal(amount))


def paid(books: Books, line: str, amount: int) -> None:
    books.change("collection_changes", "2026-11-12", order_id="so1", line_id=line, received_amount=Decimal(amount))


async def test_payments_settle_the_earliest_dues_first(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    for line, amount in {"1": 50, "2": 90, "3": 1000, "4": 90}.items():
        due(books, line, "2026-11-01", 30, "advance")
        due(books, line, "2026-11-10", 60)
        paid(books, line, amount)
    due(books, "4", "2027-10-01", 10, "retention")
    found = await open_dues(asked, ALL, as_of=TODAY)
    assert sorted(found.drop("order_id", "due_on").rows()) == [
        ("1", "delivery", Decimal(40), 10),
        ("4", "retention", Decimal(10), -315),
    ]


async def test_dues_are_sorted_by_how_long_they_are_past_their_day(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    on = ("2026-11-20", "2026-11-19", "2026-10-21", "2026-10-20", "2026-09-20", "2026-08-22", "2026-08-21")
    for n, day in enumerate(on):
        due(books, str(n), day, 1)
    by_age = (await cash(asked, ALL, as_of=TODAY)).by_age
    assert {bucket: dues for bucket, _, dues, _ in by_age.rows()} == dict(zip(BUCKETS, (1, 2, 1, 2, 1), strict=True))


async def test_a_part_of_a_credited_line_is_paid_as_the_line_is(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    due(books, "1", "2026-10-01", 60, rep_id="bob")
    due(books, "1", "2026-10-01", 40)
    paid(books, "1", 50)
    found = await open_dues(asked, ALL, as_of=TODAY, where=Where(rep_id="ann"))
    assert found["amount"].to_list() == [Decimal(20)]
