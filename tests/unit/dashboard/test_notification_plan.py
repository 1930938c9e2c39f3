"""Who is told what, when: fairness, waits, quiet hours, stand-ins, folding, updates, ends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.notifications.circumstances import Circumstances
from dashboard.notifications.messages import Message
from dashboard.notifications.outbox import word
from dashboard.notifications.people import Directory, Post
from dashboard.notifications.planning import Plan
from dashboard.notifications.routes import Route, Routes
from dashboard.notifications.told import Told
from ingest.calendar import WorkingCalendar
from ingest.events import Finding, Notification, Slice
from warehouse.life import ActionRow, folded
from warehouse.queries.findings import FindingCard

ZONE = ZoneInfo("Asia/Shanghai")
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=ZONE)
PERSON = Route(name="person", to="person", by=("app",))
MANAGER = Route(name="manager", to="manager", by=("app",), after_minutes=60)
HQ = Route(name="hq", to="hq", by=("app",), after_minutes=540)
ROUTES = Routes(routes=(PERSON, MANAGER, HQ))
COMPANY = Directory(
    managers={"hq": "boss", "east": "ella", "hz": "han"},
    paths={"hq": ("hq",), "east": ("hq", "east"), "hz": ("hq", "east", "hz")},
    people={
        "rep": Post("hz", contact="rep@example.com"), "han": Post("hz"), "ella": Post("east"), "boss": Post("hq"),
        "standin": Post("hz"),
    },
)  # fmt: skip


def card(
    id: str = "f1",
    gap: int = -400_000,
    state: str = "open",
    version: int = 1,
    did: Sequence[ActionRow] = (),
    **more: Any,
) -> FindingCard:
    finding = Finding.model_validate(
        {
            "occurred_at": THURSDAY, "finding_id": id, "rule": "rep-gap", "metric": "bookings", "period": "2026-11",
            "slice": Slice(unit_id="hz", person_id="rep"), "state": state, "since": THURSDAY, "as_of": THURSDAY,
            "actual": Decimal(0), "expected": Decimal(-gap), "gap": Decimal(gap), "confidence": 0.95,
            "responsible_id": "rep", "responsible_role": "rep", "version": version, **more,
        }
    )  # fmt: skip
    return FindingCard(finding, folded(did, (), finding), tuple(did), THURSDAY)


def done(who: str, what: str, at: datetime, note: str = "") -> ActionRow:
    return ActionRow(f"{who}-{what}-{at}", "finding:f1", who, what, note, "", at)


def plan(
    cards: Iterable[FindingCard], told: Told | None = None, now: datetime = THURSDAY, **more: Any
) -> list[Message]:
    parts: Mapping[str, Any] = {"routes": ROUTES, "directory": COMPANY, "calendar": WorkingCalendar("CN"), **more}
    return Plan(tuple(cards), Circumstances(told or Told(), zone=ZONE, now=now, **parts)).due()


def after(*messages: Message, at: datetime = THURSDAY, told: Told | None = None) -> Told:
    """What is told once these have arrived."""
    told = told or Told()
    for message in messages:
        told.take(word(message, "sending", told.life(message.id).attempts + 1, at))
        told.take(word(message, "sent", told.life(message.id).attempts, at))
    return told


def who_is_told(messages: Iterable[Message]) -> list[tuple[str, str]]:
    return [(one.to.recipient, item.said.what) for one in messages for item in one.items]


def minutes(count: float, since: datetime = THURSDAY) -> datetime:
    return since + timedelta(minutes=count)


def test_the_person_named_is_told_at_once_and_nobody_else() -> None:
    assert who_is_told(plan([card()])) == [("rep", "new")]


def test_what_was_told_is_not_told_again() -> None:
    told = after(*plan([card()]))
    assert plan([card()], told, minutes(59)) == []


def test_the_manager_is_told_when_nobody_acknowledged_it_in_time_and_the_head_of_the_company_after_that() -> None:
    told = after(*plan([card()]))
    to_manager = plan([card()], told, minutes(60))
    assert who_is_told(to_manager) == [("han", "new")]
    after(*to_manager, at=minutes(60), told=told)
    friday = THURSDAY + timedelta(days=1)
    assert plan([card()], told, minutes(-1, friday)) == []
    assert who_is_told(plan([card()], told, friday)) == [("boss", "new")]


def test_waits_are_working_minutes_so_a_night_and_a_weekend_count_for_nothing() -> None:
    evening = datetime(2026, 11, 27, 17, 30, tzinfo=ZONE)
    told = after(*plan([card()], now=evening), at=evening)
    monday = datetime(2026, 11, 30, 9, 29, tzinfo=ZONE)
    assert plan([card()], told, monday) == []
    assert who_is_told(plan([card()], told, minutes(1, monday))) == [("han", "new")]


@pytest.mark.parametrize("what", ["acknowledge", "take"])
def test_an_acknowledgement_stops_the_escalation(what: str) -> None:
    told = after(*plan([card()]))
    acknowledged = card(did=[done("rep", what, minutes(10))])
    assert plan([acknowledged], told, THURSDAY + timedelta(days=5)) == []


def test_nobody_above_is_told_before_the_person_was() -> None:
    assert who_is_told(plan([card()], now=THURSDAY + timedelta(days=3))) == [("rep", "new")]


def test_a_contest_is_told_to_the_manager_at_once_and_holds_the_rest_until_they_decide() -> None:
    told = after(*plan([card()]))
    contested = card(did=[done("rep", "not_a_problem", minutes(5), "stock-taking")])
    to_manager = plan([contested], told, minutes(6))
    assert who_is_told(to_manager) == [("han", "contest")]
    after(*to_manager, at=minutes(6), told=told)
    assert plan([contested], told, THURSDAY + timedelta(days=8)) == []


@pytest.mark.parametrize(("reply", "who"), [("known", []), ("not_mine", [("han", "contest")])])
def test_an_answer_with_one_tap_ends_the_wait_and_one_that_contests_is_told_to_the_manager(
    reply: str, who: list[tuple[str, str]]
) -> None:
    told = after(*plan([card()]))
    answered = card(did=[done("rep", "answer", minutes(5), reply)])
    messages = plan([answered], told, minutes(6))
    assert who_is_told(messages) == who
    after(*messages, at=minutes(6), told=told)
    assert plan([answered], told, THURSDAY + timedelta(days=8)) == []


def test_whoever_is_told_of_another_one_named_has_no_name_before_their_reply_window_is_over() -> None:
    told = after(*plan([card()]))
    after(*plan([card()], told, minutes(60)), at=minutes(60), told=told)
    tomorrow = THURSDAY + timedelta(days=1)
    other = replace(card(version=2, responsible_id="standin"), is_awaited=True, home="hz")
    words = {one.to.recipient: one.items[0] for one in plan([other], told, tomorrow)}
    assert words["standin"].card.finding.responsible_id == "standin"
    assert words["han"].said.what == "update"
    assert "standin" not in repr(words["han"].card)
    assert words["han"].card.finding.responsible_role == "rep"


def test_after_a_manager_released_it_the_wait_begins_anew() -> None:
    told = after(*plan([card()]))
    denied, freed = done("rep", "not_a_problem", minutes(5), "no"), done("han", "release", minutes(30))
    after(*plan([card(did=[denied])], told, minutes(6)), at=minutes(6), told=told)
    released, friday = card(did=[denied, freed]), THURSDAY + timedelta(days=1)
    assert plan([released], told, minutes(29, friday)) == []
    assert who_is_told(plan([released], told, minutes(30, friday))) == [("boss", "new")]


def test_what_the_manager_says_is_no_problem_is_decided() -> None:
    told = after(*plan([card()]))
    decided = card(did=[done("han", "not_a_problem", minutes(5), "agreed")])
    assert plan([decided], told, THURSDAY + timedelta(days=3)) == []


def test_a_stand_in_is_told_for_somebody_on_leave() -> None:
    away = replace(COMPANY, people={**COMPANY.people, "rep": Post("hz", "leave", "standin")})
    assert who_is_told(plan([card()], directory=away)) == [("standin", "new")]


def test_where_a_post_is_empty_or_away_the_next_one_up_is_told() -> None:
    gone = {**COMPANY.people, "rep": Post("hz", "left"), "han": Post("hz", "leave", "nobody")}
    assert who_is_told(plan([card()], directory=replace(COMPANY, people=gone))) == [("ella", "new")]
    empty = replace(COMPANY, managers={"hq": "boss"})
    told = after(*plan([card()], directory=empty))
    assert who_is_told(plan([card()], told, minutes(60), directory=empty)) == [("boss", "new")]


def test_quiet_hours_hold_what_leaves_the_app_and_nothing_else() -> None:
    quiet = Routes(routes=(PERSON.model_copy(update={"by": ("app", "contact"), "quiet": "20:00-08:00"}),))
    night, morning = (datetime(2026, 11, 26, 23, 0, tzinfo=ZONE), datetime(2026, 11, 27, 8, 0, tzinfo=ZONE))
    assert [one.to.channel for one in plan([card()], now=night, routes=quiet)] == ["app"]
    assert {one.to.channel for one in plan([card()], now=morning, routes=quiet)} == {"app", "contact"}
    sunday = datetime(2026, 11, 29, 11, 0, tzinfo=ZONE)
    assert [one.to.channel for one in plan([card()], now=sunday, routes=quiet)] == ["app"]


def test_a_contact_that_no_message_reaches_is_not_written_to() -> None:
    both = Routes(routes=(PERSON.model_copy(update={"by": ("app", "contact")}),))
    phone = replace(COMPANY, people={**COMPANY.people, "rep": Post("hz", contact="+86 139 0000 0000")})
    assert [one.to.channel for one in plan([card()], routes=both, directory=phone)] == ["app"]
    assert [one.to.channel for one in plan([card()], routes=both, mails=False)] == ["app"]


def test_beyond_three_a_day_the_smaller_ones_are_folded_into_one_message_ranked_by_money() -> None:
    cards = [card(f"f{number}", gap=-number * 100_000) for number in range(1, 8)]
    messages = plan(cards)
    single, folded_one = [one for one in messages if one.kind == "single"], [one for one in messages if one.items[1:]]
    assert [one.items[0].said.finding_id for one in single] == ["f7", "f6", "f5"]
    assert [[item.said.finding_id for item in one.items] for one in folded_one] == [["f4", "f3", "f2", "f1"]]


def test_what_comes_later_that_day_is_folded_again_but_not_at_once() -> None:
    cards = [card(f"f{number}", gap=-number * 100_000) for number in range(1, 6)]
    told = after(*plan(cards))
    later = [*cards, card("f9", gap=-900_000)]
    quiet_routes = Routes(routes=(PERSON,))
    assert plan(later, told, minutes(59), routes=quiet_routes) == []
    (again,) = plan(later, told, minutes(60), routes=quiet_routes)
    assert (again.kind, [item.said.finding_id for item in again.items]) == ("folded", ["f9"])


def test_a_new_day_begins_with_three_again() -> None:
    told = after(*plan([card(f"f{number}") for number in range(3)]))
    tomorrow = plan([card("g1"), card("g2")], told, THURSDAY + timedelta(days=1), routes=Routes(routes=(PERSON,)))
    assert [one.kind for one in tomorrow] == ["single", "single"]


def test_nothing_is_folded_that_is_under_way_alone() -> None:
    cards = [card(f"f{number}", gap=-number * 100_000) for number in range(1, 4)]
    told = Told()
    for message in plan(cards):
        told.take(word(message, "sending", 1, THURSDAY))
    larger = [*cards, card("f9", gap=-900_000)]
    (rest,) = plan(larger, told, minutes(1))
    assert [item.said.finding_id for item in rest.items] == ["f9"]


def test_a_finding_that_changed_is_an_update_of_its_thread_and_no_new_one() -> None:
    told, routes = after(*plan([card()])), Routes(routes=(PERSON,))
    worse = card(gap=-800_000, version=2)
    assert plan([worse], told, minutes(239), routes=routes) == []
    (update,) = plan([worse], told, minutes(240), routes=routes)
    assert who_is_told([update]) == [("rep", "update")]
    after(update, at=minutes(240), told=told)
    assert plan([worse], told, THURSDAY + timedelta(days=1), routes=routes) == []


@pytest.mark.parametrize("state", ["resolved", "retracted"])
def test_its_end_is_told_to_everybody_who_was_told_and_to_nobody_else(state: str) -> None:
    told = after(*plan([card()]))
    after(*plan([card()], told, minutes(60)), at=minutes(60), told=told)
    over = [card(state=state, version=2), card("never-told", state=state)]
    messages = plan(over, told, minutes(70))
    assert sorted(who_is_told(messages)) == [("han", "ended"), ("rep", "ended")]
    after(*messages, at=minutes(70), told=told)
    assert plan(over, told, minutes(71)) == []
    assert told.open_findings == set()


def test_one_that_comes_back_is_told_anew() -> None:
    told = after(*plan([card()]))
    after(*plan([card(state="resolved", version=2)], told, minutes(5)), at=minutes(5), told=told)
    assert who_is_told(plan([card(version=3)], told, minutes(10))) == [("rep", "new")]


def test_when_somebody_else_answers_the_one_before_hears_of_it() -> None:
    told = after(*plan([card()]))
    given = card(version=2, responsible_id="standin")
    assert sorted(who_is_told(plan([given], told, minutes(5)))) == [("rep", "ended"), ("standin", "new")]


def test_who_answers_for_it_from_now_on_has_the_whole_wait() -> None:
    told = after(*plan([card()]))
    given = card(version=2, responsible_id="standin")
    after(*plan([given], told, minutes(50)), at=minutes(50), told=told)
    assert plan([given], told, minutes(109)) == []
    assert who_is_told(plan([given], told, minutes(110))) == [("han", "new")]


def test_two_rows_that_lead_to_one_person_tell_them_once() -> None:
    alone = replace(COMPANY, managers={"hq": "boss"})
    told = after(*plan([card()], directory=alone))
    assert who_is_told(plan([card()], told, THURSDAY + timedelta(days=1), directory=alone)) == [("boss", "new")]


def test_who_has_it_in_hand_already_hears_nothing_new() -> None:
    assert plan([card(did=[done("rep", "take", minutes(0))])]) == []
    assert who_is_told(plan([card(did=[done("han", "take", minutes(0))])])) == [("rep", "new")]


def test_a_room_is_told_after_its_wait_and_never_by_whom_a_rep_is_named() -> None:
    room = Route(name="room", to="room", by=("sales-room",), after_minutes=30)
    routes = Routes.model_validate({"channels": {"sales-room": {"kind": "chat"}}, "routes": (PERSON, room)})
    told = after(*plan([card()], routes=routes))
    (message,) = plan([card()], told, minutes(30), routes=routes)
    assert (message.to.recipient, message.is_for_room) == ("room:sales-room", True)


def test_a_row_speaks_only_of_its_unit_its_rules_and_its_gaps() -> None:
    def told_by(**only: Any) -> int:
        return len(plan([card()], routes=Routes(routes=(PERSON.model_copy(update=only),))))

    assert [told_by(unit="east"), told_by(unit="west")] == [1, 0]
    assert [told_by(rules=("rep-gap",)), told_by(rules=("unit-pace",))] == [1, 0]
    assert [told_by(least_gap=400_000), told_by(least_gap=400_001)] == [1, 0]


def test_a_message_waits_for_its_next_try_and_a_dead_one_for_somebody_to_send_it_again() -> None:
    (message,) = plan([card()])
    told = Told()
    told.take(word(message, "sending", 1, THURSDAY))
    assert plan([card()], told, minutes(1)) == []
    told.take(word(message, "failed", 1, minutes(1), retry_at=minutes(2)))
    assert plan([card()], told, minutes(1.9)) == []
    assert [one.id for one in plan([card()], told, minutes(2))] == [message.id]
    told.take(word(message, "dead", 2, minutes(3)))
    assert plan([card()], told, minutes(30)) == []
    told.take(word(message, "again", 2, minutes(3)))
    assert [one.id for one in plan([card()], told, minutes(31))] == [message.id]


def test_what_is_no_longer_so_is_not_tried_again() -> None:
    (message,) = plan([card()])
    told = Told.of([word(message, "sending", 1, THURSDAY), word(message, "failed", 1, THURSDAY, retry_at=minutes(1))])
    assert plan([card(state="resolved")], told, minutes(5)) == []


def test_a_message_whose_sender_died_is_taken_up_anew_after_a_while_under_the_same_id() -> None:
    (message,) = plan([card()])
    told = Told.of([word(message, "sending", 1, THURSDAY)])
    assert plan([card()], told, minutes(4.9)) == []
    assert [one.id for one in plan([card()], told, minutes(5))] == [message.id]


def test_of_two_who_take_up_one_attempt_the_first_on_the_log_has_it() -> None:
    (message,) = plan([card()])
    told = Told()
    claim: Notification = word(message, "sending", 1, THURSDAY, sender="a")
    assert told.take(claim)
    assert not told.take(claim.model_copy(update={"sender": "b"}))


def test_where_the_person_cannot_be_told_the_wait_runs_from_when_it_was_found() -> None:
    (message,) = plan([card()])
    told = Told.of([word(message, "sending", 1, THURSDAY), word(message, "dead", 1, THURSDAY)])
    assert plan([card()], told, minutes(59)) == []
    assert who_is_told(plan([card()], told, minutes(60))) == [("han", "new")]


def test_the_same_is_told_whatever_was_told_in_between_by_a_process_that_begins_anew() -> None:
    words: list[Notification] = []
    told = Told()
    for minute in range(0, 120, 10):
        for message in plan([card(), card("f2", gap=-90_000)], told, minutes(minute)):
            for state in ("sending", "sent"):
                said = word(message, state, 1, minutes(minute))
                words.append(said)
                told.take(said)
        told = Told.of(words)
    assert sorted(one.recipient for one in words if one.state == "sent") == ["han", "han", "rep", "rep"]


def test_time_zones_of_those_who_ask_change_nothing() -> None:
    assert who_is_told(plan([card()], now=THURSDAY.astimezone(UTC))) == [("rep", "new")]
