"""SELECTs of sums: of which table, split by what, over which days."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from warehouse.answers import Reads
from warehouse.projections import serving

DayBasis = Literal["day", "entity_day"]
Named = tuple[str, str]
"""A name and the SQL it stands for."""


@dataclass(frozen=True)
class Flow:
    """Sums of a table's columns over days, from which a statement is made: alone or with others (`warehouse.together`).

    `values` are the dimensions, made of `keys` where there are any, else of the columns; `narrowed` are all conditions
    but the days, `bound` what they speak of.
    """

    table: str
    keys: tuple[Named, ...]
    values: tuple[Named, ...]
    narrowed: tuple[str, ...]
    bound: Mapping[str, Any]
    day: DayBasis
    columns: tuple[str, ...]
    start: date | None
    end: date

    def sql(self, days: Iterable[str], columns: Iterable[str], more: Iterable[Named] = ()) -> str:
        """SELECT the dimensions, and `more` besides, and sums of these columns on these days."""
        where, more = " AND ".join((*days, *self.narrowed)), tuple(more)
        if not self.keys:
            return summed(self.table, (), (*self.values, *more), columns, where)
        values = (*self.values, *((name, name) for name, _ in more))
        return summed(self.table, (*self.keys, *more), values, columns, where)

    @property
    def key(self) -> Hashable:
        """Equal for flows that are equal but for their days and sums."""
        return self.table, self.keys, self.values, self.narrowed, repr(sorted(self.bound.items())), self.day

    @property
    def reads(self) -> Reads:
        """What its answer is read from."""
        return Reads(self.table, self.start, self.end) if self.day == "day" else Reads(self.table)

    def statement(self) -> "Statement":
        """The flow asked alone."""
        days, bound = between(self.day, self.start, self.end)
        sums = tuple(f"{self.table}.{column}" for column in self.columns)
        return Statement(self.sql(days, self.columns), {**self.bound, **bound}, sums, self.reads)


@dataclass(frozen=True)
class Statement:
    """A SELECT and its bound values; the frame has the question's dimensions and `sums`."""

    sql: str
    parameters: dict[str, Any]
    sums: tuple[str, ...]
    reads: Reads

    @property
    def settings(self) -> Mapping[str, str]:
        """What the engine is told beside it."""
        return serving(self.reads.table, self.sql)


def between(day: DayBasis, start: date | None, end: date) -> tuple[list[str], dict[str, Any]]:
    """The conditions that leave the days from `start` (the beginning without one) to `end`, and what they speak of."""
    if start is None:
        return [f"{day} <= {{end:Date}}"], {"end": end}
    return [f"{day} >= {{start:Date}}", f"{day} <= {{end:Date}}"], {"start": start, "end": end}


def summed(table: str, keys: tuple[Named, ...], values: tuple[Named, ...], columns: Iterable[str], where: str) -> str:
    """SELECT values and sums. Of keys, where there are any: the trees are looked up once a key and not once a row."""
    sums, source = {f"sum_{one}": one for one in columns}, f"{table} WHERE {where}"
    if keys:
        source = f"({select(keys, [f'sum({one}) AS keyed_{one}' for one in sums.values()], source)})"
        sums = {name: f"keyed_{one}" for name, one in sums.items()}
    return select(values, [f"sum({one}) AS {name}" for name, one in sums.items()], source)


def select(values: tuple[Named, ...], sums: Iterable[str], source: str) -> str:
    """SELECT values and sums from a table or another SELECT, a row for each combination of the values."""
    named = [f"{text} AS {name}" if text != name else name for name, text in values]
    sql = f"SELECT {', '.join([*named, *sums])} FROM {source}"  # noqa: S608
    return f"{sql} GROUP BY {', '.join(name for name, _ in values)}" if values else sql
