"""TOML, with the place where what is not TOML goes wrong."""

import re
import tomllib
from collections.abc import Callable
from typing import Any

_SAID = re.compile(r"(?P<why>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)


class NotToml(ValueError):
    """`line` and `column` count from 1; `why` is what the parser says, in its own words."""

    def __init__(self, line: int, column: int, why: str) -> None:
        super().__init__(f"not TOML at column {column}: {why}")
        self.line, self.column, self.why = line, column, why


def parse(text: str, number: Callable[[str], Any] = float) -> dict[str, Any]:
    """What the text says, `number` made of what has a decimal point. Raises `NotToml`."""
    try:
        return tomllib.loads(text, parse_float=number)
    except tomllib.TOMLDecodeError as error:
        said = _SAID.fullmatch(str(error))
        line, column = end_of(text.rstrip())
        if said and said["line"]:
            line, column = int(said["line"]), int(said["column"])
        raise NotToml(line, column, said["why"] if said else str(error)) from error


def end_of(text: str) -> tuple[int, int]:
    """The line and the column of what would come next."""
    return text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1
