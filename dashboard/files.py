"""Scripts and styles as a browser takes them fastest: compressed once a process, kept by the browser for good.

Dash writes version and time of change into the address of every file; what is at such an address never changes.
"""

import asyncio
import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import zstandard
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOR_GOOD = "public, max-age=31536000, immutable"
_ASKED_AGAIN = "public, no-cache"
BUILT = "/whiteboard-files/"
"""What a front end of its own was built into: every name changes with what is in it."""
_FOLDERS = ("/_dash-component-suites/", "/assets/", BUILT)
_FINGERPRINT = re.compile(r"\.v[\w-]+m[0-9a-f]+\.")
_TEXTS = ("javascript", "json", "css", "svg", "text")
_MORE_THAN = 512
"""Bytes under which nothing is won by compressing."""

_ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=9).compress(body),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}
"""The best first; browsers ask for zstd on this machine's own names and over TLS."""


@dataclass(frozen=True)
class File:
    """A file as it stands at an address, and in the encodings somebody has asked for."""

    body: bytes
    kind: str
    etag: str
    cache_control: str
    encoded: dict[str, bytes]

    def answer(self, asked: Headers) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Status, headers and body for a browser that asks with these headers; compresses what was not yet."""
        headers = {"etag": self.etag, "cache-control": self.cache_control, "vary": "accept-encoding"}
        if self.etag in asked.get("if-none-match", ""):
            return 304, _raw(headers), b""
        body = self.body
        accepted = {part.partition(";")[0].strip() for part in asked.get("accept-encoding", "").split(",")}
        encoding = next((name for name in _ENCODINGS if name in accepted), None)
        if encoding and len(body) > _MORE_THAN and any(text in self.kind for text in _TEXTS):
            if encoding not in self.encoded:
                self.encoded[encoding] = _ENCODINGS[encoding](body)
            body = self.encoded[encoding]
            headers["content-encoding"] = encoding
        return 200, _raw(headers | {"content-type": self.kind, "content-length": str(len(body))}), body


class Files:
    """ASGI middleware that answers for scripts and styles, each read once from the app it stands around."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._known: dict[tuple[str, bytes], File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(_FOLDERS):
            await self._app(scope, receive, send)
            return
        address = (scope["path"], scope["query_string"])
        if (file := self._known.get(address)) is None:
            status, file = await self._read(scope, receive)
            if status != 200:
                await self._app(scope, receive, send)
                return
            if file.cache_control == FOR_GOOD or scope["path"].startswith(_FOLDERS[0]):
                self._known[address] = file
        status, headers, body = await asyncio.to_thread(file.answer, Headers(scope=scope))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _read(self, scope: Scope, receive: Receive) -> tuple[int, File]:
        """The file as the app gives it to somebody who has nothing of it."""
        said: list[Message] = []

        async def keep(message: Message) -> None:
            said.append(message)

        about_the_body = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
        asked = [pair for pair in scope["headers"] if pair[0] not in about_the_body]
        await self._app({**scope, "headers": asked}, receive, keep)
        body = b"".join(message.get("body", b"") for message in said[1:])
        path: str = scope["path"]
        is_kept = bool(_FINGERPRINT.search(path) or scope["query_string"].startswith(b"m=") or path.startswith(BUILT))
        kind = Headers(raw=list(said[0]["headers"])).get("content-type", "application/octet-stream")
        etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        return said[0]["status"], File(body, kind, etag, FOR_GOOD if is_kept else _ASKED_AGAIN, {})


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
