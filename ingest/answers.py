"""What the door's routes share: a body that is not too large, and an answer in words."""

from fastapi import Request
from fastapi.responses import JSONResponse


async def body_of(request: Request, most: int) -> bytes | None:
    """The whole body, or None as soon as it is larger than `most`."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > most:
        return None
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def too_large(most: int) -> JSONResponse:
    return said(413, f"the body has more than {most:,} bytes; send it in parts")


def is_lines(request: Request) -> bool:
    """Whether the sender says that every line of the body is a JSON value."""
    content_type = request.headers.get("content-type", "")
    return "ndjson" in content_type or "jsonl" in content_type


def said(status: int, message: str, **more: object) -> JSONResponse:
    return JSONResponse({"message": message, **more}, status)
