"""Offices of a small company that take back more than they sold, several at once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from tests.bench.planted.company import SIZE
from tests.bench.planted.schedule import Month
from tests.bench.planted.taken_back import bare, counted, told

SEED, AT_ONCE = 1000, 6


@cache
def month() -> Month:
    return bare(SEED, replace(SIZE, offices=24, reps=120))


@pytest.mark.parametrize("product", [None, "cam-c100"])
def test_each_of_several_is_told_as_itself_and_hardly_anybody_else(product: str | None) -> None:
    company = month().place.company
    offices = [company.offices[of[0]].id for of in company.offices_in][:AT_ONCE]
    count = counted(month(), offices, 5.2, product, told(month(), {}))
    assert count["own"] == AT_ONCE
    assert count["other"] <= 2  # a part of what is told may be chance


def test_reps_are_not_named_for_what_the_whole_office_takes_back() -> None:
    sold = month().facts.bookings.group_by("office").agg(pl.col("amount").sum()).sort("amount")["office"]
    words = told(month(), {sold[-1]: 5.2})
    assert [one.slice.unit_id for one in words if one.slice.unit_id == sold[-1]] == [sold[-1]]
    assert not any(one.slice.person_id for one in words)
