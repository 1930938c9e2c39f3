"""What the worker measures of a task that was carried out, on the real engine, with answers worked out by hand."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ingest.calendar import WorkingCalendar
from ingest.events import Check, Task
from ingest.settings import company
from streams.effects.checker import Checker
from tests.integration.warehouse import deals
from tests.integration.warehouse.books import Books
from tests.integration.warehouse.deals import deal
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.queries.funnel import moved_on
from warehouse.queries.helped import helped
from warehouse.queries.skills import skills
from warehouse.queries.tasks import tasks
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
CALENDAR = WorkingCalendar("CN")
OFFICES = [f"o{n:02}" for n in range(13)]
DONE = date(2026, 9, 1)
SAID = datetime(2026, 8, 20, 2, tzinfo=UTC)


def write(books: Books, *, helps: bool) -> None:
    """Thirteen offices that book 1,000 a working day but for small departures; o00 books 500 from 10 August until the
    day the task is carried out, and after it 900 where that helped."""
    books.units({"hq": "hq", **{one: f"hq/{one}" for one in OFFICES}})
    books.people(rep={"unit_id": "o00"})
    rows = []
    for number, office in enumerate(OFFICES):
        day, last = date(2025, 8, 4), date(2026, 11, 20)
        while day <= last:
            amount = Decimal(1000 + (7 * day.toordinal() + 13 * number) % 41)
            if office == "o00" and date(2026, 8, 10) <= day:
                amount = Decimal(900) if helps and day > DONE else Decimal(500)
            if CALENDAR.weight(day) > 0:
                offset = len(rows) + 1
                rows.append({"topic_id": "t", "offset": offset, "entity_id": f"e{offset}", "version": 1,
                             "day": str(day), "entity_day": str(day), "changed_at": SAID, "received_at": SAID,
                             "office_id": office, "booked_amount": amount, "lines": 1})  # fmt: skip
            day += timedelta(days=1)
    books.insert("order_changes", rows)
    expects = {"slice": {"unit_id": "o00"}, "amount": "9000", "by": "2026-10-15"}
    state(books, Task.model_validate({
        "occurred_at": SAID, "task_id": "t1", "title": "joint visit", "unit_id": "o00", "due_on": "2026-09-01",
        "expects": expects, "remedy": "joint_visit", "finding_id": "f1",
    }))  # fmt: skip
    did(books, "done", datetime(2026, 9, 1, 3, tzinfo=UTC))
    books.change_of(
        "finding_events", finding_id="f1", rule="unit-pace", finding_state="open", unit_id="o00", entity_id="f1",
        changed_at=SAID, since=datetime(2026, 8, 10, 1, tzinfo=UTC), gap=Decimal(-4000), state=json.dumps({
            "finding_id": "f1", "rule": "unit-pace", "metric": "bookings", "period": "2026-08", "state": "open",
            "slice": {"unit_id": "o00"}, "since": "2026-08-10T01:00:00Z", "as_of": SAID.isoformat(),
            "occurred_at": SAID.isoformat(), "actual": "1", "expected": "2", "gap": "-4000", "confidence": 0.9,
            "kind": "rate"}),
    )  # fmt: skip


def state(books: Books, task: Task) -> None:
    books.change_of("task_events", entity_id=task.task_id, task_id=task.task_id, unit_id=task.unit_id or "",
                    person_id=task.person_id or "", due_on=task.due_on, changed_at=task.occurred_at, source="dashboard",
                    state=task.model_dump_json(exclude_none=True))  # fmt: skip


def did(books: Books, what: str, at: datetime, **more: Any) -> None:
    event = {"occurred_at": at.isoformat(), "subject": "task:t1", "who": "boss", "what": what, **more}
    books.change_of("action_events", event_id=f"a{at}", subject="task:t1", who="boss", what=what, changed_at=at,
                    entity_id="task:t1", state=json.dumps(event))  # fmt: skip


def store(books: Books, check: Check) -> None:
    books.change_of("check_events", entity_id="t1", check_id=check.check_id, task_id="t1", kind=check.kind,
                    day=check.day, proposal=check.proposal, changed_at=check.occurred_at,
                    state=check.model_dump_json(exclude_none=True))  # fmt: skip


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


@pytest.mark.parametrize(("helps", "proposal"), [(True, "worked"), (False, "did_not")])
async def test_the_effect_is_what_came_beyond_what_the_untouched_did(
    books: Books, asked: AsyncWarehouse, helps: bool, proposal: str
) -> None:
    write(books, helps=helps)
    checker = Checker(asked, company())
    assert await checker.due(at(date(2026, 9, 10))) == []
    early = await checker.due(at(date(2026, 9, 25)))
    assert [(one.kind, one.is_last, one.proposal) for one in early] == [
        ("leading", True, "did_not"), ("lagging", False, "too_early"),
    ]  # fmt: skip
    for one in early:
        store(books, one)
    assert await checker.due(at(date(2026, 9, 25))) == []
    (last,) = await checker.due(at(date(2026, 11, 20)))
    assert (last.kind, last.is_last, last.proposal, last.peers) == ("lagging", True, proposal, 12)
    assert last.effect is not None
    assert last.low is not None
    assert last.high is not None
    assert last.usual is not None
    working = float(last.usual) / 1020  # what o00 usually books a day, as its year has it
    gained = 400 if helps else 0
    assert abs(float(last.effect) / working - gained) < 30
    assert last.low < last.effect < last.high
    assert last.against_baseline is not None
    assert abs(float(last.against_baseline) / working - gained) < 30
    store(books, last)
    (card,) = await tasks(asked, ALL, date(2026, 11, 20))
    assert card.asks_for == "lagging"
    did(books, "check", at(date(2026, 11, 20)), check="lagging", verdict=proposal)
    (pooled,) = await helped(asked, date(2026, 11, 21))
    assert (pooled.cause, pooled.remedy, pooled.outcome.count) == ("rate", "joint_visit", 1)
    assert (pooled.outcome.worked, pooled.outcome.rate) == (int(helps), None)


async def test_whoever_was_given_a_task_or_set_it_sees_it_wherever_it_belongs(
    books: Books, asked: AsyncWarehouse
) -> None:
    books.units({"hq": "hq", "o00": "hq/o00"})
    books.people(rep={"unit_id": "o00"})
    said = {"occurred_at": SAID, "title": "visit", "due_on": "2026-09-01", "who": "chief", "person_id": "lead"}
    state(books, Task.model_validate({**said, "task_id": "t1"}))
    state(books, Task.model_validate({**said, "task_id": "t2", "who": None, "person_id": None, "unit_id": "o00"}))
    lead, chief = Viewer("lead", product_ids=frozenset({"cam"})), Viewer("chief", unit_ids=frozenset({"elsewhere"}))
    for viewer, seen in ((lead, ["t1"]), (chief, ["t1"]), (Viewer("other", own_rows=True), []), (Viewer.nobody(), [])):
        assert [card.task.task_id for card in await tasks(asked, viewer, date(2026, 8, 21))] == seen, viewer


async def test_what_cannot_be_asked_for_is_said_and_stays_too_early(books: Books, asked: AsyncWarehouse) -> None:
    books.units({"hq": "hq", "hz": "hq/hz"})
    expects = {"metric": "win_rate_of_the_moon", "slice": {"unit_id": "hz"}, "amount": "1", "by": "2026-10-15"}
    state(books, Task.model_validate({"occurred_at": SAID, "task_id": "t1", "title": "x", "unit_id": "hz",
                                      "due_on": "2026-09-01", "expects": expects}))  # fmt: skip
    did(books, "done", datetime(2026, 9, 1, 3, tzinfo=UTC))
    for one in await Checker(asked, company()).due(at(date(2026, 11, 20))):
        store(books, one)
    (card,) = await tasks(asked, ALL, date(2026, 11, 20))
    assert [(one.kind, one.proposal, one.effect) for one in card.measured.values() if one.kind == "lagging"] == [
        ("lagging", "too_early", None)
    ]


async def test_stages_count_when_they_are_entered_and_not_where_a_deal_was_opened(
    books: Books, asked: AsyncWarehouse
) -> None:
    books.units({"hq": "hq", "hz": "hq/hz"})
    new = {"rep_id": "ann", "office_id": "hz", "amount": 10, "opened_on": "2026-07-01"}
    deals.write(books, [
        deal("2026-07-01", "d1", **new, stage="lead"), deal("2026-09-02", "d1", **new, stage="bid"),
        deal("2026-09-03", "d1", **{**new, "amount": 20}, stage="bid"),
        deal("2026-09-04", "d2", **{**new, "opened_on": "2026-09-04"}, stage="lead"),
    ])  # fmt: skip
    span = {"start": date(2026, 9, 1), "end": date(2026, 9, 30)}
    assert await moved_on(asked, ALL, **span) == 1
    assert await moved_on(asked, ALL, **span, where=Where(rep_id="bob")) == 0


async def test_of_stages_those_count_that_went_on_or_ended(books: Books, asked: AsyncWarehouse) -> None:
    books.units({"hq": "hq", "hz": "hq/hz"})
    events = []
    for n in range(12):
        new = {"rep_id": "ann", "office_id": "hz", "amount": 10, "opened_on": "2026-03-01"}
        events.append(deal("2026-03-01", f"d{n}", **new, stage="lead"))
        if n < 6:
            events.append(deal("2026-04-01", f"d{n}", **new, stage="bid"))
        if n < 3:
            events.append(deal("2026-05-10", f"d{n}", **new, stage="bid", outcome="won", closed_on="2026-05-10"))
        if n >= 8:
            events.append(deal("2026-05-10", f"d{n}", **new, stage="lead", outcome="lost", closed_on="2026-05-10"))
    deals.write(books, events)
    found = await skills(asked, "rep", at(date(2026, 10, 1)), date(2026, 10, 1))
    rows = {row["skill"]: row for row in found.filter(id="ann").iter_rows(named=True)}
    assert rows["stage:lead"]["deals"] == 10  # two are still in it
    assert rows["stage:lead"]["value"] == 0.6
    assert (rows["stage:bid"]["deals"], rows["stage:bid"]["value"]) == (3, None)  # three are still open there; too few
    assert rows["cycle"]["deals"] == 3
    assert rows["cycle"]["value"] is None
