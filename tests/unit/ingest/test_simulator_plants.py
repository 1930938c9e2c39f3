"""What is planted in the simulated company is there to be found, on whatever day it is looked for."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from ingest.calendar import Period
from ingest.events import Activity, CalendarDay, Event, Order, Product
from ingest.fields import ActivityKind
from ingest.simulator.company import Company
from ingest.simulator.pace import ZONE, MonthPace
from ingest.simulator.plants import Plant
from tests.unit.ingest.simulator_books import Booking, bookings, evening, planned, told

DAYS = [
    ("small", 1, date(2026, 11, 23)),
    ("small", 2, date(2026, 10, 9)),  # the first day after National Day
    ("small", 3, date(2026, 3, 1)),  # a Sunday, after Spring Festival
    ("small", 4, date(2026, 6, 30)),
]


class Life:
    """A company, all that was told of it, and what is booked."""

    def __init__(self, size: str, seed: int, today: date) -> None:
        self.today = today
        self.company, told_events = told(size, seed, today)
        self.events: list[Event] = [event for _, event in told_events]
        self.bookings = bookings(self.events)

    def plant(self, kind: str) -> Plant:
        return next(plant for plant in self.company.plants if plant.kind == kind)

    def booked(self, chosen: Callable[[Booking], bool], start: date) -> float:
        return sum(one.amount for one in self.bookings if chosen(one) and start <= one.day)

    def due(self, key: str, start: date, path: tuple[str, ...] = ()) -> float:
        return planned(self.company, self.events, key, start, evening(self.today), path)


@pytest.fixture(scope="module", params=DAYS, ids=lambda day: str(day[2]))
def life(request: pytest.FixtureRequest) -> Life:
    return Life(*request.param)


def test_a_problem_has_an_answer_and_what_is_none_has_nobody(life: Life) -> None:
    people = {person.id for person in life.company.people}
    assert len({plant.id for plant in life.company.plants}) == 7
    for plant in life.company.plants:
        assert (plant.responsible_id in people) == plant.is_problem
        assert plant.expected_gap_sign == (-1 if plant.is_problem else 0)
        if plant.is_problem:
            assert life.company.calendar.working_days(plant.since, life.today - timedelta(1)) >= 25


def test_the_rep_stopped_visiting_first_and_then_orders_stopped(life: Life) -> None:
    plant = life.plant("rep_stopped_visiting")
    rep, silent = plant.slice.person_id, life.company.effects.silent_since
    visits = [e.occurred_at.astimezone(ZONE).date() for e in life.events if isinstance(e, Activity) and e.rep_id == rep]
    assert len(visits) > 10
    assert max(visits) < silent < plant.since
    before = [e for e in life.events if isinstance(e, Order) and e.rep_id == rep and e.version == 1]
    assert len([order for order in before if order.effective_on and order.effective_on < plant.since]) >= 3

    due = life.due(f"person_id={rep}", plant.since)
    booked = life.booked(lambda one: one.rep_id == rep, plant.since)
    assert due > 800_000
    assert booked < 0.15 * due


def test_the_office_lost_its_line_and_the_other_offices_did_not(life: Life) -> None:
    plant = life.plant("office_lost_line")
    company, office, line = life.company, plant.slice.unit_id, plant.slice.product_id
    products = {p.id for p in company.products if company.lines[p.line].id == line}
    booked = life.booked(lambda one: one.office_id == office and one.product_id in products, plant.since)
    due = life.due(plant.slice.key, plant.since)
    assert booked < 0.3 * due
    assert due - booked > max(300_000, 0.05 * life.due(f"unit_id={office}", plant.since))
    assert plant.responsible_id == next(unit.manager_id for unit in company.offices if unit.id == office)

    silent_office = life.plant("rep_stopped_visiting").slice.unit_id
    rest = [unit.id for unit in company.offices if unit.id not in (office, silent_office)]
    elsewhere = life.booked(lambda one: one.office_id in rest and one.product_id in products, plant.since)
    assert elsewhere > 0.85 * sum(life.due(f"unit_id={unit},product_id={line}", plant.since) for unit in rest)


def test_the_product_falls_in_every_region(life: Life) -> None:
    plant = life.plant("product_falling")
    product = plant.slice.product_id
    booked = life.booked(lambda one: one.product_id == product, plant.since)
    due = life.due(plant.slice.key, plant.since)
    assert booked < 0.65 * due
    assert due - booked > 300_000
    line = next(p.line for p in life.company.products if p.id == product)
    assert plant.responsible_id == life.company.line_managers[line]


def test_a_region_on_holiday_is_on_its_own_pace(life: Life) -> None:
    plant = life.plant("region_on_holiday")
    company = life.company
    region = next(unit for unit in company.regions if unit.id == plant.slice.unit_id)
    offices = {company.offices[index].id for index in company.offices_in[region.index]}
    off = {e.valid_from for e in life.events if isinstance(e, CalendarDay) and e.id == region.id}
    assert off
    assert max(off) < life.today
    assert not [
        e for e in life.events
        if isinstance(e, Order) and e.version == 1 and e.office_id in offices and e.effective_on in off
    ]  # fmt: skip
    start = Period.containing(life.today, "month").previous().start
    falling = life.plant("product_falling").slice.product_id
    others = [p.id for p in company.products if p.id != falling]
    share = company.shares[sorted(company.offices_in[region.index])][:, [p.id in others for p in company.products]]
    due = life.due(plant.slice.key, start, ("hq", region.id)) * float(share.sum(axis=1).mean())
    booked = life.booked(lambda one: one.office_id in offices and one.product_id in others, start)
    assert booked == pytest.approx(due, rel=0.1)


def test_an_office_taking_stock_is_on_its_own_pace(life: Life) -> None:
    plant = life.plant("stock_taking")
    company = life.company
    office = next(unit for unit in company.offices if unit.id == plant.slice.unit_id)
    off = [day for unit_id, day in company.days_off if unit_id == office.id]
    assert len(off) == 2
    start = Period.containing(life.today, "month").previous().start
    booked = life.booked(lambda one: one.office_id == office.id, start)
    assert booked > 0.85 * life.due(plant.slice.key, start, company.path(office.index))


def test_two_big_orders_a_quarter_and_none_this_month_yet(life: Life) -> None:
    plant = life.plant("rep_with_few_big_orders")
    rep = plant.slice.person_id
    orders = [e for e in life.events if isinstance(e, Order) and e.rep_id == rep and e.version == 1]
    first_of_month = life.today.replace(day=1)
    assert 1 <= len(orders) <= 3
    assert all(order.effective_on and order.effective_on < first_of_month for order in orders)
    assert all(order.amount > 500_000 for order in orders)
    visits = [e for e in life.events if isinstance(e, Activity) and e.rep_id == rep and e.kind is ActivityKind.VISIT]
    assert visits[-1].occurred_at.astimezone(ZONE).date() > life.today - timedelta(14)


def test_the_successor_takes_over_what_its_predecessor_sold(life: Life) -> None:
    plant = life.plant("successor_product")
    old = plant.slice.product_id
    told_of_old = [e for e in life.events if isinstance(e, Product) and e.id == old]
    new = told_of_old[-1].successor_id
    assert told_of_old[-1].valid_from == plant.since
    due = life.due(plant.slice.key, plant.since)
    by_old = life.booked(lambda one: one.product_id == old, plant.since)
    together = life.booked(lambda one: one.product_id in (old, new), plant.since)
    assert by_old < 0.45 * due
    assert together > 0.75 * due
    assert not [one for one in life.bookings if one.product_id == new and one.day < plant.since]


def test_days_off_move_business_to_the_other_days_of_the_month() -> None:
    company: Company = told("small", 1, date(2026, 11, 23))[0]
    region = next(plant.slice.unit_id for plant in company.plants if plant.kind == "region_on_holiday")
    month = Period.parse("2026-11")
    own, usual = (MonthPace(company.calendar, month, path) for path in (("hq", region or ""), ()))
    before = datetime.combine(date(2026, 11, 17), time(20), ZONE)
    after = datetime.combine(date(2026, 11, 22), time(20), ZONE)
    assert own.share(before) == own.share(after) > usual.share(before)
    assert own.share(after) < usual.share(after)
    assert own.share(evening(month.end)) == usual.share(evening(month.end)) == 1
