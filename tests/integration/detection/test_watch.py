"""Single deals, customers and cash of a small office, stored as a worker stores them, and swept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.sentences import sentence
from ingest.events import Activity, CalendarDay, Credit, Customer, Due, Event, Finding, Opportunity, Order, Person, Unit
from ingest.fields import ActivityKind, DueWhat, ForecastCategory, Grade, Outcome
from ingest.settings import CompanySettings
from streams.detection.sweeper import Sweeper
from tests.integration.detection.store import Store
from warehouse.queries.calendar import working_calendar
from warehouse.queries.deals import listed
from warehouse.queries.tending import tending
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 18, 15, tzinfo=ZONE)
BEFORE = date(2026, 1, 1)
COMPLAINT: dict[str, Any] = {"customer_id": "c6", "kind": ActivityKind.COMPLAINT, "severity": "severe"}


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).astimezone(UTC)


def company() -> Iterable[tuple[str, Event]]:
    """A company of one office with its manager and two reps, and a customer that matters."""
    told: dict[str, Any] = {"occurred_at": at(BEFORE), "valid_from": BEFORE, "source": "hr"}
    yield "org", Unit(kind="unit", id="hq", tier="company", manager_id="boss", **told)
    yield "org", Unit(kind="unit", id="hz", parent_id="hq", tier="office", manager_id="lead", **told)
    for id, role in (("lead", "office_manager"), ("ann", "rep"), ("bo", "rep")):
        yield "org", Person(kind="person", id=id, unit_id="hz", role=role, role_since=BEFORE, **told)
    yield "org", Person(kind="person", id="boss", unit_id="hq", role="company_manager", role_since=BEFORE, **told)
    yield "org", Customer(kind="customer", id="c1", tier="A", segment="city", **told)


def deal(id: str, day: date, version: int = 1, **fields: Any) -> tuple[str, Opportunity]:
    usual: dict[str, Any] = {
        "occurred_at": at(day), "source": "crm", "version": version, "opportunity_id": id, "stage": "qualified",
        "opened_on": date(2026, 9, 1), "expected_close_on": date(2026, 12, 20), "amount": Decimal(250_000),
        "grade": Grade.B, "rep_id": "ann", "office_id": "hz", "customer_id": "c1", "next_step": "visit",
        "next_step_on": date(2026, 12, 1),
    }  # fmt: skip
    return "opportunities", Opportunity(**{**usual, **fields})


def contact(id: str, day: date, deal_id: str | None, **fields: Any) -> tuple[str, Activity]:
    usual: dict[str, Any] = {
        "occurred_at": at(day), "source": "crm", "version": 1, "activity_id": id, "kind": ActivityKind.CALL,
        "rep_id": "ann", "office_id": "hz", "customer_id": "c1", "opportunity_id": deal_id, "outcome": "ok",
    }  # fmt: skip
    return "activities", Activity(**{**usual, **fields})


def order(id: str, day: date, version: int = 1, **fields: Any) -> tuple[str, Order]:
    usual: dict[str, Any] = {
        "occurred_at": at(day), "source": "erp", "version": version, "order_id": id, "effective_on": day,
        "amount": Decimal(300_000), "rep_id": "bo", "office_id": "hz", "customer_id": "c2",
    }  # fmt: skip
    return "orders", Order(**{**usual, **fields})


def told() -> Iterable[tuple[str, Event]]:
    """What is off, and beside each the same in order."""
    opened, october, november = date(2026, 9, 1), date(2026, 10, 9), date(2026, 11, 16)
    yield deal("untended", opened)
    yield contact("old", october, "untended")
    yield deal("tended", opened)
    yield contact("new", november, "tended")
    yield deal("slips", opened, customer_id="c3", expected_close_on=date(2026, 10, 20))
    yield deal("slips", october, 2, customer_id="c3", expected_close_on=date(2026, 11, 20))
    yield deal("slips", november, 3, customer_id="c3", expected_close_on=date(2027, 1, 15))
    commit: dict[str, Any] = {
        "rep_id": "bo", "customer_id": "c4", "forecast_category": ForecastCategory.COMMIT,
        "expected_close_on": date(2026, 11, 27),
    }  # fmt: skip
    yield deal("hoped", november, opened_on=november, **commit)
    yield deal("proven", november, opened_on=november, stage="negotiation", **commit)
    award: dict[str, Any] = {"rep_id": "bo", "customer_id": "c5", "stage": "awarded", "next_step_on": date(2026, 12, 1)}
    yield deal("unsigned", october, opened_on=october, **award)
    yield deal("signed", october, opened_on=october, **award)
    yield contact("award-1", november, "unsigned", rep_id="bo", customer_id="c5")
    yield contact("award-2", november, "signed", rep_id="bo", customer_id="c5")
    yield order("of-signed", november, opportunity_id="signed")
    yield from (contact(f"touch-{one}", november, one) for one in ("slips", "hoped", "proven"))
    due = (Due(on=date(2026, 10, 12), amount=Decimal(300_000), what=DueWhat.DELIVERY),)
    yield order("owed", opened, dues=due)
    yield order("paid", opened, dues=due)
    yield order("paid", october, 2, dues=due, collected_amount=Decimal(300_000))
    yield order("done", opened)
    yield order("done", date(2026, 10, 26), 2, accepted_amount=Decimal(300_000))
    yield contact("upset", november, None, **COMPLAINT)
    yield order("today", date(2026, 11, 18))


async def swept(store: Store, now: datetime = NOW) -> dict[str, Finding]:
    found = await Sweeper(store.warehouse, CompanySettings()).sweep(now.astimezone(UTC))
    assert len({one.rule for one in found}) == len(found)
    return {finding.rule: finding for finding in found}


async def test_what_is_off_is_told_to_one_person_until_it_is_dealt_with(store: Store) -> None:
    await store.put(company())
    await store.put(told())
    found = await swept(store)
    assert {rule: [item.id for item in one.behind] for rule, one in found.items()} == {
        "untended-deals": ["untended"],
        "pushed-deals": ["slips"],
        "unproven-commits": ["hoped"],
        "unsigned-awards": ["unsigned"],
        "overdue-dues": ["owed"],
        "uninvoiced-orders": ["done"],
        "complaints": ["c6"],
    }
    named = {rule: one.responsible_id for rule, one in found.items()}
    assert named == {
        "untended-deals": "ann", "pushed-deals": "lead", "unproven-commits": "lead", "unsigned-awards": "bo",
        "overdue-dues": "bo", "uninvoiced-orders": "lead", "complaints": "lead",
    }  # fmt: skip
    assert found["untended-deals"].since.astimezone(ZONE).date() == date(2026, 10, 29)  # 15 working days on
    assert sum(one.is_folded for one in found.values()) == 1  # the manager's fourth
    for finding in found.values():
        assert sum(cell.contribution for cell in finding.cells) == finding.gap
        for code in (*finding.why, *finding.against):
            assert "|" not in sentence(code, "en", {}), code
        assert "ann" not in {item.id for item in finding.behind}

    assert await swept(store) == found  # the same tick finds the same
    await store.put(("findings", finding) for finding in found.values())
    assert await swept(store, NOW + timedelta(minutes=5)) == {}

    today = date(2026, 11, 18)
    await store.put(
        [
            contact("at-last", today, "untended"),
            order("of-unsigned", today, opportunity_id="unsigned"),
            order("owed", today, 2, dues=(), collected_amount=Decimal(300_000)),
            contact("upset", today, None, **COMPLAINT, resolved_on=today, version=2),
        ]
    )
    ended = await swept(store, NOW + timedelta(minutes=10))
    assert {rule: (one.state, one.reason) for rule, one in ended.items()} == dict.fromkeys(
        ("untended-deals", "unsigned-awards", "overdue-dues", "complaints"), ("resolved", "reason.dealt_with")
    )
    assert all(one.finding_id == found[rule].finding_id for rule, one in ended.items())


async def test_the_deals_that_are_watched_are_those_that_the_board_lists(store: Store) -> None:
    opened, told_later, closed = date(2026, 9, 1), date(2026, 11, 12), date(2026, 11, 13)
    shares = (
        Credit(person_id="ann", share=Decimal("0.6")),
        Credit(person_id="bo", share=Decimal("0.4")),
        Credit(person_id="lead", overlay=True),
    )
    won: dict[str, Any] = {"outcome": Outcome.WON, "closed_on": closed}
    await store.put(company())
    await store.put(
        [
            deal("won", opened), deal("won", closed, 2, **won),
            deal("again", opened), deal("again", closed, 2, **won), deal("again", date(2026, 11, 16), 3, rep_id="bo"),
            deal("shared", opened, credits=shares), deal("shared", told_later, 2, rep_id="bo"),
            deal("new", date(2026, 11, 18), opened_on=date(2026, 11, 18)),
            deal("early", told_later), deal("early", date(2026, 11, 10), 2, amount=Decimal(90_000), stage="proposal"),
        ]
    )  # fmt: skip
    ids: list[set[str]] = []
    for day in (date(2026, 11, 11), told_later, closed, date(2026, 11, 18)):
        watched = await tending(store.warehouse, at(day, 15))
        shown = await listed(store.warehouse, Viewer.system(), what="open", now=at(day, 15))
        columns = ["id", "rep_id", "amount", "stage", "expected_close_on"]
        assert sorted(watched.select(columns).iter_rows()) == sorted(shown.select(columns).iter_rows())
        ids.append(set(watched["id"]))
    everything = {"won", "again", "shared", "early"}
    assert ids == [everything, everything, {"shared", "early"}, {"shared", "early", "again", "new"}]


async def test_a_day_of_the_organisations_own_counts_as_much_as_it_says(store: Store) -> None:
    saturday, monday = date(2026, 11, 21), date(2026, 11, 23)
    said: dict[str, Any] = {"kind": "calendar", "id": "company", "occurred_at": at(BEFORE), "source": "hr"}
    days = ((saturday, Decimal(1)), (monday, Decimal("0.5")))
    await store.put(("org", CalendarDay(**said, valid_from=day, weight=weight)) for day, weight in days)
    calendar = await working_calendar(store.warehouse)
    assert [calendar.weight(day) for day in (saturday, monday)] == [1.0, 0.5]
