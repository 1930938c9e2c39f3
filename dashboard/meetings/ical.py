"""A meeting as calendars know it (RFC 5545, 5546): one UID for all that is said of it, SEQUENCE for its moves. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vRecur

from warehouse.meetings import Meeting

NOW_MINUTES = 60
"""How long a meeting that is on is shown to take."""
_PRODUCT = "-//oneboard//meetings//EN"


@dataclass(frozen=True)
class Ical:
    """What a mail carries; `method` is REQUEST or CANCEL, and stands in the part's type too."""

    text: str
    method: str


def ical(
    meeting: Meeting, title: str, lines: Sequence[str], link: str, organiser: str, to: str, said_at: datetime
) -> Ical:
    """The invitation of one person, or its end. `organiser` and `to` are mail addresses."""
    method = "CANCEL" if meeting.is_called_off else "REQUEST"
    event = Event()
    begins = meeting.at or meeting.opened_at or said_at
    minutes = meeting.minutes if meeting.at else NOW_MINUTES
    told: dict[str, Any] = {
        "uid": f"{meeting.id}@{domain(organiser)}",
        "sequence": meeting.sequence,
        "dtstamp": said_at.astimezone(UTC),
        "dtstart": begins.astimezone(UTC),
        "dtend": (begins + timedelta(minutes=minutes)).astimezone(UTC),
        "summary": title,
        "description": "\n".join((*lines, link)),
        "location": meeting.url,
        "url": link,
        "status": "CANCELLED" if meeting.is_called_off else "CONFIRMED",
    }
    for name, value in told.items():
        if value != "":
            event.add(name, value)
    event.add("organizer", vCalAddress(f"MAILTO:{organiser}"))
    guest = vCalAddress(f"MAILTO:{to}")
    guest.params["ROLE"], guest.params["PARTSTAT"], guest.params["RSVP"] = "REQ-PARTICIPANT", "NEEDS-ACTION", "TRUE"
    event.add("attendee", guest)
    if meeting.recurs:
        event.add("rrule", vRecur.from_ical(meeting.recurs))
    whole = Calendar()
    whole.add("prodid", _PRODUCT)
    whole.add("version", "2.0")
    whole.add("method", method)
    whole.add_component(event)
    return Ical(whole.to_ical().decode(), method)


def domain(address: str) -> str:
    """The domain of a mail address, also of one with a name before it."""
    return address.rpartition("@")[2].strip("> ") or "oneboard"
