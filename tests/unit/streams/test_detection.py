"""What detection finds in a company made by hand, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from ingest.calendar import WorkingCalendar
from streams.detection.evidence import likelihood_ratio
from streams.detection.windows import recent_days
from tests.unit.streams.made_up import (
    CALENDAR,
    NOW,
    OFFICES,
    ORDER,
    TODAY,
    ZONE,
    Node,
    Sale,
    org,
    span,
    swept,
    working_days_ago,
)
from warehouse.key import Key

BEGAN = working_days_ago(25)
LOST = ("cell-below-peers", Key("a", "nvr"))
FELL = ("product-falling", Key("", "p1"))
SILENT = ("rep-gap", Key("b", "", "b1"))
CENT = Decimal("0.01")
STANDS = {LOST[1]: recent_days(CALENDAR, TODAY)[0]}
"""Where the past of the lost line ends when it was first told today."""


def lost_line(keeps: float = 0.0, until: date = TODAY) -> Sale:
    return lambda day, office, product, rep: (
        keeps if BEGAN <= day <= until and office == "a" and product in ("p3", "p4") else 1.0
    )


def silent_rep(day: date, office: str, product: str, rep: str) -> float:
    return 0.0 if day >= BEGAN and rep == "b1" else 1.0


def falling_product(day: date, office: str, product: str, rep: str) -> float:
    return 0.4 if day >= BEGAN and product == "p1" else 1.0


def test_a_company_that_sells_as_ever_has_no_findings() -> None:
    assert swept() == {}


def test_an_office_that_loses_a_line_is_one_finding_at_that_cell() -> None:
    found = swept(lost_line())
    assert list(found) == [LOST]
    finding = found[LOST]
    assert finding.actual == 0
    # today and 19 working days are judged; of the 60 before them the 20th to the 25th back are bad already
    assert finding.expected == (40 * ORDER * 54 / 60).quantize(CENT)
    assert finding.gap == -finding.expected
    assert finding.since.astimezone(ZONE).date() == BEGAN
    assert (finding.responsible_id, finding.responsible_role) == ("m-a", "office_manager")
    assert finding.consulted_ids == ("m-nvr",)
    assert "against.peers_in_band|count=5|of=5" in finding.against


def test_what_is_taken_back_speaks_most_for_the_narrowest_node_that_holds_it() -> None:
    due = np.array([16.0, 105.0, 131.0, 188.0, 1_260.0])  # of an office's line, its region's, …, of the company's
    strength = likelihood_ratio(due - 131, due, 3 * due)
    assert (np.diff(strength) < 0).all()
    nearly, all_of_it = likelihood_ratio(np.array([1e-9, 0.0]), due[:2] * 0 + 16.0, due[:2] * 0 + 48.0)
    assert abs(nearly - all_of_it) < 1e-6


def test_a_product_that_falls_everywhere_is_its_managers_and_nobody_elses() -> None:
    found = swept(falling_product)
    assert list(found) == [FELL]
    assert found[FELL].responsible_id == "m-cam"
    assert "why.product_fell_everywhere|product=p1|count=6|of=6" in found[FELL].why


def test_a_rep_who_sells_nothing_and_visits_nobody_is_named() -> None:
    found = swept(
        silent_rep, visits={f"{office}{number}": (5, 15) for office in OFFICES for number in (1, 2)} | {"b1": (0, 15)}
    )
    assert list(found) == [SILENT]
    finding = found[SILENT]
    assert finding.responsible_id == "b1"
    assert finding.consulted_ids == ("m-b",)
    assert finding.confidence >= 0.9
    assert "why.no_visit|person=b1|days=20" in finding.why


def test_visits_that_stop_are_no_finding_while_the_orders_come() -> None:
    assert (
        swept(visits={f"{office}{number}": (5, 15) for office in OFFICES for number in (1, 2)} | {"b1": (0, 15)}) == {}
    )


def test_three_problems_at_once_are_three_findings() -> None:
    def sale(day: date, office: str, product: str, rep: str) -> float:
        at = (day, office, product, rep)
        return lost_line()(*at) * silent_rep(*at) * falling_product(*at)

    assert set(swept(sale)) == {LOST, SILENT, FELL}


def test_a_region_on_holiday_is_not_behind() -> None:
    off = {CALENDAR.add_working_days(TODAY, -back) for back in range(1, 9)}
    calendar = WorkingCalendar("CN", {("east", day): 0.0 for day in off})
    closed: Sale = lambda day, office, product, rep: 0.0 if day in off and OFFICES[office] == "east" else 1.0  # noqa: E731
    targets = {Key(office): 4 * 21.0 * float(ORDER) for office in OFFICES}
    assert swept(closed, calendar=calendar, targets=targets) == {}
    assert swept(closed, targets=targets) != {}  # without its calendar it would be


def test_a_product_that_its_successor_replaces_has_not_fallen() -> None:
    company = org()
    products = {**company.products, "p1": Node("p1", ("cam", "p1"), "model", successor_id="p2")}
    replaced = type(company)(TODAY, company.units, products, company.people)
    moved: Sale = lambda day, office, product, rep: (  # noqa: E731
        1.0 if day < BEGAN or product in ("p3", "p4") else {"p1": 0.0, "p2": 2.0}[product]
    )
    assert swept(moved, company=replaced) == {}
    assert FELL in swept(moved)


def test_a_rep_with_two_big_orders_a_quarter_may_have_an_empty_month() -> None:
    big = {working_days_ago(31), working_days_ago(62)}
    lumpy: Sale = lambda day, office, product, rep: (  # noqa: E731
        1.0 if rep != "c1" else 60.0 if day in big and product in ("p1", "p2") else 0.0
    )
    assert swept(lumpy) == {}


def test_one_outsized_deal_of_the_past_makes_nobody_short_today() -> None:
    lucky = working_days_ago(40)
    deal: Sale = lambda day, office, product, rep: 80.0 if (day, office, product) == (lucky, "d", "p3") else 1.0  # noqa: E731
    assert swept(deal) == {}


def test_a_rep_on_leave_or_new_or_moved_is_not_judged() -> None:
    away = [
        span("b", "rep", end=working_days_ago(16)),
        span("b", "rep", start=working_days_ago(15), status="leave", stand_in_id="b2"),
    ]
    new = [span("b", "rep", role_since=TODAY - timedelta(90))]
    moved = [span("c", "rep", end=working_days_ago(30)), span("b", "rep", start=working_days_ago(29))]
    for spans in (away, new, moved):
        assert not any(key.person_id for _, key in swept(silent_rep, company=org(b1=spans)))


def test_without_enough_history_nothing_is_said() -> None:
    assert swept(lost_line(), since=working_days_ago(30)) == {}


def test_in_the_first_days_of_a_month_what_stands_since_the_last_one_is_seen() -> None:
    early = datetime(2026, 11, 3, 18, tzinfo=ZONE)
    began = CALENDAR.add_working_days(early.date(), -25)
    gone: Sale = lambda day, office, product, rep: 0.0 if day >= began and office == "a" else 1.0  # noqa: E731
    found = swept(gone, now=early, targets={Key("a"): 1e7})
    assert list(found) == [("unit-pace", Key("a"))]
    assert found["unit-pace", Key("a")].target is None


def month_target(of: float = 1.0) -> dict[Key, float]:
    return {Key(office): of * 4 * 21 * float(ORDER) for office in OFFICES}


def test_a_unit_behind_its_target_is_found_though_it_sells_as_ever() -> None:
    found = swept(targets=month_target() | {Key("a"): 1.5 * 4 * 21 * float(ORDER)})
    assert list(found) == [("unit-pace", Key("a"))]
    finding = found["unit-pace", Key("a")]
    assert finding.target == Decimal("2520000")
    assert finding.actual == 13 * 4 * ORDER  # 18 November: the 13th working day of the month, closed
    assert finding.expected == (finding.target * 13 / 21).quantize(Decimal("0.01"))
    assert finding.period == "2026-11"
    assert finding.responsible_id == "m-a"


def test_an_office_without_a_target_is_judged_by_its_own_history_all_month() -> None:
    gone: Sale = lambda day, office, product, rep: 0.3 if day >= BEGAN and office == "a" else 1.0  # noqa: E731
    others = {key: target for key, target in month_target().items() if key != Key("a")}
    for targets in (others, {}):
        found = swept(gone, targets=targets)
        assert list(found) == [("unit-pace", Key("a"))]
        assert found["unit-pace", Key("a")].target is None
        assert swept(gone, words=list(found.values()), targets=targets) == {}
        assert swept(words=list(found.values()), targets=targets)["unit-pace", Key("a")].state == "retracted"


def test_a_target_missed_because_of_a_lost_line_is_the_lost_lines_finding() -> None:
    assert list(swept(lost_line(), targets=month_target())) == [LOST]


def test_a_region_that_loses_a_line_is_one_finding_and_its_managers() -> None:
    fell: Sale = lambda day, office, product, rep: (  # noqa: E731
        0.5 if day >= BEGAN and OFFICES[office] == "east" and product in ("p3", "p4") else 1.0
    )
    found = swept(fell)
    assert list(found) == [("cell-below-peers", Key("east", "nvr"))]
    assert next(iter(found.values())).responsible_id == "m-east"


def test_a_market_that_falls_for_all_alike_is_the_heads_finding_and_no_offices() -> None:
    fallen: Sale = lambda day, office, product, rep: 0.7 if day.month == TODAY.month else 1.0  # noqa: E731
    whole = {Key("hq"): len(OFFICES) * 4 * 21 * float(ORDER)}
    assert list(swept(fallen, targets=month_target() | whole)) == [("unit-pace", Key("hq"))]
    assert len(swept(fallen, targets=month_target())) == len(OFFICES)  # where the whole has no target, each is its own


def test_an_office_that_falls_alike_stays_one_finding_whatever_falls_a_little_more_in_it() -> None:
    alike: Sale = lambda day, office, product, rep: (  # noqa: E731
        1.0 if day < BEGAN or office != "a" else 0.4 if product in ("p3", "p4") else 0.5
    )
    office = ("unit-pace", Key("a"))
    raised = swept(alike, targets=month_target())
    assert list(raised) == [office]
    assert swept(alike, words=[raised[office]], targets=month_target()) == {}


def test_an_office_of_which_nothing_is_known_for_some_days_is_held_and_then_said() -> None:
    def silent(days: int) -> Sale:
        return lambda day, office, product, rep: 0.0 if office == "a" and day > working_days_ago(days) else 1.0

    assert swept(silent(3), targets=month_target()) == {}
    assert list(swept(silent(4), targets=month_target())) == [("unit-pace", Key("a"))]


def test_a_gap_within_the_hysteresis_is_kept_and_not_raised() -> None:
    raised = swept(lost_line())[LOST]
    nearly = lost_line(keeps=0.75)
    assert swept(nearly) == {}
    assert swept(nearly, words=[raised], opened=STANDS)[LOST].state == "open"  # the gap moved: told again
    assert swept(lost_line(), words=[raised], opened=STANDS) == {}  # nothing new to say


def test_a_problem_that_stands_is_not_held_against_itself() -> None:
    raised = swept(lost_line(), now=NOW - timedelta(days=14))[LOST]
    again = swept(
        lost_line(keeps=0.3), words=[raised], opened={LOST[1]: recent_days(CALENDAR, TODAY - timedelta(14))[0]}
    )[LOST]
    assert again.finding_id == raised.finding_id
    assert again.since == raised.since
    assert abs(again.expected - raised.expected) < ORDER  # ten more bad days lie behind now, and lower nothing


def test_business_that_comes_back_resolves_a_finding() -> None:
    before = NOW - timedelta(days=14)
    raised = swept(lost_line(), now=before)[LOST]
    back: Sale = lambda day, office, product, rep: (  # noqa: E731
        lost_line(until=before.date())(day, office, product, rep)
        * (6.0 if day > before.date() and (office, product) in (("a", "p3"), ("a", "p4")) else 1.0)
    )
    ended = swept(back, words=[raised], opened=STANDS)[LOST]
    assert (ended.state, ended.reason) == ("resolved", "reason.back_in_band")
    assert ended.finding_id == raised.finding_id
    assert ended.version is not None
    assert raised.version is not None
    assert ended.version > raised.version


def test_orders_that_come_late_retract_a_finding() -> None:
    before = NOW - timedelta(days=2)
    raised = swept(lost_line(), now=before)[LOST]
    ended = swept(words=[raised], opened=STANDS)[LOST]
    assert (ended.state, ended.reason) == ("retracted", "reason.corrected")


def test_a_finding_that_another_explains_better_gives_way() -> None:
    office = ("unit-pace", Key("a"))
    raised = swept(targets=month_target() | {Key("a"): 1.5 * 4 * 21 * float(ORDER)})[office]
    found = swept(lost_line(), words=[raised], targets=month_target())
    assert found[LOST].state == "open"
    assert (found[office].state, found[office].reason) == ("retracted", "reason.better_cell")
    assert found[office].merged_into == found[LOST].finding_id


def test_what_stands_of_one_office_is_taken_in_by_its_regions_once_that_falls_without_it_too() -> None:
    raised = swept(lost_line())[LOST]
    region = ("cell-below-peers", Key("east", "nvr"))
    both: Sale = lambda day, office, product, rep: (  # noqa: E731
        1.0
        if day < BEGAN or OFFICES[office] != "east" or product not in ("p3", "p4")
        else 0.0
        if office == "a"
        else 0.5
    )
    found = swept(both, words=[raised], opened=STANDS)
    assert {key: word.state for key, word in found.items()} == {region: "open", LOST: "retracted"}
    assert (found[LOST].reason, found[LOST].merged_into) == ("reason.better_cell", found[region].finding_id)
    assert list(swept(both)) == [region]


def test_found_again_soon_after_it_was_over_it_is_the_same_finding_in_whichever_month() -> None:
    raised = swept(lost_line())[LOST].model_copy(update={"period": "2026-10", "finding_id": "of-october"})
    over = raised.model_copy(update={"state": "resolved"})
    assert swept(lost_line(), over=[over])[LOST].period == "2026-10"
    assert swept(lost_line())[LOST].period == "2026-11"


def test_a_months_target_is_over_with_the_month() -> None:
    office = ("unit-pace", Key("a"))
    october = datetime(2026, 10, 30, 18, tzinfo=ZONE)
    raised = swept(now=october, targets=month_target() | {Key("a"): 1.6 * 4 * 21 * float(ORDER)})[office]
    ended = swept(words=[raised], targets=month_target())[office]
    assert (ended.state, ended.reason) == ("resolved", "reason.period_over")


def test_the_same_question_finds_the_same_again() -> None:
    assert swept(lost_line()) == swept(lost_line())


def test_contributions_add_up_to_every_gap() -> None:
    sales: list[Callable[[date, str, str, str], float]] = [lost_line(0.17), silent_rep, falling_product]
    for sale in sales:
        for finding in swept(sale, targets={**month_target(1.37), Key("hq"): 7e6}).values():
            assert sum(cell.contribution for cell in finding.cells) == finding.gap
            assert sum(cell.actual for cell in finding.cells) == finding.actual
            assert sum(cell.expected for cell in finding.cells) == finding.expected
