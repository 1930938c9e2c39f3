"""The sales baseline read from a warehouse that holds a simulated company."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from ingest.settings import CompanySettings
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.sizes import SIZES
from streams.baseline.sales import sales_baseline
from streams.detection.baseline import Key
from tests.integration.detection.store import Store
from warehouse.metric_query import MetricQuery, measure
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
NOW = datetime(2026, 11, 18, 15, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


async def put(store: Store, months: int) -> Company:
    company = Company.make(2, replace(SIZES["small"], months=months), date(2026, 11, 18))
    await store.put((topic, event) for topic, event in history(company, NOW) if topic in {"orders", "org"})
    return company


async def test_units_products_and_people_stand_with_sums_that_agree(store: Store) -> None:
    company = await put(store, 13)
    month, (cells, products, people) = await sales_baseline(store.warehouse, CompanySettings(), NOW)
    assert month.key == "2026-11"
    booked = await measure(
        store.warehouse, MetricQuery(("bookings",), date(2026, 11, 18), month.start), Viewer.system()
    )
    whole = float(booked["bookings"][0])
    assert [one.actual[one.nodes.keys.index(Key())] for one in (cells, products)] == pytest.approx([whole, whole])
    lines = [key for key in products.nodes.keys if key in set(cells.nodes.keys)]
    assert len(lines) > 2
    for key in lines:
        by_units, by_products = (one.means.landing[one.nodes.keys.index(key)] for one in (cells, products))
        assert by_products == pytest.approx(by_units)
    assert {Key(office.id) for office in company.offices} <= set(cells.nodes.keys)
    assert any(key.person_id for key in people.nodes.keys)
    for one in (cells, products, people):
        leaves = one.nodes.summing.sum(axis=1) == 1
        own = [int(np.flatnonzero(leaves & (column > 0))[0]) for column in one.nodes.summing.T]
        np.testing.assert_allclose(one.means.landing, one.nodes.summing @ one.means.landing[own], rtol=1e-9)
        assert np.all(one.means.lower[0.8] <= one.means.upper[0.8])
        assert np.all(one.means.upper[0.8] <= one.means.upper[0.95])


async def test_a_company_of_a_few_months_has_no_baseline_yet(store: Store) -> None:
    await put(store, 3)
    assert (await sales_baseline(store.warehouse, CompanySettings(), NOW))[1] == []
