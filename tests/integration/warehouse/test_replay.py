"""A month over again says of each day what the board said on its evening."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ingest.calendar import Period
from tests.integration.warehouse.books import Books
from tests.integration.warehouse.test_pace import ALL, NOVEMBER, TREE
from warehouse.client import AsyncWarehouse
from warehouse.curve import end_of_day
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.landing import Past, past_months
from warehouse.pace import headline, standings
from warehouse.replay import standings_by_day

pytestmark = pytest.mark.warehouse
ZONE = ZoneInfo("Asia/Shanghai")
EVENING = datetime(2026, 11, 16, 18, tzinfo=ZONE)


async def test_every_day_is_what_standings_and_headline_say_as_of_it(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.order("2026-11-02", 100, office_id="hz")
    books.order("2026-11-04", -30, office_id="hz")  # a return
    books.order("2026-11-04", 60, office_id="bj")
    books.order("2026-11-17", 999, office_id="bj")  # tomorrow
    books.target("2026-11", 420, unit_id="east")
    books.target("2026-11", 900, unit_id="east", valid_from=date(2026, 11, 10))
    books.target("2026-11", 500)
    for where in (EVERYWHERE, Where(unit_id="east")):
        rows = await standings_by_day(asked, ALL, metric="bookings", period=NOVEMBER, now=EVENING, where=where)
        found = {(row["day"].day, row["id"]): row for row in rows.iter_rows(named=True)}
        assert {day for day, _ in found} == set(range(1, 17))
        for day in (1, 3, 4, 9, 10, 16):
            then = min(EVENING, end_of_day(date(2026, 11, day), ZONE))
            head = (await headline(asked, ALL, period=NOVEMBER, now=then, where=where)).row(0, named=True)
            below = await standings(asked, ALL, period=NOVEMBER, now=then, where=where)
            for row in ({**head, "id": ""}, *below.iter_rows(named=True)):
                mine = found[day, row["id"]]
                assert {name: mine[name] for name in mine if name in row and name not in ("name", "name_en")} == {
                    name: row[name] for name in mine if name in row and name not in ("name", "name_en")
                }
    assert found[9, ""]["target"] == Decimal(420)
    assert found[10, ""]["target"] == Decimal(900)


async def test_a_month_to_come_has_no_days(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    rows = await standings_by_day(
        asked, ALL, metric="bookings", period=Period.parse("2026-12"), now=EVENING, where=EVERYWHERE
    )
    assert rows.is_empty()


async def test_earlier_months_are_cut_at_the_same_working_day(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.order("2026-10-09", 70, office_id="hz")
    books.order("2026-10-30", 30, office_id="bj")
    found = await past_months(asked, ALL, metric="bookings", period=NOVEMBER, now=EVENING, where=EVERYWHERE)
    assert len(found) == 12
    assert found[0] == Past(70, 100)
    assert found[1] == Past(0, 0)
    east = await past_months(asked, ALL, metric="bookings", period=NOVEMBER, now=EVENING, where=Where(unit_id="hz"))
    assert east[0] == Past(70, 70)
    quarter = Period.parse("2026-Q4")
    assert not await past_months(asked, ALL, metric="bookings", period=quarter, now=EVENING, where=EVERYWHERE)
