"""Standings, headline and the day's curve on a company small enough to work out by hand."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ingest.calendar import Period
from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.pace import day_curve, headline, headlines, standings
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
NOVEMBER = Period.parse("2026-11")
EVENING = datetime(2026, 11, 16, 18, tzinfo=ZoneInfo("Asia/Shanghai"))  # 11 of 21 working days are over
TREE = {"hq": "hq", "east": "hq/east", "north": "hq/north", "hz": "hq/east/hz", "nb": "hq/east/nb", "bj": "hq/north/bj"}


async def test_every_child_stands_against_its_target_and_the_days_gone(books: Books, asked: AsyncWarehouse) -> None:
    books.units({**TREE, "south": "hq/south"}, east="ann")
    books.people(ann={"unit_id": "east", "role": "region_manager"})
    books.order("2026-11-02", 100, office_id="hz")
    books.order("2026-11-16", 10, office_id="nb")
    books.order("2026-11-17", 999, office_id="nb")  # tomorrow
    books.order("2026-11-05", 60, office_id="bj")
    books.order("2025-11-03", 50, office_id="bj")
    books.order("2025-11-29", 1, office_id="bj")  # after the eleventh working day of that month
    books.target("2026-11", 420, unit_id="east")
    books.target("2026-11", 84, unit_id="north")
    books.target("2026-11", 500)
    frame = await standings(asked, ALL, period=NOVEMBER, now=EVENING)
    rows = {row["id"]: row for row in frame.iter_rows(named=True)}
    assert list(rows) == ["east", "north", "south"]  # the worst gap first, without a target last
    east = rows["east"]
    assert (east["name"], east["manager_id"], east["manager_name"]) == ("east 名", "ann", "ann 名")
    assert (east["actual"], east["target"]) == (Decimal(110), Decimal(420))
    assert east["attainment"] == pytest.approx(110 / 420)
    assert east["expected_share"] == pytest.approx(11 / 21)
    assert east["gap"] == pytest.approx(110 - 220)
    assert east["pace"] == pytest.approx(0.5)
    assert east["needed_per_day"] == pytest.approx(31)
    assert east["spark"] == [0, 100, *[0] * 13, 10]
    assert rows["north"]["gap"] == pytest.approx(60 - 44)
    assert rows["north"]["last_year"] == Decimal(50)
    assert rows["north"]["yoy"] == pytest.approx(0.2)
    assert rows["south"]["target"] is None
    assert rows["south"]["actual"] == 0
    assert rows["south"]["attainment"] is None

    top = (await headline(asked, ALL, period=NOVEMBER, now=EVENING)).row(0, named=True)
    assert (top["id"], top["actual"], top["target"], top["children_target"]) == ("hq", 170, 500, 504)
    two = await headlines(asked, ALL, metrics=("bookings", "win_rate"), period=NOVEMBER, now=EVENING)
    assert two["metric"].to_list() == ["bookings", "win_rate"]


async def test_the_month_by_day(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.order("2026-11-02", 100, office_id="hz")
    books.order("2026-11-16", 10, office_id="nb")
    books.order("2025-11-04", 5, office_id="nb")  # second working day of last year's November
    books.target("2026-11", 210, unit_id="east")
    frame = await day_curve(asked, ALL, period=NOVEMBER, now=EVENING, where=Where(unit_id="east"))
    rows = {row["day"].day: row for row in frame.iter_rows(named=True)}
    assert len(rows) == 30
    assert [rows[day]["actual"] for day in (1, 2, 15, 16, 17)] == [0, 100, 100, 110, None]
    assert [round(rows[day]["expected"]) for day in (1, 2, 3, 16, 30)] == [0, 10, 20, 110, 210]
    assert [rows[day]["last_year"] for day in (1, 2, 3, 30)] == [0, 0, 5, 5]
    assert rows[30]["day"] == date(2026, 11, 30)


async def test_reps_of_a_unit_stand_with_their_overlay_credit(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE, hz="cat")
    books.people(ann={"unit_id": "hz"}, bob={"unit_id": "nb"}, cat={"unit_id": "hz", "role": "office_manager"})
    books.order("2026-11-02", 100, office_id="hz", rep_id="ann")
    books.order("2026-11-02", 30, office_id="hz", rep_id="bob", is_overlay=1)
    books.target("2026-11", 210, person_id="ann")
    frame = await standings(asked, ALL, period=NOVEMBER, now=EVENING, by="rep", where=Where(unit_id="hz"))
    assert frame.select("id", "actual", "target", "manager_id").rows() == [
        ("ann", Decimal(100), Decimal(210), "cat"),
        ("bob", Decimal(30), None, ""),
    ]
    top = await headline(asked, ALL, period=NOVEMBER, now=EVENING, where=Where(unit_id="hz"))
    assert top["actual"][0] == 100
