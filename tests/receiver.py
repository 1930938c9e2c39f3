"""Somebody who receives webhooks: a real server on this machine that keeps what it got and answers as it is told."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """`answers` are (status, body) of the first requests, 200 after that; a status of 0 stands for no answer at all
    until it is left."""

    answers: Sequence[tuple[int, str]] = ()
    headers: dict[str, str] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)

    def __enter__(self) -> Self:
        receiver, lock, self._over = self, threading.Lock(), threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with lock:
                    number = len(receiver.got)
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    receiver.got.append(Got(self.path, headers, body))
                status, said = receiver.answers[number] if number < len(receiver.answers) else (200, "ok")
                if not status:
                    receiver._over.wait()
                    return
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(said.encode())))
                self.end_headers()
                self.wfile.write(said.encode())

            def do_GET(self) -> None:
                """A page, whatever is asked for: somewhere to be led to."""
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(b"<title>here</title>")

            def log_message(self, *_: object) -> None:
                """Nothing to say."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
