"""What may stand on a board, and what is taken off it again: the rules, one a kind of thing."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from dashboard.whiteboard.settings import WhiteboardSettings
from ingest import fields

Fault = Literal["link", "size", "kind", "image", "image_size", "script", "text", "form"]
Verdict = tuple[Fault, Any] | None
"""What is wrong, and what stands instead; None instead: nothing does. No verdict: it may stay."""

KINDS = frozenset(
    ("rectangle", "diamond", "ellipse", "arrow", "line", "freedraw", "text", "image", "frame")
)  # fmt: skip
"""Elements that load a page of somebody else's (embeddable, iframe) are not among them."""
IMAGES = frozenset(
    f"image/{kind}" for kind in ("svg+xml", "png", "jpeg", "gif", "webp", "bmp", "x-icon", "avif", "jfif")
)
SAFE_LINK = re.compile(r"(https?://|mailto:|/(?!/))", re.IGNORECASE)
TILE = re.compile(fields.TILE)
MOST_CHARACTERS = {"text": 20_000, "comment": 2_000, "title": 200}
_ACTIVE = re.compile(
    rb"<\s*(script|foreignobject|iframe|embed|object|animate|set|handler)\b|[\s/\"']on[a-z]+\s*=|javascript:"
    rb"|<!entity|(href|src)\s*=\s*[\"']?\s*(https?:|//|data:text)|url\(\s*[\"']?\s*(https?:|//)|@import",
    re.IGNORECASE,
)
"""What an SVG may not hold: anything that runs, and anything that is fetched from elsewhere."""


def element(id: str, one: Any, limits: WhiteboardSettings) -> Verdict:
    """An element of the canvas, under its own id."""
    if not isinstance(one, Mapping) or one.get("id") != id or not _is_placed(one):
        return "form", None
    if one.get("type") not in KINDS:
        return "kind", None
    if one.get("isDeleted"):
        return None
    if len(json.dumps(one, separators=(",", ":"))) > limits.object_bytes:
        return "size", None
    if any(len(str(one.get(key) or "")) > MOST_CHARACTERS["text"] for key in ("text", "originalText")):
        return "text", None
    custom = one.get("customData") or {}
    if not isinstance(custom, Mapping) or ("tile" in custom and not TILE.fullmatch(str(custom["tile"]))):
        return "form", None
    link = one.get("link")
    if link is not None and not (isinstance(link, str) and SAFE_LINK.match(link)):
        return "link", {**one, "link": None, "version": float(one["version"]) + 1}
    return None


def _is_placed(one: Mapping[str, Any]) -> bool:
    numbers = [one.get(name) for name in ("x", "y", "width", "height", "version", "versionNonce")]
    return all(isinstance(value, int | float) and abs(value) < 1e12 for value in numbers)


def file(id: str, one: Any, limits: WhiteboardSettings) -> Verdict:
    """An image: {mimeType, created, bytes}."""
    if not isinstance(one, Mapping) or not isinstance(one.get("bytes"), bytes | bytearray):
        return "form", None
    if one.get("mimeType") not in IMAGES:
        return "image", None
    if len(one["bytes"]) > limits.image_bytes:
        return "image_size", None
    if one["mimeType"] == "image/svg+xml" and is_active(bytes(one["bytes"])):
        return "script", None
    return None


def is_active(svg: bytes) -> bool:
    """Whether an SVG holds a script, or something that is fetched from elsewhere, in whatever encoding it says so."""
    plain = svg.replace(b"\0", b"")
    plain = re.sub(rb"&#x?([0-9a-f]+);?", _letter, plain, flags=re.IGNORECASE)
    return bool(_ACTIVE.search(plain))


def _letter(found: re.Match[bytes]) -> bytes:
    number = int(found[1], 16 if found[0][2:3] in b"xX" else 10) if found[1].isdigit() or found[0][2:3] in b"xX" else 0
    return bytes([number]) if 0 < number < 128 else b""


def comment(id: str, one: Any, limits: WhiteboardSettings) -> Verdict:
    """A comment: {text, by, name, at, about, is_done}."""
    if not isinstance(one, Mapping) or not all(isinstance(one.get(name), str) for name in ("text", "by", "name")):
        return "form", None
    return ("text", None) if len(one["text"]) > MOST_CHARACTERS["comment"] else None


def vote(id: str, one: Any, limits: WhiteboardSettings) -> Verdict:
    """A dot: "element|person" → 1."""
    return None if one == 1 and id.count("|") == 1 and len(id) < 300 else ("form", None)


def about(id: str, one: Any, limits: WhiteboardSettings) -> Verdict:
    """What the board is called, when its meeting began, and the clock that runs."""
    is_title = isinstance(one, str) and len(one) <= MOST_CHARACTERS["title"]
    known = {
        "title": is_title,
        "title_en": is_title,
        "meeting": isinstance(one, int | float),
        "timer": isinstance(one, Mapping)
        and all(isinstance(one.get(key), int | float) for key in ("ends_at", "seconds")),
    }
    return None if known.get(id) else ("form", None)


MAPS: Mapping[str, Callable[[str, Any, WhiteboardSettings], Verdict]] = {
    "elements": element,
    "files": file,
    "comments": comment,
    "votes": vote,
    "about": about,
}
"""The maps a board has, and the rule of each."""
