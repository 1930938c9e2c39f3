"""The simulator's events read by hand, apart from the streams: what is booked where, and what was planned."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

from ingest.calendar import Period
from ingest.events import Event, Order, Target
from ingest.fields import OrderKind, OrderStatus, TargetTier
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.pace import ZONE, MonthPace
from ingest.simulator.sizes import SIZES
from ingest.simulator.staff import months_of

BOOKED = {OrderKind.STANDARD, OrderKind.CALL_OFF, OrderKind.SERVICE, OrderKind.RETURN}
STANDS = {OrderStatus.EFFECTIVE, OrderStatus.CLOSED}


@dataclass(frozen=True)
class Booking:
    """A change of what is booked, on the day on which it took effect."""

    day: date
    office_id: str | None
    product_id: str | None
    rep_id: str | None
    amount: float


def bookings(events: Iterable[Event]) -> list[Booking]:
    """Every change of a booked amount, cancellations and amendments on their own day."""
    before: Counter[str] = Counter()
    changes = []
    for event in events:
        if not isinstance(event, Order):
            continue
        amount = float(event.amount) if event.status in STANDS and event.kind in BOOKED else 0.0
        if amount != before[event.entity_id]:
            day = event.occurred_at.astimezone(ZONE).date()
            change = amount - before[event.entity_id]
            changes.append(Booking(day, event.office_id, event.product_id, event.rep_id, change))
        before[event.entity_id] = amount
    return changes


def evening(day: date) -> datetime:
    """18:30 of the day in Shanghai."""
    return datetime.combine(day, time(18, 30), ZONE)


@cache
def told(size: str, seed: int, today: date) -> tuple[Company, tuple[tuple[str, Event], ...]]:
    """The company of that seed and its whole history up to the evening of `today`."""
    company = Company.make(seed, SIZES[size], today)
    return company, tuple(history(company, evening(today)))


def planned(
    company: Company, events: Iterable[Event], key: str, start: date, until: datetime, path: tuple[str, ...] = ()
) -> float:
    """What of the base targets of the slice `key` is due from the day `start` to `until`, by the pace of `path`."""
    targets = {
        event.period: float(event.value)
        for event in events
        if isinstance(event, Target) and event.slice.key == key and event.tier is TargetTier.BASE
    }
    due = 0.0
    for month in months_of(start, until.astimezone(ZONE).date()):
        pace = MonthPace(company.calendar, month, path)
        before = pace.share(datetime.combine(start, time(0), ZONE)) if start in month else 0.0
        due += targets[month.key] * (pace.share(until) - before)
    return due


def month_of(day: date) -> Period:
    return Period.containing(day, "month")
