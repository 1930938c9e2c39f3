"""Meetings from the warehouse: who was in a room and when first, what is forgotten, who visits, whose a deal is."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dashboard.meetings.matter import Matter
from dashboard.meetings.matters import matter_of
from dashboard.notifications.people import Directory
from ingest.events import Action, Activity, Behind, Called, MeetingSaid, Opportunity
from streams.detection.adjourning import adjourned
from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.queries.meetings import meetings, meetings_on, owners_of, rooms_opened
from warehouse.queries.visits import Visit, planned_visits
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
URL = "https://meet.example.com/r"


def say(books: Books, number: int, what: str, subject: str, who: str = "ann", after: float = 0, **said: Any) -> None:
    """A word on a meeting, `after` minutes; told twice, as a log may."""
    at = NOW + timedelta(minutes=after)
    about = MeetingSaid(**{"meeting_id": "m1", **said})
    word = Action(occurred_at=at, event_id=f"e{number}", subject=subject, who=who, what=what, meeting=about)  # type: ignore[arg-type]
    row = {"subject": subject, "who": who, "what": what, "event_id": f"e{number}", "state": word.model_dump_json()}
    for offset in (2 * number, 2 * number + 1):
        place = {"offset": offset, "version": number, "topic_id": "a", "changed_at": at, "received_at": at}
        books.insert("action_events", [row | place])


async def test_a_meeting_is_what_was_said_of_it_with_its_first_hour(books: Books, asked: AsyncWarehouse) -> None:
    say(books, 1, "meet", "finding:f1", called=(Called(person_id="bob"),), title="x")
    say(books, 2, "room", "finding:f1", after=0.1, url=URL, provider="jitsi")
    say(books, 3, "meet", "finding:f1", "bob", after=3)
    say(books, 4, "adjourn", "finding:f1", after=30)
    say(books, 5, "meet", "finding:f1", after=60, meeting_id="m2")
    say(books, 6, "plan", "deal:d1", after=-60 * 24 * 90, meeting_id="m3", at=NOW)
    first, second = await meetings_on(asked, ["finding:f1"])
    assert (first.url, set(first.joined), first.is_open, second.is_open) == (URL, {"ann", "bob"}, False, True)
    assert await rooms_opened(asked, ["finding:f1", "deal:d1"]) == {"finding:f1": NOW}
    assert [one.id for one in await meetings(asked, NOW - timedelta(days=1))] == ["m1", "m2"]


async def test_what_nobody_ended_is_ended_by_an_event_of_its_own_once(books: Books, asked: AsyncWarehouse) -> None:
    say(books, 1, "meet", "finding:f1")
    assert await adjourned(asked, NOW + timedelta(hours=3, minutes=59)) == []
    (one,), (again,) = [await adjourned(asked, NOW + timedelta(hours=hours)) for hours in (4, 5)]
    assert (one.what, one.subject, one.who) == ("adjourn", "finding:f1", "detection")
    assert one.event_id == again.event_id


async def test_planned_visits_that_say_when_they_begin(books: Books, asked: AsyncWarehouse) -> None:
    def visit(id: str, status: str = "planned", version: int = 1, **said: Any) -> None:
        given = {"occurred_at": NOW, "activity_id": id, "kind": "visit", "status": status, "rep_id": "ann", **said}
        state = Activity.model_validate(given).model_dump_json()
        row = {
            "entity_id": id,
            "activity_id": id,
            "version": version,
            "state": state,
            "status": status,
            "rep_id": "ann",
        }
        books.change("activity_changes", "2026-11-16", **row)

    visit("v1", planned_at=NOW + timedelta(hours=1), duration_minutes=45)
    visit("v2")
    visit("v3", planned_at=NOW + timedelta(hours=2))
    visit("v3", "cancelled", version=2)
    found = await planned_visits(asked, ["ann"], NOW, NOW + timedelta(days=1))
    begins = NOW + timedelta(hours=1)
    assert found == [Visit("ann", begins, begins + timedelta(minutes=45))]
    assert await planned_visits(asked, ["bob"], NOW, NOW + timedelta(days=1)) == []


async def test_whose_deals_and_customers_are(books: Books, asked: AsyncWarehouse) -> None:
    books.customers(c1={"owner_id": "eve"})
    books.deal("2026-11-02", entity_id="d1", opportunity_id="d1", rep_id="ann", version=1)
    books.deal("2026-11-03", entity_id="d1", opportunity_id="d1", rep_id="bob", version=2)
    things = [Behind(kind="deal", id="d1", amount=1), Behind(kind="customer", id="c1", amount=1)]  # type: ignore[arg-type]
    assert await owners_of(asked, things, date(2026, 11, 16)) == {"d1": "bob", "c1": "eve"}


async def test_what_is_met_about_is_worded_for_its_reader_and_hidden_from_others(
    books: Books, asked: AsyncWarehouse
) -> None:
    books.units({"hq": "hq", "hz": "hq/hz"}, hz="eve")
    books.people(ann={"unit_id": "hz", "role": "rep"}, eve={"unit_id": "hz"}, zoe={"unit_id": "hq"})
    deal = Opportunity(occurred_at=NOW, opportunity_id="d1", stage="bid", amount=Decimal(3_200_000), rep_id="ann",
                       office_id="hz", next_step="price list")  # fmt: skip
    given = {"entity_id": "d1", "opportunity_id": "d1", "rep_id": "ann", "office_id": "hz", "version": 1}
    books.deal("2026-11-02", **given, state=deal.model_dump_json(exclude_none=True))
    directory = Directory({"hz": "eve"}, {"hz": ("hq", "hz")}, {})

    async def about(subject: str, viewer: Viewer) -> Matter | None:
        return await matter_of(asked, viewer, subject, "en", directory, NOW)

    eve, nobody = Viewer("eve", unit_ids=frozenset({"hz"})), Viewer("zoe", unit_ids=frozenset({"elsewhere"}))
    found = await about("deal:d1", eve)
    assert found is not None
    assert (found.title, found.lines) == ("Deal d1 · 3.20\u00a0M · bid", ("next step: price list",))
    assert [(one.person_id, one.why) for one in found.proposed] == [("ann", "owner"), ("eve", "leads")]
    person = await about("person:ann", eve)
    assert person is not None
    assert person.title.endswith(" · " + person.name)
    assert ("Ann" in person.name, person.title.startswith("Ann · ")) == (False, True)
    decision = await about("trade:decision:deal:d1", eve)
    assert decision is not None
    assert (decision.name, len(decision.agenda)) == ("Decision meeting · Deal d1", 5)
    cells = ("slice:unit_id=hz", "trade:weekly:slice:unit_id=hz")
    for subject in ("deal:d1", "person:ann", *cells, "trade:no:x", "x:y"):
        assert await about(subject, nobody) is None, subject
