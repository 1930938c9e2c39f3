"""Who looks: cookies that cannot be made up, pages that belong to one person, requests from elsewhere refused."""

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.testclient import TestClient

from dashboard import session
from dashboard.session.chooser import own_path
from dashboard.session.cookies import COOKIE, cookie, is_own_name
from dashboard.session.secret import kept_secret

HERE = "http://127.0.0.1:8050"
FROM_HERE = {"origin": HERE}


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A browser on an app that tells who looks."""
    app = FastAPI()
    session.routes(app)

    @app.get("/who")
    async def who() -> str | None:
        return session.person_id()

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_json(session.person_id())
        await socket.close()

    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        yield client


def choose(client: TestClient, person: str, **headers: str) -> int:
    answer = client.post("/session/viewer", data={"person_id": person, "back": "/?unit=hz"}, headers=headers)
    return answer.status_code


def test_a_first_visit_is_the_head_of_the_company(client: TestClient) -> None:
    assert client.get("/who").json() == session.cookies.FIRST_VISIT


def test_who_is_chosen_is_who_looks_in_requests_and_websockets(client: TestClient) -> None:
    answer = client.post("/session/viewer", data={"person_id": "p-a", "back": "/?unit=hz"}, headers=FROM_HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?unit=hz")
    said = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(said.split("; "))
    assert client.get("/who").json() == "p-a"
    headers = {"host": "127.0.0.1:8050", "cookie": f"{COOKIE}={cookie('p-a')}"}
    with client.websocket_connect("/socket", headers=headers) as socket:
        assert socket.receive_json() == "p-a"


def altered(signed: str) -> str:
    """With another signature; its last character would not do, of which not every bit counts."""
    content, _, signature = signed.rpartition(".")
    return f"{content}.{signature[::-1]}"


@pytest.mark.parametrize("bad", ["altered", "p-a", '"p-b".x', "ticket", "%00", "é"])
def test_a_cookie_we_did_not_sign_is_nobodys_and_taken_away(client: TestClient, bad: str) -> None:
    bad = {"altered": altered(cookie("p-a")), "ticket": session.ticket("p-a")}.get(bad, bad)
    answer = client.get("/who", headers={"cookie": f"{COOKIE}={bad}".encode()})  # type: ignore[dict-item]
    assert answer.json() is None
    assert f"{COOKIE}=;" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "origin", [None, "https://evil.example", "null", "http://127.0.0.1:9999", HERE + ".evil.example"]
)
def test_nobody_can_be_chosen_from_another_page(client: TestClient, origin: str | None) -> None:
    assert choose(client, "p-a", **({"origin": origin} if origin else {})) == 403
    assert client.get("/who").json() == session.cookies.FIRST_VISIT


def test_choosing_needs_a_person(client: TestClient) -> None:
    assert choose(client, "", **FROM_HERE) == 422


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "oneboard.lan:8050", "", "[::1"])
def test_a_name_from_elsewhere_that_points_here_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/who", headers={"host": host}).status_code == 403
    assert not is_own_name(host)


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost", "localhost:8050", "[::1]:8050"])
def test_the_machines_own_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/who", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    ("back", "path"),
    [
        ("/?unit=hz", "/?unit=hz"),
        ("/findings?lang=en", "/findings?lang=en"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\r\nset-cookie: x=1", "/"),
        ("", "/"),
    ],
)
def test_one_is_led_back_to_a_page_of_this_site_only(back: str, path: str) -> None:
    assert own_path(back) == path


def test_a_page_carries_for_whom_it_was_made() -> None:
    first, second = session.ticket("p-a"), session.ticket("p-a")
    assert session.opened(first)[1] == "p-a"
    assert session.opened(first)[0] != session.opened(second)[0]


@pytest.mark.parametrize("bad", [None, "", "x", "cookie", "longer"])
def test_a_ticket_we_did_not_seal_is_nobodys(bad: str | None) -> None:
    bad = {"cookie": cookie("p-a"), "longer": session.ticket("p-a") + "x"}.get(bad or "", bad)
    page, person = session.opened(bad)
    assert person is None
    assert page != session.opened(bad)[0]


def test_the_secret_is_made_once_and_for_the_owners_eyes_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    with ThreadPoolExecutor(8) as many:
        made = set(many.map(lambda _: kept_secret(path), range(32)))
    assert len(made) == 1
    assert len(made.pop()) >= 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret"]
