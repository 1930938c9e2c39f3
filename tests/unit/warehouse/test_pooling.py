"""What many actions brought, pooled: no rate of fewer than ten, intervals worked out by hand."""

import pytest

from warehouse.pooling import Outcome, Z, mean_effect, pooled, wilson


def test_under_ten_there_is_a_count_and_no_rate() -> None:
    nine = pooled([Outcome(True, (1.0, 0.5, 1.5))] * 9)
    assert (nine.count, nine.worked, nine.rate, nine.effect) == (9, 9, None, None)
    ten = pooled([Outcome(True, (1.0, 0.5, 1.5))] * 9 + [Outcome(False)])
    assert (ten.count, ten.worked, ten.measured, ten.effect) == (10, 9, 9, None)
    assert ten.rate is not None


def test_a_rate_has_wilsons_interval() -> None:
    low, high = wilson(5, 10)
    assert (low + high) / 2 == pytest.approx(0.5)
    assert high - low == pytest.approx(2 * Z * (0.25 / 10 + Z**2 / 400) ** 0.5 / (1 + Z**2 / 10))
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == pytest.approx(1)


def test_effects_that_agree_are_as_certain_as_their_number_and_those_that_differ_are_less() -> None:
    one = (1.0, 1.0 - Z, 1.0 + Z)  # a deviation of 1
    assert mean_effect([one] * 4) == pytest.approx((1.0, 1.0 - Z / 2, 1.0 + Z / 2))
    spread = [(effect, effect - Z, effect + Z) for effect in (-9.0, 11.0, -9.0, 11.0)]
    mean, low, high = mean_effect(spread)
    assert mean == pytest.approx(1.0)
    # variance between: (400 − 3) ÷ 3; of the mean: (1 + that) ÷ 4
    assert high - low == pytest.approx(2 * Z * ((1 + 397 / 3) / 4) ** 0.5)
