"""Order lines."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from ingest.events.base import Event, Part
from ingest.events.credits import Credits
from ingest.fields import (
    Currency,
    Day,
    DueWhat,
    Id,
    Money,
    OrderKind,
    OrderStatus,
    Quantity,
    Route,
)


class Due(Part):
    """An instalment (应收节点)."""

    on: Day
    amount: Money
    what: DueWhat = DueWhat.DELIVERY


class Order(Event):
    """One line of an order: its status says whether it stands, its cumulative amounts how far it is."""

    order_id: Id
    line_id: Id = "1"
    kind: OrderKind = OrderKind.STANDARD
    status: OrderStatus = OrderStatus.EFFECTIVE
    effective_on: Day | None = None
    quantity: Quantity | None = None
    amount: Money
    tax_rate: Annotated[Decimal, Field(ge=0, lt=1, decimal_places=4)] | None = None
    list_amount: Money | None = None
    currency: Currency | None = None
    shipped_amount: Money | None = None
    accepted_amount: Money | None = None
    invoiced_amount: Money | None = None
    returned_amount: Money | None = None
    collected_amount: Money | None = None
    dues: tuple[Due, ...] | None = None
    rep_id: Id | None = None
    office_id: Id | None = None
    product_id: Id | None = None
    customer_id: Id | None = None
    credits: Credits | None = None
    route: Route | None = None
    partner_id: Id | None = None
    ship_to: Id | None = None
    opportunity_id: Id | None = None
    parent_order_id: Id | None = None
    correction: bool = False

    @property
    def entity_id(self) -> str:
        return f"{self.order_id}:{self.line_id}"
