"""Standings, headline and the day's curve on a company small enough to work out by hand."""

import asyncio
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from ingest.calendar import Period
from tests.integration.warehouse.books import Books
from warehouse.answers import one_picture
from warehouse.client import AsyncWarehouse
from warehouse.coverage import coverage
from warehouse.dimensions import Where
from warehouse.measures import QuestionError
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
    assert east["manager_name_en"] == "Ann"
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


async def test_a_scoped_viewer_sees_the_children_in_scope_and_no_others(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.products({"all": "all", "vms": "all/vms", "access": "all/access"})
    books.people(ann={"unit_id": "hz"}, bob={"unit_id": "bj"})
    for office, product, rep, amount in (
        ("hz", "vms", "ann", 1),
        ("bj", "vms", "bob", 20),
        ("mars", "access", "", 300),
    ):
        books.order("2026-11-05", amount, office_id=office, product_id=product, rep_id=rep)
    books.target("2026-11", 100, unit_id="north")
    books.target("2026-11", 100, unit_id="hz")

    async def ids(viewer: Viewer, **question: Any) -> dict[str, Decimal]:
        frame = await standings(asked, viewer, period=NOVEMBER, now=EVENING, **question)
        return dict(frame.sort("id").select("id", "actual").iter_rows())

    east = Viewer("e", unit_ids=frozenset({"hz"}))
    assert await ids(ALL) == {"east": 1, "north": 20, "unassigned": 300}
    assert await ids(east) == {"east": 1}
    assert await ids(east, where=Where(unit_id="east")) == {"hz": 1}
    assert await ids(Viewer.nobody()) == {}
    assert await ids(Viewer("p", product_ids=frozenset({"vms"}))) == {"east": 1, "north": 20}
    assert await ids(ALL, by="product") == {"access": 300, "vms": 21}
    assert await ids(Viewer("p", product_ids=frozenset({"vms"})), by="product") == {"vms": 21}
    assert await ids(east, by="rep", where=Where(unit_id="east")) == {"ann": 1}
    assert await ids(Viewer("bob", own_rows=True), by="rep") == {"bob": 20}


async def test_stocks_and_ratios_stand_without_a_pace(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.deal("2026-10-05", office_id="hz", opportunity_id="d", open_deals=1, open_amount=70)
    books.deal("2026-11-05", office_id="bj", won_deals=6, lost_deals=4)
    books.target("2026-11", 140, unit_id="east", metric="open_pipeline")
    metrics = ("open_pipeline", "win_rate", "effective_contacts", "weighted_pipeline")
    frame = await headlines(asked, ALL, metrics=metrics, period=NOVEMBER, now=EVENING)
    assert frame["actual"].to_list() == [Decimal(70), Decimal("0.6"), Decimal(0), None]  # nothing to weigh by
    assert frame["pace"].to_list() == frame["expected"].to_list() == [None] * 4
    open_ = (await standings(asked, ALL, metric="open_pipeline", period=NOVEMBER, now=EVENING)).row(0, named=True)
    assert (open_["id"], open_["actual"], open_["attainment"], open_["spark"]) == ("east", 70, 0.5, [])
    with pytest.raises(QuestionError, match="does not add up by day"):
        await day_curve(asked, ALL, metric="win_rate", period=NOVEMBER, now=EVENING)


async def test_a_unit_with_days_off_of_its_own_is_expected_to_have_more_by_now(
    books: Books, asked: AsyncWarehouse
) -> None:
    books.units(TREE)
    books.days_off(*(("east", f"2026-11-{day}") for day in range(17, 24)))  # five working days
    books.target("2026-11", 160, unit_id="east")
    rows = await standings(asked, ALL, period=NOVEMBER, now=EVENING)
    shares = dict(rows.select("id", "expected_share").iter_rows())
    assert shares == {"east": pytest.approx(11 / 16), "north": pytest.approx(11 / 21)}
    assert dict(rows.select("id", "needed_per_day").iter_rows())["east"] == pytest.approx(160 / 5)


async def test_a_period_to_come_expects_nothing_yet(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.order("2026-11-05", 1, office_id="hz")
    books.target("2026-12", 100, unit_id="east", valid_from="2026-12-01")
    row = (await standings(asked, ALL, period=Period.parse("2026-12"), now=EVENING)).row(0, named=True)
    assert (row["id"], row["actual"], row["target"], row["expected_share"], row["gap"]) == ("east", 0, 100, 0, 0)


async def test_coverage_is_what_closes_in_the_period_over_what_is_missing(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    for unit, target in (("east", 100), ("north", 20)):
        books.target("2026-11", target, unit_id=unit)
    books.order("2026-11-05", 40, office_id="hz")
    books.order("2026-11-05", 20, office_id="bj")
    open_deal = {"open_deals": 1, "office_id": "hz"}
    books.deal("2026-10-05", **open_deal, open_amount=120, expected_close_on="2026-11-30")
    books.deal("2026-10-05", **open_deal, open_amount=500, expected_close_on="2026-12-01")
    books.deal("2026-05-05", office_id="hz", won_deals=5, won_amount=50, lost_deals=5, lost_amount=150)
    rows = await coverage(asked, ALL, period=NOVEMBER, now=EVENING, by="unit")
    assert rows.select("id", "open", "coverage", "needed", "reason").rows() == [
        ("east", Decimal(120), 2.0, 4.0, None),
        ("north", Decimal(0), None, None, "met"),
    ]
    assert (await coverage(asked, ALL, period=NOVEMBER, now=EVENING))["reason"].to_list() == ["no_target"]


async def test_the_parts_of_a_picture_ask_the_same_once(
    books: Books, asked: AsyncWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.units(TREE)
    seen: list[str] = []
    query = asked.query

    async def counted(sql: str, *arguments: Any) -> pl.DataFrame:
        seen.append(sql)
        return await query(sql, *arguments)

    monkeypatch.setattr(asked, "query", counted)
    with one_picture():
        await asyncio.gather(*(headline(asked, ALL, period=NOVEMBER, now=EVENING) for _ in range(3)))
    together = len(seen)
    await headline(asked, ALL, period=NOVEMBER, now=EVENING)
    assert together == len(seen) - together
