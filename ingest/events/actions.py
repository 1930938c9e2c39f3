"""What people do on the board."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from ingest.events.base import Event, Part
from ingest.events.checks import CheckKind, Proposal
from ingest.events.meetings import MeetingSaid
from ingest.fields import (
    Id,
    Instant,
    Share,
)


class SavedView(Part):
    """A picture of the board that somebody keeps: the page and the state that its URL says."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    path: Annotated[str, Field(pattern=r"^/[^?#\\]*$", max_length=200)] = "/"
    query: Annotated[str, Field(max_length=4000)] = ""
    is_shared: bool = False


class Action(Event):
    """Something a person did on the board: who, what, on what, and a note."""

    subject: Id = Field(
        description='what it is done to, as "finding:<id>", "task:<id>", "deal:<id>", "source:<name>",'
        ' "dead-letter:<partition>:<offset>", "view:<id>" …'
    )
    who: Id = Field(description="person id of the viewer")
    what: Literal[
        "acknowledge", "take", "release", "not_a_problem", "meet", "comment", "assign", "done", "reopen",
        "replay", "dismiss", "let_through", "retract", "save_view", "forget_view", "look", "answer",
        "treat", "verify", "close", "snooze", "rearm", "merge", "split", "judge", "set_rule", "try_rule", "cancel",
        "room", "call", "plan", "call_off", "adjourn", "ask", "message", "reply", "minute", "brief",
        "start", "move", "attach", "wait_for", "wait_no_more", "check", "talk",
        "build_baseline",
    ]  # fmt: skip
    note: str | None = None
    assignee_id: Id | None = None
    until: Instant | None = Field(
        None, description="when a snoozed finding is armed again, or when the day ends on which a task is due now"
    )
    worse_by: Share | None = Field(None, description="or by which part of its gap it must get worse for that")
    into: Id | None = Field(
        None,
        description="the finding that another is merged into, the task that another waits for, or where a replayed"
        ' dead letter went, as "orders:<partition>:<offset>"',
    )
    check: CheckKind | None = Field(None, description="which check of a task is decided")
    verdict: Proposal | None = Field(None, description="what a person says of it")
    rule: Id | None = Field(None, description='the rule tried under the subject "trial:<id>"')
    months: Annotated[int, Field(ge=1, le=12)] | None = Field(None, description="how far back it is tried")
    thresholds: dict[str, Decimal] | None = Field(None, description="the numbers of the rule")
    view: SavedView | None = Field(None, description='what is kept under the subject "view:<id>"')
    meeting: MeetingSaid | None = Field(None, description="the meeting that is opened, joined, planned or over")

    @property
    def entity_id(self) -> str:
        return self.subject
