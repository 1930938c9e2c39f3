"""Problems that were found, with their causes and whoever answers for them."""

from typing import Annotated, Literal

from pydantic import Field

from ingest.events.base import Event, Part
from ingest.events.slices import Slice
from ingest.fields import (
    Day,
    Id,
    Instant,
    Money,
    Period,
)


class Cell(Part):
    """A part of a gap: where, and how much of it; the contributions of a finding's cells add up to its gap."""

    slice: Slice
    actual: Money
    expected: Money
    contribution: Money


class Behind(Part):
    """One of the things a finding speaks of, with the money in it."""

    kind: Literal["deal", "order", "customer", "unit", "product", "source"]
    id: Id
    customer_id: Id | None = None
    amount: Money
    since: Day | None = Field(None, description="from which day on it is off")


ProblemKind = Literal["volume", "price", "mix", "rate", "activity", "cash"]
"""What kind of problem a finding is, by the factor that fell."""


class FactorCell(Part):
    """Where a factor fell: what it is there and what it was to be, in a unit of its own."""

    slice: Slice
    actual: float
    expected: float


class Factor(Part):
    """One of the factors whose product is what was sold; the contributions of a finding's factors add up to its gap."""

    name: Literal["visits", "conversion", "orders", "size", "mix", "price"]
    actual: float = Field(description="visits and orders in counts, conversion in orders a visit, the others over 1")
    expected: float
    contribution: Money
    cells: tuple[FactorCell, ...] = Field((), description="of the factor that fell most, the cells in which it did")


class Landing(Part):
    """Where the month will end if nothing is done, with the interval that holds it in 80 of 100 cases."""

    middle: Money
    low: Money
    high: Money


class Finding(Event):
    """What detection found as of a tick. Its id follows from rule, slice and period: found again, it is the same."""

    finding_id: Id
    rule: Id
    metric: Id
    period: Period
    slice: Slice
    state: Literal["open", "resolved", "retracted"] = "open"
    since: Instant
    as_of: Instant
    actual: Money
    expected: Money
    target: Money | None = None
    gap: Money = Field(description="actual − expected, negative when behind")
    gap_without_largest_deal: Money | None = None
    confidence: Annotated[float, Field(ge=0, le=1)]
    cells: tuple[Cell, ...] = ()
    where: Literal["cells", "alike", "elsewhere"] | None = Field(
        None, description="the cells hold it; all in it fell alike; or no part of it stands out"
    )
    kind: ProblemKind | None = None
    factors: tuple[Factor, ...] = ()
    landing: Landing | None = None
    at_risk: Money | None = Field(None, description="missing at the end at the low end of the landing, 0 or more")
    responsible_id: Id | None = None
    responsible_role: str | None = None
    stand_in_for_id: Id | None = None
    consulted_ids: tuple[Id, ...] = ()
    why: tuple[str, ...] = Field((), description="sentences as 'message-id|arg=value|…', worded by the screen")
    against: tuple[str, ...] = ()
    reason: str | None = Field(None, description="why it was resolved or retracted")
    behind: tuple[Behind, ...] = Field((), description="the deals, orders … it speaks of, the largest first")
    behind_count: int = Field(0, description="how many there are; of many only the largest are named")
    merged_into: Id | None = Field(None, description="the finding that speaks of it now, where one does")
    is_folded: bool = Field(False, description="beyond what a manager is told a day: summed up, not shown")

    @property
    def entity_id(self) -> str:
        return self.finding_id
