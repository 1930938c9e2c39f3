"""Payments as columns: `streams.collections` for those in the company's currency."""

from typing import ClassVar

import numpy as np

from ingest.events import Collection
from ingest.fields import CollectionMethod
from ingest.settings import CompanySettings
from streams.collections import Collections
from streams.columnar.arithmetic import or_zero, within
from streams.columnar.chain import OwnDay
from streams.columnar.columns import NONE, Bools, Coded, Columns, Fields, Ints, Kind, Parts, constant
from streams.columnar.contributions import Contributions, Id
from streams.columnar.reading import NoExpectation, happened_on
from streams.currency import Exchange


class CollectionColumns(NoExpectation):
    """See `streams.columnar.reading.ColumnarReading`."""

    model = Collection
    fields: ClassVar[Fields] = {
        "collection_id": Kind.WORD,
        "customer_id": Kind.WORD,
        "method": Kind.WORD,
        "received_on": Kind.DAY,
        "matures_on": Kind.DAY,
        "amount": Kind.MONEY,
        "currency": Kind.WORD,
        "correction": Kind.FLAG,
        "allocations": {"order_id": Kind.WORD, "line_id": Kind.WORD, "amount": Kind.MONEY},
    }

    def __init__(self, company: CompanySettings) -> None:
        self._exchange = Exchange(company)

    def goes_by_row(self, columns: Columns) -> Bools:
        """Amounts to be converted: a rate may be missing, and then the event is put aside."""
        currency: Coded = columns.fields["currency"]
        own: Bools = currency.among(("", self._exchange.reporting))
        return ~own

    def change_day(self, columns: Columns) -> Ints:
        return happened_on(columns)

    def own_days(self, columns: Columns, change_day: Ints) -> tuple[OwnDay | None, ...]:
        matures_on = columns.fields["matures_on"]
        bill = columns.fields["method"].among({CollectionMethod.COMMERCIAL_BILL}) & (matures_on != NONE)
        return (OwnDay(np.where(bill, matures_on, columns.fields["received_on"])),)

    def contributions(self, columns: Columns, expectation: Ints) -> tuple[Contributions, Bools]:
        fields = columns.fields
        allocated: Parts = fields["allocations"]
        part = or_zero(allocated.fields["amount"])
        by_row = ~within(fields["amount"])
        by_row[allocated.owner[~within(part)]] = True
        rest = or_zero(fields["amount"]).copy()
        np.subtract.at(rest, allocated.owner, part)
        left, one = np.flatnonzero((rest != 0) & ~by_row), np.flatnonzero(~by_row[allocated.owner])
        owner = np.concatenate([allocated.owner[one], left])
        nobody = constant("", len(owner))
        given: dict[str, Id] = {
            "collection_id": fields["collection_id"].take(owner),
            "order_id": allocated.fields["order_id"].take(one).behind(constant("", len(left))),
            "line_id": allocated.fields["line_id"].take(one).behind(constant("", len(left))),
            **dict.fromkeys(("office_id", "rep_id", "product_id"), nobody),
            "customer_id": fields["customer_id"].take(owner),
            "method": fields["method"].take(owner),
            "currency": constant(self._exchange.reporting, len(owner)),
            "matures_on": or_zero(fields["matures_on"])[owner],
        }
        received = np.concatenate([part[one], rest[left]])
        unallocated = np.concatenate([np.zeros(len(one), np.int64), rest[left]])
        amounts = np.column_stack([received, unallocated])
        return Contributions(owner, tuple(given[name] for name in Collections.ids), amounts), by_row
