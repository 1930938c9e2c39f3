"""The meetings of the trade, what calendars are told, and what a meeting leaves behind. Worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from pydantic import ValidationError

from dashboard.components.calls import Calls
from dashboard.components.calls import lines as lines_of
from dashboard.meetings.ical import ical
from dashboard.meetings.minutes import Minutes, is_agreed_in
from dashboard.meetings.settings import meetings
from dashboard.meetings.trade import kinds, parts_of, people_of, subject_of_kind
from dashboard.notifications.channels.letter import letter
from dashboard.notifications.content import Content
from dashboard.notifications.people import Directory, Post
from dashboard.own_file import FileFault
from dashboard.plain import markup
from dashboard.subjects import as_seen, state_of, subject_of
from dashboard.view_state import ViewState
from dashboard.whiteboard.addresses import board_at, board_of
from ingest.calendar import WorkingCalendar
from ingest.events import Action, Called, MeetingSaid, Task
from warehouse.meetings import before_it, folded
from warehouse.task_life import TaskCard
from warehouse.viewer import Viewer

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)  # a Wednesday, 12:00 in Shanghai
URL, WEEKLY = "https://meet.example.com/r", "trade:weekly:slice:unit_id=hz"
DIRECTORY = Directory(
    managers={"hq": "zhou", "east": "li", "hz": "zhang", "nb": "wang"},
    paths={"hq": ("hq",), "east": ("hq", "east"), "hz": ("hq", "east", "hz"), "nb": ("hq", "east", "nb")},
    people={"wang": Post("nb", "leave", "sun"), "sun": Post("nb")},
)


def said(what: str, when: datetime = NOON, who: str = "zhou", note: str | None = None, **meeting: Any) -> Action:
    fields: dict[str, Any] = {"what": what, "meeting": MeetingSaid(**{"meeting_id": "m", **meeting}), "note": note}
    return Action(
        occurred_at=when, subject="trade:weekly:slice:unit_id=hz", who=who, event_id=f"{what}{when}", **fields
    )


def told(*words: Action) -> Any:
    """The calendar's event of the meeting, and the method."""
    (meeting,) = folded(words)
    found = ical(
        meeting, "Weekly · Hangzhou", ["−41 M"], "https://b.example.com/x", "board@example.com", "a@b.cn", NOON
    )
    whole = Calendar.from_ical(found.text)
    assert whole["method"] == found.method
    (event,) = whole.walk("VEVENT")
    return event, found.method


def test_a_calendar_hears_of_a_move_and_of_the_end_by_the_same_id() -> None:
    plan = said("plan", at=NOON + timedelta(hours=2), minutes=30, url=URL)
    first, method = told(plan)
    assert (method, int(first["sequence"]), str(first["location"])) == ("REQUEST", 0, URL)
    assert first["dtend"].dt - first["dtstart"].dt == timedelta(minutes=30)
    moved, method = told(plan, said("plan", at=NOON + timedelta(days=1)))
    assert (method, int(moved["sequence"]), moved["uid"]) == ("REQUEST", 1, first["uid"])
    assert moved["dtstart"].dt == NOON + timedelta(days=1)
    off, method = told(plan, said("call_off"))
    assert (method, str(off["status"]), int(off["sequence"]), off["uid"]) == ("CANCEL", "CANCELLED", 1, first["uid"])


def test_a_meeting_that_is_on_and_a_series_are_told_too() -> None:
    now, _ = told(said("meet", url=URL))
    assert now["dtstart"].dt == NOON
    series, _ = told(said("plan", at=NOON, recurs="FREQ=WEEKLY;BYDAY=MO", minutes=60))
    assert series["rrule"].to_ical() == b"FREQ=WEEKLY;BYDAY=MO"


def test_a_mail_carries_the_invitation_with_its_method() -> None:
    (meeting,) = folded([said("plan", at=NOON, url=URL)])

    def calendar(organiser: str, to: str) -> Any:
        return ical(meeting, "Weekly", [], "https://b.example.com", organiser, to, NOON)

    content = Content("n1", "Weekly", ("a line",), "https://b.example.com", "meeting.plan", NOON, calendar=calendar)
    message = letter(content, "Board <board@example.com>", "li@example.com")
    parts = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    assert [one.get_param("method") for one in parts] == ["REQUEST", None]
    (event,) = Calendar.from_ical(parts[0].get_content()).walk("VEVENT")
    assert (str(event["organizer"]), str(event["attendee"])) == ("MAILTO:board@example.com", "MAILTO:li@example.com")


def test_every_kind_of_ours_can_be_read_in_both_languages() -> None:
    meetings.cache_clear()
    kinds.cache_clear()
    found = kinds()
    assert list(found) == ["decision", "kickoff", "daily", "weekly", "monthly", "review", "strategy"]
    assert all(len(one.agenda) == len(one.agenda_en) for one in found.values())


def test_a_wrong_file_says_which_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "own.toml"
    monkeypatch.setenv("ONEBOARD_MEETINGS_TRADE", str(file))
    right = 'name = "x"\ntitle = "周会"\ntitle_en = "Weekly"\nwho = ["leads"]\nagenda = ["一"]\nagenda_en = ["One"]\n'
    wrongs = (
        ('recurs = "weekly"', "'weekly' is no rule of RFC 5545", "不符合 RFC 5545"),
        ('titel = "x"', 'Did you mean "title"', "没有这一项"),
        ('layout = "desision"', 'Did you mean "decision"', "没有 'desision'"),
        ("minutes = 2", "it must be 5 at least", "至少为 5"),
    )
    for wrong, why, zh in wrongs:
        file.write_text(f"[[kinds]]\n{right}{wrong}\n", "utf-8")
        meetings.cache_clear()
        kinds.cache_clear()
        with pytest.raises(FileFault, match=rf"kinds\[x\]\.\w+: .*{why}") as fault:
            kinds()
        assert zh in fault.value.words("zh")
    file.write_text(f"[[kinds]]\n{right}", "utf-8")
    kinds.cache_clear()
    assert list(kinds()) == ["x"]
    monkeypatch.undo()
    meetings.cache_clear()
    kinds.cache_clear()


def test_the_next_time_is_a_working_day() -> None:
    daily, weekly, strategy = (kinds()[name] for name in ("daily", "weekly", "strategy"))

    def begins(kind: Any, now: datetime = NOON, **off: float) -> str:
        days = {("company", date(2026, 11, int(day[1:]))): weight for day, weight in off.items()}
        at = kind.begins(WorkingCalendar("CN", days), (), ZONE, now)
        return f"{at:%a %d %H:%M}" if at else ""

    assert begins(daily) == "Thu 26 09:00"
    assert begins(daily, d26=0.0) == "Fri 27 09:00"
    assert begins(weekly) == "Mon 30 10:00"
    assert begins(strategy) == ""


def test_called_to_a_kind_are_those_its_row_says() -> None:
    weekly = kinds()["weekly"]
    called = people_of(weekly, "east", None, (), DIRECTORY)
    assert [(one.person_id, one.why) for one in called] == [("li", "leads"), ("zhang", "leads"), ("sun", "leads")]
    decision = people_of(kinds()["decision"], "hz", "chen", (), DIRECTORY)
    assert [(one.person_id, one.why) for one in decision] == [("chen", "owner"), ("zhang", "leads"), ("li", "manager")]


def test_subjects_lead_back_to_the_board_and_mean_the_viewers_own_place() -> None:
    state = ViewState(lang="en", unit="hz", product="vms")
    assert subject_of(state) == "slice:unit_id=hz,product_id=vms"
    assert state_of(subject_of(state), "en") == state
    assert state_of("slice:segment=a,b,unit_id=hz", "en") == ViewState(lang="en", unit="hz", segment="a,b")
    assert state_of("slice:all", "zh") == ViewState()
    assert state_of("deal:4711", "zh") == ViewState(deal="4711")
    assert as_seen("slice:all", Viewer("li", unit_ids=frozenset({"east"}))) == "slice:unit_id=east"
    assert as_seen("slice:all", Viewer("zhou", everything=True)) == "slice:all"
    assert as_seen("slice:all", Viewer("chen", own_rows=True)) == "person:chen"
    kind, about = parts_of(subject_of_kind(kinds()["weekly"], "slice:unit_id=hz")) or (None, "")
    assert (kind and kind.name, about) == ("weekly", "slice:unit_id=hz")
    assert parts_of("trade:no-such:slice:all") is None


def test_minutes_are_the_facts_and_what_was_agreed() -> None:
    words = [
        said("meet", called=(Called(person_id="zhang"), Called(person_id="li")), url=URL),
        said("meet", NOON + timedelta(minutes=1), who="zhang"),
        said("minute", NOON + timedelta(minutes=5), note="3 % off"),
        said("adjourn", NOON + timedelta(minutes=30)),
        said("minute", NOON + timedelta(minutes=40), note="and free shipping"),
    ]
    (meeting,) = folded(words)
    task = Task(occurred_at=NOON, task_id="t1", title="Call them", person_id="zhang", due_on=date(2026, 11, 24))
    names = {"zhou": ("周红", "Zhou Hong"), "zhang": ("张伟", "Zhang Wei"), "li": ("李娜", "Li Na")}
    minutes = Minutes(meeting, [TaskCard(task, person_name=names["zhang"])], (), names)
    assert minutes.lines(date(2026, 11, 25), "en") == [
        "25 Nov 12:00 until 25 Nov 12:30",
        "there: Zhou Hong, Zhang Wei",
        "called: Li Na",
        "Decided: 3 % off (Zhou Hong)",
        "Decided: and free shipping (Zhou Hong)",
        "Action: Call them · Zhang Wei · 24 Nov · Overdue",
    ]
    shown = minutes.shown(ViewState(unit="hz"))
    assert shown is not None
    assert shown.state.as_of == "2026-11-25T12:00"


def test_the_meetings_before_are_those_held_about_the_same() -> None:
    first, second = said("meet", url=URL), said("meet", NOON + timedelta(days=7), meeting_id="n", url=URL)
    about = folded([first, said("plan", at=NOON, meeting_id="p"), second])
    assert [one.id for one in before_it(about[-1], about)] == ["m"]


def test_a_page_tells_its_reader_of_what_is_on_and_asked_of_them_and_of_nothing_else() -> None:
    words = [
        said("meet", called=(Called(person_id="zhang"),), title="Weekly", url=URL),
        said("plan", meeting_id="s", at=NOON, recurs="FREQ=DAILY", called=(Called(person_id="zhang"),)),
        said("plan", meeting_id="p", at=NOON, called=(Called(person_id="zhang"),)),
        said("ask", meeting_id="q", called=(Called(person_id="zhang"),), title="Deals", note="Why did they move?"),
    ]
    found = Calls.of(folded(words), {})
    lines = [markup(one) for one in lines_of(found, Viewer("zhang"), ViewState(lang="en"))]
    assert ["Weekly" in lines[0], "Why did they move?" in lines[1], len(lines)] == [True, True, 2]
    assert lines_of(found, Viewer("li"), ViewState(lang="en")) == []
    answered = Calls.of(folded([*words, said("reply", who="zhang", meeting_id="q", note="December")]), {})
    assert len(lines_of(answered, Viewer("zhang"), ViewState(lang="en"))) == 1


def test_what_was_shown_is_what_stood_there_at_the_end_and_a_later_brief_changes_nothing() -> None:
    first, last = ("/tile/kpi?unit=hz&as_of=1",), ("/tile/kpi?unit=hz&as_of=2", "/tile/units?unit=hz&as_of=2")
    words = [said("meet"), said("brief", shown=first)]
    assert folded(words)[0].shown == first
    words += [said("adjourn", NOON + timedelta(minutes=30), shown=last), said("brief", NOON + timedelta(hours=1))]
    assert folded(words)[0].shown == last
    with pytest.raises(ValidationError):
        MeetingSaid(meeting_id="m", shown=("https://example.org/tile/kpi",))


def test_an_action_from_a_note_of_the_whiteboard_is_of_the_meeting() -> None:
    (weekly,) = folded([said("meet"), said("adjourn", NOON + timedelta(hours=1))])
    about: dict[str, Any] = {"occurred_at": NOON, "task_id": "t", "title": "Call", "due_on": NOON.date()}
    note = TaskCard(Task(**about, origin=f"note:{board_at(weekly.subject, 'm')}:n1"))
    assert is_agreed_in(weekly, note)
    assert not is_agreed_in(weekly, TaskCard(Task(**about, origin="note:other:n1")))
    finding = replace(weekly, subject="finding:f")
    of_finding = Task(**about, origin=f"note:{board_of('f')}:n1")
    during, after = (NOON + timedelta(minutes=minutes) for minutes in (30, 90))
    assert is_agreed_in(finding, TaskCard(of_finding, agreed_at=during))
    assert not is_agreed_in(finding, TaskCard(of_finding, agreed_at=after))
