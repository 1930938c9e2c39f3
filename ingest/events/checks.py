"""What was measured of a task that was carried out."""

from typing import Annotated, Literal

from pydantic import Field

from ingest.events.base import Event, Part
from ingest.fields import (
    Day,
    Id,
    Money,
    Share,
)

CheckKind = Literal["leading", "lagging"]
"""What is looked at: whether it was done and moves what comes first, or what it brought after one sales cycle."""


Proposal = Literal["worked", "did_not", "too_early"]


class Sign(Part):
    """One of the things a leading check looks at, in as long a time before and after; None where nobody tells of it."""

    name: Literal["contact", "stage", "next_step"]
    before: float | None = None
    after: float | None = None


class Check(Event):
    """What was measured of a task that was carried out, as of the end of a day; a person decides what it means.

    The effect is what came in `start`…`end` beyond what would have without it, in the reporting currency (or counts).
    """

    check_id: Id
    task_id: Id
    kind: CheckKind
    day: Day = Field(description="the last day that is looked at")
    start: Day
    end: Day
    before_start: Day | None = None
    before_end: Day | None = None
    signs: tuple[Sign, ...] = ()
    effect: Money | None = Field(None, description="against the untouched peers: difference in differences")
    low: Money | None = Field(None, description="the interval of the effect")
    high: Money | None = None
    level: Share | None = Field(None, description="of so many cases the interval holds the effect")
    against_baseline: Money | None = Field(None, description="against its own past year, peers aside")
    expected: Money | None = Field(None, description="what the task was to bring by then")
    usual: Money | None = Field(None, description="what its own past year has in as long a time")
    peers: Annotated[int, Field(ge=0)] = 0
    proposal: Proposal = "too_early"
    is_last: bool = Field(False, description="the time is over: it can be decided")

    @property
    def entity_id(self) -> str:
        return self.task_id
