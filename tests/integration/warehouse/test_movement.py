"""The movement of the pipeline from the rows themselves: worked out by hand, and of random histories."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from ingest.calendar import Period
from ingest.events import Opportunity
from tests.integration.warehouse import deals
from tests.integration.warehouse.books import Books
from tests.integration.warehouse.deals import deal
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, AsOf, Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.movement import MOVES, Cut
from warehouse.queries.movement import Between, Movement, movement, worded
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
TREE = {"hq": "hq", "east": "hq/east", "north": "hq/north", "hz": "hq/east/hz", "nb": "hq/east/nb", "bj": "hq/north/bj"}
GOODS = {"vms": "vms", "vms1": "vms/vms1", "vms2": "vms/vms2", "ipc": "ipc", "ipc1": "ipc/ipc1"}
NOVEMBER = Period.parse("2026-11")
OCTOBER_ENDS, NOW = Cut(date(2026, 10, 31)), Cut(date(2026, 11, 20))
MINE: dict[str, Any] = {"rep_id": "ann", "office_id": "hz", "product_id": "vms1", "customer_id": "c1", "stage": "bid"}
DUE = {**MINE, "opened_on": "2026-10-01", "expected_close_on": "2026-11-25"}


def told(found: Movement) -> dict[str, int]:
    return {bar: int(amount) for bar, (amount, _) in found.bars.items() if bar != "slipped"}


def adds_up(found: Movement) -> bool:
    return found.amount("opening") + sum(map(found.amount, MOVES)) == found.amount("closing")


@pytest.fixture
def company(books: Books) -> Books:
    books.units(TREE)
    books.products(GOODS)
    books.customers(c1={})
    books.people(ann={"unit_id": "hz"}, bob={"unit_id": "nb"}, eve={"unit_id": "bj"})
    return books


async def test_every_bar_by_hand(company: Books, asked: AsyncWarehouse) -> None:
    deals.write(
        company,
        [
            *(deal("2026-10-05", f"d{n}", **DUE, amount=100 * n) for n in range(1, 8)),
            deal("2026-11-02", "d1", **{**DUE, "outcome": "won", "closed_on": "2026-11-02"}, amount=110),
            deal("2026-11-03", "d2", **{**DUE, "outcome": "lost", "closed_on": "2026-11-03"}, amount=200),
            deal("2026-11-04", "d3", **{**DUE, "expected_close_on": "2026-12-20"}, amount=300),
            deal("2026-11-05", "d4", **{**DUE, "rep_id": "eve", "office_id": "bj"}, amount=400),
            deal("2026-11-06", "d5", **DUE, amount=450),
            deal("2026-11-07", "d6", **{**DUE, "outcome": "suspended"}, amount=600),
            deal("2026-11-09", "d8", **{**DUE, "opened_on": "2026-11-09"}, amount=80),
            deal("2026-10-05", "d9", **{**DUE, "expected_close_on": "2027-01-15"}, amount=90),
            deal("2026-11-10", "d9", **DUE, amount=95),
            deal("2026-10-05", "d10", **{**DUE, "rep_id": "eve", "office_id": "bj"}, amount=70),
            deal("2026-11-11", "d10", **DUE, amount=70),
        ],
    )
    asked_for = Between(OCTOBER_ENDS, NOW, NOVEMBER)
    east = await movement(asked, ALL, asked_for, Where(unit_id="east"))
    assert told(east) == {
        "opening": 2800, "won": -110, "lost": -200, "pushed_out": -300, "moved_out": -400, "down": -50,
        "abandoned": -600, "up": 10 + 5, "new": 80, "pulled_in": 90, "moved_in": 70, "closing": 1395,
    }  # fmt: skip
    assert adds_up(east)
    company_wide = await movement(asked, ALL, asked_for)
    assert not {"moved_in", "moved_out"} & told(company_wide).keys()
    assert adds_up(company_wide)
    everything = await movement(asked, ALL, Between(OCTOBER_ENDS, NOW, None))
    assert not {"pulled_in", "pushed_out"} & told(everything).keys()
    assert everything.count("slipped") == 1
    rows = await worded(asked, east.behind("slipped"), NOW)
    assert rows.select("id", "pushes", "months", "rep_name", "customer_name").rows() == [
        ("d3", 1, [date(2026, 11, 1), date(2026, 12, 1)], "ann 名", "C1")
    ]
    assert rows["amount"][0] == Decimal(300)
    own = await movement(asked, Viewer("eve", own_rows=True), asked_for)
    assert told(own) == {"opening": 70, "moved_out": -70, "moved_in": 400, "closing": 400}


async def test_an_instant_within_a_day_parts_what_happened_before_from_what_came_after(
    company: Books, asked: AsyncWarehouse
) -> None:
    deals.write(
        company,
        [
            deal("2026-11-03T09:00+08:00", "d1", **DUE, amount=100),
            deal("2026-11-03T11:00+08:00", "d1", **DUE, amount=130),
            deal("2026-11-03T15:00+08:00", "d1", **DUE, amount=120),
        ],
    )
    # The deal was opened in October, so it stands from there on, whenever it was told of.
    noon = Cut(date(2026, 11, 3), datetime(2026, 11, 3, 4, tzinfo=UTC))
    before = await movement(asked, ALL, Between(OCTOBER_ENDS, noon, NOVEMBER))
    after = await movement(asked, ALL, Between(noon, NOW, NOVEMBER))
    assert told(before) == {"opening": 100, "up": 30, "closing": 130}
    assert told(after) == {"opening": 130, "down": -10, "closing": 120}


def history(random: Random, id: str) -> list[Opportunity]:
    """A deal that goes through anything, with lines, credits and moves between people."""
    people = [("ann", "hz"), ("bob", "nb"), ("eve", "bj"), ("gone", "")]
    at = date(2026, 9, 1) + timedelta(days=random.randrange(70))
    fields: dict[str, Any] = {"opened_on": at.isoformat(), "customer_id": "c1", "stage": "lead"}
    events = []
    for _ in range(random.randrange(1, 7)):
        rep, office = random.choice(people)
        money = Decimal(random.randrange(1, 10**7)) / 10_000
        changes: list[dict[str, Any]] = [
            {"amount": money, "lines": None},
            {"rep_id": rep, "office_id": office or None, "credits": None},
            {"expected_close_on": (at + timedelta(days=random.randrange(-20, 90))).isoformat()},
            {"product_id": random.choice(["vms1", "vms2", "ipc1"]), "lines": None},
            {"stage": random.choice(["qualified", "bid", "awarded"])},
            {"lines": [{"product_id": "vms1", "amount": money}, {"product_id": "ipc1", "amount": "0.0001"}]},
            {"credits": [{"person_id": "ann", "office_id": "hz", "role": "AR", "share": "0.3333"},
                         {"person_id": rep, "office_id": "bj", "role": "SR", "share": "0.6667"},
                         {"person_id": "bob", "office_id": "nb", "role": "SR", "share": "0.5", "overlay": True}]},
            {"outcome": random.choice(["won", "lost", "abandoned", "suspended", "duplicate", "open"])},
        ]  # fmt: skip
        for change in random.sample(changes, random.randrange(1, 4)):
            fields |= change
        is_over = fields.get("outcome") in ("won", "lost", "abandoned")
        closed = {"closed_on": (at - timedelta(days=random.randrange(3))).isoformat()} if is_over else {}
        stated = {name: value for name, value in (fields | closed).items() if value is not None}
        events.append(deal(f"{at}T{random.randrange(8, 20):02}:{random.randrange(60):02}:00+08:00", id, **stated))
        at += timedelta(days=random.randrange(25))
    return events


HORIZONS = (Period.parse("2026-Q4"), None, NOVEMBER)
PLACES = [
    EVERYWHERE,
    *(Where(unit_id=unit) for unit in (*TREE, "unassigned")),
    *(Where(rep_id=rep) for rep in ("ann", "bob", "eve", "gone")),
    *(Where(product_id=product) for product in GOODS),
    Where(unit_id="east", product_id="vms"),
]


async def test_opening_and_moves_are_the_closing_of_every_unit_rep_and_product(
    company: Books, asked: AsyncWarehouse
) -> None:
    random = Random(11)
    deals.write(company, [event for n in range(150) for event in history(random, f"d{n}")])
    for number, where in enumerate(PLACES):
        first = date(2026, 9, 1) + timedelta(days=random.randrange(80))
        last = first + timedelta(days=random.randrange(60))
        due = HORIZONS[number % len(HORIZONS)]
        found = await movement(asked, ALL, Between(Cut(first), Cut(last), due), where)
        assert adds_up(found)
        for bar in (*MOVES, "opening", "closing"):
            behind = found.behind(bar)
            assert behind["amount"].sum() == found.amount(bar)
            assert behind["opportunity_id"].n_unique() == len(behind) == found.count(bar)
        # The metric asks by its own statement, served by the projections.
        closing = {"expected_from": due.start, "expected_to": due.end} if due else {}
        for bar, day in (("opening", first), ("closing", last)):
            query = MetricQuery(("open_pipeline",), day, where=Where(**{**vars(where), **closing}))
            assert (await measure(asked, query, ALL))["open_pipeline"].sum() == found.amount(bar)


async def test_a_look_back_knows_nothing_of_what_came_later(company: Books, asked: AsyncWarehouse) -> None:
    deals.write(
        company,
        [
            deal("2026-10-05", "d1", **DUE, amount=100),
            deal("2026-11-02T09:00+08:00", "d1", **DUE, amount=130),
            deal("2026-11-02T15:00+08:00", "d1", **{**DUE, "rep_id": "eve", "office_id": "bj"}, amount=130),
        ],
    )
    noon = AsOf(datetime(2026, 11, 2, 4, tzinfo=UTC))
    between = Between(OCTOBER_ENDS, Cut(date(2026, 11, 2)), NOVEMBER)
    found = await movement(asked, ALL, between, Where(unit_id="east", as_of=noon))
    assert told(found) == {"opening": 100, "up": 30, "closing": 130}
    rows = await worded(asked, found.behind("closing"), between.last, Where(as_of=noon))
    assert rows["rep_id"].to_list() == ["ann"]
