"""A table, view or query of a database: its columns, its order, and the questions that are asked of it.

Columns go without types: values come and go as the driver has them. SQLAlchemy's types would write a time that SQLite
keeps as text with six more digits than it has, and every comparison with it would be wrong.
"""

import json
from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ingest.errors import Terminal, did_you_mean
from ingest.mappings.live import spaced
from ingest.mappings.shape import SqlTable
from ingest.sources.bodies import Row
from ingest.sources.cursor import place_in_time

CHANGES_BITS = 8
_LARGEST_PLACE = 1 << 52

Record = tuple[Any, ...]


class Relation:
    """A table, view or query with its columns, in the order of cursor and key."""

    def __init__(self, of: sa.FromClause, names: Sequence[str], cursor: str, key: Sequence[str]) -> None:
        self._of, self.names = of, tuple(names)
        self._order = (cursor, *(name for name in key if name != cursor))
        self._columns = [of.c[name] for name in self.names]
        self._places = [self.names.index(name) for name in self._order]

    def place_of(self, record: Record) -> Record:
        """Cursor and key of a row."""
        return tuple(record[place] for place in self._places)

    def page(self, last: Record | None, since: Any, most: int) -> sa.Select[Any]:
        """The next rows behind `last`, else from `since` on, else from the beginning."""
        ordered = [self._of.c[name] for name in self._order]
        statement = sa.select(*self._columns).where(ordered[0].is_not(None)).order_by(*ordered).limit(most)
        if last is not None:
            return statement.where(self._behind(last))
        return statement if since is None else statement.where(ordered[0] >= since)

    def count(self, last: Record | None, since: Any) -> sa.Select[Any]:
        """How many rows lie behind `last`."""
        cursor = self._of.c[self._order[0]]
        statement = sa.select(sa.func.count()).select_from(self._of).where(cursor.is_not(None))
        if last is not None:
            return statement.where(self._behind(last))
        return statement if since is None else statement.where(cursor >= since)

    def without_cursor(self) -> sa.Select[Any]:
        """How many rows can never be found by the cursor."""
        return sa.select(sa.func.count()).select_from(self._of).where(self._of.c[self._order[0]].is_(None))

    def row(self, record: Record, changes: int) -> Row:
        """The row as text, with its place among the states of its thing."""
        values = {name: as_text(value) for name, value in zip(self.names, record, strict=True)}
        place = place_in_time(self.place_of(record)[0])
        version = None
        if place is not None and 0 <= place < _LARGEST_PLACE:
            version = spaced(place << CHANGES_BITS | min(changes, (1 << CHANGES_BITS) - 1))
        return Row(0, values, version)

    def typed(self, page: Sequence[Record]) -> frozenset[str]:
        """The columns that hold no text."""
        return frozenset(
            name for place, name in enumerate(self.names) if not any(isinstance(record[place], str) for record in page)
        )

    def _behind(self, last: Record) -> sa.ColumnElement[bool]:
        """Greater than `last` in the order of the columns; not every database compares rows at once."""
        columns = [self._of.c[name] for name in self._order]
        ways = [sa.and_(*(columns[i] == last[i] for i in range(n)), columns[n] > last[n]) for n in range(len(columns))]
        return sa.or_(*ways)


def describe(engine: sa.Engine, shape: SqlTable) -> Relation:
    """What the database says of a table; `Terminal` when it, its cursor or its key are not there."""
    of, names, key = _of_query(engine, shape) if shape.query is not None else _of_table(engine, shape)
    for name in (shape.cursor, *key):
        if name not in names:
            hint = did_you_mean(name, names) or f" Known: {', '.join(names[:40])}."
            raise Terminal(f"sql {shape.name}: there is no column {name!r}.{hint}")
    if not key:
        raise Terminal(f"sql {shape.name}: {shape.table} has no primary key; say by key = … what tells its rows apart")
    return Relation(of, names, shape.cursor, key)


def _of_table(engine: sa.Engine, shape: SqlTable) -> tuple[sa.FromClause, list[str], tuple[str, ...]]:
    schema, _, name = str(shape.table).rpartition(".")
    inspector = sa.inspect(engine)
    known = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
    if name not in known:
        hint = did_you_mean(name, known) or f" Known: {', '.join(known[:40]) or 'none'}."
        raise Terminal(f"sql {shape.name}: there is no table {shape.table!r}.{hint}")
    names = [column["name"] for column in inspector.get_columns(name, schema or None)]
    key = shape.key or tuple(inspector.get_pk_constraint(name, schema or None)["constrained_columns"])
    return sa.table(name, *map(sa.column, names), schema=schema or None), names, key


def _of_query(engine: sa.Engine, shape: SqlTable) -> tuple[sa.FromClause, list[str], tuple[str, ...]]:
    text = sa.text(str(shape.query).strip().rstrip(";").replace(":", "\\:"))
    with engine.connect() as connection:
        nothing: sa.Select[Any] = (
            sa.select(sa.literal_column("*")).select_from(text.columns().subquery("q")).where(sa.false())
        )
        names = list(connection.execute(nothing).keys())
    return text.columns(*map(sa.column, names)).subquery("q"), names, shape.key


def as_text(value: object) -> str | None:
    """A value as the mapping language writes it by itself."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        raw = bytes(value)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.hex()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    return str(value)
