"""Order lines as columns: `streams.orders` for those in the company's currency."""

from typing import ClassVar

import numpy as np

from ingest.events import Order
from ingest.settings import CompanySettings
from streams.amounts import UNIT
from streams.columnar.arithmetic import net_of_tax, or_zero, within
from streams.columnar.chain import OwnDay
from streams.columnar.columns import NONE, Bools, Coded, Columns, Fields, Ints, Kind, Parts, constant
from streams.columnar.contributions import Contributions, Id
from streams.columnar.people import CREDITS, people_of
from streams.columnar.reading import NoExpectation, happened_on
from streams.currency import Exchange
from streams.orders import BOOKED_KINDS, BOOKING_MEASURES, PROGRESS_MEASURES, STANDING, Orders

REACHED = ("shipped_amount", "accepted_amount", "invoiced_amount", "returned_amount")
MONEY = ("quantity", "amount", "list_amount", *REACHED, "collected_amount")
WORDS = (
    "order_id", "line_id", "kind", "status", "office_id", "rep_id", "product_id", "customer_id", "route",
    "partner_id", "ship_to", "opportunity_id", "parent_order_id",
)  # fmt: skip


class OrderColumns(NoExpectation):
    """See `streams.columnar.reading.ColumnarReading`."""

    model = Order
    fields: ClassVar[Fields] = {
        **dict.fromkeys(WORDS, Kind.WORD),
        **dict.fromkeys(MONEY, Kind.MONEY),
        "tax_rate": Kind.MONEY,
        "effective_on": Kind.DAY,
        "credits": CREDITS,
        "currency": Kind.WORD,
        "correction": Kind.FLAG,
        "dues": {"on": Kind.DAY, "amount": Kind.MONEY, "what": Kind.WORD},
    }

    def __init__(self, company: CompanySettings) -> None:
        self._exchange = Exchange(company)

    def goes_by_row(self, columns: Columns) -> Bools:
        """Amounts to be converted: a rate may be missing, and then the event is put aside."""
        currency: Coded = columns.fields["currency"]
        return ~currency.among(("", self._exchange.reporting))

    def change_day(self, columns: Columns) -> Ints:
        return happened_on(columns)

    def own_days(self, columns: Columns, change_day: Ints) -> tuple[OwnDay | None, ...]:
        status: Coded = columns.fields["status"]
        named = np.where(status.among({"draft"}), NONE, columns.fields["effective_on"])
        return OwnDay(named, starts=status.among(STANDING)), None

    def contributions(self, columns: Columns, expectation: Ints) -> tuple[Contributions, Bools]:
        fields = columns.fields
        dues: Parts = fields["dues"]
        by_row = ~within(*(fields[name] for name in MONEY))
        by_row[dues.owner[~within(dues.fields["amount"])]] = True
        status: Coded = fields["status"]
        stands, people = status.among(STANDING), people_of(columns)
        at = np.flatnonzero(~status.among({"draft"}) & ~by_row)
        due = np.flatnonzero(stands[dues.owner] & ~by_row[dues.owner])
        books = stands[at] & fields["kind"].take(at).among(BOOKED_KINDS)
        item, person = people.among(at)
        due_item, due_person = people.among(dues.owner[due])
        length, who = len(item), np.concatenate([person, due_person])
        owner = np.concatenate([at[item], dues.owner[due][due_item]])
        amounts = np.zeros((len(owner), len(BOOKING_MEASURES) + len(PROGRESS_MEASURES)), np.int64)
        amounts[:length, 0] = books[item] & people.leads[person]
        amounts[:length, 1:-1] = people.split(self._amounts(columns, at, stands[at], books), item, person)
        amounts[length:, -1] = people.split(dues.fields["amount"][due][:, None], due_item, due_person)[:, 0]
        given: dict[str, Id] = {
            **{name: fields[name].take(owner) for name in WORDS if name not in ("office_id", "rep_id")},
            "office_id": people.office_id.take(who),
            "rep_id": people.rep_id.take(who),
            "credit_role": people.role.take(who),
            "is_overlay": people.is_overlay[who],
            "currency": constant(self._exchange.reporting, len(owner)),
            "due_on": np.concatenate([np.zeros(length, np.int64), dues.fields["on"][due][due_item]]),
            "due_what": constant("", length).behind(dues.fields["what"].take(due[due_item])),
        }
        return Contributions(owner, tuple(given[name] for name in Orders.ids), amounts), by_row

    def _amounts(self, columns: Columns, at: Ints, stands: Bools, books: Bools) -> Ints:
        """Every measure between `lines` and `due_amount`, of the rows `at`."""
        fields = columns.fields
        kind, tax = fields["kind"].take(at), fields["tax_rate"][at]
        amount, quantity, listed_at = (fields[name][at] for name in ("amount", "quantity", "list_amount"))
        booked = np.where(books, amount, 0)
        listed = np.where(listed_at == NONE, 0, booked)
        amounts = [
            np.where(books, np.where(quantity == NONE, UNIT, quantity), 0),
            booked,
            net_of_tax(booked, tax),
            np.where(stands & kind.among({"framework"}), amount, 0),
            np.where(listed == 0, 0, listed_at),
            listed,
        ]
        for name in REACHED:
            gross = or_zero(fields[name][at])
            amounts += [gross, net_of_tax(gross, tax)]
        return np.column_stack([*amounts, or_zero(fields["collected_amount"][at])])
