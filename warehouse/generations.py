"""Generations of the warehouse: each is a database, and one small table in the first says which is the current one.

The first is the configured database, its root; a rebuild fills the next, `<root>_<n>`, and then makes it current. They
are databases and not tables exchanged under one name because a worker that slept through the change holds a batch
for the tables it knew: its insert lands where it was meant to, and there it does no harm.
"""

import re
import time
from dataclasses import dataclass
from typing import Self

from warehouse.asking import CREATE_DATABASE
from warehouse.client import Warehouse
from warehouse.errors import WarehouseError
from warehouse.settings import WarehouseSettings

NOTED_TRIES, NOTED_PAUSE_SECONDS = 5, 0.5
ALIVE_SECONDS = 20.0
"""After this silence a rebuild that was not ended is taken for dead."""

_TABLE = """
CREATE TABLE IF NOT EXISTS {root}.generations (
    number UInt32, database String, what LowCardinality(String), by String, at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = MergeTree ORDER BY (number, at)
"""


class RebuildUnderWay(Exception):
    """Somebody fills a generation already; the text says who and since when."""


@dataclass(frozen=True)
class Shadow:
    """A generation that is being filled."""

    number: int
    database: str


class Generations:
    """What is written about generations, and the making, changing and dropping of them. `by` says who does it."""

    def __init__(self, settings: WarehouseSettings, by: str) -> None:
        self._root, self._by = settings.database, by
        self._warehouse = Warehouse(settings, generation=settings.database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._warehouse.close()

    def current(self) -> str:
        """The database that every part asks."""
        return self._warehouse.current()

    def begin(self) -> Shadow:
        """An empty generation to be filled; whatever is not the current one is dropped. Raises `RebuildUnderWay`."""
        self._warehouse.ensure_database()
        self._warehouse.command(_TABLE.format(root=self._root))
        self._refuse_another()
        shadow = self._next()
        self._note(shadow, "begun")
        self._refuse_another(besides=shadow)
        self.forget(besides=shadow)
        self._warehouse.command(CREATE_DATABASE, {"name": shadow.database})
        return shadow

    def alive(self, shadow: Shadow) -> None:
        """A sign of life of whoever fills it: at least one within `ALIVE_SECONDS`."""
        self._note(shadow, "alive")

    def left(self, shadow: Shadow) -> None:
        """It is no longer being filled, and will not be."""
        self._note(shadow, "left")

    def switch(self, shadow: Shadow) -> None:
        """Make it the current one: one row, there or not."""
        self._note(shadow, "current")

    def changed_ago(self) -> float | None:
        """How many seconds ago the current generation became it; None of the first."""
        if not self._is_noted():
            return None
        found = self._warehouse.rows(
            "SELECT dateDiff('millisecond', max(at), now64(6)) / 1000, count()"  # noqa: S608
            f" FROM {self._root}.generations WHERE what = 'current'"
        )[0]
        return float(found[0]) if found[1] else None

    def old(self) -> list[str]:
        """The databases of all generations that hold something and are not current."""
        current = self.current()
        if not self._is_noted():
            return []
        there = {name for (name,) in self._warehouse.rows("SELECT name FROM system.databases")}
        made = self._warehouse.rows(f"SELECT DISTINCT database FROM {self._root}.generations ORDER BY number")  # noqa: S608
        old = [str(database) for (database,) in made if database in there - {current, self._root}]
        return [self._root, *old] if current != self._root and self._tables() else old

    def forget(self, besides: Shadow | None = None) -> list[str]:
        """Drop every generation that is not current; the databases. Only what a rebuild made is ever dropped."""
        gone = [database for database in self.old() if besides is None or database != besides.database]
        for database in gone:
            if database == self._root:  # it keeps the table that says which is current
                for table, is_dictionary in self._tables():
                    kind = "DICTIONARY" if is_dictionary else "TABLE"
                    self._warehouse.command(f"DROP {kind} IF EXISTS {self._root}.{table} SYNC")
            else:
                self._warehouse.command("DROP DATABASE IF EXISTS {name:Identifier} SYNC", {"name": database})
        return gone

    def bytes_of(self, database: str) -> int:
        """What a generation takes on the warehouse's disk."""
        found = self._warehouse.rows(
            "SELECT sum(bytes_on_disk) FROM system.parts WHERE database = {name:String} AND active", {"name": database}
        )
        return int(found[0][0])

    def free_bytes(self) -> int:
        """What is free on the warehouse's disk."""
        return int(self._warehouse.rows("SELECT min(free_space) FROM system.disks")[0][0])

    def _next(self) -> Shadow:
        numbers = [1, *(int(n) for (n,) in self._warehouse.rows(f"SELECT max(number) FROM {self._root}.generations"))]  # noqa: S608
        mine = re.compile(rf"{self._root}_(\d+)")  # whatever has such a name is not ours to take
        taken = [mine.fullmatch(name) for (name,) in self._warehouse.rows("SELECT name FROM system.databases")]
        number = 1 + max(*numbers, *(int(one[1]) for one in taken if one), 1)
        return Shadow(number, f"{self._root}_{number}")

    def _note(self, shadow: Shadow, what: str) -> None:
        """Tried again where it is in doubt: said twice it is the same."""
        said = f"INSERT INTO {self._root}.generations (number, database, what, by)"
        values = " VALUES ({number:UInt32}, {database:String}, {what:String}, {by:String})"
        of_whom = {"number": shadow.number, "database": shadow.database, "what": what, "by": self._by}
        for left in reversed(range(NOTED_TRIES)):
            try:
                self._warehouse.command(said + values, of_whom)
                return
            except WarehouseError:
                if not left:
                    raise
                time.sleep(NOTED_PAUSE_SECONDS)

    def _refuse_another(self, besides: Shadow | None = None) -> None:
        """Of two that begin at once both see each other, and at most one goes on."""
        others = self._warehouse.rows(
            "SELECT argMax(by, at), dateDiff('second', min(at), now64(6)), dateDiff('second', max(at), now64(6))"  # noqa: S608
            f" FROM {self._root}.generations WHERE number != {{mine:UInt32}} OR by != {{by:String}} GROUP BY number, by"
            " HAVING countIf(what NOT IN ('begun', 'alive')) = 0"
            " AND max(at) > now64(6) - toIntervalMillisecond({alive:UInt32})",
            {"mine": besides.number if besides else 0, "by": self._by, "alive": int(ALIVE_SECONDS * 1_000)},
        )
        for who, began, heard in others:
            if besides:
                self.left(besides)
            raise RebuildUnderWay(
                f"A rebuild by {who} began {began} s ago and gave a sign of life {heard} s ago: let it end. If it was"
                f" killed, try again in {ALIVE_SECONDS:.0f} s."
            )

    def _is_noted(self) -> bool:
        found = self._warehouse.rows(
            "SELECT count() FROM system.tables WHERE database = {root:String} AND name = 'generations'",
            {"root": self._root},
        )
        return bool(found[0][0])

    def _tables(self) -> list[tuple[str, bool]]:
        """Of the root, with whether it is a dictionary; dictionaries first, they read the tables."""
        found = self._warehouse.rows(
            "SELECT name, engine = 'Dictionary' AS is_dictionary FROM system.tables WHERE database = {root:String}"
            " AND name != 'generations' ORDER BY is_dictionary DESC, name",
            {"root": self._root},
        )
        return [(str(name), bool(is_dictionary)) for name, is_dictionary in found]


def whoever(user: str, machine: str, process: int) -> str:
    """How one who rebuilds is named: different for each."""
    return f"{user}@{machine} (process {process}, {int(time.time())})"
