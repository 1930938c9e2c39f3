"""Key tasks, and what each is expected to bring."""

from typing import Annotated

from pydantic import Field

from ingest.events.base import Event, Part
from ingest.events.slices import Slice
from ingest.fields import (
    Day,
    Id,
    Money,
    Remedy,
    TaskKind,
    TaskStatus,
)


class Expected(Part):
    """What a task is to bring: so much more of a metric in a slice, from when it is carried out until `by`."""

    metric: Id = "bookings"
    slice: Slice = Slice()
    amount: Annotated[Money, Field(gt=0)]
    by: Day


class Task(Event):
    """A key task (重点任务) of a unit or a person, as whoever set it states it; what people then do are actions.

    The last word counts. A word that repeats the one before changes nothing of what people did. One that says what it
    `expects` is over only when that has been checked.
    """

    task_id: Id
    title: Annotated[str, Field(min_length=1, max_length=200)]
    title_en: str | None = None
    kind: TaskKind = Field(TaskKind.OTHER, description="win a project, cover a decision-maker, or anything else")
    status: TaskStatus = TaskStatus.OPEN
    unit_id: Id | None = Field(None, description="whose it is; without one it belongs to the person's unit")
    person_id: Id | None = Field(None, description="who is to do it")
    due_on: Day
    done_on: Day | None = Field(None, description="default: the day of `occurred_at` of the word that says done")
    customer_id: Id | None = None
    opportunity_id: Id | None = None
    finding_id: Id | None = Field(None, description="the finding it is done about")
    origin: Id | None = Field(
        None, description='where it was agreed: "finding:<id>", "deal:<id>", "meeting:<id>", "note:<whiteboard>:<id>" …'
    )
    remedy: Remedy | None = Field(None, description="what kind of thing is done, as what helped is pooled by")
    expects: Expected | None = Field(None, description="what it is to bring; checked afterwards")
    waits_for: tuple[Id, ...] = Field((), description="ids of tasks that come first")
    evidence: tuple[Annotated[str, Field(min_length=1, max_length=2_000)], ...] = Field(
        (), description="links and notes that say why"
    )
    who: Id | None = Field(None, description="person id of who set it, where a person did")

    @property
    def entity_id(self) -> str:
        return self.task_id
