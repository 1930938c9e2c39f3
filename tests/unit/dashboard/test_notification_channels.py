"""The channels against real servers on this machine: what arrives, what is signed, what counts as refused."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.slack import NotifySlack
from apprise.plugins.wecombot import NotifyWeComBot
from apprise.plugins.workflows import NotifyWorkflows

from dashboard.mail import MailSettings
from dashboard.notifications.channels import Channel, Doors, Undelivered
from dashboard.notifications.channels.chat import Chat
from dashboard.notifications.channels.letter import Mail
from dashboard.notifications.channels.webhook import Webhook, signature
from dashboard.notifications.content import Content
from dashboard.notifications.retry import next_try
from dashboard.notifications.routes import ChannelRow
from dashboard.notifications.settings import NotificationSettings
from deploy.local import ports
from tests.receiver import Receiver

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
CONTENT = Content(
    "0f3a", "▼ −41.2 M bookings · Hangzhou × VMS", ("Answers for it: Han",), "https://board/findings?finding=f1",
    "finding.new", NOW, thread="f1.han", data={"findings": [{"finding_id": "f1"}]},
)  # fmt: skip
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()


def test_the_signature_is_that_of_the_standard() -> None:
    """The worked example that the libraries of Standard Webhooks are tested with."""
    signed = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_is_exchanged_both_sign() -> None:
    old, new = "whsec_" + base64.b64encode(b"old").decode(), "whsec_" + base64.b64encode(b"new").decode()
    assert signature(f"{new} {old}", "a", 1, b"x").split() == [
        signature(new, "a", 1, b"x"), signature(old, "a", 1, b"x"),
    ]  # fmt: skip


async def test_a_webhook_gets_the_message_signed_over_id_time_and_body() -> None:
    with Receiver() as receiver:
        assert await Webhook(f"{receiver.url}/hook", SECRET, 5, lambda: 1_700_000_000.5).send(CONTENT) == "200 ok"
    (got,) = receiver.got
    mac = hmac.new(b"0123456789abcdef01234567", b"0f3a.1700000000." + got.body, hashlib.sha256).digest()
    assert got.headers["webhook-id"] == "0f3a"
    assert got.headers["webhook-timestamp"] == "1700000000"
    assert got.headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert got.said["type"] == "finding.new"
    assert got.said["data"]["findings"] == [{"finding_id": "f1"}]
    assert got.said["data"]["link"] == "https://board/findings?finding=f1"


@pytest.mark.parametrize(
    ("status", "is_final"), [(500, False), (503, False), (404, False), (302, False), (410, True)], ids=str
)
async def test_whatever_is_not_2xx_did_not_arrive(status: int, is_final: bool) -> None:
    with Receiver([(status, "no")], {"location": "/elsewhere"}) as receiver:
        with pytest.raises(Undelivered, match=f"{status} no") as failure:
            await Webhook(receiver.url, SECRET, 5).send(CONTENT)
        assert len(receiver.got) == 1
    assert failure.value.is_final is is_final


async def test_a_receiver_that_asks_for_a_pause_gets_it() -> None:
    with Receiver([(429, "slowly")], {"retry-after": "120"}) as receiver, pytest.raises(Undelivered) as failure:
        await Webhook(receiver.url, SECRET, 5).send(CONTENT)
    assert failure.value.after_seconds == 120


async def test_a_receiver_that_hangs_and_one_that_is_not_there_are_given_up() -> None:
    with Receiver([(0, "")]) as receiver, pytest.raises(Undelivered, match="no answer within"):
        await Webhook(receiver.url, SECRET, 0.2).send(CONTENT)
    with pytest.raises(Undelivered, match="Connect"):
        await Webhook(f"http://127.0.0.1:{ports.free_port()}", SECRET, 5).send(CONTENT)


async def test_a_secret_that_is_none_is_said_and_nothing_leaves() -> None:
    with Receiver() as receiver, pytest.raises(Undelivered, match="whsec_") as failure:
        await Webhook(receiver.url, "whsec_not base64!", 5).send(CONTENT)
    assert (failure.value.is_final, receiver.got) == (True, [])


class Mailbox(Sink):
    """A mail server that refuses who it does not know, and later all."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[bytes] = []

    async def handle_RCPT(self, server: object, session: object, envelope: Any, address: str, options: object) -> str:
        if address.startswith("busy"):
            return "451 try again later"
        if not address.startswith("han"):
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.taken.append(envelope.content)
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, MailSettings]]:
    box, port = Mailbox(), ports.free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, MailSettings(host="127.0.0.1", port=port, security="none", sender="board@example.com")
    server.stop()


async def test_a_mail_says_it_in_words_and_all_mails_on_a_finding_are_one_thread(
    mailbox: tuple[Mailbox, MailSettings],
) -> None:
    box, settings = mailbox
    await Mail(settings, "han@example.com").send(CONTENT)
    again = Content("77aa", "● Resolved", ("back within its band",), CONTENT.link, "x", NOW, "f1.han", is_first=False)
    await Mail(settings, "han@example.com").send(again)
    first, second = (message_from_bytes(one, policy=default) for one in box.taken)
    assert first["Subject"] == CONTENT.title
    assert first["Message-ID"] == "<0f3a@example.com>"
    assert "https://board/findings?finding=f1" in first.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert first["References"] == second["References"] == second["In-Reply-To"] == "<f1.han@example.com>"


@pytest.mark.parametrize(("to", "is_final"), [("nobody@example.com", True), ("busy@example.com", False)])
async def test_what_a_mail_server_refuses_for_good_is_final(
    mailbox: tuple[Mailbox, MailSettings], to: str, is_final: bool
) -> None:
    with pytest.raises(Undelivered, match=r"\d{3} ") as failure:
        await Mail(mailbox[1], to).send(CONTENT)
    assert failure.value.is_final is is_final


Robot = tuple[str, Callable[[pytest.MonkeyPatch, str], None]]
ROBOTS: dict[str, Robot] = {
    "feishu": ("feishu://token", lambda p, url: p.setattr(NotifyFeishu, "notify_url", url + "/{token}/")),
    "dingtalk": (
        "dingtalk://token",
        lambda p, url: p.setattr(NotifyDingTalk, "notify_url", url + "/?access_token={token}"),
    ),
    "wecom": ("wecombot://key", lambda p, url: p.setattr(NotifyWeComBot, "notify_url", url + "/?key={key}")),
    "slack": (
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
        lambda p, url: p.setattr(NotifySlack, "webhook_url", url),
    ),
}
"""Their addresses are the services' own: here they lead to this machine."""


@pytest.mark.parametrize("name", ROBOTS)
async def test_a_robot_gets_the_words_and_the_link(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url, redirect = ROBOTS[name]
    answer = "ok" if name == "slack" else '{"errcode": 0, "code": 0, "errmsg": "ok"}'
    with Receiver([(200, answer)]) as receiver:
        redirect(monkeypatch, receiver.url)
        assert await Chat(url, 10).send(CONTENT) == f"200 {answer}"
    text = receiver.got[0].body.decode("unicode_escape").encode("latin-1", "replace").decode("utf-8", "replace")
    assert "finding=f1" in text.replace("\\/", "/")


@pytest.mark.parametrize(
    ("name", "status", "answer"),
    [
        ("feishu", 200, '{"code": 19021, "msg": "sign match fail"}'),
        ("dingtalk", 200, '{"errcode": 310000, "errmsg": "keywords not in content"}'),
        ("wecom", 200, '{"errcode": 93000, "errmsg": "invalid webhook url"}'),
        ("slack", 404, "no_team"),
        ("dingtalk", 500, "oops"),
    ],
)
async def test_what_a_robot_refuses_counts_as_refused_and_is_said(
    name: str, status: int, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, redirect = ROBOTS[name]
    with Receiver([(status, answer)]) as receiver:
        redirect(monkeypatch, receiver.url)
        with pytest.raises(Undelivered) as failure:
            await Chat(url, 10).send(CONTENT)
    assert failure.value.answer == f"{status} {answer}"


async def test_teams_is_reached_by_its_workflows_and_says_when_nobody_is_there() -> None:
    with pytest.raises(Undelivered, match="no connection"):
        await Chat(f"workflows://127.0.0.1:{ports.free_port()}/workflow/signature", 10).send(CONTENT)
    assert isinstance(__import__("apprise").Apprise.instantiate("workflows://host/wf/sig"), NotifyWorkflows)


@pytest.mark.parametrize("url", ["json://127.0.0.1/", "syslog://", "exec://sh", "mailto://a@b.c"])
async def test_no_other_scheme_of_apprise_is_written_to(url: str) -> None:
    with pytest.raises(Undelivered, match="feishu") as failure:
        await Chat(url, 5).send(CONTENT)
    assert failure.value.is_final


def test_a_channel_without_its_settings_says_which_to_set() -> None:
    doors = Doors({"sales-room": ChannelRow(kind="chat"), "crm": ChannelRow(kind="webhook")}, 5)

    def fault(name: str, contact: str = "") -> str:
        with pytest.raises(Undelivered) as failure:
            doors.open(name, contact)
        return failure.value.answer

    assert "ONEBOARD_CHANNEL_SALES_ROOM_URL" in fault("sales-room")
    assert "ONEBOARD_MAIL_HOST" in fault("contact", "han@example.com")
    assert "no contact" in fault("contact", "+86 139")


def test_a_contact_says_by_itself_where_it_leads() -> None:
    way: Channel = Doors({}, 5).open("contact", "feishu://token")
    assert isinstance(way, Chat)


def test_each_further_try_waits_twice_as_long_up_to_a_longest_and_then_it_is_over() -> None:
    settings = NotificationSettings(most_tries=5, first_retry_seconds=10, longest_retry_seconds=50)
    tries = [next_try(settings, number, NOW, chance=0.5) for number in range(1, 6)]
    assert [one and (one - NOW).total_seconds() for one in tries] == [10, 20, 40, 50, None]
    assert next_try(settings, 1, NOW, chance=0.0) == NOW + timedelta(seconds=8)
    assert next_try(settings, 1, NOW, after_seconds=30, chance=0.5) == NOW + timedelta(seconds=30)
