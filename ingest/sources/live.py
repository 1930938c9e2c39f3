"""A live table of a mapping at work: rows that arrived become sealed events by the same rules as rows of a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from ingest.connectors.table import DELETED, LINE, ROW, VERSION
from ingest.errors import MappingError, did_you_mean
from ingest.importer.sealing import seal_all
from ingest.intake import Sealed
from ingest.mappings.columns import Form
from ingest.mappings.contents import Shift, blocks
from ingest.mappings.functions import FILE
from ingest.mappings.grammar import Name, Node, column_names
from ingest.mappings.joins import LeftOut, Table
from ingest.mappings.places import Path as KeyPath
from ingest.mappings.rules import CompiledMapping
from ingest.mappings.shape import LiveShape
from ingest.mappings.tables import clear_nulls, complete, read_tables, unknown_columns
from ingest.sources.bodies import Row, Values

_WHAT_VALUES_CAN_DO = (pl.exceptions.PolarsError, ArithmeticError, ValueError)
_NAMES_REMEMBERED = 1_000


@dataclass(frozen=True)
class Rejection:
    """A row, by its place in what was given, that gave no event of a rule, and why."""

    place: int
    rule: str | None
    field: str | None
    message: str

    def said(self) -> str:
        """In one line."""
        where = ", ".join(part for part in (self.rule, self.field) if part)
        return f"{where}: {self.message}" if where else self.message


@dataclass
class Mapped:
    """What became of rows: events by topic, what cannot be mapped, and which rows a rule was about at all."""

    rows: int = 0
    sealed: dict[str, list[Sealed]] = field(default_factory=dict)
    rejected: list[Rejection] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    @property
    def events(self) -> int:
        return sum(map(len, self.sealed.values()))

    @property
    def bad(self) -> list[int]:
        """The places of the rows that something was wrong with."""
        return sorted({rejection.place for rejection in self.rejected})

    @property
    def unused(self) -> int:
        """How many rows no rule is about."""
        return self.rows - len(self.used | {rejection.place for rejection in self.rejected})

    def add(self, other: "Mapped") -> None:
        """Take over what became of some of the rows."""
        for topic, events in other.sealed.items():
            self.sealed.setdefault(topic, []).extend(events)
        self.rejected += other.rejected
        self.used |= other.used


class LiveTable:
    """One live table: its shape, its rules, and the files joined to it, which are read once, from `folder`."""

    def __init__(self, mapping: CompiledMapping, name: str, folder: Path) -> None:
        shape = mapping.tables[name]
        assert isinstance(shape, LiveShape)
        self.shape, self.mapping = shape, mapping.only([name])
        joined = {join.file for join in shape.joins}
        while more := {join.file for file in joined for join in mapping.tables[file].joins} - joined:
            joined |= more
        self._joined = read_tables(mapping.only(joined), folder)
        self._fields = {
            rule.name: {key: tuple(column_names(node)) for key, node in rule.nodes()} for rule in self.mapping.rules
        }
        self.columns = self._own_columns()
        self._known: dict[str, None] = {}
        self._seen: set[str] = set()

    @property
    def name(self) -> str:
        return self.shape.name

    def _own_columns(self) -> tuple[str, ...]:
        """The columns that rows must bring: all that are looked at, but for those of joined files."""
        looked_at = [name for fields in self._fields.values() for names in fields.values() for name in names]
        if self.name in self.mapping.wheres:
            looked_at += column_names(self.mapping.wheres[self.name])
        looked_at += [key for join in self.shape.joins for key in join.keys]
        aliases = {join.alias: self._joined[join.file] for join in self.shape.joins}
        own = [name for name in dict.fromkeys(looked_at) if not name.startswith("\x00")]
        return tuple(name for name in own if name.partition(".")[0] not in aliases)

    def require(self, columns: Sequence[str]) -> None:
        """Raise `MappingError` for columns that rows will never bring, where all of them are known beforehand."""
        joined = [f"{join.alias}.{name}" for join in self.shape.joins for name in self._joined[join.file].forms]
        table = Table(self.name, pl.DataFrame(), dict.fromkeys([*columns, *joined], Form()), [], 0)
        looked_at: list[tuple[KeyPath, str, Node]] = [
            (("emit", rule.place, "fields", *key.split(".")), f"{rule.name}, {key}", node)
            for rule in self.mapping.rules
            for key, node in rule.nodes()
        ]
        own = self.mapping.places[self.name]
        if self.name in self.mapping.wheres:
            looked_at.append(((*own, "where"), f"{own[0]} {self.name}, where", self.mapping.wheres[self.name]))
        for join in self.shape.joins:
            looked_at += [((*own, "joins"), f"{own[0]} {self.name}, joins", Name(key)) for key in join.keys]
        problems = [
            problem
            for path, where, node in looked_at
            for problem in unknown_columns(self.mapping, path, where, node, table)
        ]
        if problems:
            raise MappingError(self.mapping.title, problems)

    def mapped(self, rows: Sequence[Row], origin: str, typed: frozenset[str] = frozenset()) -> Mapped:
        """The events of `rows`, sealed as at the door. `origin` is what file() gives.

        Columns in `typed` were no text where they came from: they are written as this language writes by itself.
        """
        result = Mapped(len(rows))
        result.rejected = [Rejection(place, None, None, row.fault) for place, row in enumerate(rows) if row.fault]
        good = [place for place, row in enumerate(rows) if row.fault is None]
        for place in good:
            self._notice(rows[place].values)
        waiting = [good] if good else []
        while waiting:
            some = waiting.pop()
            try:
                result.add(self._worked_out(rows, some, origin, typed))
            except _WHAT_VALUES_CAN_DO as error:  # nobody thought of such a value: it costs its row, not the others
                if len(some) == 1:
                    result.rejected.append(Rejection(some[0], None, None, f"cannot be worked out: {error}"))
                else:
                    half = len(some) // 2
                    waiting += [some[half:], some[:half]]
        result.rejected.sort(key=lambda one: one.place)
        return result

    def notes(self) -> list[str]:
        """What the mapping names and no row has brought so far."""
        if not self._known:
            return []
        return [
            f"no row so far has {name!r}.{did_you_mean(name, self._known)}"
            for name in self.columns
            if name not in self._seen
        ]

    def _notice(self, values: Values) -> None:
        if len(self._seen) < len(self.columns):
            self._seen.update(name for name in self.columns if name in values)
            if len(self._known) < _NAMES_REMEMBERED:
                self._known.update(dict.fromkeys(values))

    def _worked_out(self, rows: Sequence[Row], places: list[int], origin: str, typed: frozenset[str]) -> Mapped:
        table = Table(self.name, self._frame(rows, places, origin), dict.fromkeys(typed, Form()), [], len(places))
        clear_nulls(self.shape, table)
        complete(self.mapping, self.shape, table, self._joined)
        result = Mapped()
        result.rejected += [self._rejection(None, left_out, rows) for left_out in table.left_out]
        for rule in self.mapping.rules:
            meant = replace(table, frame=table.frame.filter(pl.col(DELETED) == rule.of_deleted))
            if rule.each:
                result.used.update(meant.frame[LINE].to_list())
            for block in blocks(rule, meant, self.mapping, shift=Shift()):
                sealed, receipt = seal_all(rule.topic.name, block.contents)
                result.sealed.setdefault(rule.topic.name, []).extend(sealed)
                refused = [LeftOut("", block.lines[at], fault.field, fault.message) for at, fault in receipt.refused]
                result.rejected += [self._rejection(rule.name, one, rows) for one in (*block.left_out, *refused)]
                result.used.update(block.lines)
        return result

    def _frame(self, rows: Sequence[Row], places: list[int], origin: str) -> pl.DataFrame:
        own = {
            name: pl.Series([rows[place].values.get(name) for place in places], dtype=pl.String)
            for name in self.columns
        }
        return pl.DataFrame(
            {
                ROW: pl.Series([rows[place].number for place in places], dtype=pl.Int64),
                LINE: pl.Series(places, dtype=pl.Int64),
                FILE: pl.Series([origin], dtype=pl.String).new_from_index(0, len(places)),
                VERSION: pl.Series([rows[place].version for place in places], dtype=pl.Int64),
                DELETED: pl.Series([rows[place].deleted for place in places], dtype=pl.Boolean),
                **own,
            }
        )

    def _rejection(self, rule: str | None, left_out: LeftOut, rows: Sequence[Row]) -> Rejection:
        """With the columns that the field is made of and the row does not have."""
        message = left_out.message
        values = rows[left_out.line].values
        for name in self._fields.get(rule or "", {}).get(left_out.field or "", ()):
            if name in self.columns and name not in values:
                message += f"; the row has no {name!r}.{did_you_mean(name, values)}"
        return Rejection(left_out.line, rule, left_out.field, message)
