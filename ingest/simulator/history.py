"""The company's life in order of time: itself, its targets and tasks, its deals, orders, payments and visits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush, merge
from itertools import count, dropwhile
from operator import itemgetter
from random import Random
from typing import Literal

from ingest.calendar import Period
from ingest.events import Event
from ingest.fields import Route
from ingest.simulator.bookings import Deal, plan_month
from ingest.simulator.company import Company
from ingest.simulator.deals import deal_steps
from ingest.simulator.orders import order_steps
from ingest.simulator.org import HOURS_BEFORE_HISTORY, org
from ingest.simulator.pace import local_day, midnight, opening
from ingest.simulator.staff import months_of
from ingest.simulator.stories import Happening, told
from ingest.simulator.targets import targets
from ingest.simulator.tasks import tasks
from ingest.simulator.visits import MOST_DAYS_ON, visits

MONTHS_AHEAD = 3
"""A deal is open for less than three months: plans so far ahead hold every deal that is open."""

_EARLIEST_DRAFT_DAYS = 4
_ROUTES = (Route.DIRECT,) * 11 + (Route.DISTRIBUTOR,) * 4 + (Route.INTEGRATOR,) * 4 + (Route.ONLINE,)
_DAY = 86_400
_NEVER = -1
"""Before everything: an epoch second that all that happens comes after."""

_Waiting = tuple[int, int, Happening | None, Iterator[Happening]]


def history(company: Company, until: datetime, since: datetime | None = None) -> Iterator[tuple[str, Event]]:
    """Topic and event of all that happened up to `until`, in order of `occurred_at`; without what was up to `since`.

    The same company always has the same history: a longer one begins with the shorter, and `since` = the former
    `until` gives exactly what is new. It may go on past the company's `today`.
    """
    last = int(until.timestamp())
    first = int(since.timestamp()) if since else _NEVER
    for at, topic, event in _happenings(company, first, last):
        if at > last:
            return
        if at > first:
            yield topic, event


def stated(company: Company, until: datetime) -> Iterator[tuple[str, Event]]:
    """What the company says of itself: the part of its history that is no piece, in order of `occurred_at`."""
    last = int(until.timestamp())
    for at, topic, event in merge(*_statements(company, last), key=itemgetter(0)):
        if at > last:
            return
        yield topic, event


@dataclass(frozen=True)
class Piece:
    """Visits, or stories, of one month: a part of the history that needs to know of no other."""

    what: Literal["visits", "stories"]
    month: Period

    def happened(self, company: Company, until: datetime) -> Iterator[tuple[str, Event]]:
        """Topic and event of all of it up to `until`, each entity's versions in order."""
        last = int(until.timestamp())
        for source in self._sources(company, last):
            for at, topic, event in source:
                if at <= last:
                    yield topic, event

    def _sources(self, company: Company, last: int) -> Iterator[Iterable[Happening]]:
        if self.what == "stories":
            yield from (source for begins, source in stories(company, self.month, _NEVER, last) if begins <= last)
        else:
            days = ((self.month.start + timedelta(n)) for n in range((self.month.end - self.month.start).days + 1))
            yield from (visits(company, day) for day in days if opening(day) - _DAY <= last)


def pieces(company: Company, until: datetime) -> list[Piece]:
    """The pieces that all together, and with what is `stated`, are the history up to `until`."""
    last = local_day(int(until.timestamp()))
    month = Period.containing(company.first_day, "month")
    found = []
    while month.start <= last:
        found += [Piece("visits", month), Piece("stories", month)]
        month = month.next()
    for _ in range(MONTHS_AHEAD):
        found.append(Piece("stories", month))
        month = month.next()
    return found


def stories(company: Company, month: Period, since: int, until: int) -> Iterator[tuple[int, Iterator[Happening]]]:
    """The stories that end or have their order in the month, each with the earliest second it can begin at."""
    shared = Random()
    for deal in plan_month(company, month):
        yield deal.at - (deal.days_open + _EARLIEST_DRAFT_DAYS) * _DAY, story(company, deal, shared, since, until)


def story(company: Company, deal: Deal, rng: Random, since: int, until: int) -> Iterator[Happening]:
    """What happens around one deal after `since` and up to `until`; `rng` is seeded anew for it, and used before its
    first event."""
    rng.seed(deal.seed)
    customers = company.market.by_post[deal.post]
    customer = company.frameworks[deal.office].customer if deal.call_off else rng.choice(customers)
    route = Route.DIRECT if deal.call_off or deal.big else rng.choice(_ROUTES)
    steps = deal_steps(company, deal, customer.id, route, rng) if deal.days_open else []
    if deal.fate == "won":
        steps += order_steps(company, deal, customer, route, rng)
    yield from told(steps, midnight(company.first_day), since, until)


def _statements(company: Company, last: int) -> Iterator[Iterator[Happening]]:
    yield org(company)
    yield targets(company, local_day(last))
    for whole in months_of(company.first_day, local_day(last)):
        yield tasks(company, whole)


def _happenings(company: Company, first: int, last: int) -> Iterator[Happening]:
    """Up to the day of `last`, in order of time, and little before `first`: each source waits on its next one's day."""
    numbers = count()
    waiting: dict[int, list[_Waiting]] = {}
    start = max(opening(company.first_day) - HOURS_BEFORE_HISTORY * 3600, first)

    def wait(at: int, source: Iterator[Happening]) -> None:
        happening = None
        if at <= first:
            source = dropwhile(lambda one: one[0] <= first, source)
            happening = next(source, None)
            if happening is None:
                return
            at = happening[0]
        waiting.setdefault(max(at, start) // _DAY, []).append((max(at, start), next(numbers), happening, source))

    for source in _statements(company, last):
        wait(first, source)
    for before in range(MOST_DAYS_ON, 0, -1):
        if (begun := local_day(start // _DAY * _DAY) - timedelta(before)) >= company.first_day:
            wait(first, iter(visits(company, begun)))
    month = Period.containing(company.first_day, "month")
    ahead = month
    for day in range(start // _DAY, last // _DAY + 1):
        while month.start <= local_day(day * _DAY) + timedelta(1):
            month = month.next()
            while (ahead.start.year - month.start.year) * 12 + ahead.start.month - month.start.month < MONTHS_AHEAD:
                for begins, source in stories(company, ahead, first, last):
                    if begins <= last:
                        wait(max(begins, day * _DAY), source)
                ahead = ahead.next()
        if local_day(day * _DAY) >= company.first_day:
            wait(day * _DAY, iter(visits(company, local_day(day * _DAY))))
        todays = waiting.pop(day, [])
        heapify(todays)
        while todays:
            _, _, happening, source = heappop(todays)
            if happening is not None:
                yield happening
            happening = next(source, None)
            if happening is not None:
                one = (happening[0], next(numbers), happening, source)
                if happening[0] // _DAY <= day:
                    heappush(todays, one)
                else:
                    waiting.setdefault(happening[0] // _DAY, []).append(one)
