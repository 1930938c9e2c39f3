"""The life of a finding: which steps follow which, who may take them, and that a log says the same however it came."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.events import Finding, Slice
from warehouse.life import ENDS, REPLIES, STATES, STEPS, ActionRow, State, Treatment, Word, folded, refusal, step_of

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
FINDING = Finding(
    occurred_at=NOON, finding_id="f", rule="rep-gap", metric="bookings", period="2026-11", since=NOON, as_of=NOON,
    slice=Slice(unit_id="hz", person_id="rep"), actual=Decimal(0), expected=Decimal(100), gap=Decimal(-100),
    confidence=0.99, responsible_id="rep",
)  # fmt: skip


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def did(minute: int, who: str, what: str, note: str = "", **more: object) -> ActionRow:
    return ActionRow(f"{minute}", "finding:f", who, what, note, "", at(minute), **more)  # type: ignore[arg-type]


def word(minute: int, state: str = "open", gap: int = -100, who: str = "rep", into: str = "") -> Word:
    return Word(at(minute), state, Decimal(gap), who, into)


def life(*happened: ActionRow | Word) -> Treatment:
    words = [one for one in happened if isinstance(one, Word)]
    return folded([one for one in happened if isinstance(one, ActionRow)], words, FINDING)


def test_a_finding_goes_from_open_to_closed_and_each_step_has_its_person() -> None:
    steps = [
        did(1, "han", "acknowledge"), did(2, "rep", "take"), did(3, "rep", "treat", "joint visit"),
        did(4, "han", "verify"), did(5, "han", "close"),
    ]  # fmt: skip
    seen = [life(word(0), *steps[:count]) for count in range(6)]
    assert [one.status for one in seen] == ["open", "acknowledged", "taken", "in_treatment", "verified", "closed"]
    assert [one.status_by for one in seen[1:]] == ["han", "rep", "rep", "han", "han"]
    assert (seen[5].touched_at, seen[5].ended_at) == (at(1), at(5))


def test_a_step_that_does_not_follow_changes_nothing() -> None:
    assert life(word(0), did(1, "han", "close")).status == "open"
    assert life(word(0), did(1, "han", "rearm")).status == "open"
    taken = life(word(0), did(1, "rep", "take"), did(2, "han", "acknowledge"))
    assert (taken.status, taken.assignee_id) == ("taken", "rep")


def test_what_the_person_named_says_against_it_is_a_contest_until_somebody_else_decides() -> None:
    for said in (did(1, "rep", "answer", "stock_out"), did(1, "rep", "not_a_problem", "stock-taking")):
        contested = life(word(0), said)
        assert (contested.status, contested.status_by) == ("contested", "rep")
        assert life(word(0), said, did(2, "han", "release")).status == "open"
        assert life(word(0), said, did(2, "han", "not_a_problem", "so it is")).status == "not_a_problem"
    assert life(word(0), did(1, "rep", "answer", "known")).status == "open"
    assert life(word(0), did(1, "han", "answer", "stock_out")).status == "open"
    assert life(word(0), did(1, "han", "take"), did(2, "rep", "answer", "stock_out")).status == "taken"


def test_a_snoozed_finding_wakes_by_time_or_when_it_is_worse_and_goes_back_to_where_it_stood() -> None:
    until = did(2, "han", "snooze", until=at(60))
    slept = life(word(0), did(1, "han", "acknowledge"), until)
    assert (slept.status, slept.before) == ("snoozed", "acknowledged")
    assert [slept.wakes(at(minute)) for minute in (59, 60)] == [False, True]
    assert life(word(0), did(1, "han", "acknowledge"), until, did(60, "detection", "rearm")).status == "acknowledged"
    worse = did(2, "han", "snooze", worse_by=Decimal("0.2"))
    assert not life(word(0), worse, word(3, gap=-119)).wakes(at(999))
    assert life(word(0), worse, word(3, gap=-120)).wakes(at(3))


def test_merged_into_another_it_comes_back_where_it_stood_when_it_is_split_off() -> None:
    merged = life(word(0), did(1, "rep", "take"), did(2, "op", "merge", into="g"))
    assert (merged.status, merged.into) == ("merged", "g")
    split = life(word(0), did(1, "rep", "take"), did(2, "op", "merge", into="g"), did(3, "op", "split"))
    assert (split.status, split.into) == ("taken", "")


def test_detection_ends_it_by_what_was_done_and_takes_it_back_or_merges_it() -> None:
    assert life(word(0), word(5, "resolved")).status == "closed"
    assert life(word(0), did(1, "rep", "take"), word(5, "resolved")).status == "verified"
    asleep = life(word(0), did(1, "rep", "take"), did(2, "han", "snooze", until=at(9)), word(5, "resolved"))
    assert asleep.status == "verified"
    assert life(word(0), did(1, "rep", "take"), word(5, "retracted")).status == "retracted"
    merged = life(word(0), word(5, "retracted", into="g"))
    assert (merged.status, merged.into, merged.status_by) == ("merged", "g", "detection")


@pytest.mark.parametrize("end", ["resolved", "retracted"])
def test_found_again_it_is_opened_again_and_counted_not_doubled(end: str) -> None:
    again = life(word(0), did(1, "rep", "take"), word(5, end), word(9))
    assert (again.status, again.reopened, again.assignee_id, again.named_at) == ("open", 1, "", at(9))
    assert (again.opened_at, again.touched_at, again.ended_at) == (at(9), None, None)


def test_closed_by_people_it_opens_again_only_when_it_gets_worse() -> None:
    closed = (word(0), did(1, "rep", "take"), did(2, "han", "verify"), did(3, "han", "close"))
    assert life(*closed, word(5, gap=-80)).status == "closed"
    assert life(*closed, word(5, gap=-130)).status == "open"


def test_since_when_it_names_somebody_begins_anew_with_another_person() -> None:
    assert life(word(0), word(3, gap=-150)).named_at == at(0)
    assert life(word(0), word(3, who="ann")).named_at == at(3)


def test_verdicts_are_one_a_person_and_the_last_counts() -> None:
    judged = life(
        word(0), did(1, "han", "judge", "right"), did(2, "han", "judge", "no_problem"), did(3, "op", "judge", "right")
    )
    assert judged.verdicts == {"han": "no_problem", "op": "right"}
    assert judged.status == "open"


def test_in_whatever_order_it_came_it_says_the_same() -> None:
    happened = [word(0), did(1, "han", "acknowledge"), did(2, "rep", "take"), word(3, "resolved"), word(4)]
    assert len({repr(life(*some)) for some in permutations(happened)}) == 1


ANY = st.tuples(
    st.sampled_from(["rep", "han", "op", "detection"]),
    st.sampled_from([*STEPS, "answer", "judge", "look"]),
    st.sampled_from(["", *REPLIES, "right"]),
)


@given(st.lists(ANY | st.sampled_from(["open", "resolved", "retracted"]), max_size=12))
def test_whatever_happens_it_stands_somewhere_and_ends_have_a_time(happened: list[tuple[str, str, str] | str]) -> None:
    made = [
        word(n, one) if isinstance(one, str) else did(n, one[0], one[1], one[2], until=at(n + 5), into="g")
        for n, one in enumerate(happened, 1)
    ]
    found = life(word(0), *made)
    assert found.status in STATES
    assert found.status not in ENDS or found.ended_at is not None
    assert (found.status == "snoozed") == (found.until is not None)


@pytest.mark.parametrize(
    ("what", "status", "parts", "why"),
    [
        ("take", "open", {"named"}, None),
        ("close", "open", {"leader"}, "state"),
        ("verify", "taken", {"named", "holder"}, "person"),
        ("verify", "taken", {"leader"}, None),
        ("snooze", "open", {"named"}, "person"),
        ("merge", "retracted", {"ops"}, "state"),
        ("release", "contested", {"named"}, "person"),
    ],
)
def test_a_bad_step_is_refused_for_a_reason(what: str, status: State, parts: set[str], why: str | None) -> None:
    step = step_of(what, "", status, is_named="named" in parts)
    assert step
    assert refusal(step, status, parts) == why  # type: ignore[arg-type]
