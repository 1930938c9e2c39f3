"""The engine: chDB on one folder, one fresh connection a request.

A connection costs 0.2 ms and carries the state of its request (database, settings, parameters) away with it, which is
exactly what a ClickHouse server does with a request that names no session.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse.embedded.refusals import NOT_ENOUGH_SPACE, SESSION_NOT_FOUND, SYNTAX_ERROR, from_engine, refusal
from warehouse.embedded.room import Room
from warehouse.embedded.statement import Insert, Query

# LOGICAL_ERROR, CANNOT_WRITE_TO_, CANNOT_OPEN_ and CANNOT_CLOSE_FILE, MEMORY_LIMIT_EXCEEDED, TABLE_IS_READ_ONLY,
# NOT_ENOUGH_SPACE, TOO_MANY_PARTS, and what is no exception of ClickHouse's own
_OF_WRITING = (49, 75, 76, 77, 241, 242, 243, 252, 1000, 1001, 1002)
SESSIONS_KEPT = 10_000
"""Those not used for longest are forgotten."""


class FolderInUse(Exception):
    """Another process has this folder open; chDB takes one process a folder."""


@dataclass(frozen=True)
class Request:
    """One statement with what it needs: `settings` and `parameters` as the text the client sent."""

    statement: Insert | Query
    format: str = "TabSeparated"
    database: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    read_only: bool = False
    session: str = ""
    session_check: bool = False


@dataclass(frozen=True)
class Answer:
    """The engine's answer: the body in `format` and the counts of X-ClickHouse-Summary."""

    body: bytes
    format: str
    summary: dict[str, int]


class Engine:
    """chDB on a folder. Safe to ask from several threads at once; `close` when the last one has answered."""

    def __init__(self, folder: Path, *, database: str, threads: int, memory_bytes: int, kept_free_bytes: int) -> None:
        """Open the folder and make sure of `database`. Raises `FolderInUse`, or `Refusal` in the engine's words."""
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "in-use").open("w")  # the engine has a lock too, but tells of it on stderr alone
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # let go of by the system, however we end
        except BlockingIOError as error:
            raise FolderInUse(str(folder)) from error
        import chdb  # half a second and 550 MB of library: only where an engine is really wanted

        self._chdb: Any = chdb._chdb
        self._path = str(folder)
        self._defaults = {"max_threads": str(threads), "max_insert_threads": "1"}
        options = f"max_server_memory_usage={memory_bytes}&mark_cache_size={memory_bytes // 8}"
        try:
            self._keeper = self._chdb.connect(f"{self._path}?{options}")
        except RuntimeError as error:
            raise from_engine(error) from error
        self.version = self._one("SELECT version()")
        self.timezone = self._one("SELECT timezone()")
        self._keeper.query(f"CREATE DATABASE IF NOT EXISTS {_identifier(database)} ENGINE = Atomic", "Null")
        self._errors, _ = _errors_so_far(self._keeper)
        self._sessions: OrderedDict[str, None] = OrderedDict()
        self._room = Room(folder, self._let_merge, kept_free_bytes)
        self._room.start()

    def answer(self, request: Request) -> Answer:
        """Run one statement. Raises `Refusal` with ClickHouse's own code and words.

        A session has no state here; that one is known tells that the engine was not started anew since it began.
        """
        if request.session_check and request.session not in self._sessions:
            raise refusal(SESSION_NOT_FOUND, f"Session {request.session!r} not found")
        if request.session:
            self._sessions[request.session] = None
            self._sessions.move_to_end(request.session)
            if len(self._sessions) > SESSIONS_KEPT:
                self._sessions.popitem(last=False)
        with self._connection() as connection:
            try:
                connection.query(self._preamble(request), "Null")
                if isinstance(request.statement, Insert):
                    return self._insert(connection, request.statement)
                return self._query(connection, request.statement, request.format)
            except RuntimeError as error:
                with self._connection() as fresh:  # one that has failed answers with what was left in it
                    self._errors, _ = _errors_so_far(fresh)
                raise from_engine(error) from error

    def close(self) -> None:
        """Flush and let go of the folder."""
        self._room.stop()
        self._keeper.close()
        self._lock.close()

    def _query(self, connection: Any, query: Query, default_format: str) -> Answer:
        if ";" in query.text.rstrip("; \n\t") and connection.classify_query(query.text)["statement_count"] > 1:
            raise refusal(SYNTAX_ERROR, "Syntax error: Multi-statements are not allowed")
        result = connection.query(query.text, default_format)
        body = result.bytes() or b""
        return Answer(
            body,
            query.format or default_format,
            {
                "read_rows": result.storage_rows_read(),
                "read_bytes": result.storage_bytes_read(),
                "written_rows": result.rows_written(),
                "written_bytes": result.bytes_written(),
                "result_rows": result.rows_read(),
                "result_bytes": len(body),
                "elapsed_ns": int(result.elapsed() * 1e9),
            },
        )

    def _insert(self, connection: Any, insert: Insert) -> Answer:
        """One body, given whole: nothing is visible until the engine has read it to its end.

        chDB 26.9 says nothing of what fails when the part of a streaming insert is written (a full disk, too many
        parts): only its count of errors tells. Where that moved, by whatever, the insert is in doubt and refused.
        """
        if self._room.is_tight:
            raise refusal(NOT_ENOUGH_SPACE, str(self._room))
        before = self._errors
        stream = connection.send_insert(insert.head, insert.format)
        try:
            if insert.data:
                connection.insert_append(stream, bytes(insert.data))
            result = connection.insert_done(stream)
        except RuntimeError:
            with contextlib.suppress(RuntimeError):  # an insert that failed may be over already
                connection.insert_cancel(stream)
            raise
        self._errors, last = _errors_so_far(connection)
        if self._errors != before:
            raise from_engine(RuntimeError(last))
        rows, size = result.rows_written(), result.bytes_written()
        summary = {
            "read_rows": rows,
            "read_bytes": len(insert.data),
            "written_rows": rows,
            "written_bytes": size,
            "result_rows": rows,
            "result_bytes": size,
            "elapsed_ns": int(result.elapsed() * 1e9),
        }
        return Answer(b"", insert.format, summary)

    def _preamble(self, request: Request) -> str:
        """One text that gives a fresh connection the request's state; `readonly` last, or it would forbid the rest."""
        settings = {**self._defaults, **request.settings}
        settings.update({f"param_{name}": value for name, value in request.parameters.items()})
        read_only = settings.pop("readonly", "2" if request.read_only else None)
        if read_only is not None:
            settings["readonly"] = read_only
        assignments = ", ".join(f"{_identifier(name)} = {_literal(value)}" for name, value in settings.items())
        use = f"USE {_identifier(request.database)}; " if request.database else ""
        return f"{use}SET {assignments}"

    def _let_merge(self, may: bool) -> None:
        with self._connection() as connection:
            connection.query(f"SYSTEM {'START' if may else 'STOP'} MERGES", "Null")

    def _one(self, sql: str) -> str:
        return str(self._keeper.query(sql, "TSVRaw").bytes().decode().strip())

    @contextlib.contextmanager
    def _connection(self) -> Iterator[Any]:
        connection = self._chdb.connect(self._path)
        try:
            yield connection
        finally:
            connection.close()


def _errors_so_far(connection: Any) -> tuple[int, str]:
    """How many errors of `_OF_WRITING` the engine has had since it began, and the last one as it would be raised."""
    said = "format('Code: {}. DB::Exception: {} ({})', toString(code), last_error_message, name)"
    asked = f"SELECT sum(value), argMax({said}, last_error_time) FROM system.errors WHERE code IN {_OF_WRITING}"  # noqa: S608
    count, last = connection.query(asked, "TSVRaw").bytes().decode().rstrip("\n").split("\t", 1)
    return int(count), last


def memory_share() -> int:
    """Bytes the engine may use unless told otherwise: half of the machine's, at most 4 GiB."""
    return min(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2, 4 << 30)


def _identifier(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _literal(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
