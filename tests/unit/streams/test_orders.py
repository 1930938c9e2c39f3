from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from ingest.settings import CompanySettings, Rate
from streams.currency import NoRate
from streams.orders import Orders
from tests.unit.streams.readings import COMPANY, event, of, sums

READING = Orders(COMPANY)


def order(**fields):
    return event(**{"order_id": "o1", "amount": 100, "rep_id": "ann", "office_id": "hz", **fields})


def bookings(*raws, by="rep_id"):
    return of(sums(READING, "orders", raws, by), "booked_amount")


def test_a_bare_order_counts_on_the_business_day_it_occurred():
    late_evening_in_shanghai = event(order_id="o1", amount=100, rep_id="ann").replace(b"10:00:00+08:00", b"17:30:00Z")
    assert bookings(late_evening_in_shanghai) == {(2, "ann"): 100}


def test_an_amendment_counts_on_its_own_day():
    assert bookings(order(version=1, on=1), order(version=2, on=5, amount=80)) == {(1, "ann"): 100, (5, "ann"): -20}


def test_a_cancellation_reduces_the_day_it_happens():
    raws = order(version=1, on=1), order(version=2, on=9, status="cancelled")
    assert bookings(*raws) == {(1, "ann"): 100, (9, "ann"): -100}


def test_a_return_is_kept_apart_and_counts_on_its_own_day():
    raws = order(version=1, on=1), order(version=2, on=7, returned_amount=30)
    totals = sums(READING, "orders", raws, "rep_id")
    assert of(totals, "booked_amount") == {(1, "ann"): 100}
    assert of(totals, "returned_amount") == {(7, "ann"): 30}


def test_a_transfer_carries_its_day():
    raws = order(version=1, on=1), order(version=2, on=5, rep_id="bob", office_id="sz")
    assert bookings(*raws) == {(1, "ann"): 100, (5, "ann"): -100, (5, "bob"): 100}
    assert bookings(*raws, by="office_id") == {(1, "hz"): 100, (5, "hz"): -100, (5, "sz"): 100}


def test_a_changed_booking_day_moves_the_amount_between_the_days():
    raws = order(version=1, on=3, effective_on="2026-11-01"), order(version=2, on=5, effective_on="2026-11-04")
    assert bookings(*raws) == {(4, "ann"): 100}


def test_a_correction_posts_to_the_original_day():
    raws = order(version=1, on=1), order(version=2, on=8, amount=80, correction=True)
    assert bookings(*raws) == {(1, "ann"): 80}


def test_a_late_older_version_is_put_into_its_place():
    first, second, third = order(version=1, on=1), order(version=2, on=5, amount=80), order(version=3, on=9, amount=90)
    assert (
        bookings(first, third, second)
        == bookings(first, second, third)
        == {
            (1, "ann"): 100,
            (5, "ann"): -20,
            (9, "ann"): 10,
        }
    )


def test_a_draft_counts_from_the_day_it_becomes_effective():
    assert bookings(order(version=1, on=1, status="draft"), order(version=2, on=6)) == {(6, "ann"): 100}


@pytest.mark.parametrize("kind", ["framework", "sample", "internal"])
def test_kinds_that_are_no_booking(kind):
    assert bookings(order(kind=kind)) == {}


def test_a_framework_is_coverage():
    assert of(sums(READING, "orders", [order(kind="framework")], "rep_id"), "framework_amount") == {(1, "ann"): 100}


def test_shares_are_split_to_the_cent_and_add_up():
    credits = [
        {"person_id": name, "share": share} for name, share in (("ann", "0.3333"), ("bob", "0.3333"), ("cy", "0.3334"))
    ]
    raw = order(amount="100.01", credits=credits)
    split = bookings(raw)
    assert split == {(1, "ann"): Decimal("33.33"), (1, "bob"): Decimal("33.33"), (1, "cy"): Decimal("33.35")}
    assert sum(split.values()) == Decimal("100.01")


def test_a_line_is_counted_once_under_its_leading_credit():
    credits = [{"person_id": "ann", "share": "0.4"}, {"person_id": "bob", "share": "0.6"}]
    assert of(sums(READING, "orders", [order(credits=credits)], "rep_id"), "lines") == {(1, "bob"): 1}


def test_overlay_credit_comes_on_top_and_is_marked():
    credits = [{"person_id": "ann"}, {"person_id": "expert", "share": "0.5", "overlay": True}]
    assert bookings(order(credits=credits)) == {(1, "ann"): 100, (1, "expert"): 50}
    assert bookings(order(credits=credits), by="is_overlay") == {(1, 0): 100, (1, 1): 50}


def test_progress_counts_on_the_day_it_was_reached_net_of_tax_beside():
    raws = order(version=1, on=1, tax_rate="0.13"), order(version=2, on=12, tax_rate="0.13", accepted_amount=56.5)
    totals = sums(READING, "orders", raws, "rep_id")
    assert of(totals, "accepted_amount") == {(12, "ann"): Decimal("56.5")}
    assert of(totals, "accepted_net_amount") == {(12, "ann"): 50}


def test_dues_stand_under_the_day_they_are_due():
    dues = [
        {"on": "2026-12-01", "amount": 30, "what": "advance"},
        {"on": "2027-11-01", "amount": 70, "what": "retention"},
    ]
    totals = of(sums(READING, "orders", [order(dues=dues)], "due_on"), "due_amount")
    assert totals == {(1, date(2026, 12, 1)): 30, (1, date(2027, 11, 1)): 70}


def test_another_currency_is_converted_at_the_rate_of_its_day():
    rates = TypeAdapter(tuple[Rate, ...]).validate_python(
        [
            {"currency": "USD", "valid_from": "2026-01-01", "rate": "7"},
            {"currency": "USD", "valid_from": "2026-11-05", "rate": "8"},
        ]
    )
    reading = Orders(CompanySettings(rates=rates))
    raws = [order(order_id="a", on=4, currency="USD"), order(order_id="b", on=5, currency="USD")]
    assert of(sums(reading, "orders", raws, "rep_id"), "booked_amount") == {(4, "ann"): 700, (5, "ann"): 800}


def test_a_currency_without_a_rate_is_refused_with_what_to_do():
    with pytest.raises(NoRate, match="ONEBOARD_COMPANY_RATES"):
        bookings(order(currency="EUR"))
