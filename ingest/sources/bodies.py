"""From the JSON of any shape that somebody sends to rows: where they are in it, and what stands around them."""

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.connectors.jsonl import decoded, flat_object
from ingest.connectors.table import readable

OUTSIDE = "body."
"""What stands outside of the rows is called `body.…`."""

Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Row:
    """A row that arrived: dotted name → text. `number` is what row() gives, `fault` why it is no row.

    `version` is its place among the states of its thing, as `mappings.live.spaced` gives it; None when it has none.
    """

    number: int
    values: Values = field(default_factory=dict)
    version: int | None = None
    deleted: bool = False
    fault: str | None = None


def rows_of_body(body: bytes, path: str | None, *, lines: bool) -> list[Row]:
    """The rows of a body, numbered from 1: one JSON value or, with `lines`, one a line; what is none has a fault."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [Row(1, fault=f"is not UTF-8 (byte {error.start + 1:,}); send JSON as UTF-8")]
    if not text.strip():
        return [Row(1, fault="the body is empty; send JSON")]
    found: list[Values | str] = []
    for written in text.split("\n") if lines else [text]:
        if written.strip():
            try:
                found += rows_within(decoded(written), path)
            except ValueError as error:
                found.append(str(error))
    return [Row(number, fault=one) if isinstance(one, str) else Row(number, one) for number, one in enumerate(found, 1)]


def rows_within(value: Any, path: str | None) -> list[Values | str]:
    """The rows at a dotted path of a decoded value, each with what surrounds it; a text says why one is no row."""
    try:
        return list(_walk(value, path.split(".") if path else [], "", {}))
    except RecursionError:
        raise ValueError("is nested too deeply") from None


def _walk(value: Any, path: Sequence[str], at: str, around: dict[str, str | None]) -> Iterator[Values | str]:
    if isinstance(value, list):
        for element in value:
            yield from _walk(element, path, at, around)
    elif not path:
        yield _row(value, around)
    elif not isinstance(value, dict):
        yield f"{at or 'it'} must be an object with {path[0]!r} in it"
    elif path[0] not in value:
        yield f"there is no {at + path[0]!r}, where the rows should be"
    elif value[path[0]] is not None:
        try:
            beside = flat_object({key: one for key, one in value.items() if key != path[0]}, OUTSIDE + at)
        except ValueError as error:
            yield str(error)
            return
        yield from _walk(value[path[0]], path[1:], f"{at}{path[0]}.", {**around, **beside})


def _row(value: Any, around: dict[str, str | None]) -> Values | str:
    try:
        row = flat_object(value)
    except ValueError as error:
        return str(error)
    if not all(map(readable, (*row, *row.values(), *around, *around.values()))):
        return "holds half a character (a surrogate without its other half)"
    return ChainMap(row, around) if around else row  # one copy of what surrounds ten thousand rows
