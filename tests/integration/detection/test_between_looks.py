"""Between two looks at deals, customers and cash: what is kept says the same as what is read anew, whatever came."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from ingest.events import Collection, Customer, Due, Person
from ingest.events.collections import Allocation
from ingest.fields import ActivityStatus, DueWhat, Grade, OrderStatus, Outcome
from ingest.retractions import Retraction
from streams.detection.sweeper import Sweeper
from streams.detection.watch.facts import Facts
from tests.integration.detection.store import Store
from tests.integration.detection.test_watch import COMPLAINT, at, company, contact, deal, order, told

pytestmark = pytest.mark.warehouse
NOW = datetime(2026, 11, 18, 7, tzinfo=UTC)
TODAY, OPENED, LATELY = date(2026, 11, 18), date(2026, 9, 1), date(2026, 11, 12)
MINUTE = timedelta(minutes=1)
WON: dict[str, Any] = {"outcome": Outcome.WON, "closed_on": LATELY}
LOST: dict[str, Any] = {"outcome": Outcome.LOST, "closed_on": LATELY}


def frames(facts: Facts) -> dict[str, tuple[pl.Schema, list[str]]]:
    """Every frame, its rows in an order of their own."""
    every = {name: value for name, value in vars(facts).items() if isinstance(value, pl.DataFrame)}
    return {name: (frame.schema, sorted(map(repr, frame.iter_rows()))) for name, frame in every.items()}


class Looks:
    """One sweeper that looks again and again, held against a new one each time."""

    def __init__(self, store: Store) -> None:
        self._store, self._kept = store, Sweeper(store.warehouse, store.company)

    async def agree(self, now: datetime) -> Facts:
        anew = Sweeper(self._store.warehouse, self._store.company)
        found, whole = await self._kept.facts(now), await anew.facts(now)
        assert frames(found) == frames(whole)
        assert await self._kept.told(now, found) == await anew.told(now, whole)
        return whole


def paid(id: str, amount: int, *orders: str, version: int = 1) -> tuple[str, Collection]:
    allocations = tuple(Allocation(order_id=one, amount=Decimal(amount)) for one in orders)
    return "collections", Collection(
        occurred_at=at(TODAY), source="bank", version=version, collection_id=id, customer_id="c2", received_on=TODAY,
        amount=Decimal(amount * len(orders)), allocations=allocations,
    )  # fmt: skip


async def test_a_look_by_what_is_kept_sees_what_one_that_reads_everything_sees(store: Store) -> None:
    looks = Looks(store)
    await store.put(company())
    await looks.agree(NOW)  # nobody has sold anything yet
    due = (Due(on=date(2026, 11, 2), amount=Decimal(300_000), what=DueWhat.DELIVERY),)
    await store.put(told())
    await store.put(
        [
            deal("won", OPENED), deal("won", LATELY, 2, stage="negotiation"), deal("won", LATELY, 3, **WON),
            deal("lost", OPENED), deal("lost", LATELY, 3, **LOST),
            contact("elsewhere", LATELY, None, customer_id="c7"),
            contact("mistaken", LATELY, "untended"),
            order("late", OPENED, dues=due),
            order("accepted", date(2026, 10, 26), accepted_amount=Decimal(300_000)),
        ]
    )  # fmt: skip
    first = await looks.agree(NOW + MINUTE)
    assert not any(frame.is_empty() for frame in (first.deals, first.dues, first.ages, first.decided, first.fell_due))
    await looks.agree(NOW + 2 * MINUTE)  # nothing came

    retold: dict[str, Any] = {"event_id": "told-by-mistake"}
    await store.put(
        [
            deal("untended", TODAY, 2, rep_id="bo", **retold),  # another owner
            deal("slips", date(2026, 11, 17), 4, customer_id="c3", expected_close_on=date(2027, 2, 15)),  # again
            deal("tended", TODAY, 2, **LOST),
            deal("won", TODAY, 4),  # it is open after all
            deal("lost", date(2026, 11, 10), 2, grade=Grade.A),  # what was said before it ended comes late
            deal("new", TODAY, opened_on=TODAY, customer_id="c8", next_step=None, next_step_on=None),
            contact("at-last", TODAY, "hoped"),
            contact("mistaken", LATELY, "untended", version=2, status=ActivityStatus.CANCELLED),
            contact("elsewhere", LATELY, None, version=2, customer_id="c8"),
            contact("upset", TODAY, None, **COMPLAINT, resolved_on=TODAY, version=2),
            contact("upset-too", TODAY, None, **COMPLAINT),
            order("of-signed", TODAY, 2, opportunity_id="signed", status=OrderStatus.CANCELLED),
            order("of-unsigned", TODAY, opportunity_id="unsigned"),
            order("late", TODAY, 2, dues=due, rep_id="ann"),
            order("accepted", TODAY, 2, accepted_amount=Decimal(300_000), invoiced_amount=Decimal(100_000)),
            order("backdated", date(2026, 10, 12), dues=due, accepted_amount=Decimal(300_000)),
            order("of-tomorrow", TODAY + timedelta(1)),
            paid("part", 100_000, "owed", "late"),
        ]
    )  # fmt: skip
    moved = await looks.agree(NOW + 3 * MINUTE)
    assert frames(moved)["deals"] != frames(first)["deals"]

    taken_back = Retraction(
        occurred_at=at(TODAY), source="crm", retracts="told-by-mistake", entity="untended", version=2,
        retraction_id="r1", who="ops", why="a bad file",
    )  # fmt: skip
    await store.put(
        [
            ("opportunities", taken_back),
            paid("part", 50_000, "late", version=2),  # less, and of one order alone
            order("owed", TODAY, 2, dues=()),
        ]
    )
    again = await looks.agree(NOW + 4 * MINUTE)
    assert dict(again.deals.select("id", "rep_id").iter_rows())["untended"] == "ann"

    said: dict[str, Any] = {"occurred_at": at(TODAY), "valid_from": TODAY, "source": "hr", "version": 99}
    await store.put([("org", Customer(kind="customer", id="c1", tier="S", segment="traffic", **said))])
    of_another_segment = await looks.agree(NOW + 5 * MINUTE)
    assert "traffic" in of_another_segment.deals["segment"].to_list()
    rep = Person(kind="person", id="ann", unit_id="hq", role="rep", role_since=OPENED, **said)
    await store.put([("org", rep), deal("new", TODAY, 2, opened_on=TODAY, customer_id="c1")])
    await looks.agree(NOW + 7 * MINUTE)

    await store.put([deal("proven", TODAY, 9, customer_id="c4", stage="solution")])
    await looks.agree(NOW + timedelta(days=1))  # the day of the order that was booked for tomorrow
    await store.put([deal("signed", TODAY + timedelta(1), 2, rep_id="ann", customer_id="c5", stage="awarded")])
    await looks.agree(NOW + timedelta(days=1, minutes=1))
    await looks.agree(NOW + 8 * MINUTE)  # an instant that is past, as a log read again has it
    await looks.agree(NOW + 9 * MINUTE)


async def test_a_table_in_the_place_of_another_is_read_from_its_beginning(store: Store) -> None:
    looks = Looks(store)
    await store.put([*company(), *told()])
    assert not (await looks.agree(NOW)).deals.is_empty()
    for table in ("order_changes", "opportunity_changes", "activity_changes"):
        await store.warehouse.command(f"TRUNCATE TABLE {table}")
    other = Store(store.warehouse, store.company)
    await other.put([deal("alone", OPENED), order("today", TODAY)])
    assert (await looks.agree(NOW + MINUTE)).deals["id"].to_list() == ["alone"]
