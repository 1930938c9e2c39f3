"""Two generations of the warehouse, row for row: counts, and sums of hashes that no order of the rows changes.

Compared is what both have, up to the lower of their watermarks. Rows that only leave a position behind are left out:
where they stand follows from how the log was cut into batches. Which of a version's rows carries its event does, too;
the events are therefore hashed apart from the rows. Sums and not xor: two equal rows would cancel.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from warehouse.client import Row, Warehouse
from warehouse.positions import Marks, Place, within
from warehouse.queries.freshness import POSITIONED

_MARKS = "SELECT topic_id, partition, max(offset) FROM {table} GROUP BY topic_id, partition"
_NO_LIMIT = {"max_execution_time": 0}


@dataclass(frozen=True)
class Compared:
    """What was found of one table; `differences` are sentences, none where the generations are equal in it."""

    table: str
    rows: int
    differences: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """Columns that only one of the two has."""

    @property
    def is_equal(self) -> bool:
        return not self.differences


def compared(old: Warehouse, new: Warehouse) -> Iterator[Compared]:
    """One verdict a table whose rows carry a position."""
    for table in POSITIONED:
        if columns := _columns(old, table):
            yield _compared(old, new, table, columns)


def _compared(old: Warehouse, new: Warehouse, table: str, columns: list[str]) -> Compared:
    theirs = _columns(new, table)
    common = [name for name in columns if name in theirs]
    left_out = sorted(set(columns) ^ set(theirs))
    marks, reached = _marks(old, table), _marks(new, table)
    lost = [place for place in marks if place not in reached and _has_rows(old, table, place)]
    both = {place: min(mark, reached[place]) for place, mark in marks.items() if place in reached}
    was, is_now = (_summed(one, table, common, both) for one in (old, new))
    differences = [f"all of {_named(place)} is missing in the new one" for place in lost]
    differences += [
        f"{_named(place)} up to {both[place]:,}: {_said(was.get(place), is_now.get(place))}"
        for place in both
        if was.get(place) != is_now.get(place)
    ]
    return Compared(table, sum(int(row[0]) for row in was.values()), tuple(differences), tuple(left_out))


def _columns(warehouse: Warehouse, table: str) -> list[str]:
    found = warehouse.rows(
        "SELECT name FROM system.columns WHERE database = {database:String} AND table = {table:String}"
        " ORDER BY position",
        {"database": warehouse.generation(), "table": table},
    )
    return [str(name) for (name,) in found]


def _marks(warehouse: Warehouse, table: str) -> dict[Place, int]:
    found = warehouse.rows(_MARKS.format(table=table))
    return {(str(topic_id), int(partition)): int(offset) for topic_id, partition, offset in found}


def _has_rows(warehouse: Warehouse, table: str, place: Place) -> bool:
    found = warehouse.rows(
        f"SELECT count() FROM {table} WHERE topic_id = {{topic_id:String}} AND partition = {{partition:UInt16}}"  # noqa: S608
        " AND entity_id != ''",
        {"topic_id": place[0], "partition": place[1]},
        _NO_LIMIT,
    )
    return bool(found[0][0])


def _summed(warehouse: Warehouse, table: str, columns: list[str], marks: Marks) -> dict[Place, Row]:
    """By place: how many rows, the sum of their hashes, how many events, the sum of theirs."""
    hashed = ", ".join(name for name in columns if name != "state")
    there, bound = within({}, marks)
    found = warehouse.rows(
        f"SELECT topic_id, partition, count(), sum(cityHash64({hashed})), countIf(state != ''),"  # noqa: S608
        f" sumIf(cityHash64(offset, entity_id, version, state), state != '') FROM {table}"
        f" WHERE entity_id != '' AND {there} GROUP BY topic_id, partition",
        bound,
        _NO_LIMIT,
    )
    return {(str(row[0]), int(row[1])): row[2:] for row in found}


def _named(place: Place) -> str:
    return f"{place[0]}, partition {place[1]},"


def _said(was: Row | None, is_now: Row | None) -> str:
    rows, now = (was or (0,))[0], (is_now or (0,))[0]
    return f"{rows:,} rows have become {now:,}" if rows != now else f"of its {rows:,} rows some are others"
