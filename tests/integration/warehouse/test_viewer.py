"""Which scope follows from what a person holds on a day."""

from datetime import date

import pytest

from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.viewer import Viewer, viewer_for

pytestmark = pytest.mark.warehouse
TODAY = date(2026, 11, 16)


@pytest.fixture
def company(books: Books) -> Books:
    moved = [("2020-01-01", "hq/east/hz"), ("2026-11-10", "hq/north/hz")]
    books.units({"hq": "hq", "east": "hq/east", "north": "hq/north", "hz": moved}, hq="boss", east="ann", north="bob")
    books.products({"vms": "vms", "v1": "vms/v1"}, vms="pia")
    books.people(
        boss={"unit_id": "hq", "role": "company_manager"},
        ann={"unit_id": "east", "role": "region_manager", "roles": ["region_manager@east", "rep@hz"]},
        bob={"unit_id": "hz", "role": "office_manager"},
        cat={"unit_id": "hz", "role": "rep", "roles": ["rep@hz"]},
        pia={"unit_id": "hq", "role": "product_manager"},
        ops={"unit_id": "hq", "role": "ops"},
        gone={"unit_id": "hq", "role": "ops", "status": "left"},
    )
    return books


@pytest.mark.parametrize(
    ("person", "viewer"),
    [
        ("boss", Viewer("boss", "company_manager", frozenset({"hq"}), everything=True)),
        ("ann", Viewer("ann", "region_manager", frozenset({"east"}), own_rows=True)),
        ("bob", Viewer("bob", "office_manager", frozenset({"hz", "north"}))),
        ("cat", Viewer("cat", "rep", own_rows=True)),
        ("pia", Viewer("pia", "product_manager", product_ids=frozenset({"vms"}))),
        ("ops", Viewer("ops", "ops", own_rows=True, everything=True, is_ops=True)),
        ("gone", Viewer("gone")),
        ("unheard of", Viewer("unheard of")),
    ],
)
async def test_a_person_sees_what_they_hold(company: Books, asked: AsyncWarehouse, person: str, viewer: Viewer) -> None:
    assert await viewer_for(asked, person, TODAY) == viewer


async def test_before_the_first_word_of_a_person_they_see_nothing(company: Books, asked: AsyncWarehouse) -> None:
    assert await viewer_for(asked, "boss", date(1999, 1, 1)) == Viewer.nobody("boss")
