"""What stands under ids that nobody knows: counted while it does, gone when the organisation or the event says so."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.queries.unassigned import unassigned
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL, TODAY = Viewer.system(), date(2026, 11, 16)
KNOWN = {"office_id": "hz", "rep_id": "ann", "product_id": "vms"}


@pytest.fixture
def company(books: Books) -> Books:
    books.units({"hq": "hq", "hz": "hq/hz"})
    books.products({"all": "all", "vms": "all/vms"})
    books.people(ann={"unit_id": "hz"})
    return books


def booked(books: Books, key: str, day: str, amount: int, lines: int = 1, **ids: Any) -> None:
    told = {"lines": lines, "booked_amount": Decimal(amount), **KNOWN, **ids}
    books.change("order_changes", day, entity_id=key, **told)


async def test_what_stands_under_unknown_ids_is_told_by_id_of_today_and_of_the_month(
    company: Books, asked: AsyncWarehouse
) -> None:
    booked(company, "known", "2026-11-16", 1000)
    booked(company, "before", "2026-10-30", 7, office_id="nowhere")
    booked(company, "early", "2026-11-02", 100, office_id="nowhere", product_id="none", rep_id="p99")
    booked(company, "today", "2026-11-16", 40, office_id="nowhere")
    booked(company, "bare", "2026-11-16", 5, office_id="", product_id="", rep_id="")
    booked(company, "second", "2026-11-16", 500, office_id="nowhere", rep_id="p98", is_overlay=1)
    company.change("activity_changes", "2026-11-16", done=1, office_id="hz", rep_id="p99")
    found = await unassigned(asked, ALL, TODAY)
    told = {(one.kind, one.id, one.topic): (one.count_today, one.amount_today, one.count, one.amount) for one in found}
    assert told == {
        ("unit", "nowhere", "orders"): (1, 40, 2, 140),
        ("unit", "", "orders"): (1, 5, 1, 5),
        ("product", "none", "orders"): (0, 0, 1, 100),
        ("product", "", "orders"): (1, 5, 1, 5),
        ("person", "p99", "orders"): (0, 0, 1, 100),
        ("person", "p98", "orders"): (1, 500, 1, 500),
        ("person", "p99", "activities"): (1, 0, 1, 0),
    }
    assert (found[0].id, found[1].id, found[1].amount) == ("p98", "nowhere", Decimal(140))
    assert found[1].since == date(2026, 10, 30)
    assert [one.kind for one in found if not one.is_wrong] == ["product"]


async def test_it_is_gone_when_the_organisation_knows_the_id_or_the_event_is_corrected(
    company: Books, asked: AsyncWarehouse
) -> None:
    booked(company, "a", "2026-11-02", 100, office_id="nowhere")
    booked(company, "b", "2026-11-03", 30, product_id="none")
    assert [one.id for one in await unassigned(asked, ALL, TODAY)] == ["nowhere", "none"]
    company.units({"hq": "hq", "hz": "hq/hz", "nowhere": "hq/nowhere"})
    booked(company, "b", "2026-11-03", -30, lines=-1, product_id="none")
    booked(company, "b", "2026-11-03", 30)
    assert await unassigned(asked, ALL, TODAY) == []


async def test_an_id_that_is_known_only_from_a_later_day_says_so(company: Books, asked: AsyncWarehouse) -> None:
    company.people(ann={"unit_id": "hz"}, ben={"unit_id": "hz", "valid_from": "2026-11-10"})
    booked(company, "a", "2026-11-02", 100, rep_id="ben")
    booked(company, "b", "2026-11-12", 100, rep_id="ben")
    (found,) = await unassigned(asked, ALL, TODAY)
    assert (found.id, found.amount, found.known_from) == ("ben", 100, date(2026, 11, 10))


async def test_a_scope_that_knows_its_units_has_nothing_of_no_office(company: Books, asked: AsyncWarehouse) -> None:
    booked(company, "a", "2026-11-02", 100, office_id="nowhere")
    booked(company, "b", "2026-11-02", 30, rep_id="p99")
    within = Viewer("m", unit_ids=frozenset({"hz"}))
    assert [one.id for one in await unassigned(asked, within, TODAY)] == ["p99"]
    assert await unassigned(asked, Viewer.nobody(), TODAY) == []
