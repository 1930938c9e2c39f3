"""What is said of meetings."""

from typing import Annotated, Literal

from pydantic import Field

from ingest.events.base import Part
from ingest.fields import (
    Id,
    Instant,
    TileAddress,
)

Why = Literal["responsible", "stand_in", "manager", "evidence", "consulted", "owner", "leads", "added"]
"""Why somebody is called: answers for it, stands in, leads who answers, has a part of it in hand, was asked beside it,
has the deal or the figures, leads the place, or was added by hand."""


class Called(Part):
    """Somebody who is called to a meeting, and why."""

    person_id: Id
    why: Why = "added"


class MeetingSaid(Part):
    """What an action says of a meeting; what it leaves out stays as it was. Names of people are never in it."""

    meeting_id: Id
    title: Annotated[str, Field(max_length=200)] | None = None
    unit_id: Id | None = Field(None, description="of what it is about")
    provider: Id | None = Field(None, description="whose room it is")
    url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2_000)] | None = Field(
        None, description="the room; None while it is made"
    )
    called: tuple[Called, ...] | None = None
    left_out: tuple[Id, ...] = Field((), description="who was proposed and is not called")
    agenda: tuple[Annotated[str, Field(max_length=400)], ...] | None = None
    at: Instant | None = Field(None, description="when a planned one begins")
    minutes: Annotated[int, Field(ge=5, le=1_440)] | None = Field(None, description="how long it is planned to take")
    recurs: Annotated[str, Field(pattern=r"^FREQ=[A-Z0-9=;,]+$", max_length=200)] | None = Field(
        None, description="how a series comes again, as RFC 5545 has it: FREQ=WEEKLY;BYDAY=MO"
    )
    at_once: bool = Field(False, description="quiet hours wait for nobody: whoever calls was asked and said so")
    undecided: Annotated[str, Field(min_length=1, max_length=2_000)] | None = Field(
        None, description="why it ended with nothing decided, in the words of who ended it"
    )
    shown: tuple[TileAddress, ...] = Field(
        (), max_length=60, description="the live tiles on its whiteboard when it ended, each as of that second"
    )
