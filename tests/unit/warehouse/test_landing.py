"""How far a landing may be off, from how far the rest of earlier months was."""

import pytest

from warehouse.landing import Past, interval

EVEN = [Past(50, 100)] * 12
"""Months whose second half was as their first."""


def test_months_that_went_as_expected_leave_nothing_open():
    assert interval(60, 120, 0.5, EVEN) == pytest.approx((120, 120))


def test_the_interval_holds_eight_of_ten_earlier_rests():
    # rests of 40 to 60 instead of 50: the first and the last tenth are left out
    past = [Past(50, 90 + 2 * n) for n in range(11)]
    assert interval(100, 200, 0.5, past) == pytest.approx((100 + 100 * 0.84, 100 + 100 * 1.16))


def test_the_landing_itself_always_lies_within():
    assert interval(100, 200, 0.5, [Past(50, 70)] * 12) == pytest.approx((140, 200))


def test_too_few_months_say_nothing():
    assert interval(60, 120, 0.5, EVEN[:5]) is None
    assert interval(60, 120, 0.5, [Past(0, 10)] * 12) is None
    assert interval(60, 120, 0.0, EVEN) is None


def test_a_month_that_is_over_has_landed():
    assert interval(60, 60, 1.0, EVEN) == (60, 60)
