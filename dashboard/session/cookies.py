"""The signed cookie that says who looks, read for requests and websockets alike, and the tickets of pages.

No cookie at all is a first visit, which is the head of the company's; one that was tampered with sees nothing and is
taken away.
"""

import secrets
from contextvars import ContextVar
from functools import cache
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.session.secret import secret

COOKIE = "oneboard_viewer"
FIRST_VISIT = ""
"""Stands for the head of the company, whoever that is."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_MONTH_SECONDS = 30 * 24 * 3600

_person: ContextVar[str | None] = ContextVar("oneboard_person", default=FIRST_VISIT)


def person_id() -> str | None:
    """Who looks, in the request or the websocket at hand; `FIRST_VISIT` without a cookie, None for a tampered one."""
    return _person.get()


def ticket(person: str | None) -> str:
    """What a page carries, sealed: an id of its own and for whom it was made.

    All tabs of a browser share one websocket, whose cookie may be older than the page: the page says whose it is.
    """
    return _sealer("ticket").dumps([secrets.token_urlsafe(12), person])


def opened(sealed: str | None) -> tuple[str, str | None]:
    """The page's id and its person; a ticket that is not ours opens for nobody."""
    try:
        page, person = _sealer("ticket").loads(sealed or "")
    except BadSignature:
        return secrets.token_urlsafe(12), None
    return page, person


def cookie(person: str) -> str:
    """The signed value of the cookie."""
    return _sealer("viewer").dumps(person)


def set_cookie(response_headers: MutableHeaders, person: str | None) -> None:
    """Remember who looks, for a month; None takes the cookie away."""
    value, age = (cookie(person), _MONTH_SECONDS) if person is not None else ("", 0)
    response_headers.append("set-cookie", f"{COOKIE}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict")


class Sessions:
    """ASGI middleware: knows the person of each request and websocket, and answers on the machine's own names only.

    A name from elsewhere that points to this machine (DNS rebinding) would make any web page a viewer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not is_own_name(headers.get("host", "")):
            await _refuse(scope, receive, send)
            return
        person = _read(headers.get("cookie", ""))

        async def taking_away(message: Message) -> None:
            if message["type"] == "http.response.start":
                set_cookie(MutableHeaders(scope=message), None)
            await send(message)

        token = _person.set(person)
        try:
            await self._app(scope, receive, taking_away if person is None else send)
        finally:
            _person.reset(token)


def is_own_name(host: str) -> bool:
    """Whether a Host header names this machine itself."""
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK
    except ValueError:
        return False


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403, "reason": "not a name of this machine"})
        return
    text = "There is no sign-in yet, so the board answers on 127.0.0.1 and localhost only."
    await PlainTextResponse(text, status_code=403)(scope, receive, send)


def _read(header: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    if morsel is None:  # SimpleCookie passes in silence over what it cannot read
        return None if f"{COOKIE}=" in header else FIRST_VISIT
    try:
        person: Any = _sealer("viewer").loads(morsel.value)
    except BadSignature:
        return None
    return person if isinstance(person, str) else None


@cache
def _sealer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret(), salt=f"oneboard.{purpose}")
