"""What a slice shall reach."""

from pydantic import Field

from ingest.events.base import Event
from ingest.events.slices import Slice
from ingest.fields import (
    Day,
    Id,
    Money,
    Period,
    TargetPolicy,
    TargetTier,
)


class Target(Event):
    """What a slice shall reach in a period; a later `valid_from` replaces an earlier one from that day on."""

    slice: Slice
    period: Period
    metric: Id = "bookings"
    tier: TargetTier = TargetTier.BASE
    value: Money
    valid_from: Day | None = Field(None, description="default: the first day of the period")
    policy: TargetPolicy = TargetPolicy.STAYS_WITH_POST
    who: Id | None = Field(None, description="person id of who set it, where a person did")

    @property
    def entity_id(self) -> str:
        return f"{self.slice.key}:{self.period}:{self.metric}:{self.tier}"
