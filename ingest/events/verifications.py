"""What a verification found."""

from typing import Annotated

from pydantic import Field

from ingest.events.base import Event


class Verification(Event):
    """What `verify` found: how much was recomputed from the log and compared, and how many sums did not agree."""

    events: Annotated[int, Field(ge=0)]
    sums: Annotated[int, Field(ge=0)]
    wrong: Annotated[int, Field(ge=0)]
    behind: Annotated[int, Field(ge=0)] = Field(0, description="events of the log that were not stored yet")
    took_seconds: Annotated[float, Field(ge=0)]
    examples: tuple[str, ...] = Field((), description="some of the sums that did not agree, in words")

    @property
    def entity_id(self) -> str:
        return "verification"
