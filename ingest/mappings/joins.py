"""A table of rows, and the joining of another's columns to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from ingest.connectors.table import LINE, ROW
from ingest.errors import MappingError, did_you_mean
from ingest.mappings.columns import Faults, Form, Rows
from ingest.mappings.functions import FILE
from ingest.mappings.rules import CompiledMapping
from ingest.mappings.shape import Join

OWN = (ROW, LINE, FILE)
"""Columns of a table that are about its rows; a live one has `VERSION` and `DELETED` besides."""


@dataclass(frozen=True)
class LeftOut:
    """A row that gave no event, and why."""

    file: str
    line: int
    field: str | None
    message: str


@dataclass
class Table:
    """Rows ready for events. `duplicates` counts rows equal in every column to an earlier one, dropped or not.

    `unjoined` are the names under which columns of other files were to stand and do not: their join is wrong.
    """

    name: str
    frame: pl.DataFrame
    forms: dict[str, Form]
    paths: list[Path]
    rows_read: int
    duplicates: int = 0
    duplicates_dropped: int = 0
    filtered: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unjoined: set[str] = field(default_factory=set)

    def lacks(self, names: Iterable[str]) -> list[str]:
        """Those of the names that are no column of it, each once; of what is `unjoined` nothing is known."""
        return [
            name
            for name in dict.fromkeys(names)
            if name not in self.forms and name[:1] != "\x00" and name.partition(".")[0] not in self.unjoined
        ]

    def rows(self, frame: pl.DataFrame, mapping: CompiledMapping, faults: Faults) -> Rows:
        """Rows of this table for `evaluate`."""
        maps = {name: dict(entries) for name, entries in mapping.maps.items()}
        return Rows(frame, np.arange(frame.height), self.forms, faults, maps, mapping.zone)


def join_to(mapping: CompiledMapping, path: tuple[str | int, ...], table: Table, join: Join, other: Table) -> None:
    """Put the columns of `other` beside those of `table`, as `alias.column`; the first row of a key is taken."""
    where = f"{path[0]} {table.name}, joins {join.alias}"
    problems = [
        mapping.problem(path, where, f"there is no column {name!r} in {side.name}.{did_you_mean(name, side.forms)}")
        for names, side in ((join.keys, table), (join.keys.values(), other))
        for name in names
        if name not in side.forms
    ]
    if problems:
        raise MappingError(mapping.title, problems)
    here, there = list(join.keys), [f"{join.alias}.{name}" for name in join.keys.values()]
    right = other.frame.drop(*OWN).rename({name: f"{join.alias}.{name}" for name in other.forms})
    keyed = right.with_columns(_key(right, name).alias(f"\x00{place}") for place, name in enumerate(there))
    keys = [f"\x00{place}" for place in range(len(there))]
    unique = keyed.unique(subset=keys, keep="first", maintain_order=True)
    if unique.height < keyed.height:
        names = ", ".join(join.keys.values())
        table.warnings.append(
            f"{other.name} has the same {names} in {keyed.height - unique.height:,} more rows: the first is taken"
        )
    left = table.frame.with_columns(_key(table.frame, name).alias(f"\x00{place}") for place, name in enumerate(here))
    joined = left.join(
        unique.with_columns(pl.lit(value=True).alias("\x00met")), on=keys, how="left", maintain_order="left"
    )
    alone = joined.filter(pl.col("\x00met").is_null() & pl.all_horizontal(pl.col(keys).is_not_null()))
    if alone.height:
        first = alone.row(0, named=True)
        example = f"line {first[LINE]}, {' '.join(here)} = {' '.join(str(first[key]) for key in keys)}"
        table.warnings.append(f"{alone.height:,} rows have no row of {other.name} (the first: {example})")
    table.frame = joined.drop("\x00met", *keys)
    table.forms |= {f"{join.alias}.{name}": form for name, form in other.forms.items()}


def _key(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Join keys meet as text: 17 of a workbook and "17" of a csv are the same."""
    dtype = frame[name].dtype
    if dtype.is_float():
        return pl.col(name).cast(pl.String).str.strip_suffix(".0")
    return pl.col(name).cast(pl.String)
