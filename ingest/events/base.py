"""What all events have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ingest.fields import (
    Id,
    Instant,
)


class Part(BaseModel):
    """A piece of an event."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Event(BaseModel):
    """The envelope: who says it, when it happened by the business's clock, and which version of its entity it is."""

    model_config = ConfigDict(frozen=True, extra="allow")

    occurred_at: Instant
    event_id: Id | None = Field(None, description="given by the source, else derived from the content at the door")
    source: Id = "api"
    version: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    schema_version: int = 1
    imported_from: str | None = Field(None, description="the file that brought it; no part of what it says")

    @property
    def entity_id(self) -> str:
        """The id of what the event speaks of; also the Kafka key, so that its versions share a partition."""
        raise NotImplementedError(type(self).__name__)

    @property
    def order_in_time(self) -> int:
        """The place of this version in its entity's timeline: the version sent, else microseconds since 1970."""
        if self.version is not None:
            return self.version
        return int(self.occurred_at.timestamp()) * 1_000_000 + self.occurred_at.microsecond
