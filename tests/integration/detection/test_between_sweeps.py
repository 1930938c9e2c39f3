"""Between two sweeps: what is kept says the same as what is read anew, and an event that tips somebody is noticed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from dashboard.sentences import sentence
from ingest.calendar import Period
from ingest.events import Finding, Order, Person, Slice, Target, Unit
from ingest.simulator.company import Company
from ingest.simulator.sizes import SIZES
from streams.detection.rules import RULES
from streams.detection.sweeper import Sweeper
from tests.integration.detection.store import Store
from tests.integration.detection.test_company import NOW, SEED, TODAY, told
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
MINUTE = timedelta(minutes=1)


def taken_back(company: Company, office: str, amount: Decimal, number: int) -> Order:
    """A booking of the month's second working day is less by so much."""
    return Order(
        occurred_at=NOW + number * MINUTE, order_id=f"BACK-{number}", version=1, source="erp", amount=-amount,
        effective_on=company.calendar.add_working_days(TODAY.replace(day=1), 1), office_id=office,
        product_id=company.products[0].id,
    )  # fmt: skip


async def booked(store: Store, office: str) -> Decimal:
    query = MetricQuery(("bookings",), TODAY, Period.containing(TODAY, "month").start, (), Where(unit_id=office))
    return Decimal(str((await measure(store.warehouse, query, Viewer.system()))["bookings"][0]))


async def test_a_sweep_by_what_is_kept_says_what_one_that_reads_everything_says(store: Store) -> None:
    company = Company.make(SEED, SIZES["small"], TODAY)
    history = list(told(company, NOW))
    await store.put(history)
    kept = Sweeper(store.warehouse, store.company)
    office = company.offices[1]

    async def agree(minutes: int) -> list[Finding]:
        now = NOW + minutes * MINUTE
        anew = await Sweeper(store.warehouse, store.company).told(now)
        assert await kept.told(now) == anew
        await store.put(("findings", finding) for finding in anew)
        return anew

    first = await agree(0)
    assert first
    assert await agree(5) == []
    amount = Decimal("0.7") * await booked(store, office.id)
    await store.put([("orders", taken_back(company, office.id, amount, 6))])
    assert {finding.slice.unit_id for finding in await agree(7)}
    manager = next(event for _, event in history if isinstance(event, Unit) and event.id == office.id)
    rep = next(event for _, event in history if isinstance(event, Person) and event.role == "rep")
    stated = {"occurred_at": NOW + 10 * MINUTE, "valid_from": TODAY, "version": 99, "event_id": None}
    target = Target(occurred_at=NOW + 10 * MINUTE, slice=Slice(unit_id=company.offices[0].id), period="2026-11",
                    value=Decimal(900_000_000), version=99)  # fmt: skip
    await store.put([
        ("org", manager.model_copy(update={**stated, "manager_id": company.offices[0].manager_id})),
        ("org", rep.model_copy(update={**stated, "unit_id": company.offices[2].id})),
        ("targets", target),
    ])  # fmt: skip
    moved = await agree(11)
    assert company.offices[0].id in {finding.slice.unit_id for finding in moved}
    await agree(24 * 60)


async def test_an_event_that_makes_an_office_short_is_reason_to_sweep_and_no_other_is(store: Store) -> None:
    company = Company.make(SEED, SIZES["small"], TODAY)
    await store.put(told(company, NOW))
    sweeper, office = Sweeper(store.warehouse, store.company), company.offices[1].id
    assert not await sweeper.tips()  # nothing is known before the first sweep
    said = await sweeper.told(NOW)
    amount = Decimal("0.7") * await booked(store, office)
    await store.put([("orders", taken_back(company, office, amount, 1))])
    assert not await sweeper.tips()  # what was said is not stored yet: it would be said again
    await store.put(("findings", finding) for finding in said)
    assert await sweeper.tips()
    assert not await sweeper.tips()  # once is enough
    found = await sweeper.told(NOW + 2 * MINUTE)
    assert office in {finding.slice.unit_id for finding in found if finding.state == "open"}

    await store.put(("findings", finding) for finding in found)
    assert not await sweeper.tips()
    await store.put([("orders", taken_back(company, office, -amount, 3))])
    assert not await sweeper.tips()  # what is more makes nobody short
    await store.put([("orders", taken_back(company, company.offices[0].id, Decimal(1), 4))])
    assert not await sweeper.tips()


async def test_offices_that_take_back_more_of_a_product_than_they_sold_are_asked_and_told_of_it(store: Store) -> None:
    company = Company.make(SEED, SIZES["small"], TODAY)
    await store.put(told(company, NOW))
    taken = {company.offices[3]: Decimal("2.2"), company.offices[1]: Decimal("5.2")}
    for number, (office, times) in enumerate(taken.items(), 1):  # of one product, more than all that the office sold
        sold = await booked(store, office.id)
        await store.put([("orders", taken_back(company, office.id, times * sold, number))])
        said = await Sweeper(store.warehouse, store.company).told(NOW + (number + 1) * MINUTE)
        assert len({one.finding_id for one in said}) == len(said)
        await store.put(("findings", one) for one in said)
        above = company.regions[office.parent].id
        (asked,) = [
            one for one in said
            if one.rule in RULES and one.state == "open" and one.slice.unit_id in (office.id, above)
        ]  # fmt: skip
        assert (asked.slice.unit_id, asked.responsible_id) == (office.id, office.manager_id)
        assert asked.responsible_role == "office_manager"
        assert asked.why[0].startswith("why.taken_back|count=1|")
        words = sentence(asked.why[0], "en", {})
        assert words.startswith("orders taken back (cancelled or returned): 1, ")
