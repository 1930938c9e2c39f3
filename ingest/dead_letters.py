"""How something that could not be taken is put aside: whole, with the reason in headers named as Kafka Connect's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

PREFIX = "__connect.errors."
CUT = "oneboard.cut-from-bytes"
"""On a letter that Kafka might not take whole: how large the event is. All of it lies where the letter says."""

Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes onto the topic `dead-letters`: the original key and bytes, and why."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]] = field(default_factory=list)


def error_headers(
    topic: str, reason: str, message: str, *, partition: int | None = None, offset: int | None = None, attempt: int = 1
) -> list[tuple[str, bytes]]:
    """Where it came from and what was wrong; a row of a database has no partition and no offset."""
    place = [
        (name, str(number)) for name, number in (("partition", partition), ("offset", offset)) if number is not None
    ]
    said = [
        *(("topic", topic), *place),
        *(("exception.class.name", reason), ("exception.message", message), ("attempt", str(attempt))),
    ]
    return [(PREFIX + name, value.encode(errors="replace")) for name, value in said]


def own_headers(headers: Headers) -> list[tuple[str, bytes]]:
    """The headers that are the event's own."""
    return [(name, value) for name, value in headers if not name.startswith(PREFIX) and name != CUT]


def attempt_of(headers: Headers) -> int:
    """Which delivery of an event this is: 1, and more for one that was replayed."""
    return max(1, number_in(headers, PREFIX + "attempt") or 1)


def number_in(headers: Headers, name: str) -> int | None:
    """The whole number of a header; None where it is not there or none."""
    raw = dict(headers).get(name)
    return int(raw) if raw is not None and re.fullmatch(rb"\d{1,18}", raw) else None
