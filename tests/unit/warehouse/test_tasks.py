"""A task as it stands: what was stated of it, with what people did folded in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingest.events import Task
from warehouse.life import ActionRow
from warehouse.queries.tasks import Counts, TaskCard, counted, folded

BEGIN = datetime(2026, 11, 2, 1, tzinfo=UTC)


def word(hours: int, **fields: Any) -> Task:
    said = {"task_id": "t", "title": "win it", "person_id": "ann", "due_on": "2026-11-20", **fields}
    return Task.model_validate({"occurred_at": BEGIN + timedelta(hours=hours), **said})


def act(hours: int, what: str, assignee: str = "") -> ActionRow:
    return ActionRow(f"a{hours}", "task:t", "boss", what, "", assignee, BEGIN + timedelta(hours=hours))


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
