"""The sales baseline read from a warehouse that holds a simulated company."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from ingest.calendar import Period
from ingest.events import Action, Baseline, Slice, Target
from ingest.settings import CompanySettings
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.sizes import SIZES
from ingest.simulator.units import HQ
from streams.baseline.sales import sales_baseline
from streams.baselines import Baselines
from streams.detection.sweeper import Sweeper
from streams.detection.watch.landing import LANDING
from tests.bench.planted.company import NEVER
from tests.integration.detection.store import Store
from warehouse.baseline.reading import landings, version_at
from warehouse.dimensions import Where
from warehouse.key import Key
from warehouse.pace import headline, standings
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
NOW = datetime(2026, 11, 18, 15, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


async def put(store: Store, months: int, *, bare: bool = False) -> Company:
    """A small company; where it is `bare`, nothing that is off, nor any days of a unit's own."""
    company = Company.make(2, replace(SIZES["small"], months=months), date(2026, 11, 18))
    if bare:
        nothing = replace(
            company.effects, since=NEVER, silent_since=NEVER, silent_post=-1, lost_cell=(-1, -1), falling_product=-1
        )
        company = replace(company, effects=nothing, days_off={})
    await store.put((topic, event) for topic, event in history(company, NOW) if topic in {"orders", "org", "targets"})
    return company


async def test_a_version_is_built_once_a_day_and_for_who_asks_and_board_and_finding_say_the_same(store: Store) -> None:
    company = await put(store, 13)
    builder = Baselines(store.company, lambda topic, events: store.put((topic, event) for event in events))
    assert await builder.look(store.warehouse, NOW)
    assert not await builder.look(store.warehouse, NOW + timedelta(minutes=5))
    asked = Action(occurred_at=NOW + timedelta(minutes=6), subject="baseline:bookings", who="op", what="build_baseline")
    await store.put([("actions", asked)])
    assert await builder.look(store.warehouse, NOW + timedelta(minutes=7))
    assert not await builder.look(store.warehouse, NOW + timedelta(minutes=8))
    another = Baselines(store.company, builder.send)
    assert not await another.look(store.warehouse, NOW + timedelta(minutes=9))
    month = Period.parse("2026-11")
    first, *same = await asyncio.gather(*(version_at(store.warehouse, month, NOW) for _ in range(3)))
    assert all(one is first for one in same), "read once, however many ask at a time"
    second = await version_at(store.warehouse, month, NOW + timedelta(minutes=9))
    assert first is not None
    assert second is not None
    assert first.id != second.id

    stand = await landings(store.warehouse, month, NOW)
    assert stand is not None
    for name, one in stand.standings.items():
        summing = one.hierarchy.baseline.summing
        np.testing.assert_allclose(one.means.landing, summing @ one.means.landing[one.hierarchy.leaves], rtol=1e-6)
        assert np.all(one.means.lower[0.8] <= one.means.upper[0.8]), name
    cells, products = (stand.standings[name] for name in ("cells", "products"))
    lines = [key for key in cells.hierarchy.keys if key.product_id and not key.unit_id]
    assert len(lines) == len(company.lines)
    for key in lines:
        by_units, by_products = (one.means.landing[list(one.hierarchy.keys).index(key)] for one in (cells, products))
        assert by_products == pytest.approx(by_units)
    rows = await standings(store.warehouse, Viewer.system(), period=month, now=NOW, by="unit")
    head = await headline(store.warehouse, Viewer.system(), period=month, now=NOW)
    assert rows["landing"].sum() == pytest.approx(head["landing"][0], rel=1e-6)
    assert (rows["landing_low"] < rows["landing"]).all()
    office = company.offices[0]
    below = Viewer("m", unit_ids=frozenset({office.id}))
    own = await headline(store.warehouse, below, period=month, now=NOW, where=Where(unit_id=office.id))
    node = stand.of(Key(office.id))
    assert node is not None
    assert own["landing"][0] == pytest.approx(float(own["actual"][0]) + node.rest)
    above = await headline(store.warehouse, below, period=month, now=NOW)
    assert above["landing_low"][0] is None  # of what lies beyond their scope nothing is told
    found = await Sweeper(store.warehouse, store.company).sweep(NOW, watch=False)
    told = [finding for finding in found if finding.landing]
    assert told
    for one in told:
        part = one.slice
        where = Where(rep_id=part.person_id) if part.person_id else Where(part.unit_id, product_id=part.product_id)
        row = await headline(store.warehouse, Viewer.system(), period=month, now=NOW, where=where)
        assert one.landing is not None
        assert float(one.landing.middle) == pytest.approx(row["landing"][0], abs=1)
        assert float(one.landing.low) == pytest.approx(row["landing_low"][0], abs=1)


async def test_what_is_known_of_one_warehouse_is_not_said_of_another(store: Store, another: Store) -> None:
    await put(store, 13)
    told: list[Baseline] = []

    async def send(_: str, events: Sequence[Baseline]) -> None:
        told.extend(events)

    assert await Baselines(store.company, send).look(store.warehouse, NOW)
    month, both = Period.parse("2026-11"), (store, another)
    for one in both:  # the same version in either, and orders in one alone
        await one.put(("baselines", event) for event in told)
    sold, nothing = [await landings(one.warehouse, month, NOW) for one in both]
    assert sold is not None
    assert nothing is not None
    assert sold.version.id == nothing.version.id
    assert sold.standings["cells"].actual[0] > 0
    assert not nothing.standings["cells"].actual.any()


async def test_a_company_of_a_few_months_has_no_baseline_yet(store: Store) -> None:
    await put(store, 3)
    assert await sales_baseline(store.warehouse, CompanySettings(), NOW) is None
    builder = Baselines(store.company, lambda topic, events: store.put((topic, event) for event in events))
    assert not await builder.look(store.warehouse, NOW)
    assert await landings(store.warehouse, Period.parse("2026-11"), NOW) is None


async def test_a_unit_that_will_miss_its_month_is_told_by_its_landing(store: Store) -> None:
    company = await put(store, 13, bare=True)
    builder = Baselines(store.company, lambda topic, events: store.put((topic, event) for event in events))
    assert await builder.look(store.warehouse, NOW)
    month = Period.parse("2026-11")

    async def stands(unit: str) -> dict[str, Any]:
        asked = headline(store.warehouse, Viewer.system(), period=month, now=NOW, where=Where(unit_id=unit))
        return (await asked).row(0, named=True)

    office = company.offices[0]
    units = [HQ, *(one.id for one in company.regions), *(one.id for one in company.offices)]
    landing = {unit: (await stands(unit))["landing"] for unit in units}
    wanted = {unit: Decimal(round(landing[unit] / (0.85 if unit == office.id else 1.0))) for unit in units}
    targets = [
        Target(occurred_at=NOW, source="planning", version=2, slice=Slice(unit_id=unit), period=month.key, value=value,
               valid_from=month.start)
        for unit, value in wanted.items()
    ]  # fmt: skip
    least = Action(
        occurred_at=NOW - timedelta(hours=1), subject=f"rule:{LANDING}", who="op", what="set_rule", note="small",
        thresholds={"least_amount": Decimal(50_000)},
    )  # fmt: skip
    await store.put([*(("targets", one) for one in targets), ("actions", least)])
    found = await Sweeper(store.warehouse, store.company).sweep(NOW)
    (told,) = [one for one in found if one.rule == LANDING]
    assert (told.slice.unit_id, told.responsible_id) == (office.id, office.manager_id)
    assert float(-told.gap) == pytest.approx(float(wanted[office.id]) - landing[office.id], abs=1)
    await store.put(("findings", one) for one in found)
    assert await Sweeper(store.warehouse, store.company).sweep(NOW + timedelta(minutes=5)) == []
