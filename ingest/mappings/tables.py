"""The files of a mapping as tables: read, made one, cleared of duplicates, unpivoted, joined, filtered."""

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl

from ingest.connectors.table import (
    LINE,
    ROW,
    UNPACKING_FAILS,
    BadRow,
    ReadOptions,
    UnreadableFile,
    connectors,
    format_of,
)
from ingest.errors import MappingError, Problem, did_you_mean
from ingest.mappings.columns import Faults, Form
from ingest.mappings.evaluate import truths
from ingest.mappings.functions import FILE
from ingest.mappings.grammar import column_names
from ingest.mappings.joins import OWN, LeftOut, Table, join_to
from ingest.mappings.rules import CompiledMapping
from ingest.mappings.shape import File, TableShape

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
    for file in mapping.files.values():
        if told:
            told(file.name)
        tables[file.name] = _read(mapping, file, folder, tables, limit, drop_duplicates)
    _check_columns(mapping, tables)
    for name, table in tables.items():
        _check_where(mapping, name, table)
    return tables


def _read(
    mapping: CompiledMapping,
    file: File,
    folder: Path,
    tables: Mapping[str, Table],
    limit: int | None,
    drop_duplicates: bool | None,
) -> Table:
    paths = _paths(mapping, file, folder)
    table = _stacked(mapping, file, paths, limit)
    own = [name for name in table.frame.columns if name not in OWN]
    unequal = table.frame.unique(subset=own, keep="first", maintain_order=True) if own else table.frame
    table.duplicates = table.frame.height - unequal.height
    if file.drop_duplicates if drop_duplicates is None else drop_duplicates:
        table.duplicates_dropped, table.frame = table.duplicates, unequal
    clear_nulls(file, table)
    if file.unpivot:
        _unpivot(mapping, file, table)
    complete(mapping, file, table, tables)
    return table


def clear_nulls(shape: TableShape, table: Table) -> None:
    """Texts that mean no value are none from here on."""
    texts = [name for name in table.frame.columns if name not in OWN and table.frame[name].dtype == pl.String]
    # series by series: in an expression a column that is called * would mean all of them
    table.frame = table.frame.with_columns(_without(table.frame[name], shape.nulls) for name in texts)


def _without(series: pl.Series, nulls: Sequence[str]) -> pl.Series:
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(series))
    return nothing.zip_with(series.is_in(list(nulls)).fill_null(value=False), series).alias(series.name)


def complete(mapping: CompiledMapping, shape: TableShape, table: Table, tables: Mapping[str, Table]) -> None:
    """Put the joined columns beside the table's own, and leave out the rows that are not meant."""
    form = Form(shape.decimal, shape.thousands, shape.dates)
    table.forms = {name: table.forms.get(name, form) for name in table.frame.columns if not name.startswith("\x00")}
    for number, join in enumerate(shape.joins):
        join_to(mapping, (*mapping.places[shape.name], "joins", number), table, join, tables[join.file])
    if shape.where is not None:
        _filter(mapping, shape, table)


def _paths(mapping: CompiledMapping, file: File, folder: Path) -> list[Path]:
    inside = folder.resolve()
    found = sorted(path for path in inside.glob(file.path) if path.is_file() and path.resolve().is_relative_to(inside))
    if not found:
        there = sorted(path.name for path in inside.iterdir() if path.is_file()) if inside.is_dir() else []
        hint = did_you_mean(file.path, there) or f" There are: {', '.join(there[:20]) or 'no files'}."
        message = f"no file {file.path!r} in {folder}.{hint}"
        path = (*mapping.places[file.name], "path")
        raise MappingError(mapping.title, [mapping.problem(path, f"files {file.name}", message)])
    return found


def _stacked(mapping: CompiledMapping, file: File, paths: Sequence[Path], limit: int | None) -> Table:
    options = ReadOptions(file.encoding, file.separator, file.quote, file.skip_lines, file.columns, file.sheet, limit)
    frames: list[pl.DataFrame] = []
    bad: list[tuple[Path, BadRow]] = []
    for path in paths:
        try:
            frame, unread = connectors()[file.format or format_of(path)].read(path, options)
        except (UnreadableFile, *UNPACKING_FAILS) as error:
            said = str(error)
            if not isinstance(error, UnreadableFile):
                said = f"{path.name}: cannot be unpacked ({error}). Was it copied whole? Nothing of it was taken"
            problem = mapping.problem(mapping.places[file.name], f"files {file.name}", said)
            raise MappingError(mapping.title, [problem]) from error
        frames.append(frame.with_columns(pl.lit(path.name).alias(FILE)))
        bad.extend((path, row) for row in unread)
    try:
        frame = pl.concat(frames, how="diagonal_relaxed") if len(frames) > 1 else frames[0]
    except pl.exceptions.PolarsError as error:
        message = f"the files of {file.path!r} do not fit together: {error}"
        problem = mapping.problem((*mapping.places[file.name], "path"), f"files {file.name}", message)
        raise MappingError(mapping.title, [problem]) from error
    left_out = [LeftOut(path.name, row.line, None, row.message) for path, row in bad]
    return Table(file.name, frame, {}, list(paths), frame.height + len(bad), left_out=left_out)


def _unpivot(mapping: CompiledMapping, file: File, table: Table) -> None:
    assert file.unpivot is not None
    own = [name for name in table.frame.columns if name not in OWN]
    turned = [name for name in own if any(fnmatch.fnmatchcase(name, pattern) for pattern in file.unpivot.columns)]
    if not turned:
        message = f"no column is like {', '.join(file.unpivot.columns)}. Known: {', '.join(own)}."
        path = (*mapping.places[file.name], "unpivot")
        problem = mapping.problem(path, f"files {file.name}, unpivot", message)
        raise MappingError(mapping.title, [problem])
    kept = [name for name in table.frame.columns if name not in turned]
    unpivoted = table.frame.unpivot(turned, index=kept, variable_name=file.unpivot.name, value_name=file.unpivot.value)
    table.frame = unpivoted.sort(ROW, maintain_order=True)


def _filter(mapping: CompiledMapping, shape: TableShape, table: Table) -> None:
    where = mapping.wheres[shape.name]
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
    if name in mapping.wheres:
        path = (*mapping.places[name], "where")
        problems = unknown_columns(mapping, path, f"{path[0]} {name}, where", mapping.wheres[name], table)
        if problems:
            raise MappingError(mapping.title, problems)


def _check_columns(mapping: CompiledMapping, tables: Mapping[str, Table]) -> None:
    problems: list[Problem] = []
    for rule in mapping.rules:
        for key, node in rule.nodes():
            section = () if key in ("when", "each") else ("fields",)
            path = ("emit", rule.place, *section, *key.split("."))
            problems += unknown_columns(mapping, path, f"{rule.name}, {key}", node, tables[rule.table])
    if problems:
        raise MappingError(mapping.title, problems)


def unknown_columns(
    mapping: CompiledMapping, path: tuple[str | int, ...], where: str, node: object, table: Table
) -> list[Problem]:
    own = [name for name in table.forms]
    if not own:
        message = f"{table.name} has no rows, so that it cannot be seen which columns it has"
        return [mapping.problem(mapping.places[table.name], f"{mapping.places[table.name][0]} {table.name}", message)]
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
        if name not in table.forms and not name.startswith("\x00")
    ]
