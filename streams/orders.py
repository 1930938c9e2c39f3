"""How order lines are read: what is booked counts on the booking day, how far it is on the day it got there."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ingest.calendar import business_day
from ingest.events import Order
from ingest.fields import OrderKind, OrderStatus
from ingest.settings import CompanySettings
from streams.amounts import UNIT, net_of_tax, scaled
from streams.batches import NO_DAY
from streams.credits import Credited, credited, leading, split_amounts
from streams.currency import Exchange, converted
from streams.timeline import Clock, Contribution, NoMemory, plain_change_day

STANDING = {OrderStatus.EFFECTIVE, OrderStatus.CLOSED}
BOOKED_KINDS = {OrderKind.STANDARD, OrderKind.CALL_OFF, OrderKind.SERVICE, OrderKind.RETURN}

BOOKING_MEASURES = (
    "lines", "quantity", "booked_amount", "booked_net_amount", "framework_amount", "list_amount", "listed_amount",
)  # fmt: skip
PROGRESS_MEASURES = (
    "shipped_amount", "shipped_net_amount", "accepted_amount", "accepted_net_amount", "invoiced_amount",
    "invoiced_net_amount", "returned_amount", "returned_net_amount", "collected_amount", "due_amount",
)  # fmt: skip


class Orders(NoMemory):
    """The reading of topic `orders` into `order_changes`."""

    table = "order_changes"
    ids = (
        "order_id", "line_id", "kind", "status", "office_id", "rep_id", "product_id", "customer_id", "credit_role",
        "is_overlay", "route", "partner_id", "ship_to", "opportunity_id", "parent_order_id", "currency", "due_on",
        "due_what",
    )  # fmt: skip

    def __init__(self, company: CompanySettings) -> None:
        self._zone = company.zone
        self._exchange = Exchange(company)
        self.clocks = (Clock(BOOKING_MEASURES, _booking_day), Clock(PROGRESS_MEASURES, _no_day))

    def change_day(self, event: Order, zone: ZoneInfo) -> date:
        return plain_change_day(event, zone)

    def contributions(self, event: Order, memory: None) -> Iterator[Contribution]:
        if event.status is OrderStatus.DRAFT:
            return
        rate = self._rate(event)
        stands = event.status in STANDING
        books = stands and event.kind in BOOKED_KINDS
        people = credited(event)
        lead = leading(people)
        amounts = self._amounts(event, stands, books, rate)
        for index, (person, parts) in enumerate(zip(people, split_amounts(amounts, people), strict=True)):
            head = (
                event.order_id, event.line_id, event.kind, event.status, person.office_id, person.rep_id,
                event.product_id or "", event.customer_id or "", person.role, person.is_overlay, event.route or "",
                event.partner_id or "", event.ship_to or "", event.opportunity_id or "", event.parent_order_id or "",
                event.currency or self._exchange.reporting,
            )  # fmt: skip
            lines = 1 if books and index == lead else 0
            yield Contribution((*head, NO_DAY, ""), (lines, *parts, 0))
            if stands and event.dues:
                yield from self._dues(event, head, rate, index, people)

    def _rate(self, event: Order) -> Decimal | None:
        """Of the booking day, as far as this version alone tells it. A draft needs none yet."""
        if self._exchange.is_own(event.currency):
            return None
        return self._exchange.rate(event.currency, event.effective_on or business_day(event.occurred_at, self._zone))

    def _amounts(self, event: Order, stands: bool, books: bool, rate: Decimal | None) -> list[int]:
        """Every measure between `lines` and `due_amount`, for the whole line."""
        amount = converted(scaled(event.amount), rate)
        booked = amount if books else 0
        listed = booked if event.list_amount is not None else 0
        amounts = [
            (UNIT if event.quantity is None else scaled(event.quantity)) if books else 0,
            booked,
            net_of_tax(booked, event.tax_rate),
            amount if stands and event.kind is OrderKind.FRAMEWORK else 0,
            converted(scaled(event.list_amount), rate) if listed else 0,
            listed,
        ]
        reached = (event.shipped_amount, event.accepted_amount, event.invoiced_amount, event.returned_amount)
        for progress in reached:
            if progress is None:
                amounts += (0, 0)
            else:
                gross = converted(scaled(progress), rate)
                amounts += (gross, net_of_tax(gross, event.tax_rate))
        amounts.append(converted(scaled(event.collected_amount), rate))
        return amounts

    def _dues(
        self, event: Order, head: tuple[Any, ...], rate: Decimal | None, index: int, people: list[Credited]
    ) -> Iterator[Contribution]:
        nothing = (0,) * (len(BOOKING_MEASURES) + len(PROGRESS_MEASURES) - 1)
        for due in event.dues or ():
            amount = split_amounts([converted(scaled(due.amount), rate)], people)[index][0]
            yield Contribution((*head, due.on, due.what), (*nothing, amount))


def _booking_day(event: Order, previous: date | None, change_day: date) -> date | None:
    if event.status is OrderStatus.DRAFT:
        return previous
    return event.effective_on or previous or (change_day if event.status in STANDING else None)


def _no_day(event: Order, previous: date | None, change_day: date) -> date | None:
    return None
