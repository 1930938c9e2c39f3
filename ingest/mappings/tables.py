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
from ingest.mappings.grammar import Node, column_names
from ingest.mappings.joins import OWN, LeftOut, Table, join_to
from ingest.mappings.places import Path as KeyPath
from ingest.mappings.rules import CompiledMapping
from ingest.mappings.shape import File, TableShape

Told = Callable[[str, int | None], None]
"""Is told which file is being read, and how many rows it had when it is."""


def read_tables(
    mapping: CompiledMapping,
    folder: Path,
    *,
    limit: int | None = None,
    drop_duplicates: bool | None = None,
    told: Told | None = None,
) -> dict[str, Table]:
    """Every file of the mapping as a table.

    Raises `MappingError` with all problems of the mapping, and with all files and columns that are not there.
    """
    tables: dict[str, Table] = {}
    problems = list(mapping.problems)
    for file in mapping.files.values():
        if told:
            told(file.name, None)
        try:
            table = tables[file.name] = _read(mapping, file, folder, limit, drop_duplicates)
            if told:
                told(file.name, table.rows_read)
            complete(mapping, file, table, tables)
        except MappingError as error:
            problems += error.problems
    for name, table in tables.items():
        problems += _absent(mapping, name, table)
    if problems:
        raise MappingError(mapping.title, sorted(problems, key=lambda one: one.line or 0))
    return tables


def _read(
    mapping: CompiledMapping,
    file: File,
    folder: Path,
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
    """Put the joined columns beside the table's own, and leave out the rows that are not meant.

    Raises `MappingError` for joins that cannot be made; those that can be are.
    """
    form = Form(shape.decimal, shape.thousands, shape.dates)
    table.forms = {name: table.forms.get(name, form) for name in table.frame.columns if not name.startswith("\x00")}
    problems: list[Problem] = []
    for number, join in enumerate(shape.joins):
        try:
            if join.file in tables:
                join_to(mapping, (*mapping.places[shape.name], "joins", number), table, join, tables[join.file])
            else:  # what is wrong with that one is said of it
                table.unjoined.add(join.alias)
        except MappingError as error:
            table.unjoined.add(join.alias)
            problems += error.problems
    if problems:
        raise MappingError(mapping.title, problems)
    if shape.name in mapping.wheres:
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
    if any(name not in table.forms for name in column_names(where)):
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


_UNDER: dict[str, KeyPath] = {"when": ("when",), "each": ("each",)}
"""Expressions that stand in `[[emit]]` itself; all others are fields'."""


def _absent(mapping: CompiledMapping, name: str, table: Table) -> list[Problem]:
    """What the mapping asks of a table and it has not."""
    place = mapping.places[name]
    section = f"{place[0]} {name}"
    looked_at: list[tuple[KeyPath, str, Node]] = [
        (("emit", rule.place, *_UNDER.get(key, ("fields", *key.split(".")))), f"{rule.name}, {key}", node)
        for rule in mapping.rules
        if rule.table == name
        for key, node in rule.nodes()
    ]
    if name in mapping.wheres:
        looked_at.append(((*place, "where"), f"{section}, where", mapping.wheres[name]))
    absent = table.lacks(column for _, _, node in looked_at for column in column_names(node))
    if not absent:
        return []
    if not table.forms:
        message = f"{name} has no rows, so that it cannot be seen which columns it has"
        return [mapping.problem(place, section, message)]
    if len(table.forms) == 1:
        wanted = ", ".join(map(repr, absent))
        message = f"there is only one column, {next(iter(table.forms))!r}, and no {wanted}: is `separator` right?"
        return [mapping.problem(place, section, message)]
    return [
        problem for path, where, node in looked_at for problem in unknown_columns(mapping, path, where, node, table)
    ]


def unknown_columns(mapping: CompiledMapping, path: KeyPath, where: str, node: Node, table: Table) -> list[Problem]:
    """The columns of an expression that the table does not have, each with the one that was probably meant."""
    known = f" Known: {', '.join(list(table.forms)[:40])}. A constant text stands in 'quotes'."
    return [
        mapping.problem(
            path, where, f"there is no column {name!r} in {table.name}.{did_you_mean(name, table.forms) or known}"
        )
        for name in table.lacks(column_names(node))
    ]
