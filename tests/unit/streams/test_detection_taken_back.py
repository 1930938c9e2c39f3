"""An office that takes back more than it sold: who is asked, since when, and who is left alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ingest.events import Slice
from streams.detection.causes.orders import with_orders
from tests.unit.streams.made_up import (
    OFFICES,
    ORDER,
    TODAY,
    ZONE,
    Sale,
    picture,
    swept,
    with_causes,
    working_days_ago,
)
from warehouse.key import Key

DAYS, SOLD_DAYS = 5, 13
"""The working days in which goods come back, and those of the month so far."""
SINCE = working_days_ago(DAYS - 1)
TARGETS = {Key(office): 4 * 21 * float(ORDER) for office in OFFICES}
TIMES = pytest.mark.parametrize("times", [0.5, 1.2, 2.2, 5.2])


def taken_back(product: str | None = None, **times: float) -> Sale:
    """By office so many times what it sold this month, of everything alike or all of one product."""

    def sale(day: date, office: str, sold: str, rep: str) -> float:
        if office not in times or not SINCE <= day <= TODAY or product not in (None, sold):
            return 1.0
        return 1.0 - times[office] * SOLD_DAYS * (4 if product else 1) / DAYS

    return sale


@TIMES
def test_an_office_that_takes_back_of_everything_is_asked_itself_since_it_began(times: float) -> None:
    found = swept(taken_back(a=times), targets=TARGETS)
    assert list(found) == [("unit-pace", Key("a"))]
    finding = found["unit-pace", Key("a")]
    assert finding.responsible_id == "m-a"
    sold = SOLD_DAYS * 4 * ORDER
    assert finding.actual == pytest.approx(sold * (1 - Decimal(str(times))))
    assert finding.since.astimezone(ZONE).date() == SINCE


@TIMES
def test_an_office_that_takes_back_of_one_product_is_asked_and_neither_its_reps_nor_the_product(times: float) -> None:
    found = swept(taken_back("p1", a=times), targets=TARGETS)
    assert list(found) == [("cell-below-peers", Key("a", "cam"))]
    finding = found["cell-below-peers", Key("a", "cam")]
    assert finding.responsible_id == "m-a"
    assert finding.since.astimezone(ZONE).date() == SINCE


def test_two_that_take_back_of_the_same_product_are_two_findings_and_nobody_elses() -> None:
    found = swept(taken_back("p1", a=5.2, d=2.2), targets=TARGETS)
    assert {key: one.responsible_id for (_, key), one in found.items()} == {
        Key("a", "cam"): "m-a", Key("d", "cam"): "m-d",
    }  # fmt: skip


def test_what_all_take_back_of_a_product_is_the_products() -> None:
    found = swept(taken_back("p1", **dict.fromkeys(OFFICES, 0.9)), targets=TARGETS)
    assert [(key, one.responsible_id) for (_, key), one in found.items()] == [(Key("", "p1"), "m-cam")]


def test_its_causes_add_up_name_the_product_and_no_factor() -> None:
    sale = taken_back("p1", a=2.2)
    seen = picture(sale, targets=TARGETS)
    finding = with_causes(swept(sale, targets=TARGETS)["cell-below-peers", Key("a", "cam")], seen, sale)
    assert finding.cells[0].slice == Slice(unit_id="a", product_id="p1")
    assert sum(cell.contribution for cell in finding.cells) == finding.gap
    assert finding.factors == ()


def test_what_was_taken_back_is_told_where_it_holds_most_of_the_gap() -> None:
    finding = swept(taken_back(a=2.2), targets=TARGETS)["unit-pace", Key("a")]
    back = Decimal(2_288_000)
    told = with_orders(finding, [-back / 2, -back / 2, Decimal(1_040_000)])
    assert told.why == ("why.taken_back|count=2|amount=2288000|sold=1040000", *finding.why)
    assert told.gap_without_largest_deal == finding.gap - 1_040_000
    assert with_orders(finding, [Decimal(-1_000), Decimal(1_040_000)]).why == finding.why
