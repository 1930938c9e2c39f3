"""When the digest goes out, to whom, and what a real mail server gets of it."""

from collections.abc import Iterator
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from pydantic import ValidationError

from dashboard.board_state import BoardState
from dashboard.digest.letter import letter
from dashboard.digest.running import Sent, due
from dashboard.digest.settings import DigestSettings
from dashboard.export.page import Shown
from dashboard.mail import MailSettings, send
from dashboard.table import Column, Table
from dashboard.words import clock
from deploy.local import ports
from ingest.calendar import Period
from warehouse.viewer import Viewer

ZONE = ZoneInfo("Asia/Shanghai")
SETTINGS = DigestSettings(recipients="p1=one@example.com, p2=two@example.com")


class Inbox(Sink):
    """Keeps what a real server took."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        self.taken.append((list(envelope.rcpt_tos), envelope.content))  # type: ignore[attr-defined]
        return "250 taken"


@pytest.fixture
def mail() -> Iterator[tuple[Inbox, int]]:
    """A mail server on this machine, and its port."""
    inbox, port = Inbox(), ports.free_port()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    yield inbox, port
    server.stop()


def shown() -> Shown:
    now = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
    state = BoardState(Viewer("p1"), now, now.date(), Period.parse("2026-11"))
    tiles = Table(
        "tiles",
        "Key numbers",
        tuple(map(Column, ("Metric", "Actual", "Expected", "Target", "Pace", "On last year", "Detail"))),
        (("Bookings", 41_234_567.0, 50_000_000.0, 60_000_000.0, 0.82, None, None),),
    )
    return Shown(state, {"headline--text": {"data-html": "East is at 82.5 %"}}, (tiles,))


async def test_a_mail_server_gets_the_sentence_the_numbers_and_the_workbook(mail: tuple[Inbox, int]) -> None:
    inbox, port = mail
    settings = MailSettings(host="127.0.0.1", port=port, security="none", sender="board@example.com")
    stamp = [("oneboard", "Digest"), ("Asked by", "Li Na (p1)")]
    await send(
        settings,
        letter(
            shown(), stamp, "http://board/?lang=en", "en", looked_at=None, sender=settings.sender, to="one@example.com"
        ),
    )
    ((to, content),) = inbox.taken
    message = message_from_bytes(content, policy=default)
    assert to == ["one@example.com"]
    assert message["Subject"] == "oneboard · East is at 82.5 %"
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Bookings  41.2\u00a0M  0.82" in text
    assert "http://board/?lang=en" in text
    assert "Li Na (p1)" in text
    assert "Nothing has been looked at yet" in text
    assert "Nothing is off" not in text
    assert [part.get_filename() for part in message.iter_attachments()] == ["oneboard.xlsx"]


def test_it_says_that_nothing_is_off_only_with_the_time_of_the_last_look() -> None:
    now = datetime.now(ZONE)
    sent = letter(
        shown(),
        [("oneboard", "Digest")],
        "http://board/",
        "en",
        looked_at=now,
        sender="b@example.com",
        to="one@example.com",
    )
    for kind in ("plain", "html"):
        text = sent.get_body((kind,)).get_content()  # type: ignore[union-attr]
        assert "Nothing is off" in text
        assert f"Last looked at {clock(now, ZONE, 'en')}" in text


def test_it_waits_for_the_hour_then_tries_again_and_then_for_tomorrow() -> None:
    def at(hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 11, 26, hour, minute, tzinfo=ZONE)

    assert due(SETTINGS, at(6)) == at(8)
    assert due(SETTINGS, at(9)) == at(9, 5)
    assert due(SETTINGS, at(13)) == datetime(2026, 11, 27, 8, 0, tzinfo=ZONE)


def test_nobody_gets_it_twice_a_day_restarts_included(tmp_path: Path) -> None:
    day = date(2026, 11, 26)
    Sent(tmp_path / "digests.json").add("p1", day)
    again = Sent(tmp_path / "digests.json")
    assert again.has("p1", day)
    assert not again.has("p1", date(2026, 11, 27))
    assert not again.has("p2", day)


def test_who_gets_it_is_named_with_an_address() -> None:
    assert SETTINGS.people == {"p1": "one@example.com", "p2": "two@example.com"}
    with pytest.raises(ValidationError, match="person id=address"):
        DigestSettings(recipients="one@example.com")
