"""JSON lines, also packed (.gz): one object a line; what is nested is called `outer.inner`.

Numbers keep the text they are written with, so that no digit of an amount is lost.
"""

import json
from pathlib import Path
from typing import Any

import polars as pl

from ingest.connectors.table import LINE, ROW, BadRow, ReadOptions, not_text, readable, text_lines

ENDINGS = (".jsonl", ".ndjson")
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=lambda text: None)


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
                row = _flat(_DECODER.decode(written))
            except (ValueError, RecursionError) as error:
                bad.append(
                    BadRow(line, f"is not JSON: {error}" if isinstance(error, ValueError) else "is nested too deeply")
                )
                continue
            if all(map(readable, row.values())):
                rows.append(row)
                lines.append(line)
            else:
                bad.append(BadRow(line, not_text(options)))
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: pl.Series(name, [row.get(name) for row in rows], dtype=pl.String) for name in names}
    places = {ROW: range(1, len(rows) + 1), LINE: lines}
    return pl.DataFrame({**{name: pl.Series(v, dtype=pl.Int64) for name, v in places.items()}, **columns}), bad


def _flat(value: Any, prefix: str = "") -> dict[str, str | None]:
    if not isinstance(value, dict):
        raise ValueError("a line must be one object in braces")
    flat: dict[str, str | None] = {}
    for key, member in value.items():
        name = prefix + key
        if isinstance(member, dict):
            flat |= _flat(member, name + ".")
        elif isinstance(member, bool):
            flat[name] = str(member).lower()
        else:
            flat[name] = member if member is None or isinstance(member, str) else json.dumps(member, ensure_ascii=False)
    return flat
