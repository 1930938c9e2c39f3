"""An expression worked out over rows: operators, comparisons, choices. The functions are rows of `functions.FUNCTIONS`.

A branch of `when`, `coalesce`, `and` and `or` is worked out only for the rows that reach it, so that
`when(Price != 'n/a', number(Price))` finds no fault where there is none.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, localcontext
from typing import Any

import numpy as np
import polars as pl

from ingest.mappings.columns import DTYPES, Column, Form, Kind, Positions, Rows
from ingest.mappings.conversions import constant, convert, of_series
from ingest.mappings.grammar import Constant, Name, Node

_EXACT = Context(prec=100, traps=[DivisionByZero, InvalidOperation, Overflow, Inexact])
_DIVIDING = Context(prec=34, traps=[DivisionByZero, InvalidOperation, Overflow])

Reader = Callable[[Sequence[Node], Rows], Column]
"""Works out a call from its arguments."""


def evaluate(node: Node, rows: Rows) -> Column:
    """The values of `node` for `rows`, in order; faults go to `rows.faults`."""
    if isinstance(node, Constant):
        return constant(node.value, rows)
    if isinstance(node, Name):
        return read_column(node.name, rows)
    return READERS[node.function](node.arguments, rows)


def read_column(name: str, rows: Rows) -> Column:
    """A column as the file has it: text mostly, typed where the format knows types."""
    return of_series(rows.frame[name], rows.forms.get(name, Form()), rows)


def evaluate_as(node: Node, kind: Kind, rows: Rows) -> Column:
    """The same, as one kind."""
    return convert(evaluate(node, rows), kind, rows)


def truths(node: Node, rows: Rows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """A condition; missing counts as not."""
    return np.asarray(evaluate_as(node, Kind.TRUTH, rows).values.fill_null(value=False).to_numpy(), dtype=np.bool_)


def truth_column(values: Iterable[bool]) -> Column:
    """A column of truth values."""
    return Column(Kind.TRUTH, pl.Series(values, dtype=pl.Boolean))


def assembled(parts: Sequence[tuple[Positions, Column]], rows: Rows) -> Column:
    """One column from columns that each belong to some places of `rows`; a place in none is missing."""
    kind = _common_kind([part for _, part in parts])
    pieces = [(places, convert(part, kind, rows.only(places))) for places, part in parts]
    form = parts[0][1].form
    if kind is Kind.NUMBER:
        numbers: list[Decimal | None] = [None] * len(rows)
        for places, piece in pieces:
            for place, number in zip(places.tolist(), piece.values, strict=True):
                numbers[place] = number
        return Column(kind, numbers, form)
    series = pl.Series([None], dtype=DTYPES[kind]).new_from_index(0, len(rows))
    for places, piece in pieces:
        if len(places):
            series = series.scatter(places, piece.values)
    return Column(kind, series, form)


def _common_kind(columns: Sequence[Column]) -> Kind:
    kinds = {column.kind for column in columns if len(column) and not column.missing().all()}
    special = kinds - {Kind.TEXT}
    if special == {Kind.DAY, Kind.INSTANT}:
        return Kind.INSTANT
    if len(special) == 1:
        return special.pop()
    if not kinds and columns:
        return columns[0].kind
    return Kind.TEXT


def _arithmetic(operator: str) -> Reader:
    def read(arguments: Sequence[Node], rows: Rows) -> Column:
        left, right = (evaluate_as(argument, Kind.NUMBER, rows).values for argument in arguments)
        context = _DIVIDING if operator == "/" else _EXACT
        work = {"+": context.add, "-": context.subtract, "*": context.multiply, "/": context.divide}[operator]
        numbers: list[Decimal | None] = []
        for place, (one, other) in enumerate(zip(left, right, strict=True)):
            try:
                numbers.append(None if one is None or other is None else work(one, other))
            except (ArithmeticError, ValueError):
                numbers.append(None)
                reason = (
                    "division by zero" if operator == "/" and not other else f"{one} {operator} {other} is too large"
                )
                rows.faults.add([int(rows.positions[place])], [reason])
        return Column(Kind.NUMBER, numbers)

    return read


def compare(operator: str, left: Column, right: Column, rows: Rows) -> Column:
    """`=`, `!=`, `<` …: as numbers, dates or times when one side is that, else as text (`<` and `>`: as numbers)."""
    kinds = {left.kind, right.kind}
    kind = next((k for k in (Kind.NUMBER, Kind.INSTANT, Kind.DAY, Kind.TRUTH) if k in kinds), Kind.TEXT)
    if kind is Kind.TEXT and operator not in ("=", "!="):
        kind = Kind.NUMBER
    one, other = convert(left, kind, rows).values, convert(right, kind, rows).values
    if kind is Kind.NUMBER:
        work = _COMPARE[operator if operator != "!=" else "="]
        found = np.fromiter(
            (a is not None and b is not None and work(a, b) for a, b in zip(one, other, strict=True)),
            dtype=np.bool_,
            count=len(rows),
        )
    else:
        work = _COMPARE[operator if operator != "!=" else "="]
        found = work(one, other).fill_null(value=False).to_numpy()
    return truth_column(~found if operator == "!=" else found)


_COMPARE: dict[str, Callable[..., Any]] = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _comparison(operator: str) -> Reader:
    def read(arguments: Sequence[Node], rows: Rows) -> Column:
        left, right = (evaluate(argument, rows) for argument in arguments)
        return compare(operator, left, right, rows)

    return read


def _contained(arguments: Sequence[Node], rows: Rows) -> Column:
    value = evaluate(arguments[0], rows)
    found = np.zeros(len(rows), dtype=np.bool_)
    for option in arguments[1:]:
        found |= compare("=", value, evaluate(option, rows), rows).values.to_numpy()
    return truth_column(found)


def _both(arguments: Sequence[Node], rows: Rows) -> Column:
    found = truths(arguments[0], rows)
    reached = np.flatnonzero(found)
    found[reached] = truths(arguments[1], rows.only(reached))
    return truth_column(found)


def _either(arguments: Sequence[Node], rows: Rows) -> Column:
    found = truths(arguments[0], rows)
    reached = np.flatnonzero(~found)
    found[reached] = truths(arguments[1], rows.only(reached))
    return truth_column(found)


READERS: dict[str, Reader] = {
    **{operator: _arithmetic(operator) for operator in "+-*/"},
    **{operator: _comparison(operator) for operator in ("=", "!=", "<", "<=", ">", ">=")},
    "in": _contained,
    "and": _both,
    "or": _either,
    "not": lambda arguments, rows: truth_column(~truths(arguments[0], rows)),
}
"""What works out a call, by its name: the operators here, the functions by `functions`."""


def rounded(number: Decimal, places: int) -> Decimal:
    """Commercial rounding: halves away from zero."""
    with localcontext(_DIVIDING):
        return number.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
