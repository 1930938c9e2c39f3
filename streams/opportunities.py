"""How deals are read: open is a stock, won and lost are flows on the day the deal was closed."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ingest.events import Opportunity
from ingest.fields import Outcome
from ingest.settings import CompanySettings
from streams.amounts import scaled
from streams.batches import NO_DAY
from streams.credits import credited, leading, split_amounts
from streams.timeline import Clock, Contribution, plain_change_day

CLOSED = {Outcome.WON, Outcome.LOST, Outcome.ABANDONED, Outcome.DUPLICATE}
OPENED = ("opened_deals", "opened_amount")
STOCK = ("open_deals", "open_amount", "probable_amount", "awarded_amount")
MOVED = ("pushes", "pushed_amount")
ENDED = ("won_deals", "won_amount", "lost_deals", "lost_amount", "abandoned_deals", "abandoned_amount")


class Expectation(NamedTuple):
    """When a deal was last expected to close, and how often that was moved to a later month so far."""

    close_on: date | None
    pushes: int


def is_later_month(day: date | None, than: date | None) -> bool:
    """Whether both are known and `day` lies in a later month."""
    return day is not None and than is not None and (day.year, day.month) > (than.year, than.month)


class Opportunities:
    """The reading of topic `opportunities` into `opportunity_changes`."""

    table = "opportunity_changes"
    ids = (
        "opportunity_id", "stage", "outcome", "forecast_category", "grade", "opened_on", "closed_on",
        "expected_close_on", "office_id", "rep_id", "product_id", "customer_id", "credit_role", "is_overlay", "route",
        "loss_reason", "competitor",
    )  # fmt: skip

    def __init__(self, company: CompanySettings) -> None:
        self.clocks = (
            Clock(OPENED, _opened_day, restated=True),
            Clock(STOCK, _opened_day),
            Clock(ENDED, _closed_day),
            Clock(MOVED, _no_day),
        )

    def memory(self, event: Opportunity, previous: Expectation | None) -> Expectation:
        expected, pushes = event.expected_close_on, 0
        if previous:
            expected, pushes = expected or previous.close_on, previous.pushes
            pushes += is_later_month(expected, previous.close_on)
        return Expectation(expected, pushes)

    def change_day(self, event: Opportunity, zone: ZoneInfo) -> date:
        if event.outcome in CLOSED and event.closed_on:
            return event.closed_on
        return plain_change_day(event, zone)

    def contributions(self, event: Opportunity, memory: Expectation) -> Iterator[Contribution]:
        people = credited(event)
        lead = leading(people)
        is_open, real = event.outcome is Outcome.OPEN, event.outcome is not Outcome.DUPLICATE
        for line_index, (product_id, amount) in enumerate(_lines(event)):
            for index, (person, (part,)) in enumerate(zip(people, split_amounts([amount], people), strict=True)):
                deals = int(line_index == 0 and index == lead)
                ids = (
                    event.opportunity_id, event.stage or "", event.outcome,
                    event.forecast_category or "",
                    event.grade or "", event.opened_on or NO_DAY, event.closed_on or NO_DAY,
                    event.expected_close_on or NO_DAY, person.office_id, person.rep_id, product_id,
                    event.customer_id or "", person.role, person.is_overlay, event.route or "",
                    event.loss_reason or "", event.competitor or "",
                )  # fmt: skip
                probable = int((part * event.probability).to_integral_value()) if event.probability is not None else 0
                open_part = part if is_open else 0
                amounts = [
                    deals if real else 0, part if real else 0,
                    deals if is_open else 0, open_part, probable if is_open else 0,
                    open_part if event.stage == "awarded" else 0,
                ]  # fmt: skip
                for outcome in (Outcome.WON, Outcome.LOST, Outcome.ABANDONED):
                    amounts += [deals, part] if event.outcome is outcome else [0, 0]
                yield Contribution(ids, (*amounts, deals * memory.pushes, part * memory.pushes))


def _lines(event: Opportunity) -> list[tuple[str, int]]:
    """(product, scaled amount) of each line; the amount of a deal with lines is their sum."""
    if event.lines:
        return [(line.product_id, scaled(line.amount)) for line in event.lines]
    return [(event.product_id or "", scaled(event.amount))]


def _opened_day(event: Opportunity, previous: date | None, change_day: date) -> date | None:
    return event.opened_on or previous or change_day


def _no_day(event: Opportunity, previous: date | None, change_day: date) -> date | None:
    return None


def _closed_day(event: Opportunity, previous: date | None, change_day: date) -> date | None:
    return (event.closed_on or previous or change_day) if event.outcome in CLOSED else None
