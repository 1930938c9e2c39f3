"""The company from now on: its life as it goes on, and as much more beside it as a board needs to move."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from ingest.calendar import Period
from ingest.events import Activity, Collection, Event, Opportunity, Order
from ingest.fields import ActivityStatus, OrderStatus, Outcome
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.moves import (
    MICROSECONDS,
    amended,
    ended,
    instant,
    is_untouched,
    moved,
    progress,
    replanned,
    revised,
)
from ingest.simulator.openings import Openings
from ingest.simulator.pace import ZONE

LATE, DUPLICATE, SWAPPED = 0.03, 0.02, 0.02
"""Parts of what is beside that are told up to an hour late, told twice, and told after their own next version."""

BESIDE = 0.01
"""What is beside keeps the company's bookings within this part of a month's plan; smaller than any gap that matters."""

_MIX = {"visit": 380, "progress": 290, "deal": 170, "order": 40, "amend": 90, "payment": 10, "new deal": 4, "end": 2}
DONE = 0.03
_MINUTE = 60 * MICROSECONDS
_LOOK_AHEAD = timedelta(days=400)
_TOPICS: dict[type[Event], str] = {
    Order: "orders",
    Opportunity: "opportunities",
    Activity: "activities",
    Collection: "collections",
}


def live(
    company: Company, start: datetime, rate: float, going_on: Iterator[tuple[str, Event]] | None = None
) -> Iterator[tuple[str, Event]]:
    """Topic and event, without end, in the order in which to send them; some `rate` a second from `start` on.

    It holds every event of `history` after `start`, each at its time, so that `history` can take over at any moment
    and miss nothing. Between them it tells of orders, deals and visits of its own, so that something happens at night
    too: small ones, whose bookings together stay within `BESIDE`, and never where silence is planted. Of these some
    are late, repeated, or come after their own next version. Wait for an event's `occurred_at` before sending it; what
    is late waits for nothing. The same arguments give the same stream.

    `going_on` is a history under way, its next event the first after `start`; without it the first event comes when
    history has been gone through from its beginning.
    """
    return _Live(company, start, rate).events(going_on or history(company, start + _LOOK_AHEAD, start))


class _Live:
    def __init__(self, company: Company, start: datetime, rate: float) -> None:
        self._start, self._rate = start, rate
        self._random = Random(company.seed * 1_000_003 + int(start.timestamp()))
        self._openings = Openings(company, self._random)
        self._orders: list[Order] = []
        self._deals: list[Opportunity] = []
        self._visits: list[Activity] = []
        self._most = max(6, company.size.reps // 8)
        month = Period.containing(start.astimezone(ZONE).date(), "month")
        self._room = BESIDE * float(company.office_budgets(month).sum())

    def events(self, going_on: Iterator[tuple[str, Event]]) -> Iterator[tuple[str, Event]]:
        rng = self._random
        upcoming = next(going_on, None)
        recent: deque[Event] = deque(maxlen=100)
        held: list[tuple[int, list[Event]]] = []
        kinds, weights = list(_MIX), list(_MIX.values())
        at = int(self._start.timestamp() * MICROSECONDS)
        while True:
            at += max(2, int(rng.expovariate(self._rate) * MICROSECONDS))
            while upcoming is not None and upcoming[1].occurred_at <= instant(at):
                yield upcoming
                upcoming = next(going_on, None)
            draw = rng.random()
            if recent and draw < DUPLICATE:
                events = [rng.choice(recent)]
            elif draw < DUPLICATE + SWAPPED and self._orders:
                events = self._swapped(at)
            else:
                events = self._beside(rng.choices(kinds, weights)[0], at)
            if draw > 1 - LATE:
                held.append((at + rng.randint(1, 60) * _MINUTE, events))
                held.sort(key=lambda one: one[0])
                events = []
            while held and held[0][0] <= at:
                events = events + held.pop(0)[1]
            for event in events:
                recent.append(event)
                yield _TOPICS[type(event)], event

    def _beside(self, kind: str, at: int) -> list[Event]:
        rng = self._random
        if kind == "order" or (kind in ("progress", "amend") and not self._orders):
            possible = len(self._orders) < self._most and self._room > 0
            return [self._order(at) if possible else self._visit(at)]
        if kind == "new deal" or (kind in ("deal", "end") and not self._deals):
            return [self._deal(at) if len(self._deals) < self._most else self._visit(at)]
        if kind == "deal":
            place = rng.randrange(len(self._deals))
            self._deals[place] = moved(self._deals[place], at, rng)
            return [self._deals[place]]
        if kind == "end":
            return self._end(at)
        if kind == "payment":
            return [self._openings.payment(at)]
        if kind == "amend" and (open_to_change := self._untouched()):
            return [self._amend(rng.choice(open_to_change), at)]
        if kind == "progress":
            place = rng.randrange(len(self._orders))
            order = progress(self._orders[place], at, rng)
            self._keep(place, order)
            return [order]
        return [self._visit(at)]

    def _order(self, at: int) -> Order:
        order = self._openings.order(at)
        self._room -= float(order.amount)
        self._orders.append(order)
        return order

    def _deal(self, at: int) -> Opportunity:
        deal = self._openings.deal(at)
        self._deals.append(deal)
        return deal

    def _visit(self, at: int) -> Activity:
        """A visit planned, planned anew, or, rarely, done: so many visits are planned that few need to be done."""
        rng = self._random
        if len(self._visits) < self._most:
            self._visits.append(self._openings.visit(at))
            return self._visits[-1]
        place = rng.randrange(len(self._visits))
        visit = self._visits[place]
        if rng.random() > DONE:
            visit = self._visits[place] = revised(visit, at, replanned(rng))
            return visit
        self._visits[place] = self._visits[-1]
        self._visits.pop()
        return revised(visit, at, {"status": ActivityStatus.DONE, "outcome": "约定下一步 next step agreed"})

    def _end(self, at: int) -> list[Event]:
        """Won, with its order, where there is room for it; else lost."""
        place = self._random.randrange(len(self._deals))
        deal = self._deals[place]
        self._deals[place] = self._deals[-1]
        self._deals.pop()
        amount = float(deal.amount or 0)
        if amount > self._room or len(self._orders) >= self._most or self._random.random() < 0.5:
            return [ended(deal, at, Outcome.LOST)]
        order = self._openings.won(deal, at + 1)
        self._room -= amount
        self._orders.append(order)
        return [ended(deal, at, Outcome.WON), order]

    def _untouched(self) -> list[int]:
        """The places of the orders that may still change."""
        return [place for place, order in enumerate(self._orders) if is_untouched(order)]

    def _amend(self, place: int, at: int) -> Order:
        """A little more or less; now and then, and mostly when there is no room any more, the order is cancelled."""
        rng, order = self._random, self._orders[place]
        if rng.random() < (0.05 if self._room > 0 else 0.5):
            self._room += float(order.amount)
            cancelled = revised(order, at, {"status": OrderStatus.CANCELLED})
            self._keep(place, cancelled)
            return cancelled
        share = (
            Decimal(rng.randint(1, 8)).scaleb(-2).copy_sign(Decimal(1 if self._room > 0 and rng.random() < 0.5 else -1))
        )
        changed = amended(order, at, share)
        self._room -= float(changed.amount - order.amount)
        self._keep(place, changed)
        return changed

    def _swapped(self, at: int) -> list[Event]:
        """Two steps of one order, the later one told first."""
        place = self._random.randrange(len(self._orders))
        before = progress(self._orders[place], at, self._random)
        if before.status is not OrderStatus.EFFECTIVE:
            self._keep(place, before)
            return [before]
        after = progress(before, at + 1, self._random)
        self._keep(place, after)
        return [after, before]

    def _keep(self, place: int, order: Order) -> None:
        """Go on with the order, unless it has come to its end."""
        if order.status is OrderStatus.EFFECTIVE:
            self._orders[place] = order
        else:
            self._orders[place] = self._orders[-1]
            self._orders.pop()
