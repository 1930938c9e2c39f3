"""Rooms: the same meeting the same room, nothing to be read from its name, and a room in any case."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest
from pydantic import ValidationError

from dashboard import meetings
from dashboard.locales import LANGS
from dashboard.meetings import Meant, UnknownProvider, provider, providers, room_for
from dashboard.meetings.room import room_name
from dashboard.meetings.settings import MeetingsSettings
from dashboard.meetings.settings import meetings as settings
from dashboard.sentences import sentence
from dashboard.session.secret import secret
from dashboard.settings import dashboard

SECRET = "a secret of the tests"


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ONEBOARD_MEETINGS_JITSI_URL", raising=False)
        patch.delenv("ONEBOARD_MEETINGS_PROVIDER", raising=False)
        patch.setenv("ONEBOARD_DASHBOARD_SECRET", SECRET)
        _forget()
        yield
    _forget()  # what was read is of settings that are no more


def _forget() -> None:
    for read in (settings, dashboard, secret):
        read.cache_clear()


async def test_the_same_meeting_has_the_same_room_and_another_another() -> None:
    one = await provider().room(Meant("m1", "oneboard · Hangzhou"))
    assert one == await provider().room(Meant("m1", "oneboard · Hangzhou"))
    assert one != await provider().room(Meant("m2", "oneboard · Hangzhou"))


def test_another_secret_is_another_room() -> None:
    assert room_name("f", SECRET) != room_name("f", SECRET + "x")


def test_the_name_of_a_room_tells_nothing_and_needs_no_escaping() -> None:
    name = room_name("zhang-wei 张伟", SECRET)
    assert len(name) >= 20
    assert name.isascii()
    assert name.isalnum()
    assert name == name.lower()
    assert name != room_name("f", SECRET)


async def test_the_subject_stays_in_the_browser() -> None:
    url = urlsplit((await provider().room(Meant("f", '杭州 × "VMS" & more'))).url)
    assert (url.scheme, url.netloc, url.query) == ("https", "meet.jit.si", "")
    assert unquote(url.fragment) == 'config.subject="杭州 × VMS & more"'
    assert url.path == "/" + room_name("f", SECRET)


async def test_a_server_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "log in" in (provider().advice() or "")
    monkeypatch.setenv("ONEBOARD_MEETINGS_JITSI_URL", "https://meet.example.com/sales/")
    settings.cache_clear()
    room = await provider().room(Meant("f", "x"))
    assert room.url.startswith("https://meet.example.com/sales/" + room_name("f", SECRET))
    assert provider().advice() is None


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="no https address"):
        MeetingsSettings(jitsi_url="javascript:alert(1)")


async def test_every_provider_is_found_by_its_file_and_a_wrong_name_is_said_and_fallen_back_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "jitsi" in providers()
    monkeypatch.setenv("ONEBOARD_MEETINGS_PROVIDER", "jitsy")
    settings.cache_clear()
    with pytest.raises(UnknownProvider, match=r"Did you mean \"jitsi\"") as fault:
        meetings.provider()
    assert fault.value.words("zh").startswith("没有名为 'jitsy' 的会议服务")
    room = await room_for(Meant("m1", "x"))
    assert (room.provider, "no meeting provider 'jitsy'" in sentence(room.note, "en", {})) == ("jitsi", True)


async def test_what_is_to_be_known_of_a_provider_is_said_in_the_readers_language() -> None:
    for one in providers().values():
        said = {one.advice(lang) for lang in LANGS}
        assert len(said - {None, ""}) == len(LANGS), one.name
