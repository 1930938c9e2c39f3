"""What the watch says of single deals, who is asked, and what it leaves alone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from ingest.calendar import WorkingCalendar
from tests.unit.streams.made_up import CALENDAR, NOW, TODAY, ZONE, org, span, working_days_ago
from tests.unit.streams.watched import AMOUNT, deal, facts, watched
from warehouse.key import Key

A1 = Key("a", "", "a1")
UNTENDED, PUSHED, STUCK = ("untended-deals", A1), ("pushed-deals", A1), ("stuck-deals", A1)
UNPROVEN, UNSIGNED = ("unproven-commits", A1), ("unsigned-awards", A1)


def silent(days: int, **fields: Any) -> dict[str, Any]:
    """A deal whose last contact was so many working days ago."""
    return deal(last_contact_on=working_days_ago(days), **fields)


def test_deals_that_are_tended_are_nobodys_finding() -> None:
    assert watched(facts(deal("d1"), deal("d2", grade="S", stage="bid"))) == {}


@pytest.mark.parametrize(("grade", "limit"), [("S", 10), ("A", 10), ("B", 15), ("C", 25), ("", 25)])
def test_a_deal_is_untended_from_its_grades_working_day_on(grade: str, limit: int) -> None:
    assert watched(facts(silent(limit - 1, grade=grade))) == {}
    finding = watched(facts(silent(limit, grade=grade)))[UNTENDED]
    assert (finding.gap, finding.expected, finding.actual) == (-AMOUNT, AMOUNT, 0)
    assert finding.since.astimezone(ZONE).date() == TODAY
    assert f"why.untended_deals|count=1|amount={AMOUNT}.0000|days={limit}|unit=a" in finding.why


def test_the_untended_deals_of_one_owner_are_one_finding_with_all_of_them_behind_it() -> None:
    found = watched(facts(*(silent(20 + n, id=f"d{n}", amount=AMOUNT * (n + 1)) for n in range(4))))
    assert list(found) == [UNTENDED]
    finding = found[UNTENDED]
    assert [item.id for item in finding.behind] == ["d3", "d2", "d1", "d0"]
    assert finding.behind_count == 4
    assert sum(item.amount for item in finding.behind) == -finding.gap == AMOUNT * 10
    assert finding.gap_without_largest_deal == -AMOUNT * 6
    assert (finding.responsible_id, finding.consulted_ids) == ("a1", ("m-a",))
    assert finding.since.astimezone(ZONE).date() == working_days_ago(8)
    assert sum(cell.contribution for cell in finding.cells) == finding.gap


def test_deals_without_enough_money_in_them_are_no_finding() -> None:
    assert watched(facts(silent(20, amount=Decimal(199_999)))) == {}
    assert watched(facts(silent(20, amount=Decimal(0)), silent(30, id="d2", amount=Decimal(-5)))) == {}
    assert UNTENDED in watched(facts(*(silent(20, id=f"d{n}", amount=Decimal(100_000)) for n in (1, 2))))


def test_from_solution_on_a_next_step_that_is_missing_or_late_is_untended() -> None:
    late = {"stage": "solution", "next_step_on": working_days_ago(3)}
    missing: dict[str, Any] = {"stage": "bid", "next_step_on": None, "has_next_step": False}
    for fields in (late, missing):
        assert UNTENDED in watched(facts(deal(**fields)))
        assert watched(facts(deal(**{**fields, "stage": "qualified"}))) == {}
        assert watched(facts(deal(**fields, tells_next_steps=False))) == {}
    assert watched(facts(deal(**{**late, "next_step_on": working_days_ago(2)}))) == {}
    assert watched(facts(deal(stage="bid", next_step_on=None))) == {}  # a step without a day is not late


def test_of_thin_evidence_the_manager_answers() -> None:
    late = {"stage": "solution", "next_step_on": working_days_ago(3)}
    finding = watched(facts(deal(**late)))[UNTENDED]
    assert finding.responsible_id == "m-a"
    assert "why.evidence_too_thin|person=m-a|count=1|days=3" in finding.why
    enough = watched(facts(*(deal(f"d{n}", **late) for n in range(3))))[UNTENDED]
    assert enough.responsible_id == "a1"


def test_days_before_a_deal_was_the_owners_do_not_count_against_it() -> None:
    taken_over = silent(40, held_since=working_days_ago(9))
    back = [
        span("a", "rep", end=working_days_ago(31)),
        span("a", "rep", start=working_days_ago(30), end=working_days_ago(11), status="leave", stand_in_id="a2"),
        span("a", "rep", start=working_days_ago(10)),
    ]
    assert watched(facts(taken_over)) == {}
    assert watched(facts(silent(40), company=org(a1=back))) == {}
    assert (
        watched(facts(deal(last_contact_on=None, opened_on=working_days_ago(9), held_since=working_days_ago(9)))) == {}
    )


def test_an_offices_holiday_is_no_neglect() -> None:
    off = {("a", CALENDAR.add_working_days(TODAY, -back)): 0.0 for back in range(1, 9)}
    assert watched(facts(silent(15), calendar=WorkingCalendar("CN", off))) == {}


def test_the_stand_in_the_manager_or_the_one_above_answers_for_who_is_not_there() -> None:
    def named(**people: Any) -> tuple[str | None, str | None]:
        finding = watched(facts(silent(60, held_since=date(2026, 1, 5)), company=org(**people)))[UNTENDED]
        return finding.responsible_id, finding.stand_in_for_id

    long_ago = working_days_ago(50)
    away = {"start": long_ago, "status": "leave"}
    assert named(a1=[span("a", "rep", **away, stand_in_id="a2")]) == ("a2", "a1")
    assert named(a1=[span("a", "rep", **away)]) == ("m-a", None)
    assert named(a1=[span("a", "rep", start=long_ago, status="left")]) == ("m-a", None)
    assert named(a1=[span("a", "rep", role_since=TODAY - timedelta(90))]) == ("m-a", None)
    left = {
        "a1": [span("a", "rep", start=long_ago, status="left")],
        "m-a": [span("a", "office_manager", status="left")],
    }
    assert named(**left) == ("m-east", None)


def test_a_second_push_or_one_of_a_committed_deal_is_told_for_five_working_days() -> None:
    assert PUSHED in watched(facts(deal(pushes=2, pushed_on=working_days_ago(4))))
    assert PUSHED in watched(facts(deal(pushes=1, pushed_on=TODAY, was_commit=True)))
    assert watched(facts(deal(pushes=1, pushed_on=TODAY))) == {}
    assert watched(facts(deal(pushes=2, pushed_on=working_days_ago(5)))) == {}
    assert watched(facts(deal(pushes=3, pushed_on=TODAY, amount=Decimal(150_000)))) == {}


def test_a_commit_for_this_month_needs_a_negotiation_and_a_contact() -> None:
    promised: dict[str, Any] = {"forecast_category": "commit", "expected_close_on": date(2026, 11, 27)}
    assert watched(facts(deal(stage="negotiation", **promised))) == {}
    assert UNPROVEN in watched(facts(deal(stage="bid", **promised)))
    quiet = {**promised, "stage": "negotiation", "last_contact_on": TODAY - timedelta(14)}
    assert UNPROVEN in watched(facts(deal(**quiet)))
    assert UNPROVEN not in watched(facts(deal(**{**quiet, "last_contact_on": TODAY - timedelta(13)})))
    assert watched(facts(deal(stage="bid", **{**promised, "expected_close_on": date(2026, 12, 1)}))) == {}
    assert watched(facts(deal(stage="bid", **{**promised, "forecast_category": "best_case"}))) == {}


def test_a_deal_is_stuck_beyond_what_nine_of_ten_won_of_its_kind_took() -> None:
    def usual(deals: int, longest: int) -> pl.DataFrame:
        return pl.DataFrame(
            {"segment": ["city"], "grade": ["B"], "stage": ["qualified"], "deals": [deals], "longest": [longest]}
        )

    age = (TODAY - date(2026, 10, 12)).days
    assert watched(facts(deal(), ages=usual(30, age))) == {}
    assert watched(facts(deal(), ages=usual(29, age - 1))) == {}  # too few to know
    assert watched(facts(deal(grade="S"), ages=usual(30, age - 1))) == {}  # of another kind
    finding = watched(facts(deal(), ages=usual(30, age - 1)))[STUCK]
    assert finding.since.astimezone(ZONE).date() == TODAY


def test_what_was_awarded_and_never_signed_is_told_after_thirty_days() -> None:
    awarded: dict[str, Any] = {"stage": "awarded", "stage_since": TODAY - timedelta(30)}
    assert UNSIGNED in watched(facts(deal(**awarded)))
    assert watched(facts(deal(**{**awarded, "stage_since": TODAY - timedelta(29)}))) == {}
    assert watched(facts(deal(**awarded), ordered=pl.DataFrame({"opportunity_id": ["d1"]}))) == {}


def test_what_was_said_is_not_said_again_until_it_is_materially_other() -> None:
    two = (silent(20), silent(20, id="d2"))
    said = watched(facts(*two))[UNTENDED]
    assert watched(facts(*two), [said]) == {}
    more = watched(facts(*two, silent(20, id="d3")), [said], NOW + timedelta(minutes=5))[UNTENDED]
    assert (more.finding_id, more.since, more.behind_count) == (said.finding_id, said.since, 3)
    assert (more.version or 0) > (said.version or 0)


def test_a_finding_leaves_late_and_says_why_it_is_over() -> None:
    two = (silent(20, amount=Decimal(110_000)), silent(20, id="d2", amount=Decimal(120_000)))
    said = watched(facts(*two))[UNTENDED]
    assert watched(facts(two[1])) == {}  # would not be raised
    assert watched(facts(two[1]), [said])[UNTENDED].state == "open"  # and stands, with less in it
    ended = watched(facts(deal("d1"), deal("d2")), [said])[UNTENDED]
    assert (ended.state, ended.reason) == ("resolved", "reason.dealt_with")
    moved = [{**one, "rep_id": "a2"} for one in two]
    others = watched(facts(*moved), [said])
    assert (others[UNTENDED].state, others[UNTENDED].reason) == ("retracted", "reason.moved_on")
    assert others["untended-deals", Key("a", "", "a2")].state == "open"


def test_a_new_month_is_no_new_finding() -> None:
    said = watched(facts(silent(20)))[UNTENDED].model_copy(update={"period": "2026-10"})
    again = watched(facts(silent(20), silent(22, id="d2")), [said])[UNTENDED]
    assert again.period == "2026-10"
