"""One dead letter as it lies on the log: what it says, and how its bytes are shown to a person."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from ingest.dead_letters import CUT, PREFIX, attempt_of, number_in, own_headers
from ingest.errors import Terminal

_NUMBER = "\ue000"


class Position(NamedTuple):
    """Where a letter lies on the topic of dead letters; as text "0:17"."""

    partition: int
    offset: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `Terminal` for what is no position."""
        found = re.fullmatch(r"(?:dead-letter:)?(\d{1,9}):(\d{1,18})", text.strip())
        if not found:
            raise Terminal(f"{text!r} is no position of a dead letter; they look like 0:17, see `dead-letters list`")
        return cls(int(found[1]), int(found[2]))

    @property
    def subject(self) -> str:
        """What actions on this letter call it."""
        return f"dead-letter:{self}"

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True)
class Letter:
    """`value` are the original bytes, or only their beginning where `size` says that there are more.

    `topic` is ours, without a prefix; `origin` is partition and offset of the event on it, None where it has none.
    `headers` are the event's own. The first delivery is attempt 1.
    """

    position: Position
    at: datetime
    topic: str
    origin: tuple[int, int] | None
    reason: str
    message: str
    attempt: int
    key: bytes | None
    value: bytes
    size: int
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether `value` is all of it."""
        return len(self.value) == self.size


def standstill(topic: str, partition: int, offset: int) -> str:
    """What actions call a stream that stands still before that offset, because too much of it is bad."""
    return f"standstill:{topic}:{partition}:{offset}"


def letter_of(record: Any, prefix: str, room: int) -> Letter:
    """The letter in a record of kafka-python, with at most `room` of its bytes; headers that lack stay empty."""
    headers = [(name, value or b"") for name, value in record.headers]
    said = {name.removeprefix(PREFIX): value.decode(errors="replace") for name, value in headers}
    partition, offset = (number_in(headers, PREFIX + one) for one in ("partition", "offset"))
    value = record.value or b""
    return Letter(
        position=Position(record.partition, record.offset),
        at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        topic=said.get("topic", "").removeprefix(prefix),
        origin=None if partition is None or offset is None else (partition, offset),
        reason=said.get("exception.class.name", ""),
        message=said.get("exception.message", ""),
        attempt=attempt_of(headers),
        key=record.key,
        value=value[:room],
        size=number_in(headers, CUT) or len(value),
        headers=tuple(own_headers(headers)),
    )


class Shown(NamedTuple):
    """Bytes as a person sees them, and whether that is all of them."""

    text: str
    is_all: bool


def shown(value: bytes, size: int | None = None, most: int = 4_000) -> Shown:
    """JSON indented with every digit it has, else text, never more than `most` characters.

    What a terminal or a page could take for a command is escaped. `size` is how large all of it is.
    """
    size = len(value) if size is None else size
    indented = _indented(value) if size == len(value) and size <= 16 * most else None
    text = indented if indented is not None else value[: 4 * most].decode(errors="backslashreplace")
    is_all = len(text) <= most and size == len(value)
    return Shown(
        "".join(one if one.isprintable() or one in "\n\t" else ascii(one)[1:-1] for one in text[:most]), is_all
    )


def pretty(value: bytes, size: int | None = None, most: int = 4_000) -> str:
    """`shown`, with how much there is where that is not all."""
    text, is_all = shown(value, size, most)
    return text if is_all else f"{text}\n… ({len(value) if size is None else size:,} bytes in all)"


def _indented(value: bytes) -> str | None:
    """The JSON of the bytes, indented; None where they are none."""
    try:
        content = json.loads(value, parse_float=_marked, parse_int=_marked)
        text = json.dumps(content, indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return re.sub(rf'"{_NUMBER}([^"]*)"', r"\1", text)


def _marked(number: str) -> str:
    return _NUMBER + number


def by_reason(letters: Iterable[Letter]) -> dict[tuple[str, str], int]:
    """(topic, reason) → how many, the most first."""
    counts: dict[tuple[str, str], int] = {}
    for one in letters:
        counts[one.topic, one.reason] = counts.get((one.topic, one.reason), 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
