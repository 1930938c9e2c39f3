"""A real HTTP server on this machine, for as long as a test is within it."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Quiet(BaseHTTPRequestHandler):
    """What answers, without a word on the terminal."""

    def body(self) -> bytes:
        """The request's."""
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def lowered(self) -> dict[str, str]:
        """The request's headers, their names in small letters."""
        return {name.lower(): value for name, value in self.headers.items()}

    def answered(self, status: int, said: str, headers: Mapping[str, str]) -> None:
        """Answer so."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(said.encode())))
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


class LocalServer(ABC):
    """At `url` while it is entered; who gives no answer waits for `left`, which is set at its end."""

    url: str
    left: threading.Event

    @abstractmethod
    def handler(self) -> type[Quiet]:
        """What answers each request."""

    def __enter__(self) -> Self:
        self.left = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.left.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
