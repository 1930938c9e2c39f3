"""From a finding on the log to a message at a webhook, exactly once, whoever is started and killed meanwhile."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.local.kafka import EmbeddedKafka
from ingest.calendar import business_day
from ingest.events import Notification
from ingest.letters.box import Box
from ingest.letters.replay import chosen, replay
from ingest.settings import company
from tests.integration.records import records
from tests.receiver import Got, Receiver
from tests.stack import Stack
from warehouse.client import AsyncWarehouse
from warehouse.queries.notifications import ToldRow, first_told

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
KEY = b"a key of thirty-two bytes, or so"
ROUTES = """
[channels.crm]
kind = "webhook"
[channels.broken]
kind = "webhook"
[[routes]]
name = "person"
to = "person"
by = ["app", "crm"]
rules = ["unit-pace"]
[[routes]]
name = "nowhere"
to = "person"
by = ["broken"]
rules = ["rep-gap"]
[[routes]]
name = "agreed"
to = "person"
by = ["crm"]
least_gap = 1e12
"""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver(answers=[(500, "not now")]) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("notifications")
    (folder / "routes.toml").write_text(ROUTES, "utf-8")
    env = {
        "ONEBOARD_WORKER_TICK_SECONDS": "86400",
        "ONEBOARD_NOTIFICATIONS_ROUTES": str(folder / "routes.toml"),
        "ONEBOARD_NOTIFICATIONS_LANG": "en",
        "ONEBOARD_NOTIFICATIONS_LOOK_SECONDS": "0.1",
        "ONEBOARD_NOTIFICATIONS_FIRST_RETRY_SECONDS": "0.2",
        "ONEBOARD_CHANNEL_CRM_URL": f"{receiver.url}/hook",
        "ONEBOARD_CHANNEL_CRM_SECRET": "whsec_" + base64.b64encode(KEY).decode(),
        "ONEBOARD_DASHBOARD_PUBLIC_URL": "https://board.example.com",
    }
    with Stack(kafka.bootstrap, folder, env=env) as stack:
        day = {"occurred_at": "2026-01-01T09:00:00+08:00", "valid_from": "2026-01-01"}
        stack.publish(
            "org",
            [
                {**day, "kind": "unit", "id": "hz", "name": "杭州", "name_en": "Hangzhou", "manager_id": "han"},
                {**day, "kind": "person", "id": "han", "unit_id": "hz", "role": "office_manager"},
            ],
        )
        stack.start("worker")
        stack.settle()
        yield stack


def find(stack: Stack, id: str, rule: str = "unit-pace", **more: object) -> None:
    at = "2026-11-26T10:00:00+08:00"
    stack.publish(
        "findings",
        [
            {
                "occurred_at": at, "finding_id": id, "rule": rule, "metric": "bookings", "period": "2026-11",
                "slice": {"unit_id": "hz"}, "since": at, "as_of": at, "actual": "100", "expected": "500100",
                "gap": "-500000", "confidence": 0.97, "responsible_id": "han", "responsible_role": "office_manager",
                **more,
            }
        ],
    )  # fmt: skip


def words(stack: Stack) -> list[Notification]:
    """Everything on the topic, in its order."""
    return [Notification.model_validate_json(one.value) for one in records(stack.kafka, "notifications")]


def is_signed(got: Got) -> bool:
    """Verified as the standard's own libraries do it."""
    signed = b".".join([got.headers["webhook-id"].encode(), got.headers["webhook-timestamp"].encode(), got.body])
    mac = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    return f"v1,{mac}" in got.headers["webhook-signature"].split()


def of(receiver: Receiver, finding_id: str) -> list[Got]:
    told = [one for one in receiver.got if "findings" in one.said["data"]]
    return [one for one in told if finding_id in {row["finding_id"] for row in one.said["data"]["findings"]}]


def test_a_finding_reaches_the_webhook_once_after_a_failure_a_restart_and_beside_a_second_process(
    stack: Stack, receiver: Receiver
) -> None:
    stack.start("tell")
    find(stack, "first")
    stack.until(lambda: len(of(receiver, "first")) == 2, "it is tried again after the failure")
    refused, taken = of(receiver, "first")
    assert refused.headers["webhook-id"] == taken.headers["webhook-id"]
    assert is_signed(taken)
    assert taken.said["type"] == "finding.new"
    assert taken.said["data"]["link"] == "https://board.example.com/findings?finding=first&lang=en"
    assert "Hangzhou" in taken.said["data"]["title"]

    stack.until(lambda: any(one.channel == "crm" and one.state == "sent" for one in words(stack)), "it is on the log")
    assert stack.stop("tell") == 0
    stack.start("tell", "tell-2")
    find(stack, "second")
    stack.until(lambda: len(of(receiver, "second")) == 1, "the second finding arrives")
    find(stack, "third")
    stack.until(lambda: len(of(receiver, "third")) == 1, "the third finding arrives")
    assert [len(of(receiver, id)) for id in ("first", "second", "third")] == [2, 1, 1]

    def app() -> list[str]:
        sent = [one for one in words(stack) if one.channel == "app" and one.state == "sent"]
        return sorted(item.finding_id or "" for one in sent for item in one.items)

    stack.until(lambda: len(app()) == 3, "all is told in the app")
    assert app() == ["first", "second", "third"]


def test_its_end_is_told_to_whoever_was_told(stack: Stack, receiver: Receiver) -> None:
    find(stack, "first", state="resolved", reason="reason.back_in_band", version=2**52)
    stack.until(lambda: len(of(receiver, "first")) == 3, "its end arrives")
    assert of(receiver, "first")[-1].said["type"] == "finding.resolved"


def test_what_cannot_be_delivered_is_a_dead_letter_and_replayed_it_is_tried_again(stack: Stack) -> None:
    before = stack.dead_letters()
    find(stack, "lost", rule="rep-gap")
    stack.until(lambda: stack.dead_letters() == before + 1, "it becomes a dead letter")
    with Box(stack.kafka) as box:
        waiting = chosen(box.read(), topic="notifications", reason="not-delivered")
        assert ["ONEBOARD_CHANNEL_BROKEN_URL" in one.letter.message for one in waiting] == [True]
        assert [one.said for one in replay(box, stack.publisher, waiting, "ops")] == ["sent"]
    stack.until(lambda: stack.dead_letters() == before + 2, "it is tried again, and is a dead letter again")


def test_whoever_has_an_action_is_reminded_of_it_once(stack: Stack, receiver: Receiver) -> None:
    now = datetime.now(UTC)
    due = business_day(now, company().zone)
    said = {"occurred_at": now.isoformat(), "source": "plan", "person_id": "han", "due_on": due.isoformat()}

    def reminders() -> list[list[str]]:
        """What each message says: one that comes twice, since the first answer came too late, has the same id."""
        came = {one.headers["webhook-id"]: one.said for one in receiver.got if one.said["type"] == "tasks.reminder"}
        return [[row["task_id"] for row in one["data"]["tasks"]] for one in came.values()]

    stack.publish("tasks", [{**said, "task_id": "t1", "title": "Send the offer"}])
    stack.until(lambda: reminders() == [["t1"]], "it is reminded of")
    stack.publish("tasks", [{**said, "task_id": "t2", "title": "Cover the CIO"}])
    stack.until(lambda: len(reminders()) == 2, "the next is reminded of")
    assert reminders() == [["t1"], ["t2"]]


def test_everything_that_was_told_is_in_the_warehouse(stack: Stack) -> None:
    stack.settle()
    rows = stack.warehouse.rows(
        "SELECT recipient, finding_ids FROM notification_events"
        " WHERE channel = 'crm' AND notification_state = 'sent' ORDER BY offset LIMIT 1"
    )
    assert rows == [("han", ["first"])]

    async def asked() -> list[ToldRow]:
        warehouse = AsyncWarehouse(stack.warehouse.settings)
        try:
            return await first_told(warehouse, {"first", "nobody-knows"})
        finally:
            await warehouse.close()

    assert [(row.finding_id, row.recipient) for row in asyncio.run(asked())] == [("first", "han")]


def test_who_is_called_to_a_meeting_hears_it_at_once_with_figures_agenda_and_the_ways_there(
    stack: Stack, receiver: Receiver
) -> None:
    called = {"person_id": "han", "why": "responsible"}
    meeting = {"meeting_id": "m1", "title": "bookings", "called": [called], "agenda": ["the gap"], "at_once": True}
    word = {"occurred_at": "2026-11-26T11:00:00+08:00", "subject": "finding:first", "who": "li", "what": "meet"}
    room = {"meeting_id": "m1", "url": "https://meet.example.com/abc", "provider": "jitsi"}
    stack.publish("actions", [{**word, "meeting": meeting}, {**word, "what": "room", "meeting": room}])
    stack.until(lambda: any(one.said["type"] == "meeting.on" for one in receiver.got), "the call arrives")
    (got,) = [one for one in receiver.got if one.said["type"] == "meeting.on"]
    said = got.said["data"]
    assert is_signed(got)
    assert (said["recipient"], said["meeting_id"], said["url"]) == ("han", "m1", "https://meet.example.com/abc")
    assert said["link"] == "https://board.example.com/findings?finding=first&lang=en"
    assert said["title"].startswith("li calls you to a meeting now: −500\u00a0K Bookings · Hangzhou")
    for part in ("Room: https://meet.example.com/abc", "1. the gap", "500\u00a0K",
                 "Whiteboard: https://board.example.com/whiteboard/of/first"):  # fmt: skip
        assert part in "\n".join(said["text"])


def test_the_brief_of_a_meeting_has_what_was_shown_with_the_figures_of_then(stack: Stack, receiver: Receiver) -> None:
    word = {"occurred_at": "2026-11-26T12:00:00+08:00", "subject": "finding:first", "who": "li"}
    shown = ["/tile/gap?finding=first&as_of=2026-11-26T12%3A00%3A00&known=then"]
    over = {**word, "what": "adjourn", "meeting": {"meeting_id": "m1", "shown": shown}}
    stack.publish("actions", [over, {**word, "what": "brief", "meeting": {"meeting_id": "m1"}}])
    stack.until(lambda: any(one.said["type"] == "meeting.brief" for one in receiver.got), "the brief arrives")
    (got,) = [one for one in receiver.got if one.said["type"] == "meeting.brief"]
    (line,) = [line for line in got.said["data"]["text"] if line.startswith("shown: ")]
    for part in ("Hangzhou", "▼ −500\u00a0K", "❄ 26 Nov", "12:00"):
        assert part in line


def test_a_test_shot_from_the_keyboard_says_what_every_channel_answered(stack: Stack, receiver: Receiver) -> None:
    shot = stack.run("tell", "--test", "person")
    assert shot.returncode == 0, shot.stdout + shot.stderr
    assert "crm" in shot.stdout
    assert "arrived: 200 ok" in shot.stdout
    assert json.loads(receiver.got[-1].body)["type"] == "test"
