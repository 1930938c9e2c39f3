"""Any range, route, segment, customer, and looking back, on a company small enough to work out by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ingest.calendar import Period
from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import AsOf, Where
from warehouse.measures import QuestionError
from warehouse.metric_query import MetricQuery, measure, refusal
from warehouse.pace import day_curve, headline, standings
from warehouse.queries.customers import customers
from warehouse.queries.deals import deals, entity_history
from warehouse.queries.findings import findings
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
TREE = {"hq": "hq", "east": "hq/east", "hz": "hq/east/hz", "nb": "hq/east/nb"}
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 16, 18, tzinfo=SHANGHAI)  # 11 of November's 21 working days are over
NOVEMBER = Period.parse("2026-11")


def sales(books: Books) -> None:
    books.units(TREE)
    books.customers(c1={"segment": "bank", "tier": "A"}, c2={"segment": "school"}, c3={})
    hz = {"office_id": "hz", "rep_id": "ann", "product_id": "vms"}
    books.order("2026-11-02", 100, customer_id="c1", route="direct", **hz)
    books.order("2026-11-10", 20, customer_id="c2", route="online", **hz)
    books.order("2026-11-12", 7, customer_id="c1", route="online", office_id="nb", rep_id="bob", product_id="ipc")
    books.order("2026-11-16", 3, customer_id="c3", route="direct", office_id="nb", rep_id="bob", product_id="vms")
    books.order("2025-11-13", 50, customer_id="c2", route="online", **hz)


@pytest.mark.parametrize(
    ("where", "booked"),
    [
        (Where(), 130),
        (Where(route="online"), 27),
        (Where(segment="bank"), 107),
        (Where(segment="unassigned"), 3),
        (Where(customer_id="c1"), 107),
        (Where(customer_id="c1", route="online"), 7),
        (Where(segment="bank", unit_id="hz"), 100),
        (Where(segment="school", route="online", rep_id="ann", product_id="vms"), 20),
        (Where(customer_id="c1", rep_id="bob", product_id="vms"), 0),
    ],
)
async def test_filters_narrow_each_other(books: Books, asked: AsyncWarehouse, where: Where, booked: int) -> None:
    sales(books)
    top = await headline(asked, ALL, period=NOVEMBER, now=MONDAY, where=where)
    assert top["actual"][0] == booked


@pytest.mark.parametrize(
    ("key", "booked", "previous", "last_year"),
    [
        ("2026-11-10", 20, 0, 0),  # a Tuesday; 52 weeks before is 11 November 2025
        ("2026-W46", 27, 100, 50),  # 9 to 15 November; the 2nd lies in the week before
        ("2026-11-03..2026-11-12", 27, 100, 0),  # ten days; the ten before end on the 2nd; a year ago up to the 12th
        ("2026-11-12..2026-11-16", 10, 20, 50),
        ("2026-Q4", 130, 0, 50),
    ],
)
async def test_any_range_of_days(
    books: Books, asked: AsyncWarehouse, key: str, booked: int, previous: int, last_year: int
) -> None:
    sales(books)
    top = (await headline(asked, ALL, period=Period.read(key), now=MONDAY)).row(0, named=True)
    assert (top["actual"], top["previous"] or 0, top["last_year"] or 0) == (booked, previous, last_year)


async def test_a_range_has_the_part_of_its_months_targets_that_falls_on_it(books: Books, asked: AsyncWarehouse) -> None:
    sales(books)
    books.target("2026-11", 2100, unit_id="east")
    week = Period.read("2026-W46")  # five of November's 21 working days, all of them gone
    (east,) = (await standings(asked, ALL, period=week, now=MONDAY)).filter(id="east").iter_rows(named=True)
    assert east["target"] == 500
    assert east["attainment"] == pytest.approx(27 / 500)
    assert east["expected_share"] == 1
    half = Period.read("2026-11-16..2026-11-17")  # two working days, of which one is over
    (east,) = (await standings(asked, ALL, period=half, now=MONDAY)).filter(id="east").iter_rows(named=True)
    assert (east["target"], east["actual"]) == (200, 3)
    assert east["expected_share"] == pytest.approx(0.5)
    assert east["gap"] == pytest.approx(3 - 100)
    both = Period.read("2026-10-26..2026-11-06")  # October has no target: neither has what reaches into it
    assert (await standings(asked, ALL, period=both, now=MONDAY)).filter(id="east")["target"][0] is None


async def test_the_curve_of_a_range_begins_with_it(books: Books, asked: AsyncWarehouse) -> None:
    sales(books)
    books.target("2026-11", 2100, unit_id="hq")
    curve = await day_curve(asked, ALL, period=Period.read("2026-11-09..2026-11-13"), now=MONDAY)
    assert curve["day"].to_list() == [date(2026, 11, day) for day in range(9, 14)]
    assert curve["actual"].to_list() == [0, 20, 20, 27, 27]
    assert [round(value) for value in curve["expected"]] == [100, 200, 300, 400, 500]


async def test_a_customer_stands_with_its_past_and_what_is_open(books: Books, asked: AsyncWarehouse) -> None:
    sales(books)
    ids = {"office_id": "hz", "rep_id": "ann", "customer_id": "c2", "product_id": "vms"}
    books.deal("2026-11-05", entity_id="d1", opportunity_id="d1", open_deals=1, open_amount=Decimal(900), **ids)
    found = await customers(asked, ALL, period=NOVEMBER, now=MONDAY)
    told = found.select("id", "name", "segment", "actual", "last_year", "open_pipeline", "total").rows()
    assert told == [
        ("c1", "C1", "bank", 107, 0, 0, 3),
        ("c2", "C2", "school", 20, 50, 900, 3),
        ("c3", "C3", "", 3, 0, 0, 3),
    ]
    assert found["yoy"].to_list() == [None, pytest.approx(-0.6), None]
    of_ann = await customers(asked, ALL, period=NOVEMBER, now=MONDAY, where=Where(rep_id="ann"), limit=1)
    assert of_ann.select("id", "actual", "total").rows() == [("c1", 100, 2)]
    east = Viewer("e", unit_ids=frozenset({"nb"}))
    assert (await customers(asked, east, period=NOVEMBER, now=MONDAY))["actual"].to_list() == [7, 3]


async def test_what_cannot_be_asked_is_refused_by_the_name_of_what_is_missing(
    books: Books, asked: AsyncWarehouse
) -> None:
    refused = refusal("collections", where=Where(route="online"))
    assert refused is not None
    assert refused.by == "route"
    with pytest.raises(QuestionError, match="collection_changes has no route"):
        await headline(asked, ALL, metric="collections", period=NOVEMBER, now=MONDAY, where=Where(route="online"))
    assert refusal("collections", where=Where(segment="bank", customer_id="c1")) is None
    assert refusal("effective_contacts", ("product",)) is not None
    assert refusal("weighted_pipeline", where=Where(route="online")) is None


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


async def test_looking_back_shows_what_was_and_if_asked_what_was_known(books: Books, asked: AsyncWarehouse) -> None:
    """100 were booked on the 10th; on the 12th at 15:00 another 20; a correction of the 13th makes the 100 of the 10th
    60; 5 of the 11th came in only on the 14th."""
    books.units(TREE)
    one = {"office_id": "hz", "entity_id": "so1:1"}
    first, late = utc("2026-11-10T10:00"), utc("2026-11-13T09:00")
    books.order("2026-11-10", 100, changed_at=first, received_at=first, **one)
    at = utc("2026-11-12T15:00")
    books.order("2026-11-12", 20, changed_at=at, received_at=at, office_id="hz")
    books.change("order_changes", "2026-11-10", booked_amount=-100, lines=-1, changed_at=late, received_at=late, **one)
    books.order("2026-11-10", 60, changed_at=late, received_at=late, **one)
    books.order(
        "2026-11-11", 5, changed_at=utc("2026-11-11T12:00"), received_at=utc("2026-11-14T08:00"), office_id="hz"
    )

    async def booked(moment: str, known: str) -> Decimal:
        where = Where(as_of=AsOf(utc(moment), known))  # type: ignore[arg-type]
        top = await headline(asked, ALL, period=NOVEMBER, now=utc(moment), where=where)
        return Decimal(top["actual"][0])

    assert await booked("2026-11-12T18:00", "then") == 120
    assert await booked("2026-11-12T18:00", "now") == 60 + 5 + 20
    assert await booked("2026-11-12T14:00", "then") == 100  # the 20 came in the afternoon
    assert await booked("2026-11-12T14:00", "now") == 65
    assert await booked("2026-11-13T12:00", "then") == 80
    assert await booked("2026-11-14T12:00", "then") == await booked("2026-11-14T12:00", "now") == 85


async def test_a_deal_and_its_history_are_those_of_then(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    ids = {"entity_id": "d1", "opportunity_id": "d1", "office_id": "hz", "opened_on": "2026-11-01"}
    early, late = utc("2026-11-01T10:00"), utc("2026-11-12T10:00")
    books.deal("2026-11-01", open_deals=1, open_amount=90, state='{"a": 1}', changed_at=early, received_at=early, **ids)
    books.deal("2026-11-12", open_deals=-1, open_amount=-90, changed_at=late, received_at=late, **ids)
    books.deal("2026-11-12", open_deals=1, open_amount=70, state='{"a": 2}', changed_at=late, received_at=late, **ids)
    then = AsOf(utc("2026-11-12T09:00"))
    listed = await deals(asked, ALL, what="open", where=Where(as_of=then), now=then.at)
    assert listed["amount"].to_list() == [90]
    assert (await deals(asked, ALL, what="open", now=MONDAY))["amount"].to_list() == [70]
    assert len(await entity_history(asked, ALL, "opportunities", "d1", then)) == 1
    assert len(await entity_history(asked, ALL, "opportunities", "d1")) == 2


async def test_targets_known_then_are_those_that_had_come_in(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.target("2026-11", 100, unit_id="hq", received_at=utc("2026-11-01T09:00"))
    books.target("2026-11", 300, unit_id="hq", received_at=utc("2026-11-15T09:00"))
    moment = utc("2026-11-12T18:00")

    async def target(known: str) -> Decimal:
        where = Where(as_of=AsOf(moment, known))  # type: ignore[arg-type]
        return Decimal((await headline(asked, ALL, period=NOVEMBER, now=moment, where=where))["target"][0])

    assert [await target("then"), await target("now")] == [100, 300]


async def test_sums_of_a_stock_looked_back_to(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    for day, amount in (("2026-10-01", 5), ("2026-11-12", 7), ("2026-11-13", 11)):
        at = utc(f"{day}T12:00")
        books.deal(day, open_deals=1, open_amount=amount, changed_at=at, received_at=at, office_id="hz")
    where = Where(as_of=AsOf(utc("2026-11-12T13:00"), "then"))
    found = await measure(asked, MetricQuery(("open_pipeline",), date(2026, 11, 12), where=where), ALL)
    assert found["open_pipeline"][0] == 12


async def test_findings_of_then_stand_as_they_did(books: Books, asked: AsyncWarehouse) -> None:
    assert await findings(asked, ALL, MONDAY, until=MONDAY) == []
