"""What a source says of itself, to be compared with."""

from typing import Annotated

from pydantic import Field

from ingest.events.base import Event
from ingest.fields import (
    Day,
    Id,
    Money,
)


class ControlTotal(Event):
    """What a source says it has of a business day as of `occurred_at`, to reconcile with what came.

    The last word of a source about a day and topic counts; see docs/reconciliation.md for what to count.
    """

    day: Day = Field(description="the business day the entities count for, e.g. the booking day of orders")
    topic: Id = Field(description="orders, opportunities, activities or collections")
    count: Annotated[int, Field(ge=0)] = Field(description="order lines, deals, activities or payments of that day")
    amount: Money | None = Field(None, description="their sum, in the reporting currency")

    @property
    def entity_id(self) -> str:
        return f"{self.source}:{self.day}"
