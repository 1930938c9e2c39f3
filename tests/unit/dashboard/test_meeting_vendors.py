"""Meeting vendors by their contracts: tokens, signatures, codes, limits, silence, nonsense; a room in any case."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard import meetings
from dashboard.meetings import Meant, Room, RoomFault, door, providers, room_for
from dashboard.meetings.settings import meetings as settings
from dashboard.sentences import sentence
from dashboard.session.secret import secret
from dashboard.settings import dashboard
from deploy.doctor import CHECKS
from deploy.settings import LocalSettings
from tests import vendors
from tests.vendors import LINK, SECRET, Answer, Vendor

NOW, AT = Meant("m1", "oneboard · 订货 · 杭州"), datetime.now(UTC) + timedelta(hours=2)
PLANNED = Meant("m1", "oneboard · 订货 · 杭州", AT, 30)
EVERY = (vendors.Zoom, vendors.Tencent, vendors.DingTalk, vendors.Feishu, vendors.WeCom)
every = pytest.mark.parametrize("kind", EVERY)
with_tokens = pytest.mark.parametrize("kind", [one for one in EVERY if one is not vendors.Tencent])


@contextmanager
def served(vendor: Vendor, monkeypatch: pytest.MonkeyPatch, **more: str) -> Iterator[Vendor]:
    """The vendor, chosen in the settings; nothing is remembered of another."""
    with vendor:
        given = {"ONEBOARD_DASHBOARD_SECRET": "for the tests only", **vendor.settings()}
        for name, value in (given | {f"ONEBOARD_MEETINGS_{name}": value for name, value in more.items()}).items():
            monkeypatch.setenv(name, value)
        forget()
        yield vendor
    forget()


def said_of(room: Room) -> str:
    return sentence(room.note, "en", {})


def forget() -> None:
    for read in (settings, dashboard, secret, providers):
        read.cache_clear()
    meetings._rests.clear()
    for provider in providers().values():
        if tokens := getattr(provider, "_tokens", None):
            tokens.forget(tokens._token)


@every
@pytest.mark.parametrize("meant", [NOW, PLANNED], ids=["now", "planned"])
async def test_a_room_is_made_as_the_vendor_has_it(kind: type[Vendor], meant: Meant, monkeypatch: Any) -> None:
    with served(kind(), monkeypatch) as vendor:
        assert await room_for(meant) == Room(LINK, vendor.env["PROVIDER"])
        assert [one for one in vendor.meetings if "杭州" in one.body.decode()]


@with_tokens
async def test_a_token_is_kept_and_taken_anew_when_it_is_over(kind: type[Vendor], monkeypatch: Any) -> None:
    with served(kind(), monkeypatch) as vendor:
        await room_for(NOW)
        await room_for(NOW)
        assert vendor.tokens == 1
        vendor.first.append(vendor.over)  # type: ignore[attr-defined]
        assert (await room_for(NOW)).url == LINK
        assert vendor.tokens == 2
        vendor.first += [vendor.over, vendor.over]  # type: ignore[attr-defined]
        fallen = await room_for(NOW)
        assert (fallen.provider, "though the token is fresh" in said_of(fallen)) == ("jitsi", True)


@every
async def test_too_often_is_tried_again_after_a_pause(kind: type[Vendor], monkeypatch: Any) -> None:
    with served(kind(kind.later), monkeypatch) as vendor:  # type: ignore[attr-defined]
        assert (await room_for(NOW)).url == LINK
        assert len(vendor.meetings) >= 2


async def test_who_wants_to_be_left_alone_is(monkeypatch: Any) -> None:
    later = Answer(429, {"code": 429, "message": "daily limit"}, {"retry-after": "60"})
    with served(vendors.Zoom(later), monkeypatch) as vendor:
        first, second = await room_for(NOW), await room_for(NOW)
        assert "wants to be left alone for 60 s" in said_of(first)
        assert "wants to be left alone for" in said_of(second)
        assert (first.provider, second.provider, len(vendor.meetings)) == ("jitsi", "jitsi", 1)


@every
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, "<html>maintenance</html>"), "refuses: 200"),
        (Answer(200, "[1, 2]"), "refuses: 200"),
        (Answer(500, "oops"), "cannot be asked: 500"),
    ],
    ids=["a page", "no object", "its own fault"],
)
async def test_nonsense_and_faults_fall_back_to_jitsi_and_say_so(
    kind: type[Vendor], answer: Answer, said: str, monkeypatch: Any
) -> None:
    with served(kind(answer, answer, answer), monkeypatch):
        room = await room_for(NOW)
        assert (room.provider, said in said_of(room)) == ("jitsi", True), said_of(room)
        assert room.url.startswith("https://meet.jit.si/")


@every
@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://elsewhere.example/", "", None, 7], ids=str)
async def test_an_address_that_is_none_is_not_followed(kind: type[Vendor], link: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(vendors, "LINK", link)
    with served(kind(), monkeypatch):
        room = await room_for(NOW)
        assert (room.provider, "gave no address of a room" in said_of(room)) == ("jitsi", True)


@every
async def test_who_hangs_is_not_waited_for(kind: type[Vendor], monkeypatch: Any) -> None:
    with served(kind(Answer(0)), monkeypatch, ANSWER_SECONDS="0.3"):
        room = await room_for(NOW)
        assert (room.provider, "no answer within 0.3 s" in said_of(room)) == ("jitsi", True)


@every
async def test_a_wrong_secret_is_said_and_no_secret_is_in_any_word(
    kind: type[Vendor], monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = {name: "not-" + SECRET for name, value in kind.env.items() if value == SECRET}
    with served(kind(), monkeypatch, **wrong):
        room = await room_for(NOW)
    assert (room.provider, "refuses: " in said_of(room)) == ("jitsi", True), said_of(room)
    assert SECRET not in caplog.text + room.note + repr(settings())


async def test_what_is_not_set_up_says_what_to_set(monkeypatch: Any) -> None:
    with served(vendors.Zoom(), monkeypatch, ZOOM_CLIENT_SECRET=""):
        with pytest.raises(RoomFault, match="Zoom is not set up: set ONEBOARD_MEETINGS_ZOOM_CLIENT_SECRET") as fault:
            await meetings.tried(NOW)
        assert fault.value.words("zh") == "Zoom 尚未配置：请设置 ONEBOARD_MEETINGS_ZOOM_CLIENT_SECRET"
        assert "ONEBOARD_MEETINGS_ZOOM_CLIENT_SECRET" in (meetings.provider().advice() or "")


def test_the_doctor_says_what_is_not_set_up(monkeypatch: Any, tmp_path: Path) -> None:
    def said() -> list[tuple[bool, str]]:
        forget()
        return [(one.ok, one.what) for one in CHECKS[-1](LocalSettings(data_dir=tmp_path))]

    monkeypatch.setenv("ONEBOARD_MEETINGS_PROVIDER", "zoom")
    assert said()[-1] == (False, providers()["zoom"].advice())
    monkeypatch.setenv("ONEBOARD_MEETINGS_PROVIDER", "zooom")
    assert not said()[-1][0]
    for name, value in vendors.Zoom.env.items():
        monkeypatch.setenv(f"ONEBOARD_MEETINGS_{name}", value)
    assert said()[-1] == (True, "rooms are made by zoom; the page Ops has a button that tries it")
    monkeypatch.undo()
    forget()


async def test_deep_links_and_templates_need_nobody(monkeypatch: Any) -> None:
    async def url(provider: str, meant: Meant = NOW, **more: str) -> str:
        for name, value in {"PROVIDER": provider, **more}.items():
            monkeypatch.setenv(f"ONEBOARD_MEETINGS_{name}", value)
        monkeypatch.setenv("ONEBOARD_DASHBOARD_SECRET", "for the tests only")
        forget()
        return (await room_for(meant)).url

    asked = parse_qs(urlsplit(await url("teams", PLANNED)).query)
    assert asked["subject"] == [NOW.subject]
    assert datetime.fromisoformat(asked["endTime"][0]) - datetime.fromisoformat(asked["startTime"][0]) == timedelta(
        minutes=30
    )
    assert await url("teams", TEAMS_URL="https://teams.example.com/l/1") == "https://teams.example.com/l/1"
    assert (await url("google")).startswith("https://meet.google.com/lookup/")
    made = await url("template", URL_TEMPLATE="https://rooms.example.com/{room}?t={subject}")
    assert urlsplit(made).path != "/{room}"
    assert parse_qs(urlsplit(made).query)["t"] == [NOW.subject]
    assert (await url("template", URL_TEMPLATE="")).startswith("https://meet.jit.si/")
    forget()


async def test_jitsi_lets_in_by_a_token_that_is_never_on_the_log(monkeypatch: Any) -> None:
    given = {"PROVIDER": "jitsi", "JITSI_URL": "https://meet.example.com", "JITSI_APP_ID": "oneboard"}
    for name, value in {**given, "JITSI_APP_SECRET": SECRET}.items():
        monkeypatch.setenv(f"ONEBOARD_MEETINGS_{name}", value)
    monkeypatch.setenv("ONEBOARD_DASHBOARD_SECRET", "for the tests only")
    forget()
    room = await room_for(NOW)
    assert "jwt" not in room.url
    led = urlsplit(door(room.provider, room.url))
    head, claims, mac = parse_qs(led.query)["jwt"][0].split(".")
    expected = hmac.new(SECRET.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(mac + "=") == expected
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert (said["aud"], said["iss"], said["room"]) == ("oneboard", "oneboard", led.path.strip("/"))
    assert led.fragment == urlsplit(room.url).fragment
    forget()
