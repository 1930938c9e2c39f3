"""What the change tables hold, read from the migrations that make them, so that no column is stated twice."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

MIGRATIONS = Path(__file__).parent / "migrations"

_TABLE = re.compile(r"CREATE TABLE (\w+_changes) \((.*?)\n\) ENGINE", re.DOTALL)
_ADDED = re.compile(r"ALTER TABLE (\w+_changes) ADD COLUMN (\w+)\s+(.+?);")
_COLUMN = re.compile(r"^    (\w+)\s+([A-Z]\w*(?:\([^)]*\))?)", re.MULTILINE)
_PROJECTION = re.compile(r"^    PROJECTION (\w+) \((.*?)GROUP BY", re.DOTALL | re.MULTILINE)
_SUMMED = ("Int64", "Decimal(18, 4)")


class DefinitionError(Exception):
    """One of our own definitions is wrong; raised while the package is imported."""


class QuestionError(ValueError):
    """The question cannot be answered as it was put; the text says what to ask instead.

    `by` is the dimension that what was asked about has not, '' where it is something else.
    """

    def __init__(self, text: str, *, by: str = "") -> None:
        super().__init__(text)
        self.by = by


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint to end an error with: " Did you mean 'bookings'?", or the words known when none is close."""
    words = sorted(known)
    close = get_close_matches(word, words, n=1)
    return f" Did you mean {close[0]!r}?" if close else f" Known are: {', '.join(words)}."


@dataclass(frozen=True)
class ChangeTable:
    """A table of signed change rows; `measures` are the columns that may be summed, `projections` hold some of them."""

    name: str
    columns: dict[str, str]
    projections: dict[str, frozenset[str]]

    @property
    def measures(self) -> frozenset[str]:
        return frozenset(name for name, kind in self.columns.items() if kind in _SUMMED)


@dataclass(frozen=True)
class Measure:
    """A stored sum: the table and its column."""

    table: str
    column: str

    @property
    def alias(self) -> str:
        """Its name as a column of a frame."""
        return f"{self.table}.{self.column}"


def _tables(folder: Path) -> dict[str, ChangeTable]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql")))
    tables: dict[str, ChangeTable] = {}
    for name, body in _TABLE.findall(text):
        columns = dict(_COLUMN.findall(body.split("PROJECTION")[0]))
        projections = {
            of: frozenset(columns.keys() & re.findall(r"\w+", what)) for of, what in _PROJECTION.findall(body)
        }
        tables[name] = ChangeTable(name, columns, projections)
    for table, column, kind in _ADDED.findall(text):
        tables[table].columns[column] = kind
    return tables


TABLES = _tables(MIGRATIONS)


def measure(reference: str) -> Measure:
    """The measure written as "table.column"; DefinitionError when there is none."""
    table, _, column = reference.partition(".")
    if table not in TABLES:
        raise DefinitionError(f"no change table {table!r}.{did_you_mean(table, TABLES)}")
    if column not in TABLES[table].measures:
        raise DefinitionError(f"{table} has no measure {column!r}.{did_you_mean(column, TABLES[table].measures)}")
    return Measure(table, column)


def names_in(expression: str) -> list[str]:
    """Every name of an expression of + − × ÷, "table.column" or a metric's id; DefinitionError for anything else."""
    found: list[str] = []

    def walk(node: ast.expr) -> None:
        match node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
                walk(left)
                walk(right)
            case ast.Name(id=name):
                found.append(name)
            case ast.Attribute(value=ast.Name(id=table), attr=column):
                found.append(f"{table}.{column}")
            case _:
                raise DefinitionError(f"{expression!r}: only names and + - * / are understood")

    walk(parsed(expression))
    return found


@cache
def parsed(expression: str) -> ast.expr:
    """The syntax tree of an expression; DefinitionError when it is none."""
    try:
        return ast.parse(expression, mode="eval").body
    except SyntaxError:
        raise DefinitionError(f"{expression!r} is no expression") from None
