"""Late and amended events retract, re-open and merge findings; a log read again says the same; rules are tried."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ingest.events import Action, Event, Finding, Order
from ingest.fields import OrderStatus
from ingest.settings import CompanySettings
from ingest.simulator.company import Company
from ingest.simulator.sizes import SIZES
from streams.detection.sweeper import Laws, Sweeper
from streams.detection.trial import Side, tried
from tests.integration.detection.scorecard import Scorecard
from tests.integration.detection.store import Store
from tests.integration.detection.test_company import NOW, SEED, TODAY, late_orders, short, told
from warehouse.queries.findings import FindingCard, findings
from warehouse.viewer import Viewer

pytestmark = [pytest.mark.warehouse, pytest.mark.slow]
Log = list[tuple[str, Event]]


async def tick(store: Store, minutes: int, log: Log | None = None) -> dict[str, Finding]:
    """A sweep so many minutes later, what it says stored as the worker does; by finding."""
    now = NOW + timedelta(minutes=minutes)
    said = await Sweeper(store.warehouse, CompanySettings()).sweep(now)
    events: Log = [("findings", finding) for finding in said]
    await store.put(events)
    if log is not None:
        log += events
    return {finding.finding_id: finding for finding in said}


async def cards(store: Store) -> dict[str, FindingCard]:
    later = NOW + timedelta(days=1)
    every = await findings(store.warehouse, Viewer.system(), later, states=("open", "resolved", "retracted"))
    return {card.finding.finding_id: card for card in every}


def amended(orders: Iterable[Order], at: datetime) -> Iterable[tuple[str, Order]]:
    """The same order lines, cancelled as if they had never been: a correction of what was said."""
    for order in orders:
        yield "orders", order.model_copy(
            update={"occurred_at": at, "version": (order.version or 1) + 100, "event_id": None,
                    "status": OrderStatus.CANCELLED, "correction": True}
        )  # fmt: skip


async def test_late_orders_retract_a_finding_amended_ones_open_it_again_and_a_log_read_again_says_the_same(
    store: Store, another: Store
) -> None:
    company = Company.make(SEED, SIZES["small"], TODAY)
    log: Log = list(told(company, NOW))
    await store.put(log)
    lost = Scorecard.of(company, short([*(await tick(store, 0, log)).values()])).found["lost-line"]

    taken = Action(occurred_at=NOW + timedelta(minutes=1), event_id="take", subject=f"finding:{lost.finding_id}",
                   who=lost.responsible_id or "", what="take")  # fmt: skip
    late = list(late_orders(company, lost))
    more: Log = [("actions", taken), *(("orders", order) for order in late)]
    await store.put(more)
    log += more
    said = (await tick(store, 60, log))[lost.finding_id]
    assert (said.state, said.reason, said.merged_into) == ("retracted", "reason.corrected", None)
    assert (await cards(store))[lost.finding_id].treatment.status == "retracted"

    never = list(amended(late, NOW + timedelta(minutes=70)))
    await store.put(never)
    log += never
    assert (await tick(store, 90, log))[lost.finding_id].state == "open"
    again = (await cards(store))[lost.finding_id].treatment
    assert (again.status, again.reopened, again.assignee_id) == ("open", 1, "")

    wider = next(id for id in await cards(store) if id != lost.finding_id)
    merged = Action(occurred_at=NOW + timedelta(minutes=100), event_id="merge", subject=f"finding:{lost.finding_id}",
                    who="op", what="merge", into=wider)  # fmt: skip
    await store.put([("actions", merged)])
    log.append(("actions", merged))
    assert (await cards(store))[lost.finding_id].treatment.into == wider

    # The log read again from its beginning, swept at the same ticks: every word of detection is the same.
    facts = [one for one in log if one[0] != "findings"]
    first, second = facts.index(more[0]), facts.index(never[0])
    for minutes, part in ((0, facts[:first]), (60, facts[first:second]), (90, facts[second:])):
        await another.put(part)
        at = NOW + timedelta(minutes=minutes)
        words = [event for topic, event in log if topic == "findings" and event.occurred_at == at]
        assert list((await tick(another, minutes)).values()) == words
    await another.put(random.Random(7).sample(log, k=len(log) // 20))  # and some of it twice
    assert await cards(another) == await cards(store)
    assert await tick(another, 150) == await tick(store, 150)


async def test_a_rule_is_tried_on_the_past_and_counts_from_the_tick_after_it_is_switched_on(store: Store) -> None:
    company = Company.make(SEED, SIZES["small"], TODAY)
    await store.put(told(company, NOW))
    plain = Laws()
    sides = Side(plain, "rep-gap"), Side(plain.but("rep-gap", {"least_gap": Decimal(900_000_000)}), "rep-gap")
    seen = [step async for step in tried(store.warehouse, CompanySettings(), sides, NOW, 1)]
    assert seen[-1][:2] == (21, 21)
    silent = Scorecard.of(company, short(await _sweep(store, NOW))).found["silent-rep"]
    assert silent.slice.key in {one.slice.key for one in sides[0].result()}
    assert sides[1].result() == ()
    assert await cards(store) == {}  # nobody is told of what was only tried

    switched = NOW + timedelta(minutes=10)
    numbers = {"least_gap": Decimal(900_000_000)}
    await store.put([("actions", Action(occurred_at=switched, event_id="set", subject="rule:rep-gap", who="op",
                                        what="set_rule", note="too many", thresholds=numbers))])  # fmt: skip
    before, after = [await _sweep(store, switched + timedelta(minutes=minutes)) for minutes in (-1, 1)]
    assert "rep-gap" in {finding.rule for finding in before}
    assert "rep-gap" not in {finding.rule for finding in after}


async def _sweep(store: Store, now: datetime) -> list[Finding]:
    return await Sweeper(store.warehouse, CompanySettings()).sweep(now.astimezone(UTC))


async def test_a_snoozed_finding_is_armed_again_by_an_event_of_its_own_once(store: Store) -> None:
    company = Company.make(SEED, SIZES["small"], TODAY)
    await store.put(told(company, NOW))
    one = next(iter((await tick(store, 0)).values()))
    subject = f"finding:{one.finding_id}"
    until = NOW + timedelta(hours=1)
    await store.put([("actions", Action(occurred_at=NOW + timedelta(minutes=1), event_id="s", subject=subject, who="op",
                                        what="snooze", until=until))])  # fmt: skip
    sweeper = Sweeper(store.warehouse, CompanySettings())
    assert await sweeper.awakened(until - timedelta(seconds=1)) == []
    (first,), (second,) = await sweeper.awakened(until), await sweeper.awakened(until + timedelta(seconds=5))
    assert (first.event_id, first.what, first.who) == (second.event_id, "rearm", "detection")
    await store.put([("actions", first), ("actions", second)])
    assert await sweeper.awakened(until + timedelta(minutes=1)) == []
    card = (await cards(store))[one.finding_id]
    assert (card.treatment.status, len(card.actions)) == ("open", 2)
