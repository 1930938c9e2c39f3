"""What the watch says of money that is owed or was never invoiced, and who is asked the longer it lasts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from streams.detection.watch.facts import MONEY, Facts
from tests.unit.streams.made_up import TODAY, org, span, working_days_ago
from tests.unit.streams.watched import facts, watched
from warehouse.key import Key

OWED = pl.Schema(
    {
        "order_id": pl.String(), "line_id": pl.String(), "due_on": pl.Date(), "due_what": pl.String(),
        "amount": MONEY, "days": pl.Int64(), "customer_id": pl.String(), "rep_id": pl.String(),
        "office_id": pl.String(),
    }
)  # fmt: skip
DONE = pl.Schema(
    {
        "order_id": pl.String(), "line_id": pl.String(), "day": pl.Date(), "customer_id": pl.String(),
        "rep_id": pl.String(), "office_id": pl.String(), "accepted": MONEY, "invoiced": MONEY,
    }
)  # fmt: skip
REP, OFFICE, REGION = (
    ("overdue-dues", Key("a", "", "a1")),
    ("overdue-dues-60", Key("a")),
    ("overdue-dues-90", Key("east")),
)
UNINVOICED = ("uninvoiced-orders", Key("a"))


def owed(*rows: tuple[str, int, int]) -> Facts:
    """Facts with dues of (order, amount, days past the day)."""
    dues = [
        (order, "1", TODAY - timedelta(days), "delivery", Decimal(amount), days, "c1", "a1", "a")
        for order, amount, days in rows
    ]
    return facts(dues=pl.DataFrame(dues, schema=OWED, orient="row"))


def accepted(*rows: tuple[date, int, int], **more: Any) -> Facts:
    """Facts with one order of (day, accepted, invoiced)."""
    done = [("o1", "1", day, "c1", "a1", "a", Decimal(came), Decimal(told)) for day, came, told in rows]
    return facts(accepted=pl.DataFrame(done, schema=DONE, orient="row"), **more)


def test_what_is_overdue_goes_up_the_longer_it_lasts_and_counts_once() -> None:
    found = watched(owed(("o30", 900_000, 30), ("o31", 150_000, 31), ("o61", 160_000, 61), ("o91", 170_000, 91)))
    assert set(found) == {REP, OFFICE, REGION}
    named = {rule: (finding.responsible_id, -finding.gap) for (rule, _), finding in found.items()}
    assert named == {
        "overdue-dues": ("a1", 150_000), "overdue-dues-60": ("m-a", 160_000), "overdue-dues-90": ("m-east", 170_000),
    }  # fmt: skip
    assert found[OFFICE].consulted_ids == ("a1",)
    assert [item.kind for item in found[REP].behind] == ["order"]


def test_little_that_is_overdue_is_no_finding_and_the_dues_of_one_owner_add_up() -> None:
    assert watched(owed(("o1", 99_999, 31))) == {}
    assert REP in watched(owed(("o1", 60_000, 31), ("o2", 40_000, 45)))
    assert watched(owed(("o1", 900_000, 0), ("o2", 900_000, -20))) == {}


def test_what_was_paid_is_dealt_with() -> None:
    said = watched(owed(("o1", 150_000, 31)))[REP]
    assert watched(owed(("o1", 150_000, 32)), [said]) == {}
    ended = watched(owed(("o2", 1_000, 40)), [said])[REP]
    assert (ended.state, ended.reason) == ("resolved", "reason.dealt_with")


def test_what_was_accepted_ten_working_days_ago_and_not_invoiced_is_for_who_fulfils_it() -> None:
    assert watched(accepted((working_days_ago(9), 300_000, 0))) == {}
    manager = watched(accepted((working_days_ago(10), 300_000, 0)))[UNINVOICED]
    assert (manager.responsible_id, manager.gap) == ("m-a", -300_000)
    fulfils = org(fr=[span("east", "fr")])
    assert watched(accepted((working_days_ago(10), 300_000, 0), company=fulfils))[UNINVOICED].responsible_id == "fr"


def test_invoices_cover_what_was_accepted_first() -> None:
    early, late = working_days_ago(20), working_days_ago(2)
    assert watched(accepted((early, 300_000, 0), (late, 500_000, 300_000))) == {}
    found = watched(accepted((early, 300_000, 0), (late, 500_000, 180_000)))[UNINVOICED]
    assert found.gap == -120_000
