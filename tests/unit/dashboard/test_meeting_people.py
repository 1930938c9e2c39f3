"""Who is called to a meeting and when: proposed, remembered, away, busy, in quiet hours. Worked out by hand."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from dashboard.meetings.people import called_about, remembered
from dashboard.meetings.slots import free_slots
from dashboard.notifications.calling import Calls
from dashboard.notifications.circumstances import Circumstances
from dashboard.notifications.people import Directory, Post
from dashboard.notifications.routes import Route, Routes
from dashboard.notifications.told import Told
from ingest.calendar import WorkingCalendar
from ingest.events import Action, Behind, Called, Cell, Finding, MeetingSaid, Notification, Slice
from warehouse.meetings import Meeting, folded, open_one

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)  # a Wednesday, 12:00 in Shanghai
NIGHT = NOON + timedelta(hours=10)
CALENDAR = WorkingCalendar("CN")
DIRECTORY = Directory(
    managers={"hq": "zhou", "east": "li", "hz": "zhang", "nb": "wang"},
    paths={"hq": ("hq",), "east": ("hq", "east"), "hz": ("hq", "east", "hz"), "nb": ("hq", "east", "nb")},
    people={
        "zhang": Post("hz", contact="zhang@example.com"),
        "li": Post("east", contact="+86 139 0000 0000"),
        "wang": Post("nb", "leave", "sun"),
        "sun": Post("nb"),
        "chen": Post("hz"),
    },
)


def finding(**fields: Any) -> Finding:
    given: Mapping[str, Any] = {
        "occurred_at": NOON, "finding_id": "f", "rule": "unit-pace", "metric": "bookings", "period": "2026-11",
        "slice": Slice(unit_id="hz"), "since": NOON, "as_of": NOON, "actual": 1, "expected": 9, "gap": -8,
        "confidence": 0.9, "responsible_id": "zhang", "responsible_role": "office_manager",
    }  # fmt: skip
    return Finding.model_validate({**given, **fields})


def whys(called: list[Called]) -> list[tuple[str, str]]:
    return [(one.person_id, one.why) for one in called]


def said(what: str, when: datetime = NOON, who: str = "zhou", note: str | None = None, **meeting: Any) -> Action:
    meeting = {"meeting_id": "m", **meeting}
    fields: dict[str, Any] = {"what": what, "meeting": MeetingSaid(**meeting), "note": note}
    return Action(occurred_at=when, subject="finding:f", who=who, event_id=f"{what}-{who}-{when}", **fields)


def called(*people: str) -> tuple[Called, ...]:
    return tuple(Called(person_id=one) for one in people)


def test_called_are_who_answers_who_leads_them_who_holds_the_evidence_and_who_was_asked() -> None:
    cells = (
        Cell(slice=Slice(unit_id="nb"), actual=0, expected=0, contribution=-3),  # type: ignore[arg-type]
        Cell(slice=Slice(person_id="chen"), actual=0, expected=0, contribution=-5),  # type: ignore[arg-type]
    )
    found = called_about(finding(cells=cells, consulted_ids=("zhou", "zhang")), DIRECTORY, {})
    assert whys(found) == [
        ("zhang", "responsible"), ("li", "manager"), ("chen", "evidence"), ("sun", "stand_in"), ("zhou", "consulted"),
    ]  # fmt: skip


def test_who_is_on_leave_is_stood_in_for_and_deals_bring_their_owners() -> None:
    behind = (Behind(kind="deal", id="d1", amount=5), Behind(kind="customer", id="c1", amount=2))  # type: ignore[arg-type]
    about = finding(slice=Slice(unit_id="nb"), responsible_id="wang", behind=behind)
    found = called_about(about, DIRECTORY, {"d1": "chen", "c1": "zhang"})
    assert whys(found) == [("sun", "stand_in"), ("li", "manager"), ("chen", "evidence"), ("zhang", "evidence")]


def test_what_was_chosen_about_the_same_thing_is_remembered_and_else_what_the_viewer_last_did_there() -> None:
    proposed = [Called(person_id="zhang", why="responsible"), Called(person_id="li", why="manager")]
    last = Meeting("m1", "finding:f", by="zhou", unit_id="hz", called=called("zhang", "chen"), left_out=("li",))
    offered, out = remembered(proposed, [last], (), "hz")
    assert ([one.person_id for one in offered], out) == (["zhang", "chen", "li"], {"li"})
    offered, out = remembered(proposed, (), [last], "hz")
    assert ([one.person_id for one in offered], out) == (["zhang", "li", "chen"], {"li"})
    offered, out = remembered(proposed, (), [last], "nb")
    assert ([one.person_id for one in offered], out) == (["zhang", "li"], {"li"})


def test_of_two_who_open_at_once_the_first_on_the_log_has_opened_and_the_first_room_stands() -> None:
    (meeting,) = folded(
        [
            said("meet", who="zhou", called=called("zhang")),
            said("meet", who="li", called=called("chen")),
            said("room", url="https://one.example.com/r", provider="jitsi"),
            said("room", who="li", url="https://two.example.com/r", provider="jitsi"),
        ]
    )
    assert (meeting.opened_by, meeting.url) == ("zhou", "https://one.example.com/r")
    assert meeting.called == called("zhang")
    assert set(meeting.joined) == {"zhou", "li"}
    assert open_one([meeting], NOON) is meeting
    later = NOON + timedelta(hours=1)
    (over,) = folded([said("meet"), said("adjourn", later), said("meet", later + timedelta(hours=1))])
    assert (over.is_open, over.ended_at) == (False, later)


def test_a_planned_meeting_moves_is_opened_when_its_time_has_come_and_is_called_off() -> None:
    plan = said("plan", at=NOON + timedelta(hours=2), minutes=30)
    (meeting,) = folded([plan, said("plan", at=NOON + timedelta(hours=3))])
    assert (meeting.sequence, meeting.is_planned, open_one([meeting], NOON)) == (1, True, None)
    assert open_one([meeting], NOON + timedelta(hours=2, minutes=50)) is meeting
    (off,) = folded([plan, said("call_off")])
    assert (off.is_planned, off.sequence) == (False, 1)


def test_a_meeting_of_which_nothing_is_heard_is_forgotten() -> None:
    (meeting,) = folded([said("meet"), said("meet", NOON + timedelta(hours=2), who="li")])
    assert not meeting.is_forgotten(NOON + timedelta(hours=5))
    assert meeting.is_forgotten(NOON + timedelta(hours=6))


def slots(*busy: tuple[datetime, datetime], now: datetime = NOON) -> list[str]:
    found = free_slots(busy, CALENDAR, (), ZONE, now)
    return [f"{one:%a %H:%M}" for one in found]


def test_the_next_free_slots_keep_to_office_hours_visits_and_the_weekend() -> None:
    assert slots() == ["Wed 12:30", "Wed 13:00", "Wed 13:30"]
    assert slots((NOON, NOON + timedelta(hours=1, minutes=15))) == ["Wed 13:30", "Wed 14:00", "Wed 14:30"]
    friday = datetime(2026, 11, 27, 17, 15, tzinfo=ZONE)
    assert slots(now=friday) == ["Fri 17:30", "Mon 09:00", "Mon 09:30"]
    assert slots((NOON, NOON + timedelta(days=30))) == []


QUIET = Route(name="person", to="person", by=("app", "contact"), quiet="20:00-08:00")


def calls(*words: Action, now: datetime = NOON, told: Told | None = None, away: tuple[str, ...] = ()) -> list[str]:
    at = Circumstances(told or Told(), Routes(routes=(QUIET,)), DIRECTORY, CALENDAR, ZONE, now)
    due = Calls(folded(words), at, away=away).due()
    return [f"{one.to.recipient} {one.to.channel}" for one in due]


def test_who_is_called_hears_it_on_the_board_and_where_their_contact_leads_but_not_who_is_there() -> None:
    meet = said("meet", called=called("zhang", "li", "chen"), url="https://meet.example.com/r")
    assert calls(said("meet", called=called("zhang"))) == []  # there is no room yet
    assert calls(meet) == ["zhang app", "zhang contact", "li app", "chen app"]
    assert calls(meet, said("meet", who="zhang")) == ["li app", "chen app"]
    assert calls(meet, said("adjourn")) == []


@pytest.mark.parametrize(("at_once", "expected"), [(False, ["zhang app"]), (True, ["zhang app", "zhang contact"])])
def test_at_night_only_the_board_is_told_unless_it_is_meant(at_once: bool, expected: list[str]) -> None:
    assert (
        calls(said("meet", called=called("zhang"), at_once=at_once, url="https://meet.example.com/r"), now=NIGHT)
        == expected
    )


def test_on_a_visit_nobody_is_called_away() -> None:
    meet = said("meet", called=called("zhang"), at_once=True, url="https://meet.example.com/r")
    assert calls(meet, away=("zhang",)) == ["zhang app"]


def test_a_plan_is_told_once_anew_when_moved_and_its_end_to_whoever_was_told() -> None:
    plan = said("plan", at=NOON + timedelta(hours=2), called=called("zhang"))
    told = Told()

    def tell(*words: Action) -> list[str]:
        due = Calls(folded(words), Circumstances(told, Routes(routes=(QUIET,)), DIRECTORY, CALENDAR, ZONE, NOON)).due()
        for one in due:
            step: dict[str, Any] = {"notification_id": one.id, "recipient": one.to.recipient, "route": one.route}
            told.take(Notification(occurred_at=NOON, channel=one.to.channel, kind="call", state="sent", **step))
        return [one.to.channel for one in due]

    assert tell(said("call_off"), said("plan", at=NOON + timedelta(hours=2), called=called("zhang"))) == []
    assert tell(plan) == ["app", "contact"]
    assert tell(plan) == []
    moved = said("plan", at=NOON + timedelta(hours=4))
    assert tell(plan, moved) == ["app", "contact"]
    assert tell(plan, moved, said("call_off")) == ["app", "contact"]
    assert tell(plan, moved, said("call_off")) == []


def test_whoever_sets_a_date_has_it_in_their_own_calendar_too() -> None:
    plan = said("plan", who="zhang", at=NOON + timedelta(hours=2), called=called("li"))
    assert calls(plan) == ["li app", "zhang contact"]
    assert calls(said("meet", who="zhang", called=called("li"), url="https://meet.example.com/r")) == ["li app"]


def test_a_brief_goes_to_all_but_whoever_sends_it_each_time_it_is_sent() -> None:
    words = [said("meet", called=called("zhang"), url="https://meet.example.com/r"), said("adjourn"), said("brief")]
    assert calls(*words) == ["zhang app", "zhang contact"]
    assert calls(*words, now=NIGHT) == ["zhang app"]


def test_a_day_of_the_calendar_is_no_office_hour_at_night_or_on_sunday() -> None:
    assert CALENDAR.is_office_hour(NOON, ZONE)
    assert not CALENDAR.is_office_hour(NIGHT, ZONE)
    assert not CALENDAR.is_office_hour(datetime(2026, 11, 29, 4, tzinfo=UTC), ZONE)
    assert CALENDAR.weight(date(2026, 11, 29)) == 0


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "meet", "https://a b"])
def test_a_room_is_an_address_of_the_web(url: str) -> None:
    with pytest.raises(ValidationError, match="url"):
        MeetingSaid(meeting_id="m", url=url)
