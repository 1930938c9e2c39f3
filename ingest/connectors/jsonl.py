"""JSON lines, also packed (.gz): one object a line; what is nested is called `outer.inner`.

Numbers keep the text they are written with, so that no digit of an amount is lost; a NaN is the text NaN.
"""

import json
from pathlib import Path
from typing import Any

import polars as pl

from ingest.connectors.table import LINE, ROW, BadRow, ReadOptions, not_text, readable, text_lines

ENDINGS = (".jsonl", ".ndjson")
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_TOO_DEEP = "is nested too deeply"


def read(path: Path, options: ReadOptions) -> tuple[pl.DataFrame, list[BadRow]]:
    """Every column as text, lists as JSON text."""
    bad: list[BadRow] = []
    rows: list[dict[str, str | None]] = []
    lines: list[int] = []
    with text_lines(path, options) as text:
        for line, written in enumerate(text, options.skip_lines + 1):
            if options.limit is not None and len(rows) >= options.limit:
                break
            if not written.strip():
                continue
            try:
                row = flat_object(decoded(written))
            except ValueError as error:
                bad.append(BadRow(line, str(error)))
                continue
            if all(map(readable, (*row, *row.values()))):
                rows.append(row)
                lines.append(line)
            else:
                bad.append(BadRow(line, not_text(options)))
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: pl.Series(name, [row.get(name) for row in rows], dtype=pl.String) for name in names}
    places = {ROW: range(1, len(rows) + 1), LINE: lines}
    return pl.DataFrame({**{name: pl.Series(v, dtype=pl.Int64) for name, v in places.items()}, **columns}), bad


def decoded(text: str) -> Any:
    """A JSON value, its numbers as they are written; a `ValueError` says what is wrong in words for a person."""
    try:
        return _DECODER.decode(text)
    except ValueError as error:
        raise ValueError(f"is not JSON: {error}") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def flat_object(value: Any, prefix: str = "") -> dict[str, str | None]:
    """Dotted name → text of a decoded object: what is nested as `outer.inner`, lists as JSON text.

    A `ValueError` when it is no object, has a name twice, or is too deep.
    """
    if not isinstance(value, dict):
        raise ValueError("must be an object in braces")
    try:
        return _flat(value, prefix)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def _flat(value: dict[str, Any], prefix: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for key, member in value.items():
        name = prefix + key
        parts = _flat(member, name + ".") if isinstance(member, dict) else {name: _text(member)}
        if twice := found.keys() & parts.keys():
            raise ValueError(f"has {min(twice)!r} twice, once as a name and once as a part of an object")
        if name.startswith("\x00"):
            raise ValueError(f"has a name that cannot be: {name!r}")
        found |= parts
    return found


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
