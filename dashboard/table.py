"""A table as it is taken along: what a page shows, with every digit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "money", "ratio", "pace"]
Value = str | float | int | None
_KINDS: Mapping[str, Kind] = {"oneboard.exact": "money", "oneboard.share": "ratio", "oneboard.pace": "pace"}


@dataclass(frozen=True)
class Column:
    """`kind` says how a number reads: "money" to the cent, "ratio" as a percentage, "pace" to two digits."""

    name: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Table:
    """`id` is the part of the page it stands in ("units"); a row has one value a column."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


def of_grid(id: str, title: str, columns: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> Table:
    """A grid's columns and rows: amounts as numbers, exact."""
    shown = [one for one in _leaves(columns) if one.get("headerName") and not one.get("hide")]
    return Table(
        id,
        title,
        tuple(Column(one["headerName"], _kind(one)) for one in shown),
        tuple(tuple(_value(row.get(one["field"])) for one in shown) for row in rows),
    )


def _leaves(columns: Sequence[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for one in columns:
        if "children" in one:
            yield from _leaves(one["children"])
        elif "field" in one:
            yield one


def _kind(column: Mapping[str, Any]) -> Kind:
    how = column.get("valueFormatter")
    said = str(how.get("function", "")) if isinstance(how, Mapping) else ""
    return next((kind for name, kind in _KINDS.items() if name in said), "text")


def _value(value: Any) -> Value:
    return value if value is None or isinstance(value, int | float | str) else str(value)
