"""The page of actions: whose, how far, what was measured; evidence is a link only where it is one of the web."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from dash import html

from dashboard.address import Address
from dashboard.components import action_card, actions
from dashboard.components.finding_causes import helped
from dashboard.components.finding_shown import Shown
from dashboard.plain import markup
from dashboard.task_wishes import About, NotAllowed, Wanted, added, done
from dashboard.view_state import ViewState
from ingest.calendar import WorkingCalendar
from ingest.events import Action, Check, Slice, Task
from tests.unit.dashboard.pictures import misplaced
from tests.unit.dashboard.test_findings_panel import card as finding
from warehouse.life import ActionRow
from warehouse.pooling import Outcome, pooled
from warehouse.queries.helped import Helped, gathered
from warehouse.task_life import TaskCard, folded
from warehouse.tree import Company
from warehouse.viewer import Viewer

TODAY = date(2026, 11, 26)
SAID = datetime(2026, 11, 2, 1, tzinfo=UTC)
HAN = Viewer("han", unit_ids=frozenset({"hz"}))
REP = Viewer("rep", own_rows=True)
EXPECTS: dict[str, Any] = {"slice": {"unit_id": "hz"}, "amount": 1_000_000, "by": "2026-12-31"}
ORG = Company(
    {"hq": {"path": ["hq"], "manager_id": "ceo"}, "hz": {"path": ["hq", "hz"], "manager_id": "han"}}, {},
    {"rep": {"unit_id": "hz", "role": "rep"}},
)  # fmt: skip


def task(
    id: str, due: str = "2026-12-01", did: tuple[str, ...] = (), checks: tuple[Check, ...] = (), **more: Any
) -> TaskCard:
    said = {"task_id": id, "title": id, "person_id": "rep", "due_on": due, "occurred_at": SAID, **more}
    acts = [
        ActionRow(f"{id}{n}", f"task:{id}", "han", what, "", "", SAID + timedelta(hours=n))
        for n, what in enumerate(did)
    ]
    return replace(folded([Task.model_validate(said)], acts, checks), path=("hq", "hz"))


def lagging(**more: Any) -> Check:
    said = {"occurred_at": SAID, "check_id": "c:2026-11-02:lagging:2026-11-20", "task_id": "c", "kind": "lagging",
            "day": "2026-11-20", "start": "2026-11-03", "end": "2026-11-20", "peers": 40, "level": "0.8",
            "effect": "3200000", "low": "1900000", "high": "4400000", "expected": "1000000", "proposal": "worked",
            "is_last": True}  # fmt: skip
    return Check.model_validate({**said, **more})


def drawn(*cards: TaskCard, viewer: Viewer = HAN, **state: Any) -> dict[str, str]:
    look = ViewState(lang="en", whose="team").but(**state)
    found = actions.draw(cards, {"rep": ("李", "Li")}, viewer, TODAY, look)
    assert not misplaced(found, Address("/actions", look))
    return {id: props["data-html"] for id, props in found.items()}


def test_each_stands_in_its_column_with_what_it_brought() -> None:
    found = drawn(task("a"), task("b", did=("start",)), task("c", did=("done",), checks=(lagging(),), expects=EXPECTS),
                  task("d", did=("done",)))[actions.BOARD]  # fmt: skip
    columns = found.split("actions-column actions-")[1:]
    assert [part.split('"')[0] for part in columns] == ["todo", "doing", "checking", "closed"]
    assert [f'data-task-id="{id}"' in part for id, part in zip("abcd", columns, strict=True)] == [True] * 4
    assert "✓ +3.20\u00a0M (1.90\u00a0M to 4.40\u00a0M) worked" in columns[2]
    assert "against 40 untouched peers, 80\u202f% interval" in columns[2]


def test_filters_say_how_many_and_list_what_they_say() -> None:
    cards = task("late", "2026-11-20"), task("mine", person_id="han"), replace(task("else"), path=("hq", "nb"))
    found = drawn(*cards)
    assert all(said in found[actions.FILTERS] for said in ("Mine 1", "My team's 2", "All 3", "Overdue 1"))
    assert 'data-task-id="else"' not in found[actions.BOARD]
    late = drawn(*cards, late="late", laid="list")[actions.BOARD]
    assert 'data-task-id="late"' in late
    assert 'data-task-id="mine"' not in late
    assert 'data-task-id="else"' in drawn(*cards, action="else")[actions.BOARD]  # a link leads to it all the same
    assert "No actions of mine" in drawn(cards[2], whose="mine")[actions.BOARD]


def test_actions_are_those_of_the_place_that_is_looked_at() -> None:
    cards = task("a"), task("b", person_id="other"), replace(task("c"), path=("hq", "nb"))
    for state, ids in (({}, "abc"), ({"unit": "hz"}, "ab"), ({"unit": "hz", "rep": "other"}, "b")):
        found = drawn(*cards, whose="all", **state)[actions.BOARD]
        assert [id for id in "abc" if f'data-task-id="{id}"' in found] == list(ids)


def test_the_one_that_a_link_leads_to_stands_first() -> None:
    many = [task(f"t{n:02}") for n in range(actions.MOST + 5)]
    assert 'data-task-id="t64"' not in drawn(*many)[actions.BOARD]
    for laid in ("board", "list"):
        found = drawn(*many, action="t64", laid=laid)[actions.BOARD]
        assert found.index('data-task-id="t64"') < found.index('data-task-id="t00"')


def test_buttons_are_for_whoever_may_press_them() -> None:
    own = task("c", did=("done",), expects=EXPECTS)
    assert "Did it help?" in drawn(own)[actions.BOARD]
    stranger = Viewer("x", unit_ids=frozenset({"nb"}))
    assert "<button" not in drawn(own, viewer=stranger, whose="all")[actions.BOARD]


@pytest.mark.parametrize(
    ("text", "is_link"),
    [("https://example.com/a?b=1", True), ("javascript:alert(1)", False), ("see https://example.com", False),
     ("data:text/html,x", False), ("https://", False), ("http://[", False), ("//example.com", False)],
)  # fmt: skip
def test_evidence_is_a_link_only_where_all_of_it_is_one_of_the_web(text: str, is_link: bool) -> None:
    assert isinstance(action_card.linked(text), html.A) == is_link


def test_a_new_one_is_refused_with_what_to_do() -> None:
    wanted = {"what": "add", "title": "visit", "due": "2026-12-01", "who": "Li · rep", "by": "2027-01-31"}

    def refused(**fields: Any) -> str:
        with pytest.raises(NotAllowed) as why:
            added(fields.pop("viewer", HAN), Wanted(**{**wanted, **fields}), About(), ORG, SAID)
        return why.value.key

    assert refused(title=" ") == "title_required"
    assert refused(due="") == "due_required"
    assert refused(amount="much") == refused(amount="-5") == "amount_unreadable"
    assert refused(amount="5", by="2026-12-01") == "by_required"
    assert refused(viewer=Viewer("x", unit_ids=frozenset({"nb"}))) == "task_refused"
    made = added(
        HAN, Wanted(**{**wanted, "amount": "1.2 M"}), About(finding_id="f", slice=Slice(unit_id="hz")), ORG, SAID
    )
    assert made.expects is not None
    assert (made.expects.amount, made.expects.slice.unit_id, made.finding_id) == (Decimal(1_200_000), "hz", "f")


def test_what_would_go_missing_is_what_went_missing_a_day() -> None:
    since = {"since": date(2026, 11, 2), "until": date(2026, 11, 27)}  # twenty working days
    about = About(missing=Decimal(200), **since)
    start, by = date(2026, 11, 30), date(2026, 12, 11)  # ten
    calendar = WorkingCalendar("CN")
    assert about.goes_missing(start, by, calendar) == 100
    assert About(missing=Decimal(-5), **since).goes_missing(start, by, calendar) is None
    short = About(missing=Decimal(200), since=date(2026, 11, 26), until=date(2026, 11, 27))
    assert short.goes_missing(start, by, calendar) == 200  # two days say no more than ten


def test_what_a_check_says_is_decided_once_it_was_carried_out() -> None:
    def act(viewer: Viewer, card: TaskCard, **wanted: Any) -> Action:
        return done(
            viewer, Wanted(what="check", task="c", check="lagging", verdict="worked", **wanted), {"c": card}, SAID
        )

    ready = task("c", did=("done",), expects=EXPECTS)
    assert act(HAN, ready).verdict == "worked"
    not_his = (HAN, task("c", did=("done",), expects=EXPECTS, person_id="han"), "check_refused")
    too_soon = (HAN, task("c", expects=EXPECTS), "nothing_to_check")
    nothing = (HAN, task("c", did=("done",)), "nothing_to_check")
    for viewer, card, why in ((REP, ready, "check_refused"), not_his, too_soon, nothing):
        with pytest.raises(NotAllowed) as fault:
            act(viewer, card)
        assert fault.value.key == why


def test_what_helped_is_offered_with_its_number_and_no_rate_under_ten() -> None:
    worked = [Outcome(True, (1.0, 0.6, 1.4))] * 6 + [Outcome(False, (0.1, -0.3, 0.5))] * 5
    measures = (Helped("rate", "joint_visit", pooled(worked)), Helped("rate", "price", pooled(worked[:3])))
    said = markup(helped(Shown(finding(), {}, ViewState(lang="en"), helped=measures)))
    assert "Joint visit: helped in 6 of 11 (36\u202f% to 72\u202f%)" in said
    assert "Price support: tried 3×, too few for a rate" in said


def test_measures_are_gathered_by_the_cause_of_their_finding() -> None:
    decided = replace(task("c", did=("done",), checks=(lagging(),), expects=EXPECTS, remedy="price", finding_id="f"))
    check = ActionRow(
        "x", "task:c", "han", "check", "", "", SAID + timedelta(days=30), check="lagging", verdict="worked"
    )
    over = folded([decided.task.model_copy(update={"status": "open"})], [*decided.did, check], [lagging()])
    (one,) = gathered([over], {"f": "rate"})
    assert (one.cause, one.remedy, one.outcome.count, one.outcome.worked, one.outcome.measured) == (
        "rate",
        "price",
        1,
        1,
        1,
    )
    assert gathered([over], {}) == []
