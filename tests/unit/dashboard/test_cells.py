"""What a product should have in a unit by now."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from dashboard.cells import expected_cells, year_before

UNITS = pl.DataFrame(
    {"id": ["east", "north", "new"], "expected": [100.0, 50.0, 40.0], "expected_share": [0.5, 0.5, None]}
)
PAST = pl.DataFrame(
    {
        "unit_id": ["east", "east", "north"],
        "product_id": ["vms", "ipc", "ipc"],
        "amount": [Decimal("300.00"), Decimal("100.00"), Decimal("200.00")],
        "orders": [96, 95, 12],
    }
)


def _amounts(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [(unit, product, Decimal(amount)) for unit, product, amount in rows],
        schema={"unit_id": pl.String, "product_id": pl.String, "amount": pl.Decimal(38, 4)},
        orient="row",
    )


def test_a_units_expectation_is_split_by_what_its_products_were() -> None:
    cells = expected_cells(_amounts(("east", "vms", "60"), ("east", "ipc", "30")), PAST, UNITS)
    found = {(row["unit_id"], row["product_id"]): row for row in cells.iter_rows(named=True)}
    assert found["east", "vms"]["expected"] == pytest.approx(75.0)
    assert found["east", "vms"]["pace"] == pytest.approx(0.8)
    assert found["east", "vms"]["gap"] == pytest.approx(-15.0)
    assert found["east", "ipc"]["expected"] == pytest.approx(25.0)
    assert found["north", "ipc"]["actual"] == 0
    assert found["north", "ipc"]["gap"] == pytest.approx(-50.0)


def test_a_cell_with_a_target_is_held_to_that_by_its_units_pace() -> None:
    own = pl.DataFrame({"unit_id": ["east", "new"], "product_id": ["vms", "vms"], "target": [Decimal(160), Decimal(9)]})
    cells = expected_cells(_amounts(("east", "vms", "60")), PAST, UNITS, targets=own)
    found = {(row["unit_id"], row["product_id"]): row for row in cells.iter_rows(named=True)}
    assert found["east", "vms"]["expected"] == pytest.approx(80.0)
    assert found["east", "vms"]["gap"] == pytest.approx(-20.0)
    assert found["east", "ipc"]["expected"] == pytest.approx(25.0)  # has none: its part of what the unit is expected
    assert found["new", "vms"]["expected"] == pytest.approx(20.0)  # no share of the period is expected by now


def test_a_unit_without_a_past_is_split_as_all_together_were() -> None:
    cells = expected_cells(_amounts(("new", "vms", "10")), PAST, UNITS)
    new = {row["product_id"]: row["expected"] for row in cells.filter(pl.col("unit_id") == "new").iter_rows(named=True)}
    assert new == {"vms": pytest.approx(20.0), "ipc": pytest.approx(20.0)}


def test_the_cells_of_a_unit_add_up_to_its_expectation() -> None:
    cells = expected_cells(_amounts(("east", "vms", "1")), PAST, UNITS)
    sums = dict(cells.group_by("unit_id").agg(pl.col("expected").sum()).iter_rows())
    assert sums == {"east": pytest.approx(100.0), "north": pytest.approx(50.0), "new": pytest.approx(40.0)}


def test_what_nobody_expected_has_an_amount_and_no_pace() -> None:
    cells = expected_cells(_amounts(("east", "odd", "5"), ("unassigned", "vms", "7")), PAST, UNITS)
    odd = cells.filter(pl.col("product_id") == "odd").row(0, named=True)
    lost = cells.filter(pl.col("unit_id") == "unassigned").row(0, named=True)
    assert (odd["actual"], odd["pace"]) == (Decimal(5), None)
    assert (lost["actual"], lost["expected"], lost["pace"]) == (Decimal(7), None, None)


def test_without_a_past_nothing_is_expected_of_a_cell() -> None:
    cells = expected_cells(_amounts(("east", "vms", "5")), pl.DataFrame(), UNITS)
    assert cells.row(0, named=True)["pace"] is None


def test_the_past_is_the_twelve_months_before() -> None:
    assert year_before(date(2026, 11, 1)) == (date(2025, 11, 1), date(2026, 10, 31))


def test_fewer_than_eight_expected_orders_are_noise() -> None:
    actual = _amounts(("east", "vms", "60"), ("new", "odd", "1"))
    few = {
        (row["unit_id"], row["product_id"]): row["is_few"]
        for row in expected_cells(actual, PAST, UNITS).iter_rows(named=True)
    }
    assert few["east", "vms"] is False  # 96 in a year are 8 a month
    assert few["east", "ipc"] is True  # 95 are not
    assert few["north", "ipc"] is True
    assert few["new", "odd"] is True
    quarter = expected_cells(actual, PAST, UNITS, months=3)
    assert quarter.filter(pl.col("product_id") == "ipc", pl.col("unit_id") == "east")["is_few"][0] is False
