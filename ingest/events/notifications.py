"""What people were told."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from ingest.events.base import Event, Part
from ingest.fields import (
    Id,
    Instant,
    Money,
)


class NotifiedOf(Part):
    """One thing that a message says of a finding or a task. `key` is equal exactly for what is to be said once."""

    key: Id
    finding_id: Id | None = None
    task_id: Id | None = None
    what: Literal["new", "update", "ended", "contest", "due", "late", "check"]
    version: Annotated[int, Field(ge=0, lt=2**63)] = Field(0, description="of the finding, as it was told")
    gap: Money = Field(Decimal(0), description="as it was told")


class Notification(Event):
    """What became of one message to one recipient by one channel, a word a step; addresses are never in it.

    A message is taken up ("sending") before anything leaves: the first word of an attempt on the log is the one that
    may send. Then it was "sent", "failed" until `retry_at`, or is "dead"; "again" is the way back from there.
    """

    notification_id: Id = Field(description="the same for every attempt, and what a receiver knows a repetition by")
    recipient: Id = Field(description='person id, or "room:<channel>" for whoever reads a channel')
    route: Id
    channel: Id
    kind: Literal["single", "folded", "reminder", "test", "call"]
    state: Literal["sending", "sent", "failed", "dead", "again"]
    attempt: Annotated[int, Field(ge=0, lt=2**31)] = 0
    items: tuple[NotifiedOf, ...] = ()
    sender: Id | None = Field(None, description="the process that took it up")
    answer: str | None = Field(None, description="what the channel said")
    retry_at: Instant | None = None

    @property
    def entity_id(self) -> str:
        return self.notification_id
