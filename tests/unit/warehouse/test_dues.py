"""Which dues are covered, and how old the others are."""

from datetime import date
from decimal import Decimal

import polars as pl

from warehouse.dues import DUES, uncovered

TODAY = date(2026, 11, 20)


def dues(*rows: tuple[str, str, str, int, int]) -> pl.DataFrame:
    """(line, day, what, the whole, the part of those looked at)."""
    stated = [
        ("so1", line, date.fromisoformat(on), what, Decimal(all), Decimal(own)) for line, on, what, all, own in rows
    ]
    return pl.DataFrame(stated, schema=DUES, orient="row")


def paid(**lines: int) -> pl.DataFrame:
    rows = [("so1", line.removeprefix("l"), Decimal(amount)) for line, amount in lines.items()]
    return pl.DataFrame(
        rows, schema={"order_id": pl.String, "line_id": pl.String, "paid": pl.Decimal(38, 4)}, orient="row"
    )


def test_payments_settle_the_earliest_dues_first() -> None:
    asked = dues(("1", "2026-11-01", "advance", 30, 30), ("1", "2026-11-10", "delivery", 60, 60))
    found = uncovered(asked, paid(l1=50), TODAY)
    assert found.select("due_what", "bucket", "amount", "days").rows() == [("delivery", "to_30", Decimal(40), 10)]
    assert uncovered(asked, paid(l1=90), TODAY).is_empty()
    assert uncovered(asked, paid(l1=1000), TODAY).is_empty()


def test_dues_are_sorted_by_how_long_they_are_past_their_day() -> None:
    on = ("2026-11-20", "2026-11-19", "2026-10-21", "2026-10-20", "2026-09-20", "2026-08-22", "2026-08-21")
    asked = dues(*((str(n), day, "delivery", 1, 1) for n, day in enumerate(on)))
    found = uncovered(asked, paid(), TODAY)
    assert found["bucket"].to_list() == ["to_come", "to_30", "to_30", "to_60", "to_90", "to_90", "beyond"]


def test_retention_is_overdue_only_after_its_day() -> None:
    asked = dues(("1", "2026-10-01", "delivery", 90, 90), ("1", "2027-10-01", "retention", 10, 10))
    found = uncovered(asked, paid(l1=90), TODAY)
    assert found.select("due_what", "bucket", "amount").rows() == [("retention", "to_come", Decimal(10))]


def test_a_part_of_a_credited_line_is_paid_as_the_line_is() -> None:
    asked = dues(("1", "2026-10-01", "delivery", 100, 40))
    assert uncovered(asked, paid(l1=50), TODAY)["amount"].to_list() == [Decimal(20)]
