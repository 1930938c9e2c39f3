"""Somebody who receives webhooks: a real server on this machine that keeps what it got and answers as it is told."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.local_server import LocalServer, Quiet


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
class Receiver(LocalServer):
    """`answers` are (status, body) of the first requests, 200 after that; a status of 0 stands for no answer at all
    until it is left."""

    answers: Sequence[tuple[int, str]] = ()
    headers: dict[str, str] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)

    def handler(self) -> type[Quiet]:
        receiver, lock = self, threading.Lock()

        class Handler(Quiet):
            def do_POST(self) -> None:
                body = self.body()
                with lock:
                    number = len(receiver.got)
                    receiver.got.append(Got(self.path, self.lowered(), body))
                status, said = receiver.answers[number] if number < len(receiver.answers) else (200, "ok")
                if not status:
                    receiver.left.wait()
                    return
                self.answered(status, said, receiver.headers)

            def do_GET(self) -> None:
                """A page, whatever is asked for: somewhere to be led to."""
                self.answered(200, "<title>here</title>", {"content-type": "text/html"})

        return Handler
