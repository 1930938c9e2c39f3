"""Targets in force on a day, by node; a missing one is none."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from ingest.calendar import Period
from tests.integration.warehouse.books import Books
from warehouse.aims import cross_targets
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.targets import Split, targets
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
TODAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)
TREE = {"hq": "hq", "east": "hq/east", "north": "hq/north", "hz": "hq/east/hz"}


async def aims(
    asked: AsyncWarehouse,
    by: Split | None = None,
    period: str = "2026-11",
    viewer: Viewer = ALL,
    as_of: date = TODAY,
    **where: Any,
) -> dict[str, Decimal]:
    frame = await targets(
        asked, viewer, metric="bookings", period=Period.parse(period), by=by, where=Where(**where), as_of=as_of
    )
    return dict(frame.iter_rows())


async def test_crosses_of_units_and_products_have_their_own(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.products({"all": "all", "vms": "all/vms", "ipc": "all/ipc"})
    books.target("2026-11", 40, unit_id="east", product_id="vms")
    books.target("2026-11", 8, unit_id="hz", product_id="ipc")
    books.target("2026-11", 3, unit_id="north", product_id="vms", route="direct")
    books.target("2026-11", 5, unit_id="east")
    books.target("2026-11", 7, product_id="vms")
    books.target("2026-11", 9, unit_id="hq", product_id="vms")
    for month in ("2026-10", "2026-12"):
        books.target(month, 2, unit_id="east", product_id="vms")

    async def crosses(period: str = "2026-11", viewer: Viewer = ALL, **where: Any) -> set[tuple[str, str, Decimal]]:
        frame = await cross_targets(
            asked, viewer, metric="bookings", period=Period.parse(period), now=NOW, where=Where(**where)
        )
        return set(frame.iter_rows())

    of_east, of_hz = ("east", "vms", Decimal(40)), ("hz", "ipc", Decimal(8))
    assert await crosses() == {of_east, of_hz}
    assert await crosses(unit_id="north", product_id="ipc") == {of_east, of_hz}  # wherever it is asked
    assert await crosses(route="direct") == {("north", "vms", Decimal(3))}
    assert await crosses("2026-Q4") == {("east", "vms", Decimal(44))}  # of hz two months have none
    assert await crosses(viewer=Viewer("x", unit_ids=frozenset({"hz"}))) == {of_hz}


async def test_each_slice_has_the_value_in_force(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.products({"all": "all", "vms": "all/vms"})
    books.target("2026-11", 100, unit_id="east")
    books.target("2026-11", 90, unit_id="east", valid_from="2026-11-10")
    books.target("2026-11", 95, unit_id="east", valid_from="2026-11-10")  # a later version of the same statement
    books.target("2026-11", 80, unit_id="east", valid_from="2026-11-20")
    books.target("2026-11", 7, unit_id="hz")
    books.target("2026-11", 500)
    books.target("2026-11", 40, unit_id="east", product_id="vms")
    books.target("2026-11", 60, product_id="vms")
    books.target("2026-11", 1, unit_id="east", tier="floor")
    books.target("2026-11", 2, unit_id="east", metric="revenue")
    assert await aims(asked, "unit") == {"east": 95, "hz": 7}
    assert await aims(asked, "unit", as_of=date(2026, 11, 9)) == {"east": 100, "hz": 7}
    assert await aims(asked) == {"": 500}
    books.target("2026-11", 510, unit_id="hq")  # the same slice, said otherwise: the later word stands
    books.target("2026-11", 505, product_id="all")
    books.target("2026-11", 500)
    assert await aims(asked) == {"": 500}
    assert await aims(asked, unit_id="hq") == {"": 500}
    assert await aims(asked, unit_id="east") == {"": 95}
    assert await aims(asked, unit_id="north") == {}
    assert await aims(asked, "product") == {"vms": 60}
    assert await aims(asked, "product", unit_id="east") == {"vms": 40}
    assert await aims(asked, "unit", product_id="vms") == {"east": 40}
    assert await aims(asked, unit_id="unassigned") == {}
    assert await aims(asked, unit_id="east", grade="A") == {}


async def test_a_person_has_the_targets_of_all_their_units_or_their_sum(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.people(ann={"unit_id": "hz"}, bob={"unit_id": "north"}, cat={"unit_id": "hz"})
    books.target("2026-11", 10, person_id="ann")
    books.target("2026-11", 4, person_id="ann", unit_id="hz")
    books.target("2026-11", 20, person_id="bob")
    books.target("2026-11", 3, person_id="cat", unit_id="hz")
    books.target("2026-11", 4, person_id="cat", unit_id="north")
    assert await aims(asked, "rep") == {"ann": 10, "bob": 20, "cat": 7}
    assert await aims(asked, "rep", unit_id="east") == {"ann": 10, "cat": 3}
    assert await aims(asked, rep_id="bob") == {"": 20}
    assert await aims(asked, "rep", viewer=Viewer("e", unit_ids=frozenset({"east"}))) == {"ann": 10, "cat": 3}
    assert await aims(asked, "rep", viewer=Viewer("bob", own_rows=True)) == {"bob": 20}
    assert await aims(asked, "rep", viewer=Viewer.nobody()) == {}


async def test_a_quarter_without_a_target_has_that_of_its_three_months(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    for month, value in (("10", 1), ("11", 2), ("12", 3)):
        books.target(f"2026-{month}", value, unit_id="east")
        books.target(f"2026-{month}", value, unit_id="hz")
    books.target("2026-Q4", 9, unit_id="hz")
    books.target("2026-10", 5, unit_id="north")
    assert await aims(asked, "unit", "2026-Q4") == {"east": 6, "hz": 9}
    assert await aims(asked, "unit", "2026") == {}
