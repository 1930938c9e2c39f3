"""A task as it stands: what was stated of it, with what people did folded in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingest.events import Check, Task
from warehouse.life import ActionRow
from warehouse.task_life import Counts, TaskCard, blocked_by, counted, folded, would_circle

BEGIN = datetime(2026, 11, 2, 1, tzinfo=UTC)


def word(hours: int, **fields: Any) -> Task:
    said = {"task_id": "t", "title": "win it", "person_id": "ann", "due_on": "2026-11-20", **fields}
    return Task.model_validate({"occurred_at": BEGIN + timedelta(hours=hours), **said})


def act(hours: int, what: str, assignee: str = "") -> ActionRow:
    return ActionRow(f"a{hours}", "task:t", "boss", what, "", assignee, BEGIN + timedelta(hours=hours))


def checked(hours: int, verdict: str, kind: str = "lagging") -> ActionRow:
    at = BEGIN + timedelta(hours=hours)
    return ActionRow(f"c{hours}", "task:t", "boss", "check", "", "", at, check=kind, verdict=verdict)


def measured(day: int, proposal: str, done_on: str = "2026-11-03", **more: Any) -> Check:
    on = date(2026, 12, day)
    said = {"check_id": f"t:{done_on}:lagging:{on}", "task_id": "t", "kind": "lagging", "day": on, "proposal": proposal}
    span = {"start": "2026-11-04", "end": on, "occurred_at": datetime(2026, 12, day, 10, tzinfo=UTC)}
    return Check.model_validate({**said, **span, **more})


def stands(card: TaskCard) -> tuple[str, str | None, date | None]:
    return card.task.status.value, card.task.person_id, card.task.done_on


def test_a_task_is_done_on_the_day_somebody_says_so() -> None:
    card = folded([word(0)], [act(30, "done")])
    assert stands(card) == ("done", "ann", date(2026, 11, 3))
    assert card.changed_by == "boss"
    assert stands(folded([word(0)], [act(30, "done"), act(31, "reopen")])) == ("open", "ann", None)


def test_done_and_given_to_somebody_at_once_are_both_kept() -> None:
    assert stands(folded([word(0)], [act(2, "assign", "bob"), act(2, "done")]))[:2] == ("done", "bob")


def test_a_source_changes_what_it_says_otherwise_and_nothing_else() -> None:
    moved = [word(0), word(9, due_on="2026-11-27")]
    card = folded(moved, [act(3, "done"), act(4, "assign", "bob")])
    assert stands(card)[:2] == ("done", "bob")
    assert card.task.due_on == date(2026, 11, 27)
    assert stands(folded([word(0), word(9, person_id="cat")], [act(4, "assign", "bob")]))[1] == "cat"
    assert stands(folded([word(0), word(9, status="done")], []))[0::2] == ("done", date(2026, 11, 2))


EXPECTS = {"expects": {"amount": 100, "by": "2026-12-31"}}


def test_what_is_to_bring_something_is_closed_by_the_decision_and_not_before() -> None:
    plain, agreed = word(0), word(0, **EXPECTS)
    assert folded([plain], [act(30, "done")]).column == "closed"
    steps = ["start", "done", "reopen"]
    far = [folded([agreed], [act(n, what) for n, what in enumerate(steps[:did])]).column for did in range(4)]
    assert far == ["todo", "doing", "checking", "doing"]
    done = [act(30, "done")]
    assert folded([agreed], [*done, checked(400, "too_early")]).column == "checking"
    assert folded([agreed], [*done, checked(400, "worked", "leading")]).column == "checking"
    for verdict in ("worked", "did_not"):
        card = folded([agreed], [*done, checked(400, "too_early"), checked(900, verdict)])
        assert (card.column, card.decided["lagging"].verdict, card.reopened) == ("closed", verdict, 0)
        again = folded([agreed], [*done, checked(900, verdict), act(901, "reopen"), act(950, "done")])
        assert (again.column, again.reopened, dict(again.decided)) == ("checking", 1, {})


def test_a_check_asks_for_a_decision_when_its_time_is_over_and_again_after_too_early() -> None:
    agreed, done = [word(0, **EXPECTS)], [act(30, "done")]
    assert folded(agreed, done, [measured(1, "too_early")]).asks_for is None
    last = measured(4, "worked", is_last=True)
    assert folded(agreed, done, [last, measured(1, "too_early")]).asks_for == "lagging"
    assert folded(agreed, [*done, checked(24 * 40, "too_early")], [last]).asks_for is None
    later = measured(29, "worked", is_last=True)
    assert folded(agreed, [*done, checked(24 * 40, "too_early")], [last, later]).asks_for == "lagging"


def test_what_was_measured_before_it_was_taken_up_again_counts_no_more() -> None:
    agreed = [word(0, **EXPECTS)]
    did = [act(30, "done"), act(60, "reopen"), act(24 * 9, "done")]
    card = folded(agreed, did, [measured(4, "did_not", is_last=True)])
    assert (card.asks_for, dict(card.measured), card.task.done_on) == (None, {}, date(2026, 11, 11))


def test_a_task_that_was_moved_stays_moved_until_its_source_says_another_day() -> None:
    to = datetime(2026, 11, 27, 15, 59, tzinfo=UTC)
    moved = ActionRow("m", "task:t", "boss", "move", "", "", BEGIN + timedelta(hours=3), until=to)
    assert folded([word(0), word(9)], [moved]).task.due_on == date(2026, 11, 27)
    assert folded([word(0), word(9, due_on="2026-12-04")], [moved]).task.due_on == date(2026, 12, 4)


def test_tasks_wait_for_others_and_never_for_themselves() -> None:
    def waits(id: str, *on: str) -> TaskCard:
        return folded([word(0, task_id=id, waits_for=on)], [])

    known = {"a": waits("a", "b"), "b": waits("b", "c"), "c": waits("c")}
    assert [one.task.task_id for one in blocked_by(known["a"], known)] == ["b"]
    assert blocked_by(waits("x", "unknown"), known) == []
    assert would_circle("c", "a", known)
    assert would_circle("a", "a", known)
    assert not would_circle("a", "c", known)
    on = ActionRow("w", "task:t", "boss", "wait_for", "", "", BEGIN + timedelta(hours=1), into="b")
    off = ActionRow("x", "task:t", "boss", "wait_no_more", "", "", BEGIN + timedelta(hours=2), into="b")
    assert folded([word(0)], [on]).task.waits_for == ("b",)
    assert folded([word(0)], [on, off]).task.waits_for == ()


@given(
    st.lists(st.sampled_from(["done", "reopen", "assign"]), max_size=6),
    st.lists(st.integers(0, 90), min_size=1, max_size=6),
)
def test_a_source_that_repeats_itself_undoes_nothing(did: list[str], again: list[int]) -> None:
    actions = [act(10 * n + 5, what, f"p{n}") for n, what in enumerate(did)]
    once = folded([word(0)], actions)
    often = folded([word(0), *(word(hours) for hours in sorted(again))], actions)
    assert stands(often) == stands(once)


def test_what_counts_in_a_month_is_due_in_it_or_overdue_from_before() -> None:
    def card(due: str, **more: Any) -> TaskCard:
        return folded([word(0, due_on=due, **more)], [])

    cards = [
        card("2026-10-20"),
        card("2026-10-20", status="done"),  # done before: no longer this month's
        card("2026-11-05"),
        card("2026-11-06", status="done"),
        card("2026-11-10"),  # due today: not late yet
        card("2026-11-12", status="cancelled"),
        card("2026-12-01"),
    ]
    november = date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 10)
    assert counted(cards, *november) == Counts(due=4, done=1, overdue=2)
