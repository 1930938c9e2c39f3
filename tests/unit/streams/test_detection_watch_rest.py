"""What the watch says of customers, coverage and prices; and how much one person is told a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from ingest.events import Finding
from streams.detection.load import MOST_A_DAY, within_load
from streams.detection.watch.facts import Facts
from tests.unit.streams.made_up import NOW, OFFICES, ZONE, org, span
from tests.unit.streams.watched import deal, facts, watched
from warehouse.key import Key

COMPLAINTS, THIN, LEAK = ("complaints", Key("a")), ("thin-coverage", Key("a")), ("price-leak", Key("a"))


def complained(*told: dict[str, Any], **more: Any) -> Facts:
    """Facts with complaints of customer c1 to rep a1."""
    usual: dict[str, Any] = {
        "id": "x", "customer_id": "c1", "rep_id": "a1", "office_id": "a", "severity": "minor", "is_open": True,
        "raised_at": NOW, "tier": "C", "amount": Decimal(700_000),
    }  # fmt: skip
    return facts(complaints=pl.DataFrame([{**usual, **one} for one in told]), **more)


def test_a_severe_complaint_may_be_open_for_a_day_another_for_three() -> None:
    def open_for(hours: int, severity: str, **more: Any) -> bool:
        told = {"raised_at": NOW - timedelta(hours=hours), "severity": severity, **more}
        return COMPLAINTS in watched(complained(told))

    assert (open_for(23, "severe"), open_for(24, "severe")) == (False, True)
    assert (open_for(71, "minor"), open_for(72, "minor")) == (False, True)
    assert not open_for(500, "severe", is_open=False)


def test_a_second_complaint_matters_at_the_customers_that_matter() -> None:
    def twice(tier: str, days: int) -> bool:
        told = [{"raised_at": NOW - timedelta(days=back), "tier": tier, "is_open": False} for back in (1, days)]
        return COMPLAINTS in watched(complained(*told))

    assert (twice("S", 40), twice("A", 89), twice("B", 40), twice("A", 90)) == (True, True, False, False)


def test_a_complaint_is_for_who_fulfils_and_the_rep_is_told() -> None:
    told = {"raised_at": NOW - timedelta(days=5)}
    finding = watched(complained(told, company=org(fr=[span("a", "fr")])))[COMPLAINTS]
    assert (finding.responsible_id, finding.consulted_ids) == ("fr", ("a1",))
    assert [(item.kind, item.id, item.amount) for item in finding.behind] == [("customer", "c1", 700_000)]
    assert watched(complained(told))[COMPLAINTS].responsible_id == "m-a"


def covered(**coverage: tuple[float, float]) -> Facts:
    """Facts with every office at twice the 3.0 it needs, but for those named: (coverage now, a week ago)."""
    rows = [
        {"id": unit, "open": Decimal(1_000_000), "booked": Decimal(0), "target": Decimal(1_000_000),
         "coverage": now, "needed": 3.0, "coverage_before": before, "needed_before": 3.0}
        for unit in OFFICES for now, before in [coverage.get(unit, (6.0, 6.0))]
    ]  # fmt: skip
    return facts(covered=pl.DataFrame(rows))


def test_an_office_thin_for_two_weeks_is_its_managers() -> None:
    found = watched(covered(a=(1.0, 1.2)))
    assert list(found) == [THIN]
    assert (found[THIN].responsible_id, found[THIN].gap) == ("m-a", -2_000_000)
    assert watched(covered(a=(1.0, 3.0))) == {}
    assert watched(covered(a=(3.0, 1.0))) == {}


def test_where_most_offices_are_thin_it_is_no_offices_finding() -> None:
    assert watched(covered(a=(1.0, 1.0), b=(1.0, 1.0))) == {}


def test_late_in_the_quarter_coverage_is_no_finding_any_more() -> None:
    thin = covered(a=(1.0, 1.0))
    late = Facts(datetime(2026, 12, 3, 18, tzinfo=ZONE), ZONE, thin.calendar, thin.org, covered=thin.covered)
    assert watched(late, now=late.now) == {}


def priced(**price: float) -> Facts:
    """Facts with every office selling 5 M at list prices for 90 % of it, but for those named."""
    rows = [
        (unit, product, 5_000_000 * price.get(unit if product == "p1" else "", 0.9) * scale, 5_000_000.0 * scale)
        for unit in OFFICES
        for product, scale in (("p1", 1.0), ("p2", 0.1 if unit == "b" else 1.0))
    ]
    return facts(prices=pl.DataFrame(rows, schema=["office_id", "product_id", "listed", "list"], orient="row"))


def test_an_office_that_sells_the_same_for_less_leaks() -> None:
    found = watched(priced(a=0.8))
    assert list(found) == [LEAK]
    assert [item.id for item in found[LEAK].behind] == ["p1"]
    assert found[LEAK].gap == -500_000
    assert watched(priced(a=0.85)) == {}  # 2.5 points of all it sells
    assert watched(priced()) == {}


def finding(number: int, who: str = "m-a", gap: int = -100, **fields: Any) -> Finding:
    (one,) = watched(facts(deal(last_contact_on=None))).values()
    told = {"finding_id": f"f{number}", "responsible_id": who, "gap": Decimal(gap), **fields}
    return one.model_copy(update=told)


def folded(changed: list[Finding], words: list[Finding], told: dict[str, datetime]) -> set[str]:
    return {one.finding_id for one in within_load(changed, words, told, NOW, ZONE) if one.is_folded}


def test_what_exceeds_three_new_findings_a_day_is_folded_the_least_money_first() -> None:
    new = [finding(number, gap=-number) for number in range(1, 6)]
    assert MOST_A_DAY == 3
    assert folded(new, [], {}) == {"f1", "f2"}
    assert folded([*new, finding(9, "m-b", -1)], [], {}) == {"f1", "f2"}


def test_what_was_told_today_counts_and_what_was_told_before_does_not() -> None:
    words = [finding(number) for number in (11, 12)]
    new = [finding(number, gap=-number) for number in (1, 2)]
    assert folded(new, words, dict.fromkeys(("f11", "f12"), NOW)) == {"f1"}
    assert folded(new, words, dict.fromkeys(("f11", "f12"), NOW - timedelta(days=1))) == set()
    assert folded([*new, words[0]], words, dict.fromkeys(("f11", "f12"), NOW)) == {"f1"}  # told again: not new
