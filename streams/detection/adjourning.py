"""Meetings that nobody ended: over by an event, some hours after the last word on them."""

from datetime import datetime, timedelta

from ingest.events import Action, MeetingSaid
from warehouse.client import AsyncWarehouse
from warehouse.life import DETECTION
from warehouse.meetings import FOR_HOURS, Meeting
from warehouse.queries.meetings import meetings

_LOOKED_BACK = timedelta(days=30)


async def adjourned(warehouse: AsyncWarehouse, now: datetime) -> list[Action]:
    """The events that end what nobody has spoken of for so long as of `now`; the same for every asking."""
    return [_event(one, now) for one in await meetings(warehouse, now - _LOOKED_BACK) if one.is_forgotten(now)]


def _event(meeting: Meeting, now: datetime) -> Action:
    return Action(
        occurred_at=now, source=DETECTION, event_id=f"adjourn-{meeting.id}", subject=meeting.subject, who=DETECTION,
        what="adjourn", note=f"{FOR_HOURS} h", meeting=MeetingSaid(meeting_id=meeting.id),
    )  # fmt: skip
