"""The files of a mapping as tables: read, made one, cleared of duplicates, unpivoted, joined, filtered."""

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from ingest.connectors.table import LINE, ROW, BadRow, ReadOptions, UnreadableFile, connectors, format_of
from ingest.errors import MappingError, Problem, did_you_mean
from ingest.mappings.columns import Faults, Form, Rows
from ingest.mappings.evaluate import truths
from ingest.mappings.functions import FILE
from ingest.mappings.grammar import column_names
from ingest.mappings.mapping import CompiledMapping
from ingest.mappings.shape import File, Join

OWN = (ROW, LINE, FILE)


@dataclass(frozen=True)
class LeftOut:
    """A row that gave no event, and why."""

    file: str
    line: int
    field: str | None
    message: str


@dataclass
class Table:
    """Rows ready for events. `duplicates` counts rows equal in every column to an earlier one, dropped or not."""

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

    def rows(self, frame: pl.DataFrame, mapping: CompiledMapping, faults: Faults) -> Rows:
        """Rows of this table for `evaluate`."""
        maps = {name: dict(entries) for name, entries in mapping.maps.items()}
        return Rows(frame, np.arange(frame.height), self.forms, faults, maps, mapping.zone)


Told = Callable[[str], None]
"""Is told which file is being read."""


def read_tables(
    mapping: CompiledMapping,
    folder: Path,
    *,
    limit: int | None = None,
    drop_duplicates: bool | None = None,
    told: Told | None = None,
) -> dict[str, Table]:
    """Every file of the mapping as a table. Raises `MappingError` for files and columns that are not there."""
    tables: dict[str, Table] = {}
    for place, file in enumerate(mapping.files.values()):
        if told:
            told(file.name)
        tables[file.name] = _read(mapping, file, place, folder, tables, limit, drop_duplicates)
    _check_columns(mapping, tables)
    for name, table in tables.items():
        _check_where(mapping, name, table)
    return tables


def _read(
    mapping: CompiledMapping,
    file: File,
    place: int,
    folder: Path,
    tables: Mapping[str, Table],
    limit: int | None,
    drop_duplicates: bool | None,
) -> Table:
    paths = _paths(mapping, file, place, folder)
    table = _stacked(mapping, file, place, paths, limit)
    own = [name for name in table.frame.columns if name not in OWN]
    unequal = table.frame.unique(subset=own, keep="first", maintain_order=True)
    table.duplicates = table.frame.height - unequal.height
    if file.drop_duplicates if drop_duplicates is None else drop_duplicates:
        table.duplicates_dropped, table.frame = table.duplicates, unequal
    nulls = list(file.nulls)
    texts = [name for name in own if table.frame[name].dtype == pl.String]
    table.frame = table.frame.with_columns(
        pl.when(~pl.col(name).is_in(nulls)).then(pl.col(name)).alias(name) for name in texts
    )
    if file.unpivot:
        _unpivot(mapping, file, place, table)
    form = Form(file.decimal, file.thousands, file.dates)
    table.forms = {name: form for name in table.frame.columns if name not in OWN}
    for number, join in enumerate(file.joins):
        _join(mapping, ("files", place, "joins", number), table, join, tables[join.file])
    if file.where is not None:
        _filter(mapping, file, table)
    return table


def _paths(mapping: CompiledMapping, file: File, place: int, folder: Path) -> list[Path]:
    inside = folder.resolve()
    found = sorted(path for path in inside.glob(file.path) if path.is_file() and path.resolve().is_relative_to(inside))
    if not found:
        there = sorted(path.name for path in inside.iterdir() if path.is_file()) if inside.is_dir() else []
        hint = did_you_mean(file.path, there) or f" There are: {', '.join(there[:20]) or 'no files'}."
        message = f"no file {file.path!r} in {folder}.{hint}"
        raise MappingError(mapping.title, [mapping.problem(("files", place, "path"), f"files {file.name}", message)])
    return found


def _stacked(mapping: CompiledMapping, file: File, place: int, paths: Sequence[Path], limit: int | None) -> Table:
    options = ReadOptions(file.encoding, file.separator, file.quote, file.skip_lines, file.columns, file.sheet, limit)
    frames: list[pl.DataFrame] = []
    bad: list[tuple[Path, BadRow]] = []
    for path in paths:
        try:
            frame, unread = connectors()[file.format or format_of(path)].read(path, options)
        except UnreadableFile as error:
            problem = mapping.problem(("files", place), f"files {file.name}", str(error))
            raise MappingError(mapping.title, [problem]) from error
        name = path.name.removesuffix(".gz").rpartition(".")[0]
        frames.append(frame.with_columns(pl.lit(name).alias(FILE)))
        bad.extend((path, row) for row in unread)
    try:
        frame = pl.concat(frames, how="diagonal_relaxed") if len(frames) > 1 else frames[0]
    except pl.exceptions.PolarsError as error:
        message = f"the files of {file.path!r} do not fit together: {error}"
        problem = mapping.problem(("files", place, "path"), f"files {file.name}", message)
        raise MappingError(mapping.title, [problem]) from error
    left_out = [LeftOut(path.name, row.line, None, row.message) for path, row in bad]
    return Table(file.name, frame, {}, list(paths), frame.height + len(bad), left_out=left_out)


def _unpivot(mapping: CompiledMapping, file: File, place: int, table: Table) -> None:
    assert file.unpivot is not None
    own = [name for name in table.frame.columns if name not in OWN]
    turned = [name for name in own if any(fnmatch.fnmatchcase(name, pattern) for pattern in file.unpivot.columns)]
    if not turned:
        message = f"no column is like {', '.join(file.unpivot.columns)}. Known: {', '.join(own)}."
        problem = mapping.problem(("files", place, "unpivot"), f"files {file.name}, unpivot", message)
        raise MappingError(mapping.title, [problem])
    kept = [name for name in table.frame.columns if name not in turned]
    unpivoted = table.frame.unpivot(turned, index=kept, variable_name=file.unpivot.name, value_name=file.unpivot.value)
    table.frame = unpivoted.sort(ROW, maintain_order=True)


def _join(mapping: CompiledMapping, path: tuple[str | int, ...], table: Table, join: Join, other: Table) -> None:
    where = f"files {table.name}, joins {join.alias}"
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


def _filter(mapping: CompiledMapping, file: File, table: Table) -> None:
    where = mapping.wheres[file.name]
    missing = [name for name in column_names(where) if name not in table.forms]
    if missing:
        return  # said by the check of all columns
    faults = Faults()
    held = truths(where, table.rows(table.frame, mapping, faults))
    held[list(faults.messages)] = False
    for position, message in faults.messages.items():
        table.left_out.append(LeftOut(*_place(table.frame, position), "where", message))
    table.filtered = int((~held).sum()) - len(faults.messages)
    table.frame = table.frame.filter(pl.Series(held))


def _place(frame: pl.DataFrame, position: int) -> tuple[str, int]:
    return frame[FILE][position], frame[LINE][position]


def _check_where(mapping: CompiledMapping, name: str, table: Table) -> None:
    place = list(mapping.files).index(name)
    if name in mapping.wheres:
        problems = _unknown_columns(
            mapping, ("files", place, "where"), f"files {name}, where", mapping.wheres[name], table
        )
        if problems:
            raise MappingError(mapping.title, problems)


def _check_columns(mapping: CompiledMapping, tables: Mapping[str, Table]) -> None:
    problems: list[Problem] = []
    for rule in mapping.rules:
        for key, node in rule.nodes():
            section = () if key in ("when", "each") else ("fields",)
            path = ("emit", rule.place, *section, *key.split("."))
            problems += _unknown_columns(mapping, path, f"{rule.name}, {key}", node, tables[rule.table])
    if problems:
        raise MappingError(mapping.title, problems)


def _unknown_columns(
    mapping: CompiledMapping, path: tuple[str | int, ...], where: str, node: object, table: Table
) -> list[Problem]:
    own = [name for name in table.forms]
    hint = "" if len(own) > 1 else " The file has only one column: is `separator` right?"
    return [
        mapping.problem(
            path,
            where,
            f"there is no column {name!r} in {table.name}."
            + (did_you_mean(name, own) or f" Known: {', '.join(own[:40])}.")
            + hint
            + (" A constant text stands in 'quotes'." if not did_you_mean(name, own) else ""),
        )
        for name in dict.fromkeys(column_names(node))  # type: ignore[arg-type]
        if name not in table.forms
    ]
