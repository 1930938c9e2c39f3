"""The functions of the mapping language, one row each; `docs/import.md` lists them and a test holds the list.

Unless a row says otherwise a missing argument gives a missing result.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from ingest.connectors.table import ROW
from ingest.errors import did_you_mean
from ingest.mappings.columns import DTYPES, Column, Form, Kind, Rows, convert, localized
from ingest.mappings.evaluate import READERS, Reader, assembled, evaluate, evaluate_as, rounded, truth_column, truths
from ingest.mappings.grammar import Constant, Node

FILE = "\x00file"
"""Column of every table: the file's name without its ending."""


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


def _eager(kinds: Sequence[Kind], result: Kind, work: Callable[..., Any]) -> Reader:
    """A function over whole columns: arguments converted to `kinds`, the last repeated; `work` gets their values."""

    def read(arguments: Sequence[Node], rows: Rows) -> Column:
        wanted = [*kinds, *[kinds[-1]] * (len(arguments) - len(kinds))]
        columns = [evaluate_as(node, kind, rows) for node, kind in zip(arguments, wanted, strict=False)]
        return Column(result, work(*(column.values for column in columns)), columns[0].form)

    return read


def _text(expression: Callable[..., pl.Expr], result: Kind = Kind.TEXT, *more: Kind) -> Reader:
    """A function of texts written as a polars expression over its arguments."""

    def work(*values: pl.Series) -> pl.Series:
        names = [f"a{place}" for place in range(len(values))]
        frame = pl.DataFrame(dict(zip(names, values, strict=True)))
        return frame.select(expression(*(pl.col(name) for name in names)).alias("result").cast(DTYPES[result]))[
            "result"
        ]

    return _eager([Kind.TEXT, *more], result, work)


def _counted(work: Callable[[str, int], str]) -> Reader:
    """A function of a text and a whole number."""

    def over(texts: pl.Series, numbers: list[Decimal | None]) -> pl.Series:
        pairs = zip(texts.to_list(), numbers, strict=True)
        return pl.Series([None if a is None or b is None else work(a, int(b)) for a, b in pairs], dtype=pl.String)

    return _eager([Kind.TEXT, Kind.NUMBER], Kind.TEXT, over)


def _numeric(work: Callable[..., Decimal]) -> Reader:
    def over(*values: list[Decimal | None]) -> list[Decimal | None]:
        return [None if None in row else work(*row) for row in zip(*values, strict=True)]

    return _eager([Kind.NUMBER], Kind.NUMBER, over)


def _when(arguments: Sequence[Node], rows: Rows) -> Column:
    left = np.arange(len(rows))
    parts = []
    for condition, value in zip(arguments[0::2], arguments[1::2], strict=False):
        held = truths(condition, rows.only(left))
        parts.append((left[held], evaluate(value, rows.only(left[held]))))
        left = left[~held]
    if len(arguments) % 2:
        parts.append((left, evaluate(arguments[-1], rows.only(left))))
    return assembled(parts, rows)


def _coalesce(arguments: Sequence[Node], rows: Rows) -> Column:
    left = np.arange(len(rows))
    parts = []
    for argument in arguments:
        values = evaluate(argument, rows.only(left))
        parts.append((left, values))
        left = left[values.missing().to_numpy()]
    return _later_fill(parts, rows)


def _later_fill(parts: list[tuple[Any, Column]], rows: Rows) -> Column:
    return assembled(parts, rows)  # a later part overwrites only places that were missing


def _map(arguments: Sequence[Node], rows: Rows) -> Column:
    name = arguments[1].value if isinstance(arguments[1], Constant) else ""
    table = rows.maps[str(name)]
    values = evaluate_as(arguments[0], Kind.TEXT, rows).values
    known = values.is_in(list(table)).fill_null(value=False).to_numpy()
    absent = np.flatnonzero(~known & values.is_not_null().to_numpy())
    mapped = pl.Series(
        [None if key is None else table.get(key) for key in values.to_list()], dtype=pl.String, strict=False
    )
    if len(arguments) == 3:
        rest = np.flatnonzero(~known)
        found = np.flatnonzero(known)
        parts = [(found, Column(Kind.TEXT, mapped[found])), (rest, evaluate(arguments[2], rows.only(rest)))]
        return assembled(parts, rows)
    keys = values[absent].to_list()
    rows.faults.add(
        rows.positions[absent], [f"{key!r:.60} is not in maps.{name}.{did_you_mean(key, table)}" for key in keys]
    )
    return Column(Kind.TEXT, mapped)


def _dated(kind: Kind) -> Reader:
    def read(arguments: Sequence[Node], rows: Rows) -> Column:
        column = evaluate(arguments[0], rows)
        if len(arguments) > 1:
            patterns = tuple(str(node.value) for node in arguments[1:] if isinstance(node, Constant))
            column = Column(column.kind, column.values, Form(dates=patterns))
            if column.kind is Kind.NUMBER:
                column = convert(column, Kind.TEXT, rows)
        return convert(column, kind, rows)

    return read


def _at(arguments: Sequence[Node], rows: Rows) -> Column:
    days = evaluate_as(arguments[0], Kind.DAY, rows).values
    texts = evaluate_as(arguments[1], Kind.TEXT, rows).values
    moments: list[datetime | None] = []
    for place, (day, text) in enumerate(zip(days.to_list(), texts.to_list(), strict=True)):
        try:
            moments.append(
                None if day is None or text is None else datetime.combine(day, time.fromisoformat(text.strip()))
            )
        except ValueError:
            moments.append(None)
            rows.faults.add([int(rows.positions[place])], [f"{text!r:.60} is not a time of day as 09:30"])
    return Column(Kind.INSTANT, localized(pl.Series(moments, dtype=pl.Datetime("us")), rows.zone))


def _add_days(days: pl.Series, numbers: list[Decimal | None]) -> pl.Series:
    moved = pl.Series([None if number is None else int(number) for number in numbers], dtype=pl.Int64)
    frame = pl.DataFrame({"day": days, "moved": moved})
    return frame.select(pl.col("day") + pl.duration(days=pl.col("moved")))["day"].cast(pl.Date)


def _stamp(arguments: Sequence[Node], rows: Rows) -> Column:
    instants = evaluate_as(arguments[0], Kind.INSTANT, rows).values
    return Column(Kind.NUMBER, [None if n is None else Decimal(n) for n in instants.dt.timestamp("us").to_list()])


def _period(pattern: str) -> Reader:
    def work(days: pl.Series) -> pl.Series:
        if pattern != "quarter":
            return days.dt.to_string(pattern)
        return (
            pl.select(pl.format("{}-Q{}", days.dt.year(), days.dt.quarter()))
            .to_series()
            .zip_with(days.is_not_null(), pl.Series([None], dtype=pl.String).new_from_index(0, len(days)))
        )

    return _eager([Kind.DAY], Kind.TEXT, work)


def _own(column: str) -> Reader:
    return lambda arguments, rows: rows.column(column)


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text.lower(), flags=re.UNICODE).strip("-")


def _each(work: Callable[[str], str | None]) -> Reader:
    return _eager(
        [Kind.TEXT],
        Kind.TEXT,
        lambda texts: pl.Series([None if text is None else work(text) for text in texts.to_list()], dtype=pl.String),
    )


def _is_missing(arguments: Sequence[Node], rows: Rows) -> Column:
    return truth_column(evaluate(arguments[0], rows).missing())


def _is_given(arguments: Sequence[Node], rows: Rows) -> Column:
    return truth_column(~evaluate(arguments[0], rows).missing())


T, N, D = Kind.TEXT, Kind.NUMBER, Kind.DAY
FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        # texts
        Function(
            "concat(a, b, …)", "the texts one after the other", _text(lambda *parts: pl.concat_str(*parts)), 1, None
        ),
        Function("lower(a)", "in small letters", _text(lambda a: a.str.to_lowercase()), 1, 1),
        Function("upper(a)", "in capitals", _text(lambda a: a.str.to_uppercase()), 1, 1),
        Function(
            "strip(a)",
            "without blanks at either end; nothing left is missing",
            _each(lambda a: a.strip() or None),
            1,
            1,
        ),
        Function(
            "replace(a, old, new)",
            "every `old` in the text replaced",
            _eager([T, T, T], T, lambda a, b, c: _zip3(a, b, c, lambda x, y, z: x.replace(y, z))),
            3,
            3,
        ),
        Function(
            "starts_with(a, prefix)",
            "whether the text begins so; missing does not",
            _text(lambda a, b: a.str.starts_with(b).fill_null(False), Kind.TRUTH),
            2,
            2,
        ),
        Function(
            "ends_with(a, suffix)",
            "whether the text ends so; missing does not",
            _text(lambda a, b: a.str.ends_with(b).fill_null(False), Kind.TRUTH),
            2,
            2,
        ),
        Function(
            "contains(a, part)",
            "whether the text holds the part; missing does not",
            _text(lambda a, b: a.str.contains(b, literal=True).fill_null(False), Kind.TRUTH),
            2,
            2,
        ),
        Function("left(a, n)", "the first n characters", _counted(lambda a, n: a[:n]), 2, 2),
        Function("right(a, n)", "the last n characters", _counted(lambda a, n: a[-n:] if n else ""), 2, 2),
        Function(
            "part(a, separator, n)",
            "the n-th piece between separators, from 1; missing when there are fewer",
            _eager([T, T, N], T, lambda a, b, c: _zip3(a, b, c, _piece)),
            3,
            3,
        ),
        Function(
            "pad(a, n)", "filled with zeros on the left to n characters", _counted(lambda a, n: a.rjust(n, "0")), 2, 2
        ),
        Function(
            "length(a)",
            "the number of characters",
            _eager([T], N, lambda a: [None if n is None else Decimal(n) for n in a.str.len_chars().to_list()]),
            1,
            1,
        ),
        Function(
            "slug(a)", "small letters, digits and hyphens: an id from a name", _each(lambda a: _slug(a) or None), 1, 1
        ),
        Function("text(a)", "a number or a date as text", _text(lambda a: a), 1, 1),
        # choices
        Function(
            "when(condition, a, …, otherwise)",
            "the value after the first condition that holds; without `otherwise` else missing",
            _when,
            2,
            None,
        ),
        Function("coalesce(a, b, …)", "the first that is not missing", _coalesce, 1, None),
        Function(
            "map(a, 'name')",
            "the entry of `[maps.name]`; a value without an entry is a fault, or with a third argument that",
            _map,
            2,
            3,
        ),
        Function("missing(a)", "whether there is no value", _is_missing, 1, 1),
        Function("given(a)", "whether there is a value", _is_given, 1, 1),
        # numbers
        Function(
            "number(a)",
            "the text as a number, written as the file says (`decimal`, `thousands`)",
            _eager([N], N, lambda a: a),
            1,
            1,
        ),
        Function(
            "round(a, n)",
            "rounded to n decimals, halves away from zero",
            _numeric(lambda a, n: rounded(a, int(n))),
            2,
            2,
        ),
        Function("abs(a)", "without its sign", _numeric(lambda a: abs(a)), 1, 1),
        Function("least(a, b, …)", "the smallest", _numeric(min), 1, None),
        Function("greatest(a, b, …)", "the largest", _numeric(max), 1, None),
        # dates
        Function(
            "date(a, 'pattern', …)",
            "the day; patterns as %d/%m/%Y, without one as the file says (`dates`)",
            _dated(D),
            1,
            None,
        ),
        Function(
            "time(a, 'pattern', …)",
            "the instant; a text without offset is the source's local time",
            _dated(Kind.INSTANT),
            1,
            None,
        ),
        Function("at(day, '09:30')", "that time of day, local, on the day", _at, 2, 2),
        Function("add_days(day, n)", "n days later", _eager([D, N], D, _add_days), 2, 2),
        Function("month(day)", "the period 2026-11", _period("%Y-%m"), 1, 1),
        Function("quarter(day)", "the period 2026-Q4", _period("quarter"), 1, 1),
        Function("year(day)", "the period 2026", _period("%Y"), 1, 1),
        Function(
            "stamp(time)",
            "microseconds since 1970: a version from a column that says when the row changed",
            _stamp,
            1,
            1,
        ),
        # the row itself
        Function("row()", "the number of the row in its file, from 1", _own(ROW), 0, 0),
        Function("file()", "the name of the row's file without its ending", _own(FILE), 0, 0),
    )
}

READERS.update({name: function.read for name, function in FUNCTIONS.items()})


def _piece(text: str, separator: str, number: Decimal) -> str | None:
    pieces = text.split(separator) if separator else [text]
    return pieces[int(number) - 1].strip() or None if 1 <= int(number) <= len(pieces) else None


def _zip3(a: pl.Series, b: pl.Series, c: Any, work: Callable[..., str | None]) -> pl.Series:
    thirds = c if isinstance(c, list) else c.to_list()
    rows = zip(a.to_list(), b.to_list(), thirds, strict=True)
    return pl.Series([None if None in row else work(*row) for row in rows], dtype=pl.String)
