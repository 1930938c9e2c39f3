"""Where a gap is, what fell, what kind of problem it is and where it lands, in a company made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ingest.events import Finding, Slice
from streams.detection.causes.explained import explained
from streams.detection.findings import money, slice_of
from tests.unit.streams.made_up import (
    NOW,
    OFFICES,
    Sale,
    as_ever,
    picture,
    sold_of,
    swept,
    with_causes,
    working_days_ago,
)
from warehouse.key import Key

BEGAN = working_days_ago(19)
Price = Callable[[date, str, str, str], float]


def less(keeps: float, **of: str) -> Sale:
    """So much is left of what is sold of an office, product or rep."""

    def sale(day: date, office: str, product: str, rep: str) -> float:
        here = {"office": office, "product": product, "rep": rep}
        return keeps if day >= BEGAN and all(here[name] == value for name, value in of.items()) else 1.0

    return sale


def found(sale: Sale, rule: str, key: Key, price: Price = as_ever, **of: Any) -> Finding:
    """That finding of the company with its causes."""
    return with_causes(swept(sale, **of)[rule, key], picture(sale, **of), sale, price)


def at(key: Key, sale: Sale, price: Price = as_ever, **of: Any) -> Finding:
    """What is short at a key, whether or not a rule would speak of it there, with its causes."""
    seen = picture(sale, **of)
    side = seen.reps if key.person_id else seen.cells
    actual, expected = side.standing(key, seen.spans.recent)
    sold, due = money(round(actual)), money(round(expected / 100) * 100)
    finding = Finding(
        occurred_at=NOW, source="test", finding_id="one", rule="rule", metric="bookings", period="2026-11",
        slice=slice_of(key), since=NOW, as_of=NOW, actual=sold, expected=due, gap=sold - due, confidence=1,
    )  # fmt: skip
    return with_causes(finding, seen, sale, price)


def month_target(factor: float = 1.0) -> dict[Key, float]:
    """What every unit and the company sell a month, times a factor."""
    office = 4 * 20_000 * 21 * factor
    found = {Key(one): office for one in OFFICES}
    return found | {Key(one): 3 * office for one in ("east", "west")} | {Key("hq"): 6 * office}


def test_an_office_in_which_all_fell_alike_says_so() -> None:
    finding = found(less(0.4, office="a"), "unit-pace", Key("a"), targets=month_target())
    assert (finding.where, len(finding.cells)) == ("alike", 1)
    assert finding.cells[0].slice == finding.slice


def test_the_one_product_that_an_office_lost_is_the_cell() -> None:
    finding = at(Key("a"), less(0.0, office="a", product="p3"))
    assert finding.where == "cells"
    assert finding.cells[0].slice == Slice(unit_id="a", product_id="p3")
    assert finding.cells[0].actual == 0
    assert finding.cells[0].contribution <= Decimal("0.9") * finding.gap


def test_a_rep_who_holds_the_gap_of_an_office_is_the_cell() -> None:
    finding = at(Key("a"), less(0.0, rep="a1"))
    assert [cell.slice for cell in finding.cells][:1] == [Slice(unit_id="a", person_id="a1")]


@pytest.mark.parametrize("keeps", [0.0, 0.17, 0.333, 0.71])
def test_cells_and_factors_add_up_to_the_gap_to_the_last_digit(keeps: float) -> None:
    for sale in (less(keeps, office="a"), less(keeps, office="a", product="p3"), less(keeps, product="p1")):
        seen = picture(sale, targets=month_target(1.037))
        for finding in swept(sale, targets=month_target(1.037)).values():
            told = with_causes(finding, seen, sale)
            assert sum(cell.contribution for cell in told.cells) == told.gap
            assert sum(cell.actual for cell in told.cells) == told.actual
            assert sum(cell.expected for cell in told.cells) == told.expected
            assert sum(factor.contribution for factor in told.factors) == told.gap


def test_who_stopped_visiting_has_a_problem_of_activity() -> None:
    visits = {f"{one}{number}": (20, 60) for one in OFFICES for number in (1, 2)} | {"a1": (4, 60), "a2": (20, 60)}
    finding = at(Key("a"), less(0.0, rep="a1"), visits=visits)
    assert [one.name for one in finding.factors][:2] == ["visits", "conversion"]
    assert (finding.factors[0].actual, finding.kind) == (24, "activity")
    assert finding.factors[0].cells == ()


def test_visits_are_told_apart_by_unit_and_never_by_person() -> None:
    visits = {f"{one}{number}": (20, 60) for one in OFFICES for number in (1, 2)} | {"a1": (0, 60), "a2": (2, 60)}
    finding = at(Key("east"), less(0.0, office="a"), visits=visits)
    assert finding.kind == "activity"
    assert [cell.slice for cell in finding.factors[0].cells] == [Slice(unit_id="a")]


def test_who_visits_as_ever_and_sells_half_as_often_has_a_problem_of_rate() -> None:
    def every_other(day: date, office: str, product: str, rep: str) -> float:
        return 0.0 if day >= BEGAN and office == "a" and (day.toordinal() + int(product[1])) % 2 else 1.0

    visits = {f"{one}{number}": (20, 60) for one in OFFICES for number in (1, 2)}
    finding = at(Key("a"), every_other, visits=visits)
    assert finding.kind == "rate"
    assert finding.against == ("against.visits_stood", "against.price_unchanged")


def test_orders_that_come_without_visits_are_no_better_conversion() -> None:
    visits = {f"{one}{number}": (20, 60) for one in OFFICES for number in (1, 2)} | {"a1": (0, 60), "a2": (2, 60)}
    finding = at(Key("a"), less(0.0, rep="a1"), visits=visits)
    assert [(one.name, round(one.contribution / finding.gap, 2)) for one in finding.factors[:1]] == [("visits", 1)]
    assert "conversion" not in [one.name for one in finding.factors]


def test_where_nothing_is_ordered_nothing_is_said_of_the_size_of_orders() -> None:
    finding = at(Key("a"), less(0.0, office="a"))
    assert [(one.name, one.actual, one.contribution) for one in finding.factors] == [("orders", 0, finding.gap)]


def test_orders_that_come_smaller_are_a_problem_of_volume() -> None:
    finding = found(less(0.5, office="a"), "unit-pace", Key("a"), targets=month_target())
    size = next(one for one in finding.factors if one.name == "size")
    assert (finding.kind, round(size.actual, 3)) == ("volume", 0.5)


def test_the_same_orders_at_half_the_price_are_a_problem_of_price() -> None:
    sale = less(0.5, office="a")
    finding = found(sale, "unit-pace", Key("a"), sale, targets=month_target())
    price = next(one for one in finding.factors if one.name == "price")
    assert (finding.kind, round(price.actual, 3), round(float(price.contribution / finding.gap), 2)) == (
        "price",
        0.5,
        1,
    )


def test_a_region_whose_two_offices_lost_one_line_each_is_told_as_both() -> None:
    def two(day: date, office: str, product: str, rep: str) -> float:
        return 0.0 if day >= BEGAN and (office, product[1]) in (("a", "3"), ("b", "1")) else 1.0

    finding = at(Key("east"), two)
    told = {(cell.slice.unit_id, cell.slice.product_id) for cell in finding.cells[:2]}
    assert (finding.where, told) == ("cells", {("a", "p3"), ("b", "p1")})


def test_a_gap_that_stands_nowhere_is_not_in_these_dimensions() -> None:
    def a_little(day: date, office: str, product: str, rep: str) -> float:
        return 0.985 if day >= BEGAN and OFFICES[office] == "east" else 1.0

    finding = at(Key("east"), a_little)
    assert (finding.where, len(finding.cells)) == ("elsewhere", 1)


def test_a_slice_of_which_nothing_is_known_by_leaf_is_told_whole() -> None:
    sale = less(0.4, office="a")
    seen = picture(sale, targets=month_target())
    finding = swept(sale, targets=month_target())["unit-pace", Key("a")]
    sold = sold_of(finding, seen, sale)
    told = explained(finding, replace(sold, leaves=sold.leaves.clear()), seen)
    assert (told.cells, told.factors, told.where) == (finding.cells, (), None)
    assert told.landing


def test_a_landing_holds_what_is_booked_and_risks_what_its_low_end_leaves_of_the_target() -> None:
    finding = found(less(0.4, office="a"), "unit-pace", Key("a"), targets=month_target())
    landing = finding.landing
    assert landing
    assert finding.target
    assert finding.actual < landing.low < landing.middle < landing.high < finding.target
    assert finding.at_risk == finding.target - landing.low
