"""How a row of the page is judged."""

import polars as pl
import pytest

from dashboard.verdicts import judged
from dashboard.view_state import ViewState
from tests.unit.dashboard.pictures import cell, standing, standings

ROWS = standings(
    standing("big", "700000", "1250000"),  # 0.8 of the 875,000 expected
    standing("small", "10000", "40000", last_year=20000),  # lands at 22,000 of 40,000
    standing("free", "5000", None),
)
CELLS = pl.DataFrame(
    [cell("big", "vms", "1", 1.0), cell("small", "vms", "1", 1.0, True), cell("small", "ipc", "1", 1.0, True)]
)


def _row(frame: pl.DataFrame, id: str) -> dict[str, object]:
    return frame.filter(pl.col("id") == id).row(0, named=True)


def test_enough_orders_are_judged_by_pace() -> None:
    row = _row(judged(ROWS, CELLS, 1, ViewState()), "big")
    assert row["judged"] == pytest.approx(0.8)
    assert row["short_by"] == pytest.approx(-175_000)
    assert (row["verdict"], row["is_few"]) == ("0.80", False)


def test_few_orders_are_judged_by_landing() -> None:
    row = _row(judged(ROWS, CELLS, 1, ViewState()), "small")
    assert row["judged"] == pytest.approx(0.55)
    assert row["short_by"] == pytest.approx(-18_000)
    assert (row["verdict"], row["is_few"]) == ("落地 55%", True)


def test_over_a_quarter_the_same_orders_are_enough() -> None:
    frame = judged(ROWS, CELLS.with_columns(orders=pl.lit(20.0)), 3, ViewState())  # 40 a year are 10 a quarter
    assert _row(frame, "small")["is_few"] is False


def test_against_last_year_the_target_does_not_matter() -> None:
    row = _row(judged(ROWS, CELLS, 1, ViewState(versus="last_year")), "small")
    assert row["judged"] == pytest.approx(0.5)
    assert row["short_by"] == pytest.approx(-10_000)
    assert row["verdict"] == "−50.0%"


def test_no_target_and_no_last_year_is_no_verdict() -> None:
    for state in (ViewState(), ViewState(versus="last_year")):
        row = _row(judged(ROWS, CELLS, 1, state), "free")
        assert (row["judged"], row["verdict"]) == (None, "–")
