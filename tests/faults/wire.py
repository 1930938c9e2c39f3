"""The wire between the worker and the warehouse, on which answers get lost and inserts arrive twice or not at all."""

import http.client
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

Mischief = Literal["lose the answer", "send it twice", "refuse", "cut"]
_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}
_NO_ROOM = (500, [("X-ClickHouse-Exception-Code", "252"), ("Content-Type", "text/plain")], b"Code: 252. Too many parts")


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is killed in the middle of an answer is what this is for."""


class Wire:
    """An HTTP proxy on a port of its own; `next_inserts` says what happens to inserts to come, one after the other."""

    def __init__(self, port: int, to_port: int) -> None:
        self.next_inserts: deque[Mischief] = deque()
        self.done = 0
        """How many inserts something was done to."""
        self._to_port = to_port
        self._server = _Quiet(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._to_port, timeout=130)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any, bytes] | None:
        """What the client gets; None when the connection breaks instead."""
        ask: Callable[[], tuple[int, Any, bytes]] = lambda: self._ask(method, path, headers, body)  # noqa: E731
        if not (self.next_inserts and _is_insert(path, body)):
            return ask()
        mischief = self.next_inserts.popleft()
        self.done += 1
        if mischief == "refuse":
            return _NO_ROOM
        if mischief == "cut":
            return None
        first = ask()
        return ask() if mischief == "send it twice" else first if mischief != "lose the answer" else None

    def _handler(wire) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._pass()

            def do_POST(self) -> None:
                self._pass()

            def _pass(self) -> None:
                body = self._body()
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
                try:
                    answer = wire._answer(self.command, self.path, headers, body)
                except (OSError, http.client.HTTPException):
                    answer = None
                if answer is None:
                    self.close_connection = True
                    return
                status, fields, content = answer
                self.send_response(status)
                for name, value in fields:
                    if name.lower() not in _HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def _body(self) -> bytes:
                if self.headers.get("transfer-encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("content-length") or 0))
                pieces = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    pieces.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(pieces)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing is said."""

        return Handler


def _is_insert(path: str, body: bytes) -> bool:
    asked = parse_qs(urlsplit(path).query).get("query", [""])[0] or body[:200].decode("latin-1")
    return asked.lstrip().upper().startswith("INSERT")
