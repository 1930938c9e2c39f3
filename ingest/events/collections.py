"""Money that came in."""

from ingest.events.base import Event, Part
from ingest.fields import (
    CollectionMethod,
    Currency,
    Day,
    Id,
    Money,
)


class Allocation(Part):
    """The part of a payment that covers one order line."""

    order_id: Id
    line_id: Id = "1"
    amount: Money


class Collection(Event):
    """A payment received; what is not allocated is shown as 未核销."""

    collection_id: Id
    customer_id: Id
    received_on: Day
    amount: Money
    currency: Currency | None = None
    method: CollectionMethod = CollectionMethod.TRANSFER
    matures_on: Day | None = None
    allocations: tuple[Allocation, ...] | None = None
    correction: bool = False

    @property
    def entity_id(self) -> str:
        return self.collection_id
