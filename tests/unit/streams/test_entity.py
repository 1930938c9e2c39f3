"""One entity, by hand: what is left of its days and amounts when a version is taken back."""

from streams.orders import Orders
from tests.unit.streams.logs import retraction
from tests.unit.streams.readings import COMPANY, event, of, sums

FIRST = event(order_id="o1", version=1, amount=100, office_id="hz", on=1)
CHANGED = event(order_id="o1", version=2, amount=80, office_id="hz", on=5)
CANCELLED = event(order_id="o1", version=3, amount=80, office_id="hz", status="cancelled", on=9)


def booked(*raws):
    return of(sums(Orders(COMPANY), "orders", raws, "office_id"), "booked_amount")


def gone(raw):
    return retraction("orders", raw)


def test_the_last_version_taken_back_leaves_the_one_before():
    assert booked(FIRST, CHANGED, CANCELLED) == {(1, "hz"): 100, (5, "hz"): -20, (9, "hz"): -80}
    assert booked(FIRST, CHANGED, CANCELLED, gone(CANCELLED)) == {(1, "hz"): 100, (5, "hz"): -20}


def test_without_the_first_the_order_was_booked_when_the_second_came():
    assert booked(FIRST, CHANGED, CANCELLED, gone(FIRST)) == {(5, "hz"): 80, (9, "hz"): -80}


def test_without_the_middle_the_last_takes_all_that_was_there():
    assert booked(FIRST, gone(CHANGED), CHANGED, CANCELLED) == {(1, "hz"): 100, (9, "hz"): -100}


def test_nothing_is_left_of_an_order_that_is_taken_back_whole_however_often():
    assert booked(FIRST, CHANGED, *[gone(FIRST), gone(CHANGED)] * 2, FIRST) == {}
