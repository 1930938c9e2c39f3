"""How payments are read: on the day of receipt, a commercial bill at maturity."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from ingest.events import Collection
from ingest.fields import CollectionMethod
from ingest.settings import CompanySettings
from streams.amounts import scaled
from streams.batches import NO_DAY
from streams.currency import Exchange, converted
from streams.timeline import Clock, Contribution, NoMemory, plain_change_day


class Collections(NoMemory):
    """The reading of topic `collections` into `collection_changes`."""

    table = "collection_changes"
    ids = (
        "collection_id", "order_id", "line_id", "office_id", "rep_id", "product_id", "customer_id", "method",
        "currency", "matures_on",
    )  # fmt: skip

    def __init__(self, company: CompanySettings) -> None:
        self._exchange = Exchange(company)
        self.clocks = (Clock(("received_amount", "unallocated_amount"), _counting_day),)

    def change_day(self, event: Collection, zone: ZoneInfo) -> date:
        return plain_change_day(event, zone)

    def contributions(self, event: Collection, memory: None) -> Iterator[Contribution]:
        rate = self._exchange.rate(event.currency, event.received_on)
        rest = converted(scaled(event.amount), rate)
        tail = (
            event.customer_id, event.method, event.currency or self._exchange.reporting,
            event.matures_on or NO_DAY,
        )  # fmt: skip
        for allocation in event.allocations or ():
            part = converted(scaled(allocation.amount), rate)
            rest -= part
            yield Contribution(
                (event.collection_id, allocation.order_id, allocation.line_id, "", "", "", *tail), (part, 0)
            )
        if rest:
            yield Contribution((event.collection_id, "", "", "", "", "", *tail), (rest, rest))


def _counting_day(event: Collection, previous: date | None, change_day: date) -> date | None:
    if event.method is CollectionMethod.COMMERCIAL_BILL and event.matures_on:
        return event.matures_on
    return event.received_on
