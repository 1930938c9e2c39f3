"""A simulated company with planted problems, stored as a worker stores it, and swept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from dashboard.sentences import sentence
from ingest.events import Event, Finding, Order
from ingest.settings import CompanySettings
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.sizes import SIZES
from ingest.simulator.units import HQ
from streams.detection.findings import key_of
from streams.detection.rules import RULES
from streams.detection.sweeper import Sweeper
from tests.full import FULL
from tests.integration.detection.scorecard import Scorecard
from tests.integration.detection.store import Store

pytestmark = pytest.mark.warehouse
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 15, tzinfo=ZONE).astimezone(UTC)
READ = {"orders", "activities", "org", "targets"}
"""Without deals: what the watch says of them has a test of its own."""
SEED = 2


def told(company: Company, now: datetime) -> Iterable[tuple[str, Event]]:
    """Everything detection reads of the company's history."""
    return ((topic, event) for topic, event in history(company, now) if topic in READ)


async def swept(store: Store, now: datetime = NOW) -> list[Finding]:
    return await Sweeper(store.warehouse, CompanySettings()).sweep(now)


def short(findings: Sequence[Finding]) -> list[Finding]:
    """Those about shortfalls."""
    return [finding for finding in findings if finding.rule in RULES]


async def test_the_planted_problems_are_found_with_their_people_and_nothing_else_is(store: Store) -> None:
    company = Company.make(SEED, SIZES["small"], TODAY)
    await store.put(told(company, NOW))
    findings = await swept(store)
    card = Scorecard.of(company, short(findings))
    assert set(card.found) == {"silent-rep", "lost-line", "falling-product"}
    assert (card.missed, card.misnamed, card.denied, card.others) == ([], [], [], [])
    for finding in findings:
        assert sum(cell.contribution for cell in finding.cells) == finding.gap
        if finding.rule in RULES:
            assert sum(factor.contribution for factor in finding.factors) == finding.gap
            assert finding.kind
            assert finding.landing
            assert finding.where
        assert finding.gap_without_largest_deal is not None
        assert finding.rule not in RULES or finding.gap_without_largest_deal <= finding.gap
        for code in (*finding.why, *finding.against):
            assert "|" not in sentence(code, "en", {}), code  # every code is worded, none shown raw

    assert await swept(store) == findings  # the same tick finds the same

    await store.put(("findings", finding) for finding in findings)
    assert await swept(store, NOW + timedelta(minutes=5)) == []  # said once is enough

    later = NOW + timedelta(days=4)
    assert await swept(store, later) == []  # no order for days: what is missing is data

    lost = card.found["lost-line"]
    await store.put(("orders", order) for order in late_orders(company, lost))
    (ended,) = [one for one in await swept(store, NOW + timedelta(hours=1)) if one.finding_id == lost.finding_id]
    assert (ended.state, ended.reason) == ("retracted", "reason.corrected")
    assert key_of(ended) == key_of(lost)
    await store.put([("findings", ended)])
    again = await swept(store, NOW + timedelta(hours=1, minutes=1))
    assert lost.finding_id not in {one.finding_id for one in again}


def late_orders(company: Company, lost: Finding) -> Iterable[Order]:
    """What the office had sold of the line all the time, told only now."""
    of_line = [product.id for product in company.products if company.lines[product.line].id == lost.slice.product_id]
    for number in range(24):
        yield Order(
            occurred_at=NOW + timedelta(minutes=30), order_id=f"LATE-{number}", version=1, source="erp",
            effective_on=company.calendar.add_working_days(TODAY, -1 - number), amount=Decimal(90_000),
            office_id=lost.slice.unit_id, product_id=of_line[number % len(of_line)],
        )  # fmt: skip


async def test_a_market_that_falls_for_all_alike_is_one_finding_and_the_heads(store: Store) -> None:
    company = Company.make(SEED, SIZES["small"], TODAY)

    events = list(told(company, NOW))
    of_month = {
        one.order_id
        for _, one in events
        if isinstance(one, Order) and one.effective_on and one.effective_on >= TODAY.replace(day=1)
    }

    def halved(event: Event) -> Event:
        fell = isinstance(event, Order) and event.order_id in of_month
        return event.model_copy(update={"amount": round(event.amount / 2, 2)}) if fell else event  # type: ignore[attr-defined]

    await store.put((topic, halved(event)) for topic, event in events)
    paced = [one for one in await swept(store) if one.rule == "unit-pace"]
    assert [(one.slice.unit_id, one.responsible_id) for one in paced] == [(HQ, company.chief_id)]


async def test_an_empty_warehouse_has_no_findings(store: Store) -> None:
    assert await swept(store) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(11, 16) if FULL else [11, 15])
async def test_over_other_seeds_what_can_be_seen_is_found_and_what_is_no_problem_is_not(
    store: Store, seed: int
) -> None:
    """None of these was tuned on. The falling product of so small a company (some 15 orders) is often within chance."""
    company = Company.make(seed, SIZES["small"], TODAY)
    await store.put(told(company, NOW))
    card = Scorecard.of(company, short(await swept(store)))
    assert {"silent-rep", "lost-line"} <= set(card.found)
    assert (card.misnamed, card.denied) == ([], [])
    assert len(card.others) <= 1
