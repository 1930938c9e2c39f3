"""A meeting from its words: opened or planned, its room, who is called, who came, and its end. Pure.

Words are actions on one subject ("finding:<id>", "deal:<id>" …) that carry `meeting`. They are folded in the order of
the log: of two who open a meeting at once the first one's word stands, and the other has joined it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ingest.events import Action, Called, MeetingSaid

OPENS = ("meet", "room", "call", "plan", "call_off", "adjourn", "ask", "message", "reply", "minute", "brief")
"""What is done to a meeting."""
AFTERWARDS = ("minute", "brief")
"""What is still said when it is over."""
OPENS_BEFORE = timedelta(minutes=15)
"""So long before its time a planned meeting is the one that *Meet* opens."""
FOR_HOURS = 4
"""A meeting that nobody ended is over so many hours after the last word on it."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Decision:
    """What was decided, as somebody wrote it down."""

    what: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Meeting:
    """`opened_at` None: planned; `opening_id` is the event that opened it. `sequence` counts how often it was moved, as
    calendars do (RFC 5545). A `kind` but "meeting" is a series that recurs, a written answer asked for ("ask") or a
    message; `replies` are what was answered, "" by those who have only seen it; `briefs`, how often minutes went out;
    `shown` are the frozen tiles of its whiteboard when it ended, or when minutes were first made; `undecided` is why it
    ended with nothing decided, where somebody said so.
    """

    id: str
    subject: str
    title: str = ""
    by: str = ""
    unit_id: str = ""
    provider: str = ""
    url: str = ""
    note: str = ""
    called: tuple[Called, ...] = ()
    left_out: tuple[str, ...] = ()
    agenda: tuple[str, ...] = ()
    opened_at: datetime | None = None
    opened_by: str = ""
    opening_id: str = ""
    room_at: datetime | None = None
    planned_at: datetime | None = None
    at: datetime | None = None
    minutes: int = 30
    sequence: int = 0
    joined: Mapping[str, datetime] = field(default_factory=dict)
    ended_at: datetime | None = None
    ended_by: str = ""
    is_called_off: bool = False
    at_once: bool = False
    last_at: datetime | None = None
    recurs: str = ""
    kind: str = "meeting"
    replies: Mapping[str, str] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    briefs: int = 0
    briefed_by: str = ""
    shown: tuple[str, ...] = ()
    undecided: str = ""

    @property
    def people(self) -> frozenset[str]:
        """Everybody who has to do with it."""
        return frozenset({self.by, *self.joined, *(one.person_id for one in self.called)})

    @property
    def is_open(self) -> bool:
        """Whether people can join it."""
        return self.opened_at is not None and self.ended_at is None

    @property
    def is_planned(self) -> bool:
        """Whether it is still to come."""
        return self.kind == "meeting" and self.at is not None and self.opened_at is None and not self.is_called_off

    def is_due(self, now: datetime) -> bool:
        """Whether *Meet* opens this planned one."""
        return self.is_planned and self.at is not None and self.at - OPENS_BEFORE <= now <= self.ends_at

    @property
    def ends_at(self) -> datetime:
        """When a planned one is to be over."""
        assert self.at is not None
        return self.at + timedelta(minutes=self.minutes)

    def is_forgotten(self, now: datetime) -> bool:
        """Whether it is open and nobody has said a word for `FOR_HOURS`."""
        return self.is_open and self.last_at is not None and now - self.last_at >= timedelta(hours=FOR_HOURS)


def folded(words: Iterable[Action]) -> list[Meeting]:
    """The meetings that these words are about, in the order of the log, in the order in which they began."""
    found: dict[str, Meeting] = {}
    for word in words:
        if (said := word.meeting) is not None and word.what in OPENS:
            before = found.get(said.meeting_id) or Meeting(said.meeting_id, word.subject, by=word.who)
            found[said.meeting_id] = _after(before, word, said)
    return list(found.values())


def _after(before: Meeting, word: Action, said: MeetingSaid) -> Meeting:
    who, at = word.who, word.occurred_at
    if word.what not in AFTERWARDS and (before.is_called_off or before.ended_at is not None):
        return before
    after = replace(before, last_at=at)
    match word.what:
        case "meet" if before.opened_at is None:
            after = replace(_told(after, said), opened_at=at, opened_by=who, opening_id=word.event_id or "")
            after = replace(after, joined={who: at}, room_at=at if after.url else None)
        case "meet":
            after = replace(after, joined={**before.joined, who: before.joined.get(who, at)})
        case "room" if not before.url:
            after = replace(_told(after, said), room_at=at, note=word.note or "")
        case "call":
            after = _told(after, said)
        case "plan":
            sequence = before.sequence + (before.planned_at is not None)
            kind = "series" if said.recurs else before.kind
            after = replace(_told(after, said), sequence=sequence, at=said.at, kind=kind)
            after = replace(after, planned_at=before.planned_at or at)
        case "call_off":
            after = replace(after, is_called_off=True, sequence=before.sequence + 1)
        case "minute" if word.note:
            after = replace(after, decisions=(*before.decisions, Decision(word.note, who, at)))
        case "brief":
            after = replace(after, briefs=before.briefs + 1, briefed_by=who)
            after = replace(after, shown=before.shown if before.ended_at and before.shown else said.shown)
        case "reply":
            replies = {**before.replies, who: word.note or ""}
            after = replace(after, joined={**before.joined, who: before.joined.get(who, at)}, replies=replies)
        case "adjourn":
            after = replace(after, ended_at=at, ended_by=who, shown=said.shown, undecided=said.undecided or "")
        case "ask" | "message":
            after = replace(_told(after, said), kind=word.what, note=word.note or "", planned_at=at)
    return after


def _told(before: Meeting, said: MeetingSaid) -> Meeting:
    """With what the word says; what it leaves out stays."""
    given = {name: value for name in _STAYS if (value := getattr(said, name)) not in (None, ())}
    return replace(before, **given, at_once=before.at_once or said.at_once)


_STAYS = ("title", "unit_id", "provider", "url", "called", "left_out", "agenda", "minutes", "recurs")


def open_one(meetings: Iterable[Meeting], now: datetime) -> Meeting | None:
    """The meeting that a click on *Meet* joins: the open one, else a planned one whose time has come."""
    known = list(meetings)
    is_on = [one for one in known if one.is_open]
    return next(iter(is_on or [one for one in known if one.is_due(now)]), None)


def next_one(meetings: Iterable[Meeting]) -> Meeting | None:
    """The meeting that is on, else the next one planned."""
    known = list(meetings)
    planned = sorted((one for one in known if one.is_planned and one.at), key=lambda one: one.at or _NEVER)
    return next(iter([*(one for one in known if one.is_open), *planned]), None)


def before_it(meeting: Meeting, about: Iterable[Meeting]) -> list[Meeting]:
    """Of the meetings about the same thing those that were held before, the newest last."""
    began = meeting.opened_at or _NEVER
    held = [one for one in about if one.id != meeting.id and one.opened_at is not None and one.opened_at < began]
    return sorted(held, key=lambda one: one.opened_at or _NEVER)
