"""From bytes to sealed events: split a body, validate every event, give it its id and its key. No I/O.

`content` of an event is what it says apart from `NOT_SAID`. Its canonical form is compact JSON with sorted keys in
which a number with a fraction stands as text, so that equal contents have equal bytes, and no digit is lost on the way.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from ingest.events import Event
from ingest.topics import Topic

MAX_EVENT_BYTES = 900_000
"""Under Kafka's own limit of 1 MiB a message, with room for headers."""

AHEAD = timedelta(days=1)
"""How far the clock of whoever sends may be ahead of ours."""

NOT_SAID = ("event_id", "imported_from")  # what names an event, and what brought it
_NAMESPACE = uuid.UUID("6f6e6562-6f61-5264-8000-6576656e7473")
_BOM = b"\xef\xbb\xbf"
_OBJECT_LINE = re.compile(rb"^\{", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sealed:
    """An event as it goes onto the log: `key` is its entity's id, `value` its JSON with `event_id`."""

    key: bytes
    value: bytes
    event_id: str
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an event is refused. `field` is dotted (`credits.0.share`), None when the event as a whole is meant."""

    field: str | None
    message: str


class Refused(ValueError):
    """An event that may not enter, with every reason."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(
            "; ".join(f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in faults)
        )
        self.faults = faults


def canonical(content: dict[str, Any]) -> bytes:
    """The canonical bytes of a content parsed by `parse`."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def event_id_of(topic: str, content: bytes) -> str:
    """The id that follows from the content: a version-5 UUID over topic and canonical bytes."""
    digest = bytearray(
        hashlib.sha1(_NAMESPACE.bytes + topic.encode() + b"\n" + content, usedforsecurity=False).digest()
    )
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest[:16].hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def derived_id(topic: str, content: dict[str, Any]) -> str:
    """The same of a content parsed by `parse`, whatever names it or brought it."""
    return event_id_of(topic, canonical({name: said for name, said in content.items() if name not in NOT_SAID}))


def with_event_id(value: bytes, event_id: str) -> bytes:
    """`value`, a JSON object with at least one member, with `event_id` put last: there it also replaces a null."""
    return value.rstrip()[:-1] + b',"event_id":"' + event_id.encode() + b'"}'


def _exact(text: str) -> str:
    """A fraction keeps its text; one that a float cannot hold would be rounded by the next reader."""
    if Decimal(text) != Decimal(repr(float(text))):
        raise Refused(
            Fault(None, f'{text:.40} has more digits than a JSON number carries; send it as text ("{text:.40}")')
        )
    return text


def _no_constant(text: str) -> None:
    raise Refused(Fault(None, f"{text} is not JSON; leave the field out when there is no number"))


_DECODER = json.JSONDecoder(parse_float=_exact, parse_constant=_no_constant)


def parse(raw: bytes) -> dict[str, Any]:
    """One JSON object, fractions as text; `Refused` says what is wrong with the bytes."""
    require_size(raw)
    content, _ = _decode(_text(raw).strip(), 0, whole=True)
    if not isinstance(content, dict):
        raise Refused(Fault(None, f"an event is a JSON object, this is {_kind(content)}"))
    return content


def require_size(raw: bytes) -> None:
    """`Refused` for an event that Kafka would not take."""
    if len(raw) > MAX_EVENT_BYTES:
        raise Refused(Fault(None, f"one event has {len(raw):,} bytes; at most {MAX_EVENT_BYTES:,} are taken"))


def seal(topic: Topic, raw: bytes, now: datetime | None = None) -> Sealed:
    """Validate one event and make it ready for the log; original bytes are kept. `Refused` names field and reason.

    With `now` nothing may have happened more than `AHEAD` after it.
    """
    content = parse(raw)
    event = validate(topic, raw)
    if now is not None and event.occurred_at - now > AHEAD:
        days = (event.occurred_at - now).days
        said = f"lies {days:,} days after now ({now:%Y-%m-%dT%H:%MZ}): send when it happened, which is never later"
        raise Refused(Fault("occurred_at", said))
    given = content.get("event_id")
    if given is not None:
        return Sealed(event.entity_id.encode(), raw, str(given))
    event_id = derived_id(topic.name, content)
    return Sealed(event.entity_id.encode(), with_event_id(raw, event_id), event_id)


def seal_event(topic: Topic, event: Event) -> Sealed:
    """The same for an event that was built as a model."""
    return seal(topic, event.model_dump_json(exclude_none=True).encode())


def is_retraction(raw: bytes) -> bool:
    """Whether the bytes say of another event that it does not count (`ingest.retractions`)."""
    try:
        return b'"retracts"' in raw and "retracts" in json.loads(raw)
    except (ValueError, TypeError, RecursionError):
        return False


def validate(topic: Topic, raw: bytes) -> Event:
    """The event as its topic's model reads it; `Refused` lists every fault in words for a person."""
    if topic.model is None:
        raise Refused(Fault(None, f"the topic {topic.name} takes no events from outside"))
    if is_retraction(raw):
        raise Refused(Fault("retracts", "an event is taken back by `oneboard retract`, not by sending this"))
    try:
        event: Event = topic.model.validate_json(raw)
    except ValidationError as error:
        raise Refused(*(_fault(topic, detail) for detail in error.errors(include_url=False))) from None
    return event


def split(body: bytes, *, lines: bool) -> Iterator[tuple[int, bytes | Fault]]:
    """Numbered events of a body: its lines (NDJSON) when `lines` or when it looks so, else one object or an array.

    The number is the line, or the place in the array, from 1. After a broken element an array cannot be read further:
    its fault is the last thing yielded.
    """
    body = body.removeprefix(_BOM)
    if lines or (not body.lstrip().startswith(b"[") and len(_OBJECT_LINE.findall(body)) > 1):
        yield from ((number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip())
    elif body.lstrip().startswith(b"["):
        yield from _elements(body)
    elif body.strip():
        yield 1, body


def _elements(body: bytes) -> Iterator[tuple[int, bytes | Fault]]:
    number = 1
    try:
        text = _text(body)
        at = _skip(text, text.index("[") + 1)
        if text[at : at + 1] == "]":
            return
        while True:
            start = at
            _, at = _decode(text, start)
            yield number, text[start:at].encode()
            at = _skip(text, at)
            if text[at : at + 1] != ",":
                break
            at, number = _skip(text, at + 1), number + 1
        if text[at:].rstrip() != "]":
            said = "goes on after its end" if text[at : at + 1] == "]" else "is broken or ends in the middle"
            yield number + 1, Fault(None, f"the array {said} (after character {at:,})")
    except Refused as refused:
        yield number, refused.faults[0]


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Refused(Fault(None, f"not UTF-8 (byte {error.start + 1:,}); send JSON as UTF-8")) from None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _decode(text: str, at: int, *, whole: bool = False) -> tuple[Any, int]:
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"character {error.pos + 1:,}"
        raise Refused(Fault(None, f"not JSON: {error.msg} ({where})")) from None
    except RecursionError:
        raise Refused(Fault(None, "nested too deeply")) from None
    except Refused:
        raise
    except ValueError:
        raise Refused(Fault(None, "a number with thousands of digits is not an amount")) from None
    if whole and text[end:].strip():
        raise Refused(Fault(None, f"not JSON: there is more after the object's end (character {end + 1:,})"))
    return value, end


def _kind(value: object) -> str:
    names: dict[type, str] = {
        list: "an array",
        str: "a text",
        bool: "a truth value",
        int: "a number",
        type(None): "null",
    }
    return names.get(type(value), "something else")


_WORDS = {
    "missing": "is required",
    "decimal_parsing": "is not a number",
    "decimal_type": "is not a number",
    "finite_number": "must be a finite number",
    "timezone_aware": 'needs a time zone, as in "2026-11-02T09:30:00+08:00"',
    "union_tag_not_found": "kind is required: unit, person, product, customer or calendar",
}


def _fault(topic: Topic, detail: Any) -> Fault:
    place = [str(part) for part in detail["loc"]]
    if topic.name == "org" and place:
        place = place[1:]  # pydantic puts the kind of statement first
    kind, given = detail["type"], detail["input"]
    message = _WORDS.get(kind) or str(detail["msg"]).removeprefix("Value error, ").replace(
        "Input should be", "must be"
    ).replace("Invalid JSON", "not JSON")
    if kind not in ("missing", "value_error") and isinstance(given, str | int | float | bool):
        shown = str(given).lower() if isinstance(given, bool) else repr(given)
        message += f", got {shown:.60}"
    return Fault(".".join(place) or None, message[0].lower() + message[1:])
