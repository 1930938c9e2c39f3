"""Bring the schema up to date: the numbered `.sql` files in order, each statement once."""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from warehouse.client import Warehouse
from warehouse.measures import MIGRATIONS

_APPLIED = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    file String, statement UInt16, of UInt16, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
) ENGINE = MergeTree ORDER BY (file, statement)
"""
_NAME = re.compile(r"^\d{4}_[a-z0-9_]+\.sql$")
# A comment, a quoted text (with \' or '' inside), the end of a statement, or anything else.
_PIECES = re.compile(r"--[^\n]*|'(?:\\.|''|[^'\\])*'|;|[^;'-]+|-", re.DOTALL)


class MigrationRefused(Exception):
    """The files and what was applied do not fit together; the text says which file and what to do."""


@dataclass(frozen=True)
class _Applied:
    of: int
    checksums: dict[int, str]


def statements_in(text: str) -> list[str]:
    """The statements of a file, split at semicolons outside of quotes and comments, comments taken out."""
    found = [""]
    for piece in _PIECES.findall(text):
        if piece == ";":
            found.append("")
        elif not piece.startswith("--"):
            found[-1] += piece
    return [statement.strip() for statement in found if statement.strip()]


def migrate(warehouse: Warehouse, folder: Path = MIGRATIONS) -> list[str]:
    """Apply what is not applied yet, in order; the names of the files that did something.

    `{database}` stands for the database that is asked, which is made where it may be. Interrupted in the middle of a
    file, it goes on with the next statement. MigrationRefused when a file was edited, or disappeared, after it was
    applied.
    """
    warehouse.ensure_database()
    database = warehouse.generation()
    warehouse.command(_APPLIED)
    applied = _applied(warehouse)
    files = sorted(folder.glob("*.sql"))
    _refuse_misfits({path.name for path in files}, applied)
    done: list[str] = []
    for path in files:
        statements = statements_in(path.read_text(encoding="utf-8"))
        before = applied.get(path.name, _Applied(len(statements), {}))
        _refuse_edited(path.name, statements, before)
        for number, statement in enumerate(statements[len(before.checksums) :], start=len(before.checksums) + 1):
            warehouse.command(statement.replace("{database}", database))
            warehouse.command(
                "INSERT INTO schema_migrations (file, statement, of, checksum)"
                " VALUES ({file:String}, {statement:UInt16}, {of:UInt16}, {checksum:String})",
                {"file": path.name, "statement": number, "of": len(statements), "checksum": _checksum(statement)},
            )
            if path.name not in done:
                done.append(path.name)
    return done


def _applied(warehouse: Warehouse) -> dict[str, _Applied]:
    found: dict[str, _Applied] = {}
    for file, number, of, checksum in warehouse.rows(
        "SELECT file, statement, of, checksum FROM schema_migrations ORDER BY file, statement"
    ):
        found.setdefault(file, _Applied(of, {})).checksums[number] = checksum
    return found


def _checksum(statement: str) -> str:
    return sha256(statement.encode()).hexdigest()


def _refuse_misfits(names: set[str], applied: dict[str, _Applied]) -> None:
    for name in sorted(names):
        if not _NAME.match(name):
            raise MigrationRefused(f"{name}: a migration is called like 0007_add_something.sql")
    numbers = [name[:4] for name in sorted(names)]
    if twice := next((number for number in numbers if numbers.count(number) > 1), None):
        raise MigrationRefused(f"two migrations are numbered {twice}: renumber the newer one")
    if gone := sorted(applied.keys() - names):
        raise MigrationRefused(f"{gone[0]} was applied to this warehouse, which is newer than this program: update it")
    if applied and (late := sorted(name for name in names - applied.keys() if name < max(applied))):
        raise MigrationRefused(f"{late[0]} comes before {max(applied)}, which is applied already: give it a new number")


def _refuse_edited(name: str, statements: list[str], before: _Applied) -> None:
    complete = len(before.checksums) == before.of
    same = all(
        number <= len(statements) and _checksum(statements[number - 1]) == checksum
        for number, checksum in before.checksums.items()
    )
    if not same or (complete and len(statements) != before.of):
        raise MigrationRefused(f"{name} was edited after it was applied: undo that, and write a new migration instead")
