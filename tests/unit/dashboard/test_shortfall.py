"""In whose hands what is missing is: nothing counts twice, and all of it adds up."""

from decimal import Decimal

from dashboard.shortfall import hands_of, shortfall
from ingest.events import Behind, Slice
from tests.unit.dashboard.test_findings_panel import SINCE, card
from warehouse.life import Treatment

UNITS = {"hq": ("hq",), "east": ("hq", "east"), "hz": ("hq", "east", "hz"), "bj": ("hq", "north", "bj")}
PRODUCTS = {"vms": ("all", "vms"), "vms1": ("all", "vms", "vms1")}
OPEN, TAKEN = Treatment(), Treatment(status="taken", status_by="p", status_at=SINCE)
MET = Treatment(status="in_treatment", met_by="p", met_at=SINCE)
NO_PROBLEM = Treatment(status="not_a_problem", reason="x", met_at=SINCE)


def at(id, gap, treatment=OPEN, **about):
    return card(id, gap, treatment, slice=Slice(**about), cells=())


def parts(gap, *cards):
    found = shortfall(Decimal(gap), cards, UNITS, PRODUCTS)
    assert sum(found.parts.values()) + found.rest == -Decimal(gap)
    return [found.parts["treatment"], found.parts["taken"], found.parts["nobody"], found.rest]


def test_met_taken_and_open_are_three_hands_and_what_is_no_problem_is_in_none():
    assert [hands_of(one) for one in (MET, TAKEN, OPEN, NO_PROBLEM)] == ["treatment", "taken", "nobody", None]
    assert hands_of(Treatment(status="acknowledged")) == "nobody"


def test_the_gap_is_split_and_the_rest_is_in_no_finding():
    cards = (at("a", -130, MET, unit_id="hz"), at("b", -50, TAKEN, unit_id="bj"), at("c", -9, NO_PROBLEM, unit_id="bj"))
    assert parts(-210, *cards) == [130, 50, 0, 30]


def test_a_finding_within_another_counts_once():
    cards = (
        at("east", -100, unit_id="east"),
        at("hz", -70, TAKEN, unit_id="hz"),
        at("cell", -40, MET, unit_id="hz", product_id="vms1"),
    )
    assert parts(-100, *cards) == [40, 30, 30, 0]


def test_the_inner_ones_may_miss_more_than_the_outer():
    assert parts(-60, at("east", -60, unit_id="east"), at("hz", -90, TAKEN, unit_id="hz")) == [0, 90, 0, -30]


def test_a_product_everywhere_counts_for_no_more_than_is_left():
    assert parts(-100, at("line", -80, MET, product_id="vms"), at("hz", -70, unit_id="hz")) == [30, 0, 70, 0]
    assert parts(-100, at("line", -80, MET, product_id="vms"), at("cell", -70, unit_id="hz", product_id="vms1")) == [
        10,
        0,
        70,
        20,
    ]


def test_ahead_of_pace_what_is_red_is_still_said():
    assert parts(40, at("hz", -70, unit_id="hz")) == [0, 0, 70, -110]


def test_ahead_of_pace_a_product_everywhere_counts_for_what_cannot_be_in_a_unit_s_finding():
    line, unit = at("line", -80, product_id="vms"), at("hz", -10, MET, unit_id="hz")
    assert parts(40, line) == [0, 0, 80, -120]
    assert parts(40, line, unit) == [10, 0, 70, -120]
    assert parts(40, line, at("cell", -10, MET, unit_id="hz", product_id="radar")) == [10, 0, 80, -130]


def test_money_in_dues_that_are_late_is_no_part_of_a_gap():
    due = Behind(kind="order", id="o-1", amount=Decimal(70), since=SINCE.date())
    late = card("late", -70, slice=Slice(unit_id="hz"), cells=(), behind=(due,), behind_count=1)
    assert parts(-100, at("east", -60, TAKEN, unit_id="east"), late) == [0, 60, 0, 40]
