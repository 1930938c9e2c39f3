"""Who is to be called to meetings now, and by which channels. Pure.

A call goes by the channels of the route to whoever is named, each once: to a meeting that is on, to one that is
planned (anew whenever it is moved), when that is called off, for a written answer, and with a message. In quiet hours
nothing leaves but to the board, unless whoever calls was asked and meant it; during a planned visit in no case.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from dashboard.notifications.circumstances import Circumstances
from dashboard.notifications.messages import Message, key_of
from dashboard.notifications.routes import Route
from dashboard.notifications.told import To
from warehouse.meetings import Meeting


@dataclass(frozen=True)
class Calls:
    """The meetings, and the circumstances in which people are called; `away` are those who are on a planned visit."""

    meetings: Iterable[Meeting]
    at: Circumstances
    away: Collection[str] = frozenset()

    def due(self) -> list[Message]:
        """Every call that is to be sent now."""
        row = next((route for route in self.at.routes.routes if route.to == "person"), None)
        if row is None:
            return []
        found = [one for meeting in self.meetings for one in self._of(meeting, row)]
        return [one for one in found if self.at.told.life(one.id).may_be_taken_up(self.at.now)]

    def _of(self, meeting: Meeting, row: Route) -> Iterator[Message]:
        yield from self._briefs(meeting, row)
        what, turn = self._what(meeting)
        if not what:
            return
        waits = self.at.is_quiet(row) and not meeting.at_once
        for who in self._called(meeting, what):
            for channel in self.at.ways(who, row.by):
                if channel == "app" and who == meeting.by:
                    continue
                to = To(who, channel)
                if meeting.is_called_off and not self._was_told(meeting, to):
                    continue
                if channel == "app" or not (waits or who in self.away):
                    yield Message(_id(meeting, what, turn, to), to, row.name, "call", meeting=meeting, what=what)

    def _called(self, meeting: Meeting, what: str) -> list[str]:
        """Who is called and not there yet; of a date whoever set it too, for their own calendar."""
        ids = [one.person_id for one in meeting.called if one.person_id not in meeting.joined]
        return [*ids, meeting.by] if what in ("plan", "off") and meeting.by not in ids else ids

    def _briefs(self, meeting: Meeting, row: Route) -> Iterator[Message]:
        """The minutes, to everybody who has to do with it, as often as somebody sends them."""
        if not meeting.briefs:
            return
        waits = self.at.is_quiet(row)
        for who in sorted(meeting.people - {meeting.briefed_by}):
            for channel in self.at.ways(who, row.by):
                to = To(who, channel)
                if channel == "app" or not waits:
                    id = _id(meeting, "brief", meeting.briefs, to)
                    yield Message(id, to, row.name, "call", meeting=meeting, what="brief")

    def _what(self, meeting: Meeting) -> tuple[str, int]:
        """What is to be said of it now, and for which time; each is said once, "" where there is nothing to say."""
        if meeting.kind in ("ask", "message"):
            return meeting.kind, 0
        if meeting.is_called_off:
            return "off", 0
        if meeting.is_open:
            return ("on" if meeting.url else ""), 0  # there is soon a room to call to
        if meeting.kind == "series" or (meeting.is_planned and meeting.ends_at > self.at.now):
            return "plan", meeting.sequence
        return "", 0

    def _was_told(self, meeting: Meeting, to: To) -> bool:
        plans = (_id(meeting, "plan", number, to) for number in range(meeting.sequence))
        return any(self.at.told.life(one).state == "sent" for one in plans)


def _id(meeting: Meeting, what: str, turn: int, to: To) -> str:
    return key_of("call", meeting.id, what, turn, *to)
