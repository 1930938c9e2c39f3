"""What an actual means against its target, worked out by hand."""

from decimal import Decimal

import pytest

from warehouse.standing import Against, derived, landing


def against(target: str | None = "200", share: float | None = 0.5, last_year: str | None = "80") -> Against:
    def money(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return Against(money(target), share, remaining_days=10, last_year=money(last_year), previous=None)


def test_half_of_the_target_is_expected_at_half_of_the_time() -> None:
    row = derived(Decimal(90), against())
    assert row["attainment"] == pytest.approx(0.45)
    assert row["expected"] == pytest.approx(100)
    assert row["gap"] == pytest.approx(-10)
    assert row["pace"] == pytest.approx(0.9)
    assert row["needed_per_day"] == pytest.approx(11)
    assert row["yoy"] == pytest.approx(0.125)
    # the rest at the pace so far 90, at the target 100; half way the pace weighs 0.5 / 0.75
    assert row["landing"] == pytest.approx(90 + 90 * 2 / 3 + 100 / 3)


def test_no_target_is_no_attainment_and_never_zero() -> None:
    row = derived(Decimal(90), against(target=None))
    assert [row[name] for name in ("attainment", "expected", "gap", "pace", "needed_per_day")] == [None] * 5
    assert row["landing"] == pytest.approx(180)


def test_a_target_of_nothing_has_a_gap_but_no_attainment() -> None:
    row = derived(Decimal(5), against(target="0"))
    assert (row["gap"], row["attainment"], row["pace"]) == (5, None, None)


def test_before_the_first_hour_nothing_is_expected() -> None:
    row = derived(Decimal(0), against(share=0.0))
    assert (row["expected"], row["gap"], row["pace"], row["landing"]) == (0, 0, None, None)


def test_a_stock_has_an_attainment_but_no_pace() -> None:
    row = derived(Decimal(50), against(share=None))
    assert row["attainment"] == pytest.approx(0.25)
    assert [row[name] for name in ("expected", "gap", "pace", "landing", "needed_per_day")] == [None] * 5


def test_what_is_beyond_the_target_needs_nothing_more() -> None:
    assert derived(Decimal(250), against())["needed_per_day"] == 0


def test_over_a_loss_of_last_year_there_is_no_growth() -> None:
    assert derived(Decimal(5), against(last_year="-3"))["yoy"] is None
    assert derived(None, against())["actual"] is None


def test_a_landing_is_the_actual_when_the_time_is_over() -> None:
    assert landing(90, 200, 1.0) == 90
