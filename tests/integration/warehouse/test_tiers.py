"""Targets in three tiers down the tree, against what was booked: worked out by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from ingest.calendar import Period
from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.queries.target_words import Nodes, target_words
from warehouse.targets import Split
from warehouse.tiers import of_node, tiered
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
NOVEMBER = Period.parse("2026-11")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # Friday evening in Shanghai: 6 of 21 working days are left
TREE = {"hq": "hq", "east": "hq/east", "north": "hq/north", "hz": "hq/east/hz", "nb": "hq/east/nb"}


@pytest.fixture
def company(books: Books) -> Books:
    """East shall reach 600 of 1,000, its offices 420 and 240; 450 are booked in Hangzhou, 30 of them VMS."""
    books.units(TREE, east="em")
    books.products({"vms": "vms", "ipc": "ipc"})
    books.people(ann={"unit_id": "hz"}, bob={"unit_id": "hz"}, em={"unit_id": "east", "role": "region_manager"})
    for unit, value in {"hq": 1000, "east": 600, "north": 500, "hz": 420, "nb": 240}.items():
        books.target("2026-11", value, unit_id=unit)
    books.target("2026-11", 500, unit_id="east", tier="floor")
    books.target("2026-11", 900, unit_id="east", tier="stretch")
    books.target("2026-11", 260, person_id="ann")
    books.target("2026-11", 202, person_id="bob")
    books.target("2026-11", 50, product_id="vms")
    for product, amount in (("ipc", 420), ("vms", 30)):
        ids = {"office_id": "hz", "rep_id": "ann", "product_id": product, "order_id": product, "line_id": "1"}
        books.order("2026-11-05", amount, kind="standard", status="effective", **ids)
    return books


async def rows(asked: AsyncWarehouse, by: Split, viewer: Viewer = ALL, **where: Any) -> dict[str, dict[str, Any]]:
    frame = await tiered(asked, viewer, metric="bookings", period=NOVEMBER, now=NOW, by=by, where=Where(**where))
    return {row["id"]: row for row in frame.iter_rows(named=True)}


async def node(asked: AsyncWarehouse, period: Period = NOVEMBER, **where: Any) -> dict[str, Any]:
    frame = await of_node(asked, ALL, metric="bookings", period=period, now=NOW, where=Where(**where))
    return frame.row(0, named=True)


async def test_each_tier_has_its_own_attainment_and_what_is_needed_a_day(company: Books, asked: AsyncWarehouse) -> None:
    east = (await rows(asked, "unit"))["east"]
    assert (east["floor"], east["target"], east["stretch"]) == (500, 600, 900)
    assert (east["floor_attainment"], east["attainment"], east["stretch_attainment"]) == (0.9, 0.75, 0.5)
    assert east["remaining_days"] == 6
    assert east["needed_per_day"] == pytest.approx((600 - 450) / 6)
    assert await node(asked, unit_id="east") == east
    north = (await rows(asked, "unit"))["north"]
    assert (north["floor"], north["floor_attainment"], north["attainment"]) == (None, None, 0)


async def test_what_the_parts_shall_reach_over_what_the_whole_shall(company: Books, asked: AsyncWarehouse) -> None:
    top, offices = await rows(asked, "unit"), await rows(asked, "unit", unit_id="east")
    assert (await node(asked))["factor"] == pytest.approx(1.1)  # 600 + 500 of 1,000
    assert top["east"]["factor"] == pytest.approx(1.1)  # 420 + 240 of 600
    assert top["north"]["factor"] is None  # nobody and nothing below it
    assert offices["hz"]["factor"] == pytest.approx(1.1)  # its people: 260 + 202 of 420
    assert offices["nb"]["factor"] is None
    assert (await node(asked, unit_id="hz"))["factor"] == pytest.approx(1.1)
    assert (await rows(asked, "product"))["vms"]["attainment"] == pytest.approx(0.6)
    people = await rows(asked, "rep", unit_id="hz")
    assert {id: row["target"] for id, row in people.items()} == {"ann": 260, "bob": 202}
    assert people["ann"]["factor"] is None


async def test_a_quarter_and_a_year_stand_beside_the_month(company: Books, asked: AsyncWarehouse) -> None:
    company.target("2026-10", 300, unit_id="east")
    company.target("2026-12", 700, unit_id="east")
    company.target("2026", 7000, unit_id="east")
    quarter = await node(asked, Period.parse("2026-Q4"), unit_id="east")
    year = await node(asked, Period.parse("2026"), unit_id="east")
    assert (quarter["target"], quarter["attainment"]) == (1600, pytest.approx(450 / 1600))
    assert (year["target"], year["needed_per_day"]) == (7000, pytest.approx(6550 / year["remaining_days"]))


async def test_every_version_says_who_changed_what_when_and_which_is_in_force(
    company: Books, asked: AsyncWarehouse
) -> None:
    company.target("2026-11", 630, unit_id="east", valid_from="2026-11-18", state='{"who":"em"}', source="dashboard")
    company.target("2026-11", 660, unit_id="east", valid_from="2026-11-25", state='{"who":"ceo"}', source="dashboard")
    words = await _words(asked, unit_ids=["east"])
    base = [word for word in words if word.tier == "base"]
    assert [(word.value, word.before, word.who) for word in base[:2]] == [(660, 630, "ceo"), (630, 600, "em")]
    assert base[1].who_name == ("em 名", "Em")
    assert base[0].valid_from == date(2026, 11, 25)
    assert (await node(asked, unit_id="east"))["target"] == 630  # 660 is not in force before the 25th
    assert await _words(asked, Viewer.nobody(), unit_ids=["east"]) == []
    assert {word.value for word in await _words(asked, person_ids=["ann"])} == {Decimal(260)}


async def _words(asked: AsyncWarehouse, viewer: Viewer = ALL, **nodes: Any) -> Any:
    return await target_words(
        asked, viewer, metric="bookings", period=NOVEMBER, nodes=Nodes(**nodes), day=date(2026, 11, 20)
    )
