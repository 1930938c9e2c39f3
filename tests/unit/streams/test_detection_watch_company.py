"""What the watch says of late dues, slipping deals, win rates, crammed months, and data that stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pytest

from streams.detection.holding import EVERYWHERE, Held
from streams.detection.rules import RULES
from streams.detection.sweeper import found
from streams.detection.watch.facts import MONEY, Facts
from tests.unit.streams.made_up import NOW, OFFICES, TODAY, org, picture, span, working_days_ago
from tests.unit.streams.watched import deal, facts, watched
from warehouse.key import Key

LATE = ("late-dues", Key("a", "", "a1"))
LOSING = ("win-rate-falling", Key("a"))
CRAM = ("month-end-cram", Key("a"))
SILENCE = ("data-silence", Key())
OPS = org(ops=[span("hq", "ops")])


def dues(late: dict[str, int]) -> Facts:
    """Six orders a rep fell due by three days each; those named have so many unpaid for longer than ten days."""
    rows = []
    for office in OFFICES:
        for rep in (f"{office}1", f"{office}2"):
            for age in (3, 8, 14, 18, 23, 28):
                is_open = age < 10 or age in (14, 18, 23, 28)[: late.get(rep, 0)]
                unpaid = Decimal(80_000) if is_open else Decimal(0)
                rows.append((f"{rep}-{age}", "c", rep, office, TODAY - timedelta(age), unpaid))
    names = ["order_id", "customer_id", "rep_id", "office_id", "due_on", "unpaid"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("unpaid").cast(MONEY))
    return facts(fell_due=frame)


def test_who_is_paid_later_than_all_others_is_told_before_it_is_overdue() -> None:
    found = watched(dues({"a1": 4}))
    assert list(found) == [LATE]
    assert (found[LATE].gap, found[LATE].behind_count, found[LATE].kind) == (-320_000, 4, "cash")


@pytest.mark.parametrize("late", [{}, {"a1": 1}, dict.fromkeys([f"{one}1" for one in OFFICES], 4)])
def test_one_late_payer_or_all_of_them_are_nobodys_finding(late: dict[str, int]) -> None:
    assert watched(dues(late)) == {}


def test_who_moves_on_what_was_due_this_month_while_others_do_not_is_told() -> None:
    month = TODAY.replace(day=1)
    kept = [deal(f"k{n}", rep_id=f"b{1 + n % 2}", expected_close_on=TODAY) for n in range(20)]
    moved = {"expected_close_on": date(2026, 12, 20), "pushes": 1, "pushed_on": month + timedelta(3)}
    gone = [deal(f"g{n}", rep_id="a1", **moved) for n in range(3)]
    found = watched(facts(*kept, *gone))
    assert [rule for rule, _ in found] == ["slipping-deals"]
    ((_, key),) = found
    assert (key.person_id, found["slipping-deals", key].behind_count) == ("a1", 3)
    everybody = [deal(f"e{n}", rep_id=f"b{1 + n % 2}", **moved) for n in range(20)]
    assert watched(facts(*everybody, *gone)) == {}


def wins(won: dict[str, int], decided: int = 40) -> Facts:
    """Every office decided so many deals, half of them won, and three times as many before; those named won fewer."""
    names = ["office_id", "product_id", "segment", "route", "grade"]
    rows = [
        {**dict(zip(names, (office, product, "", "", ""), strict=True)), "won": won.get(office, decided // 2) // 2,
         "decided": decided // 2, "won_amount": 1_000_000, "won_before": 3 * decided // 4,
         "decided_before": 3 * decided // 2, "won_amount_before": 3_000_000}
        for office in OFFICES for product in ("p1", "p3")
    ]  # fmt: skip
    return facts(decided=pl.DataFrame(rows))


def test_an_office_that_wins_far_fewer_deals_is_its_managers() -> None:
    found = watched(wins({"a": 4}))
    assert list(found) == [LOSING]
    assert (found[LOSING].responsible_id, found[LOSING].kind) == ("m-a", "rate")


def test_a_win_rate_of_few_deals_or_one_that_fell_everywhere_is_no_offices_finding() -> None:
    assert watched(wins({"a": 0}, decided=6)) == {}
    assert watched(wins(dict.fromkeys(OFFICES, 4))) == {}
    assert watched(wins({})) == {}


def months(last: dict[str, float], back_dated: float = 0.0) -> Facts:
    """Every office books 100,000 a working day; those named so many times that in the last three days of October."""
    base = facts(company=OPS)
    rows = []
    for number in range(120):
        day = date(2026, 7, 1) + timedelta(number + 3)
        if base.calendar.weight(day) > 0 and day <= date(2026, 10, 30):
            for office in OFFICES:
                times = last.get(office, 1.0) if day >= date(2026, 10, 28) else 1.0
                back = back_dated if office == "a" and day == date(2026, 10, 30) else 0.0
                rows.append((office, day, 100_000.0 * times, back))
    frame = pl.DataFrame(rows, schema=["office_id", "day", "amount", "back_dated"], orient="row")
    return replace(base, now=NOW.replace(month=11, day=2), channel=frame)


def test_a_month_booked_in_its_last_three_days_is_for_operations_alone() -> None:
    found = watched(months({"a": 10.0}))
    assert list(found) == [CRAM]
    assert (found[CRAM].responsible_id, found[CRAM].consulted_ids) == ("ops", ())


def test_what_is_booked_back_across_the_end_of_the_month_is_told_too() -> None:
    assert list(watched(months({}, back_dated=300_000.0))) == [CRAM]
    assert watched(months({"a": 3.0})) == {}
    later = replace(months({"a": 10.0}), now=NOW)
    assert watched(later) == {}


def heard(silent_hours: int, usual: int = 5) -> Facts:
    """Two sources that send so many an hour; one of them has been silent for the last hours."""
    base = facts(company=OPS)
    rows = []
    for number in range(60):
        day = TODAY - timedelta(59 - number)
        for hour in range(9, 18):
            at = datetime.combine(day, time(hour))
            if base.calendar.weight(day) > 0:
                rows.append(("orders", "crm", at, usual))
                if day < TODAY or hour < 18 - silent_hours:
                    rows.append(("orders", "erp", at, usual + hour % 3))
    return replace(base, sent=pl.DataFrame(rows, schema=["topic", "source", "hour", "count"], orient="row"))


def test_a_source_that_fell_silent_is_a_problem_of_data_and_for_operations() -> None:
    found = watched(heard(2))
    assert list(found) == [SILENCE]
    assert [item.id for item in found[SILENCE].behind] == ["orders:erp"]
    assert (found[SILENCE].responsible_id, found[SILENCE].kind) == ("ops", None)
    assert watched(heard(0)) == {}


def test_money_of_no_known_office_is_a_problem_of_data() -> None:
    def known(part: float) -> Facts:
        row = {"source": ["erp"], "amount": [1_000_000.0], "unassigned": [1_000_000.0 * part]}
        return replace(facts(company=OPS), unassigned=pl.DataFrame(row))

    assert watched(known(0.02))[SILENCE].gap == -20_000
    assert watched(known(0.01)) == {}


def silent(topic: str, *offices: str, since: date = TODAY) -> Held:
    """These offices are not heard of in a topic."""
    return Held({topic: dict.fromkeys(offices, since)})


def test_while_contacts_are_missing_nobodys_deals_are_untended_there_and_what_stands_does_not_end() -> None:
    there, elsewhere = deal("d1"), deal("d2", rep_id="d1", office_id="d")
    old = {"last_contact_on": date(2026, 9, 1)}
    before = watched(facts({**there, **old}, {**elsewhere, **old}))
    assert {key.unit_id for _, key in before} == {"a", "d"}
    held = silent("activities", "a")
    again = watched(facts({**there, **old}, {**elsewhere, **old}), held=held)
    assert {key.unit_id for _, key in again} == {"d"}
    ended = watched(facts(there, elsewhere), list(before.values()), held=held)
    assert {key.unit_id: word.state for (_, key), word in ended.items()} == {"d": "resolved"}


def test_while_payments_are_missing_nothing_is_said_of_dues_anywhere() -> None:
    late = dues({"a1": 4})
    assert list(watched(late)) == [LATE]
    assert watched(late, held=silent("collections", EVERYWHERE)) == {}
    assert list(watched(late, held=silent("activities", "a"))) == [LATE]


def test_an_office_whose_orders_are_missing_is_not_held_to_them() -> None:
    def stops(day: date, office: str, product: str, rep: str) -> float:
        return 0.0 if office == "a" and day >= working_days_ago(6) else 1.0

    def raised(held: Held) -> set[str]:
        seen = picture(stops, targets={Key("a"): 1_680_000.0})
        told = found(replace(seen, seen=replace(seen.seen, held=held)), [], RULES)
        return {word.slice.unit_id or "" for word in told}

    assert "a" in raised(Held())
    assert "a" not in raised(silent("orders", "a", since=working_days_ago(6)))
    assert "a" in raised(silent("orders", "b", since=working_days_ago(6)))
