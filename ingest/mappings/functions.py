"""The functions of the mapping language, one row each; `docs/import.md` lists them and a test holds the list.

Unless a row says otherwise a missing argument gives a missing result.
"""

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from ingest.connectors.table import ROW
from ingest.mappings.columns import Kind
from ingest.mappings.evaluate import READERS, Reader, rounded
from ingest.mappings.readers import (
    add_days,
    at_time,
    chosen,
    coalesced,
    counted,
    dated,
    each_text,
    eager,
    epoch,
    file_name,
    is_given,
    is_missing,
    mapped,
    numeric,
    over_three,
    own,
    period,
    piece,
    slug,
    stamp,
    text,
)

FILE = "\x00file"
"""Column of every table: the name of the file a row is from."""


@dataclass(frozen=True)
class Function:
    """`usage` names the arguments; `fewest` and `most` count them (None: any number)."""

    usage: str
    about: str
    read: Reader
    fewest: int
    most: int | None

    @property
    def name(self) -> str:
        return self.usage.partition("(")[0]


T, N, D = Kind.TEXT, Kind.NUMBER, Kind.DAY
FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        # texts
        Function(
            "concat(a, b, …)", "the texts one after the other", text(lambda *parts: pl.concat_str(*parts)), 1, None
        ),
        Function("lower(a)", "in small letters", text(lambda a: a.str.to_lowercase()), 1, 1),
        Function("upper(a)", "in capitals", text(lambda a: a.str.to_uppercase()), 1, 1),
        Function(
            "strip(a)",
            "without blanks at either end; nothing left is missing",
            each_text(lambda a: a.strip() or None),
            1,
            1,
        ),
        Function(
            "replace(a, old, new)",
            "every `old` in the text replaced",
            eager([T, T, T], T, lambda a, b, c: over_three(a, b, c, lambda x, y, z: x.replace(y, z))),
            3,
            3,
        ),
        Function(
            "starts_with(a, prefix)",
            "whether the text begins so; missing does not",
            text(lambda a, b: a.str.starts_with(b).fill_null(False), Kind.TRUTH),
            2,
            2,
        ),
        Function(
            "ends_with(a, suffix)",
            "whether the text ends so; missing does not",
            text(lambda a, b: a.str.ends_with(b).fill_null(False), Kind.TRUTH),
            2,
            2,
        ),
        Function(
            "contains(a, part)",
            "whether the text holds the part; missing does not",
            text(lambda a, b: a.str.contains(b, literal=True).fill_null(False), Kind.TRUTH),
            2,
            2,
        ),
        Function("left(a, n)", "the first n characters", counted(lambda a, n: a[:n]), 2, 2),
        Function("right(a, n)", "the last n characters", counted(lambda a, n: a[-n:] if n else ""), 2, 2),
        Function(
            "part(a, separator, n)",
            "the n-th piece between separators, from 1; missing when there are fewer",
            eager([T, T, N], T, lambda a, b, c: over_three(a, b, c, piece)),
            3,
            3,
        ),
        Function(
            "pad(a, n)", "filled with zeros on the left to n characters", counted(lambda a, n: a.rjust(n, "0")), 2, 2
        ),
        Function(
            "length(a)",
            "the number of characters",
            eager([T], N, lambda a: [None if n is None else Decimal(n) for n in a.str.len_chars().to_list()]),
            1,
            1,
        ),
        Function(
            "slug(a)",
            "small letters, digits and hyphens: an id from a name",
            each_text(lambda a: slug(a) or None),
            1,
            1,
        ),
        Function("text(a)", "a number or a date as text", text(lambda a: a), 1, 1),
        # choices
        Function(
            "when(condition, a, …, otherwise)",
            "the value after the first condition that holds; without `otherwise` else missing",
            chosen,
            2,
            None,
        ),
        Function("coalesce(a, b, …)", "the first that is not missing", coalesced, 1, None),
        Function(
            "map(a, 'name')",
            "the entry of `[maps.name]`; a value without an entry is a fault, or with a third argument that",
            mapped,
            2,
            3,
        ),
        Function("missing(a)", "whether there is no value", is_missing, 1, 1),
        Function("given(a)", "whether there is a value", is_given, 1, 1),
        # numbers
        Function(
            "number(a)",
            "the text as a number, written as the file says (`decimal`, `thousands`)",
            eager([N], N, lambda a: a),
            1,
            1,
        ),
        Function(
            "round(a, n)",
            "rounded to n decimals, halves away from zero",
            numeric(lambda a, n: rounded(a, int(n))),
            2,
            2,
        ),
        Function("abs(a)", "without its sign", numeric(lambda a: abs(a)), 1, 1),
        Function("least(a, b, …)", "the smallest", numeric(min), 1, None),
        Function("greatest(a, b, …)", "the largest", numeric(max), 1, None),
        # dates
        Function(
            "date(a, 'pattern', …)",
            "the day; patterns as %d/%m/%Y, without one as the file says (`dates`)",
            dated(D),
            1,
            None,
        ),
        Function(
            "time(a, 'pattern', …)",
            "the instant; a text without offset is the source's local time",
            dated(Kind.INSTANT),
            1,
            None,
        ),
        Function("at(day, '09:30')", "that time of day, local, on the day", at_time, 2, 2),
        Function("add_days(day, n)", "n days later", add_days, 2, 2),
        Function(
            "epoch(n, 'ms')",
            "the instant so many 's', 'ms', 'us' or 'ns' after 1970 began",
            epoch,
            2,
            2,
        ),
        Function("month(day)", "the period 2026-11", period("%Y-%m"), 1, 1),
        Function("quarter(day)", "the period 2026-Q4", period("quarter"), 1, 1),
        Function("year(day)", "the period 2026", period("%Y"), 1, 1),
        Function(
            "stamp(time)",
            "microseconds since 1970: a version from a column that says when the row changed",
            stamp,
            1,
            1,
        ),
        # the row itself
        Function("row()", "the number of the row in its file, from 1", own(ROW), 0, 0),
        Function("file()", "the name of the row's file without its ending", file_name(FILE), 0, 0),
    )
}

READERS.update({name: function.read for name, function in FUNCTIONS.items()})
