"""The company from now on: a stream of what happens at a given rate, with the disorder that real sources have."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from random import Random

from ingest.calendar import Period
from ingest.events import Activity, Collection, Event, Opportunity, Order
from ingest.fields import OrderKind, OrderStatus, Outcome
from ingest.simulator.company import Company
from ingest.simulator.history import stories
from ingest.simulator.moves import (
    MICROSECONDS,
    amended,
    ended,
    instant,
    is_untouched,
    moved,
    progress,
    revised,
)
from ingest.simulator.openings import Openings
from ingest.simulator.pace import ZONE

LATE, DUPLICATE, SWAPPED = 0.03, 0.02, 0.02
"""Parts of the events that are told hours after they happened, told twice, and told after their own next version."""

_MIX = {"visit": 350, "progress": 270, "deal": 150, "order": 140, "amend": 70, "payment": 10, "new deal": 5, "end": 5}
_POOL = 4_000
"""So many open orders and deals at most are watched."""

_BOOKED = (OrderKind.STANDARD, OrderKind.CALL_OFF, OrderKind.SERVICE)
_HOUR = 3_600 * MICROSECONDS
_TOPICS: dict[type[Event], str] = {
    Order: "orders",
    Opportunity: "opportunities",
    Activity: "activities",
    Collection: "collections",
}


def live(company: Company, start: datetime, rate: float) -> Iterator[tuple[str, Event]]:
    """Topic and event, without end, in the order in which to send them, `rate` a second from `start`.

    Most events happen as they are told; some are late, repeated, or come after their own next version. Bookings follow
    the company's pace whatever the rate: at a high rate most orders are small and most events move what is there.
    What is planted stays as it is. The same arguments give the same stream; building the first event reads the open
    orders and deals out of the company's last months, which takes seconds for a large one.
    """
    return iter(_Live(company, start, rate))


class _Live:
    def __init__(self, company: Company, start: datetime, rate: float) -> None:
        self._company, self._rate = company, rate
        self._start = int(start.timestamp() * MICROSECONDS)
        self._random = Random(company.seed * 1_000_003 + self._start // MICROSECONDS)
        self._openings = Openings(company, self._random)
        self._orders: list[Order] = []
        self._deals: list[Opportunity] = []
        effects = company.effects
        self._left_alone = {
            company.posts[post].holder(company.today) for post in (effects.silent_post, effects.lumpy_post)
        }
        self._booked = 0.0
        month = Period.containing(start.astimezone(ZONE).date(), "month")
        self._slack = -0.002 * float(company.office_budgets(month).sum())
        self._paced_at, self._paced = 0, 0.0

    def __iter__(self) -> Iterator[tuple[str, Event]]:
        rng = self._random
        self._read_open()
        recent: deque[Event] = deque(maxlen=100)
        kinds, weights = list(_MIX), list(_MIX.values())
        at = self._start
        while True:
            at += max(1, int(rng.expovariate(self._rate) * MICROSECONDS))
            draw = rng.random()
            if recent and draw < DUPLICATE:
                events = [rng.choice(recent)]
            elif draw < DUPLICATE + SWAPPED and self._orders:
                events = self._swapped(at)
            else:
                late = draw > 1 - LATE
                events = self._happening(rng.choices(kinds, weights)[0], at, late)
            for event in events:
                recent.append(event)
                yield _TOPICS[type(event)], event

    def _happening(self, kind: str, at: int, late: bool) -> list[Event]:
        rng = self._random
        happened = at - rng.randint(1, 30) * _HOUR if late else at
        if kind == "order":
            room = self._room(at)
            if room > self._slack or rng.random() < 0.1:
                return [self._book(self._openings.order(happened, room))]
        if kind == "payment":
            return [self._openings.payment(at)]
        if kind == "new deal" or (kind in ("deal", "end") and not self._deals):
            return [self._new_deal(at)]
        if kind == "deal":
            place = rng.randrange(len(self._deals))
            self._deals[place] = moved(self._deals[place], at, rng)
            return [self._deals[place]]
        if kind == "end":
            return self._end_deal(at)
        if kind == "amend" and (found := self._untouched()) is not None:
            return [self._amend(found, at)]
        if kind == "progress" and self._orders:
            place = rng.randrange(len(self._orders))
            order = progress(self._orders[place], at, rng)
            self._keep(place, order)
            return [order]
        return [self._openings.visit(happened)]

    def _read_open(self) -> None:
        """What is open at the start, out of the stories of the months around it."""
        month = Period.containing(instant(self._start).astimezone(ZONE).date(), "month").previous().previous()
        until = self._start // MICROSECONDS
        for _ in range(5):
            for begins, story in stories(self._company, month):
                if begins > until or len(self._orders) + len(self._deals) >= 2 * _POOL:
                    continue
                last: dict[str, Event] = {}
                for at, _, event in story:
                    if at > until:
                        break
                    last[event.entity_id] = event
                for event in last.values():
                    self._take(event)
            month = month.next()

    def _take(self, event: Event) -> None:
        if getattr(event, "rep_id", None) in self._left_alone:
            return
        if isinstance(event, Order) and len(self._orders) < _POOL:
            # What dealers pay is told by payments of their own, so their orders are left to them.
            if event.status is OrderStatus.EFFECTIVE and event.kind in _BOOKED and event.source != "dms":
                self._orders.append(event)
        elif isinstance(event, Opportunity) and len(self._deals) < _POOL and event.outcome is Outcome.OPEN:
            self._deals.append(event)

    def _room(self, at: int) -> float:
        """What may still be booked by `at` for the company to be on pace, in CNY; read anew every half minute."""
        if at - self._paced_at > 30 * MICROSECONDS:
            self._paced_at = at
            begin, now = instant(self._start), instant(at)
            paced = self._company.expected_bookings(now) - self._company.expected_bookings(begin)
            day = begin.astimezone(ZONE).date()
            while day.replace(day=1) != now.astimezone(ZONE).date().replace(day=1):
                month = Period.containing(day, "month")
                paced += float(self._company.office_budgets(month).sum())
                day = month.next().start
            self._paced = paced
        return self._paced - self._booked

    def _end_deal(self, at: int) -> list[Event]:
        """Won, with its order, where pace has room for it; else lost, or not at its end yet."""
        place = self._random.randrange(len(self._deals))
        deal = self._deals[place]
        if float(deal.amount or 0) > self._room(at) and self._random.random() < 0.5:
            self._deals[place] = moved(deal, at, self._random)
            return [self._deals[place]]
        self._deals[place] = self._deals[-1]
        self._deals.pop()
        amount = float(deal.amount or 0)
        if amount > self._room(at):
            return [ended(deal, at, Outcome.LOST)]
        return [ended(deal, at, Outcome.WON), self._book(self._openings.won(deal, at + 1))]

    def _book(self, order: Order) -> Order:
        self._booked += float(order.amount)
        if len(self._orders) < _POOL:
            self._orders.append(order)
        return order

    def _new_deal(self, at: int) -> Opportunity:
        deal = self._openings.deal(at)
        if len(self._deals) < _POOL:
            self._deals.append(deal)
        return deal

    def _untouched(self) -> int | None:
        """The place of an order that may still change, if one is found quickly."""
        for _ in range(20):
            if self._orders and is_untouched(self._orders[place := self._random.randrange(len(self._orders))]):
                return place
        return None

    def _amend(self, place: int, at: int) -> Order:
        """More where pace has room, less (or the order cancelled) where it has none."""
        rng, order = self._random, self._orders[place]
        room = self._room(at)
        if room < 0 and rng.random() < 0.2:
            self._booked -= float(order.amount)
            cancelled = revised(order, at, {"status": OrderStatus.CANCELLED})
            self._keep(place, cancelled)
            return cancelled
        share = Decimal(rng.randint(2, 10)).scaleb(-2).copy_sign(Decimal(1 if room > 0 else -1))
        changed = amended(order, at, share)
        self._booked += float(changed.amount - order.amount)
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
        """Watch the order on, unless it has come to its end."""
        if order.status is OrderStatus.EFFECTIVE:
            self._orders[place] = order
        else:
            self._orders[place] = self._orders[-1]
            self._orders.pop()
