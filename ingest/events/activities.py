"""What sales people do."""

from typing import Annotated

from pydantic import Field

from ingest.events.base import Event
from ingest.fields import (
    ActivityKind,
    ActivityStatus,
    Day,
    Id,
    Instant,
)


class Activity(Event):
    """Something a rep did or plans to do with a customer."""

    activity_id: Id
    kind: ActivityKind
    status: ActivityStatus = ActivityStatus.DONE
    rep_id: Id
    office_id: Id | None = None
    customer_id: Id | None = None
    contact_id: Id | None = None
    opportunity_id: Id | None = None
    planned_at: Instant | None = Field(None, description="when a planned one begins; without it its day alone is known")
    duration_minutes: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    outcome: str | None = None
    severity: str | None = None
    resolved_on: Day | None = None

    @property
    def entity_id(self) -> str:
        return self.activity_id
