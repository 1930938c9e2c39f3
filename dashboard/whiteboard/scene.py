"""Elements as Excalidraw 0.18 has them, made in Python: what a board holds before anybody has drawn on it.

Ids follow from what an element is for, so that two processes that make the same board at once make the same elements.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dashboard.locales import LANGS, Lang

Element = dict[str, Any]
Words = Mapping[Lang, str]
"""What the board itself writes, in each language: who reads it sees their own, and nothing is written for that."""
TILE_SIZE = (420, 260)
INK, PAPER, SOFT = "#1e1e1e", "#ffffff", "#868e96"
_MOST_TITLE = 200
_FONT, _LINE = 6, 1.35  # Nunito, and its line height
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def titles(named: Words) -> dict[str, str]:
    """What a board is called, as its document and its steps hold it."""
    return {"title": named["zh"][:_MOST_TITLE], "title_en": named["en"][:_MOST_TITLE]}


def _base(id: str, kind: str, x: float, y: float, width: float, height: float) -> Element:
    seed = int.from_bytes(hashlib.blake2b(id.encode(), digest_size=4).digest()) >> 1
    return {
        "id": id, "type": kind, "x": x, "y": y, "width": width, "height": height, "angle": 0,
        "strokeColor": INK, "backgroundColor": "transparent", "fillStyle": "solid", "strokeWidth": 1,
        "strokeStyle": "solid", "roughness": 0, "opacity": 100, "groupIds": [], "frameId": None, "roundness": None,
        "seed": seed, "version": 1, "versionNonce": seed, "isDeleted": False, "boundElements": None,
        "updated": 1, "link": None, "locked": False,
    }  # fmt: skip


def box(id: str, x: float, y: float, width: float, height: float, *, back: str = PAPER, ink: str = SOFT) -> Element:
    """A rectangle."""
    return _base(id, "rectangle", x, y, width, height) | {
        "backgroundColor": back,
        "strokeColor": ink,
        "roundness": {"type": 3},
    }


def text(
    id: str, x: float, y: float, said: Words, *, size: int = 20, ink: str = INK, link: str | None = None
) -> Element:
    """A text of one line or more."""
    forms = {lang: _form(said[lang], size) for lang in LANGS}
    return _base(id, "text", x, y, 0, 0) | forms[LANGS[0]] | {
        "fontSize": size, "fontFamily": _FONT, "textAlign": "left", "verticalAlign": "top", "containerId": None,
        "autoResize": True, "lineHeight": _LINE, "strokeColor": ink, "link": link, "customData": {"said": forms},
    }  # fmt: skip


def _form(said: str, size: int) -> Element:
    """What of a text depends on its language."""
    lines = said.split("\n")
    width = max(sum(size if ord(letter) > 0x2E7F else 0.56 * size for letter in line) for line in lines)
    return {"text": said, "originalText": said, "width": width, "height": len(lines) * size * _LINE}


def note(id: str, x: float, y: float, said: Words, *, back: str = "#fff3bf", side: float = 200) -> Iterator[Element]:
    """A sticky note: its paper, with an id for actions, and its text."""
    yield box(id, x, y, side, side, back=back, ink=INK) | {
        "customData": {"note": id}, "boundElements": [{"type": "text", "id": f"{id}-text"}]
    }  # fmt: skip
    within = {"containerId": id, "textAlign": "center", "verticalAlign": "middle", "width": side - 10}
    written = text(f"{id}-text", x + 5, y + side / 2 - 14, said) | within
    for form in written["customData"]["said"].values():
        form["width"] = within["width"]
    yield written


def tile(id: str, x: float, y: float, address: str, **said: str) -> Element:
    """A live tile: `address` is what it is bound to; its picture is drawn for whoever looks."""
    width, height = TILE_SIZE
    return _base(id, "image", x, y, width, height) | {
        "fileId": None, "status": "saved", "scale": [1, 1], "crop": None, "strokeColor": "transparent",
        "customData": {"tile": address, **said},
    }  # fmt: skip


def placed(elements: Iterable[Element]) -> dict[str, Element]:
    """Elements by their ids, each with its place in the order of drawing (fractional indexing, base 62)."""
    return {one["id"]: one | {"index": _index(place)} for place, one in enumerate(elements)}


def _index(place: int) -> str:
    """The `place`-th whole number of fractional indexing: "a0" … "az", then "b00" …."""
    if place < 62:
        return "a" + _DIGITS[place]
    return "b" + _DIGITS[(place - 62) // 62] + _DIGITS[(place - 62) % 62]
