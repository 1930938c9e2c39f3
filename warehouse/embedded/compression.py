"""Content-Encoding, both ways, in the encodings ClickHouse's HTTP interface and its clients share."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import lz4.frame
import zstandard

from warehouse.embedded.refusals import CANNOT_DECOMPRESS, NOT_IMPLEMENTED, refusal


def _frames(decompressor: Callable[[], Any], body: bytes) -> bytes:
    """All frames of the body (a client may send one a block), the last one to its end."""
    parts = []
    while body:
        frame = decompressor()
        parts.append(frame.decompress(body))
        if not frame.eof:
            raise EOFError("the last frame is not complete")
        body = frame.unused_data or b""
    return b"".join(parts)


def _unlz4(body: bytes) -> bytes:
    return _frames(lz4.frame.LZ4FrameDecompressor, body)


def _unzstd(body: bytes) -> bytes:
    return _frames(lambda: zstandard.ZstdDecompressor().decompressobj(), body)


# encoding: (compress, decompress)
_ENCODINGS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "lz4": (lz4.frame.compress, _unlz4),
    "zstd": (lambda body: zstandard.ZstdCompressor(level=1).compress(body), _unzstd),
    "gzip": (lambda body: gzip.compress(body, compresslevel=1), gzip.decompress),
    "deflate": (lambda body: zlib.compress(body, level=1), zlib.decompress),
}


def decoded(body: bytes, encoding: str) -> bytes:
    """The body as it was before `encoding` (the header's value). Raises `Refusal` for an unknown one or broken data."""
    if encoding in ("", "identity"):
        return body
    if encoding not in _ENCODINGS:
        raise refusal(
            NOT_IMPLEMENTED, f"Content-Encoding {encoding!r}: the embedded warehouse reads {', '.join(_ENCODINGS)}"
        )
    try:
        return _ENCODINGS[encoding][1](body)
    except (RuntimeError, EOFError, OSError, zlib.error, zstandard.ZstdError) as error:
        raise refusal(CANNOT_DECOMPRESS, f"The request's body is not {encoding}: {error}") from error


def encoded(body: bytes, accepted: str) -> tuple[bytes, str]:
    """The body in the first encoding of an Accept-Encoding header that we write, and its name ('' for none)."""
    for offer in accepted.split(","):
        name = offer.partition(";")[0].strip().lower()
        if name in _ENCODINGS:
            return _ENCODINGS[name][0](body), name
    return body, ""
