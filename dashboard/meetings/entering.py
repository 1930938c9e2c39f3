"""Into the room: the open meeting of what it is about, or one that is opened now; and what people say of meetings.

To open one is a word on the log; whose word lies first there makes the room, and says where it is with another word.
Whoever else clicks meanwhile waits for that one.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from dashboard.actions import NobodyActs, publish
from dashboard.meetings import Meant, room_for
from dashboard.meetings.book import Book
from dashboard.meetings.matter import Matter
from dashboard.meetings.settings import meetings
from ingest.errors import BrokerAway
from ingest.events import Action, Called, MeetingSaid
from warehouse.client import AsyncWarehouse
from warehouse.meetings import Meeting, open_one
from warehouse.viewer import Viewer

LOOKS_SECONDS = 0.1
"""Between two looks at whether somebody else's room is there."""
GRACE = timedelta(seconds=3)
"""Beyond the time a provider is waited for: whoever opened the meeting is gone then, and another makes the room."""


@dataclass(frozen=True)
class Call:
    """Who is called to a meeting that is opened, and what is to be spoken of."""

    called: Sequence[Called] = ()
    left_out: Sequence[str] = ()
    agenda: Sequence[str] = ()
    at_once: bool = False


@cache
def book() -> Book:
    """The dashboard's one reader of meetings."""
    return Book()


def close() -> None:
    """Let go of the log, if it was read."""
    if book.cache_info().currsize:
        book().close()
        book.cache_clear()


def id_of(subject: str, known: Sequence[Meeting]) -> str:
    """The id of the next meeting about it: the same for everybody who knows the same."""
    number = sum(one.opened_at is not None or one.is_called_off for one in known)
    return sha256(f"{subject}|{number}".encode()).hexdigest()[:20]


def word(viewer: Viewer, what: str, subject: str, said: MeetingSaid, now: datetime, note: str | None = None) -> Action:
    """The event of `viewer` saying it. Raises `NobodyActs`."""
    if viewer == Viewer.nobody(viewer.person_id):
        raise NobodyActs("who has no scope cannot meet about anything")
    fields: dict[str, Any] = {"subject": subject, "who": viewer.person_id, "what": what, "note": note or None}
    return Action(occurred_at=now, source="dashboard", meeting=said, **fields)


async def enter(warehouse: AsyncWarehouse, viewer: Viewer, matter: Matter, call: Call, now: datetime) -> Meeting:
    """The meeting about it, with its room; opened by this where none is. Raises as the log and the warehouse do."""
    subject = matter.subject
    known = await book().on(warehouse, subject)
    if (meeting := open_one(known, now)) is None:
        id = id_of(subject, known)
        called = tuple(one for one in call.called if one.person_id != viewer.person_id)
        said = MeetingSaid(
            meeting_id=id, title=matter.name[:200], unit_id=matter.unit_id or None, called=called,
            left_out=tuple(call.left_out), agenda=tuple(call.agenda), at_once=call.at_once,
        )  # fmt: skip
    else:
        id, said = meeting.id, MeetingSaid(meeting_id=meeting.id)
    (event_id,) = await publish([word(viewer, "meet", subject, said, now)])
    meeting = await _now(warehouse, subject, id)
    if meeting.opening_id != event_id:
        meeting = await _awaited(warehouse, meeting)
    return meeting if meeting.url else await _made(warehouse, viewer, meeting)


async def _made(warehouse: AsyncWarehouse, viewer: Viewer, meeting: Meeting) -> Meeting:
    """The meeting once its room is made and said; of two rooms the one that was said first."""
    room = await room_for(Meant(meeting.id, f"oneboard · {meeting.title}", minutes=meeting.minutes))
    said = MeetingSaid(meeting_id=meeting.id, url=room.url, provider=room.provider)
    await publish([word(viewer, "room", meeting.subject, said, datetime.now(UTC), room.note)])
    return await _now(warehouse, meeting.subject, meeting.id)


async def _awaited(warehouse: AsyncWarehouse, meeting: Meeting) -> Meeting:
    """The meeting once somebody else has made its room; without one where they do not."""
    opened = meeting.opened_at or datetime.now(UTC)
    until = opened + timedelta(seconds=meetings().answer_seconds) + GRACE
    while not meeting.url and datetime.now(UTC) < until:
        await asyncio.sleep(LOOKS_SECONDS)
        meeting = await _now(warehouse, meeting.subject, meeting.id)
    return meeting


async def _now(warehouse: AsyncWarehouse, subject: str, id: str) -> Meeting:
    found = next((one for one in await book().on(warehouse, subject) if one.id == id), None)
    if found is None:
        raise BrokerAway("the meeting was said, and the log does not have it yet; click again")
    return found
