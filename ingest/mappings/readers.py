"""How the functions of the mapping language work out their values: builders for whole kinds, and the odd ones."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from ingest.errors import did_you_mean
from ingest.mappings.columns import DTYPES, Column, Form, Kind, Rows
from ingest.mappings.conversions import convert, localized
from ingest.mappings.evaluate import Reader, assembled, evaluate, evaluate_as, read_column, truth_column, truths
from ingest.mappings.grammar import Constant, Node

_LONGEST_TEXT = 1_000_000
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS = {"s": Decimal(1_000_000), "ms": Decimal(1_000), "us": Decimal(1), "ns": Decimal("0.001")}


def eager(kinds: Sequence[Kind], result: Kind, work: Callable[..., Any]) -> Reader:
    """A function over whole columns: arguments converted to `kinds`, the last repeated; `work` gets their values."""

    def read(arguments: Sequence[Node], rows: Rows) -> Column:
        wanted = [*kinds, *[kinds[-1]] * (len(arguments) - len(kinds))]
        columns = [evaluate_as(node, kind, rows) for node, kind in zip(arguments, wanted, strict=False)]
        return Column(result, work(*(column.values for column in columns)), columns[0].form)

    return read


def text(expression: Callable[..., pl.Expr], result: Kind = Kind.TEXT, *more: Kind) -> Reader:
    """A function of texts written as a polars expression over its arguments."""

    def work(*values: pl.Series) -> pl.Series:
        names = [f"a{place}" for place in range(len(values))]
        frame = pl.DataFrame(dict(zip(names, values, strict=True)))
        return frame.select(expression(*(pl.col(name) for name in names)).alias("result").cast(DTYPES[result]))[
            "result"
        ]

    return eager([Kind.TEXT, *more], result, work)


def counted(work: Callable[[str, int], str]) -> Reader:
    """A function of a text and a whole number."""

    def over(texts: pl.Series, numbers: list[Decimal | None]) -> pl.Series:
        pairs = zip(texts.to_list(), numbers, strict=True)
        return pl.Series([None if a is None or b is None else work(a, _sized(b)) for a, b in pairs], dtype=pl.String)

    return eager([Kind.TEXT, Kind.NUMBER], Kind.TEXT, over)


def _sized(number: Decimal) -> int:
    """A count of characters; no text here is longer, and a number from the data must not fill the memory."""
    return int(max(Decimal(-_LONGEST_TEXT), min(Decimal(_LONGEST_TEXT), number)))


def numeric(work: Callable[..., Decimal]) -> Reader:
    """A function of numbers; what is too large for it is a fault of its row."""

    def read(arguments: Sequence[Node], rows: Rows) -> Column:
        columns = [evaluate_as(node, Kind.NUMBER, rows) for node in arguments]
        numbers: list[Decimal | None] = []
        for place, row in enumerate(zip(*(column.values for column in columns), strict=True)):
            try:
                numbers.append(None if None in row else work(*row))
            except (ArithmeticError, ValueError):
                numbers.append(None)
                rows.faults.add([int(rows.positions[place])], [f"{row[0]!s:.60} is too large"])
        return Column(Kind.NUMBER, numbers, columns[0].form)

    return read


def chosen(arguments: Sequence[Node], rows: Rows) -> Column:
    left = np.arange(len(rows))
    parts = []
    for condition, value in zip(arguments[0::2], arguments[1::2], strict=False):
        held = truths(condition, rows.only(left))
        parts.append((left[held], evaluate(value, rows.only(left[held]))))
        left = left[~held]
    if len(arguments) % 2:
        parts.append((left, evaluate(arguments[-1], rows.only(left))))
    return assembled(parts, rows)


def coalesced(arguments: Sequence[Node], rows: Rows) -> Column:
    left = np.arange(len(rows))
    parts = []
    for argument in arguments:
        values = evaluate(argument, rows.only(left))
        parts.append((left, values))
        left = left[values.missing().to_numpy()]
    return assembled(parts, rows)  # a later part fills only places that were missing


def mapped(arguments: Sequence[Node], rows: Rows) -> Column:
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


def dated(kind: Kind) -> Reader:
    def read(arguments: Sequence[Node], rows: Rows) -> Column:
        column = evaluate(arguments[0], rows)
        if len(arguments) > 1:
            patterns = tuple(str(node.value) for node in arguments[1:] if isinstance(node, Constant))
            column = Column(column.kind, column.values, Form(dates=patterns))
            if column.kind is Kind.NUMBER:
                column = convert(column, Kind.TEXT, rows)
        return convert(column, kind, rows)

    return read


def at_time(arguments: Sequence[Node], rows: Rows) -> Column:
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


def add_days(arguments: Sequence[Node], rows: Rows) -> Column:
    days = evaluate_as(arguments[0], Kind.DAY, rows).values
    numbers = evaluate_as(arguments[1], Kind.NUMBER, rows).values
    moved: list[date | None] = []
    for place, (day, number) in enumerate(zip(days.to_list(), numbers, strict=True)):
        try:
            moved.append(None if day is None or number is None else day + timedelta(days=int(number)))
        except OverflowError:
            moved.append(None)
            rows.faults.add([int(rows.positions[place])], [f"{number!s:.60} days from {day} there is no day"])
    return Column(Kind.DAY, pl.Series(moved, dtype=pl.Date))


def epoch(arguments: Sequence[Node], rows: Rows) -> Column:
    numbers = evaluate_as(arguments[0], Kind.NUMBER, rows).values
    unit = arguments[1].value if isinstance(arguments[1], Constant) else None
    moments: list[datetime | None] = []
    for place, number in enumerate(numbers):
        try:
            moment = None if number is None else _BEGIN + timedelta(microseconds=int(number * _MICROSECONDS[str(unit)]))
        except KeyError:
            moment, said = None, f"{unit!r} is no unit: write 's', 'ms', 'us' or 'ns'"
        except ArithmeticError:
            moment, said = None, f"{number!s:.60} {unit} after 1970 there is no time"
        moments.append(moment)
        if moment is None and number is not None:
            rows.faults.add([int(rows.positions[place])], [said])
    return Column(Kind.INSTANT, pl.Series(moments, dtype=pl.Datetime("us", "UTC")))


def stamp(arguments: Sequence[Node], rows: Rows) -> Column:
    instants = evaluate_as(arguments[0], Kind.INSTANT, rows).values
    return Column(Kind.NUMBER, [None if n is None else Decimal(n) for n in instants.dt.timestamp("us").to_list()])


def period(pattern: str) -> Reader:
    def work(days: pl.Series) -> pl.Series:
        if pattern != "quarter":
            return days.dt.to_string(pattern)
        return (
            pl.select(pl.format("{}-Q{}", days.dt.year(), days.dt.quarter()))
            .to_series()
            .zip_with(days.is_not_null(), pl.Series([None], dtype=pl.String).new_from_index(0, len(days)))
        )

    return eager([Kind.DAY], Kind.TEXT, work)


def own(column: str) -> Reader:
    return lambda arguments, rows: read_column(column, rows)


def file_name(column: str) -> Reader:
    """The file's name without its ending."""

    def read(arguments: Sequence[Node], rows: Rows) -> Column:
        names = read_column(column, rows).values.str.strip_suffix(".gz").str.replace(r"\.[^.]*$", "")
        return Column(Kind.TEXT, names)

    return read


def slug(text: str) -> str:
    return re.sub(r"\W+", "-", text.lower(), flags=re.UNICODE).strip("-")


def each_text(work: Callable[[str], str | None]) -> Reader:
    return eager(
        [Kind.TEXT],
        Kind.TEXT,
        lambda texts: pl.Series([None if text is None else work(text) for text in texts.to_list()], dtype=pl.String),
    )


def is_missing(arguments: Sequence[Node], rows: Rows) -> Column:
    return truth_column(evaluate(arguments[0], rows).missing())


def is_given(arguments: Sequence[Node], rows: Rows) -> Column:
    return truth_column(~evaluate(arguments[0], rows).missing())


def piece(text: str, separator: str, number: Decimal) -> str | None:
    pieces = text.split(separator) if separator else [text]
    return pieces[int(number) - 1].strip() or None if 1 <= int(number) <= len(pieces) else None


def over_three(a: pl.Series, b: pl.Series, c: Any, work: Callable[..., str | None]) -> pl.Series:
    thirds = c if isinstance(c, list) else c.to_list()
    rows = zip(a.to_list(), b.to_list(), thirds, strict=True)
    return pl.Series([None if None in row else work(*row) for row in rows], dtype=pl.String)
