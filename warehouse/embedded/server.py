"""The ASGI application: HTTP in, the engine in a thread, HTTP out. Answers are whole: an error is an error."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from telemetry import exposition
from warehouse import meters
from warehouse.embedded.compression import encoded
from warehouse.embedded.engine import Engine
from warehouse.embedded.protocol import HttpRequest, headers_of, headers_of_refusal, read, wants_compression
from warehouse.embedded.refusals import ABORTED, TOO_MANY_SIMULTANEOUS_QUERIES, Refusal, refusal
from warehouse.embedded.statement import Insert

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Reply = tuple[int, dict[str, str], bytes]

AT_ONCE = 8  # statements in the engine at a time; more would only share the same cores
WAITING = 200  # statements that may wait for their turn before the next is turned away


class WarehouseApp:
    """ClickHouse's HTTP interface over one `Engine`: `/ping` and `/`; and `/metrics` for Prometheus."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="engine")
        self._asked = 0
        self._same = {
            "X-ClickHouse-Server-Display-Name": socket.gethostname(),
            "X-ClickHouse-Timezone": engine.timezone,
        }

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """ASGI entry; knows HTTP only (run uvicorn with lifespan off)."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _body_of(receive)
        if body is None:
            return  # the client went away before it had asked
        http = HttpRequest(scope["method"], scope["query_string"].decode("latin-1"), headers, body)
        status, extra, content = await self._reply(scope["path"], http)
        fields = self._same | extra | {"Content-Length": str(len(content))}
        raw = [(name.encode(), value.encode()) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": b"" if http.method == "HEAD" else content})

    async def _reply(self, path: str, http: HttpRequest) -> Reply:
        plain = {"Content-Type": "text/plain; charset=UTF-8"}
        if path == "/ping" or (path == "/" and http.method in ("GET", "HEAD") and not http.query_string):
            return 200, plain, b"Ok.\n"
        if path == "/metrics":
            return 200, {"Content-Type": exposition.CONTENT_TYPE}, exposition.latest()
        if path != "/":
            return 404, plain, f"There is no handle {path}. Use / or /ping.\n".encode()
        if http.method not in ("GET", "POST"):
            return 501, plain, f"The method {http.method} is not supported; use GET or POST.\n".encode()
        if self._asked >= WAITING:
            return _refused(
                refusal(TOO_MANY_SIMULTANEOUS_QUERIES, f"Too many simultaneous queries. Maximum: {WAITING}")
            )
        self._asked += 1
        meters.INSIDE.set(self._asked)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, http)
        except asyncio.CancelledError:  # the process ends; whether the statement still got through is not known
            return _refused(refusal(ABORTED, "The embedded warehouse is shutting down"))
        finally:
            self._asked -= 1
            meters.INSIDE.set(self._asked)

    def _answer(self, http: HttpRequest) -> Reply:
        """Everything that takes time, in a thread: parsing, decompression, the engine, compression."""
        query_id = {"X-ClickHouse-Query-Id": http.url.get("query_id") or str(uuid.uuid4())}
        try:
            request = read(http)
            with meters.ANSWERED.labels("insert" if isinstance(request.statement, Insert) else "query").time():
                answer = self._engine.answer(request)
                body, encoding = encoded(answer.body, wants_compression(http))
        except Refusal as error:
            status, headers, content = _refused(error)
            return status, headers | query_id, content
        compression = {"Content-Encoding": encoding} if encoding else {}
        return 200, headers_of(answer) | query_id | compression, body


def _refused(error: Refusal) -> Reply:
    meters.REFUSED.labels(str(error.code)).inc()
    return error.status, headers_of_refusal(error), f"{error}\n".encode()


async def _body_of(receive: Receive) -> bytes | None:
    """The whole body; None if the client left before its end, so that half an INSERT is never seen."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
