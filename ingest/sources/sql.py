"""A table of a database as a live source: asked page by page for what its cursor says is new.

Pages go by (cursor, key), so that rows that share a time are neither left out nor taken twice. Transactions commit
later than the times they write, so every sweep begins an overlap before the newest row; what was taken is known again.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, InterfaceError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from ingest.dead_letters import Letter, error_headers
from ingest.errors import Terminal, Transient
from ingest.mappings.shape import SqlTable
from ingest.settings import source_prefix
from ingest.sources.counters import Counters
from ingest.sources.cursor import Cursor, Told, behind, written
from ingest.sources.delivery import REASON, Delivery, whole_or_cut
from ingest.sources.live import LiveTable, Mapped
from ingest.sources.relation import Record, Relation, as_text, describe

_COMES_BACK = (OperationalError, InterfaceError, NoConnection)


class SqlSource:
    """One `[[sql]]` at work. Values are bound parameters always; the address with its password is never told."""

    def __init__(
        self, live: LiveTable, url: str, delivery: Delivery, counters: Counters, state_dir: Path | None
    ) -> None:
        assert isinstance(live.shape, SqlTable)
        self.name, self.counters = live.name, counters
        self._live, self._shape, self._delivery = live, live.shape, delivery
        self._engine = _engine(url, f"{source_prefix(live.shape.connection or live.name)}URL")
        shape = self._shape
        identity = [shape.table, shape.query, shape.cursor, shape.key, str(shape.since)]
        path = None if state_dir is None else state_dir / f"{live.name}.cursor.json"
        self._cursor = Cursor.open(path, hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32])
        self._relation: Relation | None = None
        self._behind: Record | None = None  # the last row of the page before, within a sweep

    def turn(self) -> float:
        """Take one page; returns how many seconds to rest before the next."""
        try:
            relation = self._described()
            if self._behind is None:
                self.counters.lag = self._count_new(relation)
            page = self._page(relation, self._behind, self._shape.page_rows)
        except SQLAlchemyError as error:
            raise self._said(error) from error
        fresh = self._deliver(relation, page)
        is_last = len(page) < self._shape.page_rows
        self._behind = None if is_last else relation.place_of(page[-1])
        self.counters.well(0 if is_last else max(0, (self.counters.lag or 0) - fresh))
        return self._shape.every_seconds if is_last else 0.0

    def first(self, most: int) -> Mapped:
        """What the first rows would become; nothing is sent and nothing remembered."""
        try:
            relation = self._described()
            page = self._page(relation, None, most, anew=True)
        except SQLAlchemyError as error:
            raise self._said(error) from error
        return self._live.mapped([relation.row(record, 0) for record in page], self.name, relation.typed(page))

    def let_go(self) -> None:
        """Disconnect; the next turn begins a sweep."""
        self._behind = self._relation = None
        self._engine.dispose()

    def _deliver(self, relation: Relation, page: Sequence[Record]) -> int:
        fresh = self._fresh(relation, page)
        if fresh:
            rows = [relation.row(record, told.changes) for _, record, told in fresh]

            def letter(place: int, said: str) -> Letter:
                text = json.dumps(dict(rows[place].values), ensure_ascii=False, sort_keys=True)
                value, reason = whole_or_cut(text.encode(errors="replace"), said)
                return Letter(
                    fresh[place][0].encode(), value, error_headers(self._shape.table or self.name, REASON, reason)
                )

            self._delivery.deliver(rows, self.name, letter, relation.typed(page))
        if page:
            self._remember(relation.place_of(page[-1]), {key: told for key, _, told in fresh})
        return len(fresh)

    def _fresh(self, relation: Relation, page: Sequence[Record]) -> list[tuple[str, Record, Told]]:
        """The rows of a page that were not taken just so before."""
        fresh = []
        for record in page:
            place, digest = relation.place_of(record), _digest(record)
            try:
                key = json.dumps([written(value) for value in place[1:] or place])
            except TypeError as error:
                raise Terminal(f"sql {self.name}: {error}") from None
            changes = self._cursor.changes_of(key, place[0], digest)
            if changes is not None:
                fresh.append((key, record, Told(place[0], digest, changes)))
        return fresh

    def _remember(self, newest: Record, told: dict[str, Told]) -> None:
        self._cursor.told |= told
        try:
            if self._cursor.at is None or newest > self._cursor.at:
                self._cursor.at = newest
            self._cursor.forget_before(behind(self._cursor.at[0], self._shape.overlap))
        except TypeError as error:
            raise Terminal(f"sql {self.name}: {self._shape.cursor} holds values of several types ({error})") from None
        if told:
            self._cursor.save()

    def _described(self) -> Relation:
        if self._relation is None:
            relation = describe(self._engine, self._shape)
            self._live.require(relation.names)
            with self._engine.connect() as connection:
                without = connection.execute(relation.without_cursor()).scalar_one()
            if without:
                self.counters.lost(f"{without:,} rows have no {self._shape.cursor} and are never read")
            self._relation = relation
        return self._relation

    def _page(self, relation: Relation, last: Record | None, most: int, *, anew: bool = False) -> list[Record]:
        at = None if anew else self._cursor.at
        since = self._since() if at is None else behind(at[0], self._shape.overlap)
        statement = relation.page(last, since, most)
        with self._engine.connect() as connection:
            return [tuple(record) for record in connection.execute(statement)]

    def _since(self) -> Any:
        since = self._shape.since
        if isinstance(since, date) and self._engine.dialect.name == "sqlite":
            return since.isoformat().replace("T", " ")  # SQLite has times as text
        return since

    def _count_new(self, relation: Relation) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(relation.count(self._cursor.at, self._since())).scalar_one())

    def _said(self, error: SQLAlchemyError) -> Transient | Terminal:
        """In our words, and without the password wherever the driver put it."""
        text = str(getattr(error, "orig", None) or error).strip()
        if password := self._engine.url.password:
            text = text.replace(str(password), "***")
        kind = Transient if isinstance(error, _COMES_BACK) else Terminal
        return kind(f"the database of {self.name} says: {text}")


def _engine(url: str, setting: str) -> sa.Engine:
    try:
        return sa.create_engine(url, pool_pre_ping=True, pool_size=1, hide_parameters=True)
    except NoSuchModuleError as error:
        raise Terminal(f"{setting}: SQLAlchemy knows no such database ({error})") from None
    except ArgumentError:
        raise Terminal(f"{setting} is no address; write postgresql+psycopg://user:password@host/database") from None
    except ImportError as error:
        raise Terminal(f"{setting} needs a driver that is not installed ({error}): install it with pip") from None


def _digest(record: Record) -> str:
    return hashlib.blake2b(
        repr([as_text(value) for value in record]).encode(errors="replace"), digest_size=12
    ).hexdigest()
