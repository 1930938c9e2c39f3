"""Where in the text of a mapping a key stands, so that a fault can name its line. A reading aid, not a TOML parser."""

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_SEGMENT = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")

Path = tuple[str | int, ...]


def lines_of(text: str) -> dict[Path, int]:
    """Path of every table and key, with places in arrays of tables counted from 0 → its line, from 1."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _resolved(_segments(header[2]), counts, is_array=header[1] == "[[")
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = table
            for segment in _segments(key[1]):
                path = (*path, segment)
                found.setdefault(path, number)
    return found


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of the nearest of `path` and its parents that has one."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _segments(text: str) -> list[str]:
    return [segment.strip("\"'") for segment in _SEGMENT.findall(text)]


def _resolved(segments: list[str], counts: dict[Path, int], *, is_array: bool) -> Path:
    path: Path = ()
    for place, segment in enumerate(segments):
        path = (*path, segment)
        last = place == len(segments) - 1
        if last and is_array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
