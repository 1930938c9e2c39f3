"""The page of rules: what each finds, what people say to it, what other numbers would find, and who may change them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dashboard.components.rules import draw
from dashboard.locales import LANGS
from dashboard.plain import HTML
from dashboard.rule_actions import Wanted, event
from dashboard.rule_book import book, is_same, judged, verdict_of
from dashboard.view_state import ViewState
from ingest.events import Slice, Trial, Tried
from tests.unit.dashboard.test_finding_queue import OPS, card
from warehouse.life import Treatment
from warehouse.queries.findings import FindingCard
from warehouse.queries.trials import TrialCard
from warehouse.thresholds import THRESHOLDS, BadThreshold, RuleWord, checked, defaults, in_force
from warehouse.viewer import Viewer

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)


def tried(id: str, gap: int = -100, who: str = "p-a", unit: str = "hz") -> Tried:
    return Tried(
        finding_id=id, slice=Slice(unit_id=unit), since=date(2026, 11, 20), gap=Decimal(gap), responsible_id=who
    )


def trial(state: str = "done", done: int = 20, as_is: Any = (), changed: Any = ()) -> TrialCard:
    word = Trial(
        occurred_at=NOW,
        trial_id="t",
        rule="unit-pace",
        trial_state=state,
        done=done,
        of=20,
        as_is=as_is,
        changed=changed,
    )  # type: ignore[arg-type]
    return TrialCard("t", "unit-pace", "op", NOW, {**defaults("unit-pace"), "enter": Decimal("0.8")}, word)


def said(**verdicts: str) -> FindingCard:
    return card("f", verdicts=verdicts)


def test_what_people_click_decides_and_without_clicks_what_they_did() -> None:
    def of(status: Any = "open", **more: Any) -> bool | None:
        return verdict_of(Treatment(status, **more))

    assert of(verdicts={"a": "right", "b": "right", "c": "wrong_person"}) is True
    assert of("taken", verdicts={"a": "no_problem"}) is False
    assert of("taken", assignee_id="a") is True
    assert of("not_a_problem") is False
    assert of("open") is None
    assert of("open", verdicts={"a": "right", "b": "no_problem"}) is None


def test_precision_is_confirmed_over_confirmed_and_denied() -> None:
    found = judged([said(a="right"), said(a="right"), said(a="right"), said(a="wrong_person"), card("open")])
    assert (found.confirmed, found.denied, found.precision) == (3, 1, 0.75)
    assert found.verdicts == {"right": 3, "wrong_person": 1, "no_problem": 0}
    assert judged([card("open")]).precision is None


def test_a_trial_is_held_against_what_people_said_of_the_same_findings() -> None:
    confirmed, denied = card("f1", verdicts={"a": "right"}), card("f2", unit="bj", verdicts={"a": "no_problem"})
    done = trial(as_is=(tried("f1"), tried("f2", who="p-b", unit="bj")), changed=(tried("f1"),))
    found = book([confirmed, denied], [], [done], {}, 60)
    as_is, changed = found.outcomes(done) or pytest.fail("it is done")
    assert (as_is.judged.precision, changed.judged.precision) == (0.5, 1.0)
    assert (as_is.a_week, changed.a_week) == (0.5, 0.25)
    assert as_is.load == (("p-a", 1), ("p-b", 1))
    assert found.outcomes(trial("running", 3)) is None


def test_the_same_place_in_the_same_days_is_the_same_finding_under_whichever_id() -> None:
    assert is_same(card("x"), tried("y"))
    assert not is_same(card("x", unit="bj"), tried("y"))
    assert not is_same(card("x", status="closed", ended_at=datetime(2026, 11, 1, tzinfo=UTC)), tried("y"))


def test_the_last_word_on_a_rule_is_in_force_and_its_own_numbers_without_one() -> None:
    first, last = (
        RuleWord("rep-gap", "op", NOW, "why", checked("rep-gap", {"enter": Decimal(share)})) for share in ("0.5", "0.6")
    )
    force = in_force([first, last])
    assert force["rep-gap"]["enter"] == Decimal("0.6")
    assert force["rep-gap"]["leave"] == Decimal("0.87")
    assert force["unit-pace"] == defaults("unit-pace")


@pytest.mark.parametrize(
    ("rule", "numbers", "why"),
    [
        ("rep-gab", {}, "Did you mean .rep-gap."),
        ("rep-gap", {"entre": 1}, "Did you mean .enter."),
        ("rep-gap", {"enter": 2}, "from 0.1 to 1"),
        ("rep-gap", {"enter": "0.9"}, "left above where it is entered"),
        ("rep-gap", {"lasting_days": "1.5"}, "whole working days"),
    ],
)
def test_numbers_a_rule_cannot_have_are_refused_with_what_it_can(rule: str, numbers: dict[str, Any], why: str) -> None:
    with pytest.raises(BadThreshold, match=why):
        checked(rule, {name: Decimal(str(value)) for name, value in numbers.items()})


def test_the_numbers_as_they_come_are_ones_that_rules_can_have() -> None:
    for rule in THRESHOLDS:
        assert checked(rule, {}) == defaults(rule)


def test_to_switch_on_says_who_and_why_and_to_try_says_how_far_back() -> None:
    numbers: dict[str, Any] = {"number_enter": "0.8"}
    switched = event(OPS, Wanted(what="set_rule", rule="unit-pace", why=" too many ", **numbers), NOW)
    assert (switched.subject, switched.who, switched.note) == ("rule:unit-pace", "op", "too many")
    assert switched.thresholds == {**defaults("unit-pace"), "enter": Decimal("0.8")}
    asked = event(OPS, Wanted(what="try_rule", rule="unit-pace", months=6, **numbers), NOW)
    assert (asked.rule, asked.months, asked.subject.startswith("trial:")) == ("unit-pace", 6, True)
    with pytest.raises(BadThreshold, match="say why"):
        event(OPS, Wanted(what="set_rule", rule="unit-pace"), NOW)
    for typed in ("much", "NaN", "1e"):
        with pytest.raises(BadThreshold, match="is no number"):
            event(OPS, Wanted(what="try_rule", rule="unit-pace", **{"number_enter": typed}), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGS)
def test_it_is_drawn_with_progress_and_both_sides_in_both_languages(lang: str) -> None:
    state = ViewState.from_query(f"?lang={lang}&rule=unit-pace")
    names = {"hz": ("杭州", "Hangzhou"), "op": ("王芳", "Wang Fang")}
    word = RuleWord("unit-pace", "op", NOW, "fewer, please", checked("unit-pace", {}))
    done = trial(as_is=(tried("f1"),), changed=(tried("f1"), tried("f2", -7)))
    for one, words in (
        (done, {"en": ("Hangzhou", "Switch on", "both", "new"), "zh": ("杭州", "启用", "均有", "新增")}),
        (trial("running", 5), {"en": ("5 of 20 days", "Give up"), "zh": ("20 天中的 5 天", "取消试算")}),
    ):
        shown = draw(book([card("f1")], [word], [one], names, 60), OPS, state)["rules--list"][HTML]
        for text in (*words[lang], "fewer, please"):
            assert text in shown, text
    table = draw(book([card("f1")], [word], [], names, 60), OPS, state)["rules--list"][HTML]
    assert table.count("data-key=") == len(THRESHOLDS)
    assert table.index('data-key="unit-pace"') < table.index('id="rule--one"')
    assert "rule--one" not in draw(book([], [], [], names, 60), OPS, ViewState())["rules--list"][HTML]


def test_whoever_is_not_of_ops_sees_no_rule() -> None:
    shown = draw(book([card("f1")], [], [], {}, 60), Viewer("m"), ViewState(lang="en"))
    assert "sales operations" in shown["headline--text"][HTML]
    assert "unit-pace" not in str(shown)
