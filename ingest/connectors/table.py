"""What every reader of files gives: a frame whose rows know their place, and the rows that could not be read."""

import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from pkgutil import iter_modules
from typing import IO, Protocol, cast

import polars as pl

import ingest.connectors
from ingest.errors import Terminal, did_you_mean

ROW, LINE = "\x00row", "\x00line"
"""Columns beside the file's own: the number of the row, and the line (or sheet row) it begins at, both from 1."""
VERSION, DELETED = "\x00version", "\x00deleted"
"""Columns beside those of a live table: the place of a row among the states of its thing, and whether it is gone."""


Placed = tuple[int, int, list[str]]
"""Number, line and values of a row."""


class UnreadableFile(Terminal):
    """A file that cannot be read as what it is said to be."""


@dataclass(frozen=True)
class BadRow:
    """A row that is no row: its line and what is wrong with it."""

    line: int
    message: str


@dataclass(frozen=True)
class ReadOptions:
    """How the file is written; a format ignores what it does not know."""

    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    skip_lines: int = 0
    columns: tuple[str, ...] | None = None
    sheet: str | None = None
    limit: int | None = None


class Connector(Protocol):
    """A module of this folder with a format's name."""

    ENDINGS: tuple[str, ...]

    def read(self, path: Path, options: ReadOptions) -> tuple[pl.DataFrame, list[BadRow]]:
        """Frame with `ROW` and `LINE`; text formats give every column as text. `UnreadableFile` when hopeless."""


def connectors() -> Mapping[str, Connector]:
    """Format → its reader: every module of this folder that has `ENDINGS`."""
    names = [module.name for module in iter_modules(ingest.connectors.__path__)]
    modules = {name: import_module(f"ingest.connectors.{name}") for name in names}
    return {name: cast(Connector, module) for name, module in modules.items() if hasattr(module, "ENDINGS")}


def format_of(path: Path) -> str:
    """The format by the file's ending, `.gz` aside; `UnreadableFile` when no reader knows it."""
    name = path.name.lower().removesuffix(".gz")
    known = connectors()
    for format_name, connector in known.items():
        if name.endswith(connector.ENDINGS):
            return format_name
    endings = sorted(ending for connector in known.values() for ending in connector.ENDINGS)
    raise UnreadableFile(
        f"{path.name}: no reader for this ending; say format = … ({', '.join(known)}), or end in {', '.join(endings)}."
        + did_you_mean(path.suffix, endings)
    )


UNPACKING_FAILS = (EOFError, gzip.BadGzipFile, zlib.error)
"""What reading a packed file raises when it is broken or ends in the middle."""


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked when its name ends in .gz."""
    return cast(IO[bytes], gzip.open(path, "rb")) if path.name.lower().endswith(".gz") else path.open("rb")


def text_lines(path: Path, options: ReadOptions) -> io.TextIOWrapper:
    """The file as text after the lines to skip; bytes that are not text of the encoding stay as surrogates."""
    encoding = "utf-8-sig" if options.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else options.encoding
    try:
        text = io.TextIOWrapper(opened(path), encoding=encoding, errors="surrogateescape", newline="")
    except LookupError:
        raise UnreadableFile(f"{path.name}: there is no encoding {options.encoding!r}") from None
    for _ in range(options.skip_lines):
        text.readline()
    return text


def readable(value: object) -> bool:
    """Whether a text came through the decoding whole."""
    if not isinstance(value, str):
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def not_text(options: ReadOptions) -> str:
    """What to say of a row with broken characters."""
    return f"holds bytes that are not {options.encoding}; say encoding = … of the file (gb18030, cp1252, latin-1)"


def numbered(frame: pl.DataFrame, first_line: int) -> pl.DataFrame:
    """`frame` with `ROW` and `LINE`, where a row is a line."""
    return frame.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW),
        pl.int_range(first_line, pl.len() + first_line, dtype=pl.Int64).alias(LINE),
    )


def unique_names(names: list[str], path: Path) -> list[str]:
    """Header names without blanks around them; a name that stands twice is refused."""
    stripped = [name.strip() or f"column_{place}" for place, name in enumerate(names, 1)]
    twice = next((name for name in stripped if stripped.count(name) > 1), None)
    if any(name.startswith("\x00") for name in stripped):
        raise UnreadableFile(f"{path.name}: the header holds zero bytes; is it a text at all, or UTF-16?")
    if twice is not None:
        raise UnreadableFile(f"{path.name}: the header has {twice!r} twice; give `columns` and skip the header")
    return stripped


def blocks(rows: Iterator[Placed], size: int = 100_000) -> Iterator[list[Placed]]:
    """Rows in lists of at most `size`."""
    while block := list(islice(rows, size)):
        yield block
