"""Versions of the sales baseline."""

from typing import Annotated, Literal

from pydantic import Field

from ingest.events.base import Event, Part
from ingest.fields import (
    Id,
    Period,
)


class BaselineNode(Part):
    """What a node should bring in the month: how much, the worth of an order, and which share by when."""

    unit_id: Id | None = None
    product_id: Id | None = None
    person_id: Id | None = None
    volume: float
    order: float
    curve: tuple[float, ...] = Field(description="shares at equal steps of the working days, 0 and 1 included")
    level: int = Field(description="from the coarsest, 0")
    chance: int = Field(description="which of `chances` it has")
    above: tuple[int, ...] = Field((), description="of a leaf, the numbers of all nodes of the hierarchy it is in")


class BaselineChance(Part):
    """How far nodes may be off: how uncertain a volume is, the part that goes wrong as a whole, and the scores."""

    uncertain: float
    alike: float
    offs: tuple[tuple[tuple[float, ...], ...], ...] = Field(description="by level, by side, by part of the month")


class Baseline(Event):
    """A part of a version of the sales baseline (销售基线). A version counts once all `of` parts are there."""

    baseline_id: Id
    metric: Id = "bookings"
    period: Period
    hierarchy: Literal["cells", "products", "people"]
    part: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(ge=1)]
    months: Annotated[int, Field(ge=1)] = Field(description="of which it was built")
    asked_by: Id | None = Field(None, description="person id of who asked for it; none when it was built at night")
    nodes: tuple[BaselineNode, ...]
    chances: tuple[BaselineChance, ...]
    latest: dict[Id, Id] = Field({}, description="by product that was succeeded, the one it is counted with")

    @property
    def entity_id(self) -> str:
        return f"{self.baseline_id}:{self.part}"
