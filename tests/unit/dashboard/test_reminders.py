"""Of which actions people are reminded: before they are due, late, to be decided; who hears when nobody does them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dashboard.notifications.circumstances import Circumstances
from dashboard.notifications.content import Wording
from dashboard.notifications.messages import Message
from dashboard.notifications.outbox import word
from dashboard.notifications.reminders import Reminders
from dashboard.notifications.told import Told
from ingest.calendar import WorkingCalendar
from ingest.events import Check, Task
from tests.unit.dashboard.test_notification_plan import COMPANY, ROUTES, THURSDAY, ZONE, after
from warehouse.life import ActionRow
from warehouse.task_life import TaskCard, folded

EXPECTS = {"amount": 100, "by": "2026-12-31"}


def task(due: str, did: Sequence[ActionRow] = (), checks: Sequence[Check] = (), **more: Any) -> TaskCard:
    said = {"task_id": "t", "title": "联合拜访", "title_en": "Joint visit", "person_id": "rep", "due_on": due}
    card = folded([Task.model_validate({"occurred_at": THURSDAY, **said, **more})], did, checks)
    return replace(card, path=("hq", "east", "hz"))


def reminded(
    *cards: TaskCard, now: datetime = THURSDAY, told: Told | None = None, routes: Any = ROUTES
) -> list[Message]:
    at = Circumstances(told or Told(), routes, COMPANY, WorkingCalendar("CN"), ZONE, now)
    return Reminders(cards, at).due()


def who(messages: Sequence[Message]) -> set[tuple[str, str]]:
    return {(one.to.recipient, said.what) for one in messages for said in one.said}


def test_whoever_has_it_is_told_two_working_days_before_and_once() -> None:
    assert who(reminded(task("2026-12-01"))) == set()
    monday = task("2026-11-30")  # two working days after Thursday
    messages = reminded(monday)
    assert who(messages) == {("rep", "due")}
    assert reminded(monday, told=after(*messages)) == []
    assert who(reminded(task("2026-12-02"), told=after(*messages), now=THURSDAY + timedelta(days=5))) == {
        ("rep", "due")
    }


def test_what_a_message_under_way_says_is_in_no_other() -> None:
    first, second = task("2026-11-27"), replace(task("2026-11-27", task_id="u"), path=("hq", "east", "hz"))
    (message,) = reminded(first)
    told = Told()
    told.take(word(message, "sending", 1, THURSDAY))
    assert [said.task_id for one in reminded(first, second, told=told) for said in one.said] == ["u"]
    told.take(word(message, "failed", 1, THURSDAY, retry_at=THURSDAY + timedelta(minutes=2)))
    waiting = THURSDAY + timedelta(minutes=1)
    assert [said.task_id for one in reminded(first, second, told=told, now=waiting) for said in one.said] == ["u"]
    again = THURSDAY + timedelta(minutes=2)
    tried, other = sorted(reminded(first, second, told=told, now=again), key=lambda one: one.id != message.id)
    assert (tried.id, [said.task_id for said in tried.said]) == (message.id, ["t"])
    assert [said.task_id for said in other.said] == ["u"]


def test_of_two_who_remind_at_once_the_later_message_with_the_same_action_is_not_taken_up() -> None:
    """Somebody read the log before the other's word, and the organisation after the next action."""
    first, second = task("2026-11-27"), replace(task("2026-11-27", task_id="u"), path=("hq", "east", "hz"))
    (one,), (both,) = reminded(first), reminded(first, second)
    told = Told()
    assert told.take(word(one, "sending", 1, THURSDAY))
    assert not told.take(word(both, "sending", 1, THURSDAY))
    told.take(word(one, "sent", 1, THURSDAY))
    assert not told.take(word(both, "sending", 1, THURSDAY))
    assert [[said.task_id for said in message.said] for message in reminded(first, second, told=told)] == [["u"]]


def test_what_is_late_goes_up_after_the_minutes_of_the_rows_where_it_was_to_bring_something() -> None:
    late = task("2026-11-25", expects=EXPECTS)
    assert who(reminded(late, now=datetime(2026, 11, 26, 9, 30, tzinfo=ZONE))) == {("rep", "late")}
    assert who(reminded(late)) == {("rep", "late"), ("han", "late")}
    friday = THURSDAY + timedelta(days=1)
    assert who(reminded(late, now=friday)) == {("rep", "late"), ("han", "late"), ("boss", "late")}
    assert who(reminded(task("2026-11-25"))) == {("rep", "late")}  # nothing was to come of it
    assert who(reminded(task("2026-11-02", expects=EXPECTS))) == set()  # too long ago
    done = ActionRow("e", "task:t", "rep", "done", "", "", THURSDAY - timedelta(hours=1))
    assert who(reminded(task("2026-11-25", [done], expects=EXPECTS))) == set()


def test_a_check_is_for_whoever_leads_and_never_for_the_one_who_did_it() -> None:
    did = ActionRow("e", "task:t", "rep", "done", "", "", datetime(2026, 10, 1, 1, tzinfo=UTC))
    check = Check(
        occurred_at=THURSDAY, check_id="t:2026-10-01:leading:2026-10-22", task_id="t", kind="leading", is_last=True,
        day=date(2026, 10, 22), start=date(2026, 10, 9), end=date(2026, 10, 22), proposal="worked",
    )  # fmt: skip
    assert who(reminded(task("2026-10-01", [did], [check], expects=EXPECTS))) == {("han", "check")}
    own = task("2026-10-01", [did], [check], expects=EXPECTS, person_id="han")
    assert who(reminded(own)) == {("ella", "check")}


def test_all_that_is_due_to_somebody_is_one_message_in_words() -> None:
    other = replace(task("2026-11-25", task_id="u", title_en="Send the offer"), path=("hq", "east", "hz"))
    (one,) = reminded(task("2026-11-27"), other)
    said = Wording("en", "http://board", {"rep": ("李娜", "Li Na")}).content(one, THURSDAY)
    assert said.title == "☑ 2 actions need you"
    assert said.lines == ("Send the offer · Li Na · was due 25 Nov, late", "Joint visit · Li Na · due 27 Nov")
    assert said.link == "http://board/actions?lang=en"
    assert [row["task_id"] for row in said.data["tasks"]] == ["u", "t"]
    alone = Wording("zh", "http://board").content(reminded(other)[0], THURSDAY)
    assert (alone.title, alone.link) == ("☑ 行动已逾期：联合拜访", "http://board/actions?action=u")


def test_at_night_only_the_board_says_it() -> None:
    by = {"by": ("app", "contact"), "quiet": "20:00-08:00"}
    quiet = ROUTES.model_copy(update={"routes": tuple(row.model_copy(update=by) for row in ROUTES.routes)})
    late = task("2026-11-25")
    night = reminded(late, now=datetime(2026, 11, 26, 22, tzinfo=ZONE), routes=quiet)
    assert [one.to.channel for one in night] == ["app"]
    assert {one.to.channel for one in reminded(late, routes=quiet)} == {"app", "contact"}
