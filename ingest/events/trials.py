"""Rules that are tried on the past."""

from typing import Annotated, Literal

from pydantic import Field

from ingest.events.base import Event, Part
from ingest.events.slices import Slice
from ingest.fields import (
    Day,
    Id,
    Money,
)


class Tried(Part):
    """What a rule would have found in a trial: from `since` until `until` (None: it stands), at its worst `gap`."""

    finding_id: Id
    slice: Slice
    since: Day
    until: Day | None = None
    gap: Money
    responsible_id: Id | None = None
    responsible_role: str | None = None


class Trial(Event):
    """How far the trial of a rule on the past is: `done` of `of` days; then what it finds as it is and changed."""

    trial_id: Id
    rule: Id
    trial_state: Literal["running", "done", "cancelled", "failed"]
    done: Annotated[int, Field(ge=0)] = 0
    of: Annotated[int, Field(ge=0)] = 0
    start: Day | None = None
    as_is: tuple[Tried, ...] = ()
    changed: tuple[Tried, ...] = ()
    error: str | None = None

    @property
    def entity_id(self) -> str:
        return self.trial_id
