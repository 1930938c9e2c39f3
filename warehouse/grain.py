"""The finest sums that questions of a page share, of some months, kept in the process: whatever filter somebody chooses
next, what it narrows and splits is at hand, and the warehouse is not asked.

A month is read once, in the background, when something first asks for a part of it; until then, and for all that lies
beyond, the warehouse is asked. What came since is added by position of the log, as `warehouse.kept` does.
"""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from warehouse.answers import Reads, beside, held
from warehouse.client import AsyncWarehouse
from warehouse.errors import WarehouseError
from warehouse.positions import Marks, marks_of, rows_between, went_back
from warehouse.rollup import LOOKED_UP
from warehouse.roots import LAST_DAY
from warehouse.selects import Flow

log = logging.getLogger(__name__)
MOST_MONTHS = 6
"""Months kept; those asked for longest ago go first."""
MOST_SINCE = 20_000
"""Rows that came since a month was put in order, after which it is put in order again."""


def months(start: date, end: date) -> list[date]:
    """The first days of the months from `start` to `end`."""
    found, first = list[date](), start.replace(day=1)
    while first <= end:
        found.append(first)
        first = _next(first)
    return found


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def grain_of(warehouse: AsyncWarehouse, flow: Flow) -> "Grain | None":
    """What is kept at the grain of `flow` (its days mean nothing), where answers outlive a picture; None elsewhere."""
    return beside(("grain", id(warehouse), flow.key, flow.columns), lambda: Grain(warehouse, flow))


class Grain:
    """The months of one table of one warehouse, as `flow` sums them; one of its values is the day, `LOOKED_UP`."""

    def __init__(self, warehouse: AsyncWarehouse, flow: Flow) -> None:
        self._warehouse, self._flow = warehouse, replace(flow, start=None, end=LAST_DAY)
        self._months: OrderedDict[date, _Month] = OrderedDict()
        self._marks: Marks = {}
        self._wanted: set[date] = set()
        self._busy = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    def holds(self, start: date, end: date) -> bool:
        """Whether all these days are at hand; those that are not will be."""
        missing = [month for month in months(start, end) if month not in self._months]
        self._wanted.update(missing)
        if missing and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read())
        return not missing

    async def complete(self) -> None:
        """Wait until all that is wanted is at hand."""
        if self._reading:
            await asyncio.wait([self._reading])

    async def of(self, start: date, end: date) -> pl.DataFrame:
        """The rows of start ≤ day ≤ end, in any order; those of the same values may be several."""
        async with self._busy:
            await self._catch_up()
            for month in months(start, end):
                await self._take(month)
            return pl.concat([self._months[month].between(start, end) for month in months(start, end)])

    async def _read(self) -> None:
        try:
            while self._wanted:
                async with self._busy:
                    await self._catch_up()
                    await self._take(max(self._wanted))
        except WarehouseError as error:
            log.info("what filters are answered from cannot be read, the warehouse is asked instead: %s", error)
            self._wanted.clear()

    async def _take(self, month: date) -> None:
        """See that a month is there, up to the marks."""
        self._wanted.discard(month)
        if month not in self._months:
            flow = replace(self._flow, start=month, end=_next(month) - timedelta(days=1))
            self._months[month] = _Month(await self._ask(flow, {}, self._marks))
        self._months.move_to_end(month)
        while len(self._months) > MOST_MONTHS:
            self._months.popitem(last=False)

    async def _catch_up(self) -> None:
        """Add what came since; let all go that no longer holds."""
        table = self._flow.table
        marks = await held(("marks", id(self._warehouse), table), (Reads(table),), lambda: self._marks_of(table))
        if went_back(marks, self._marks):  # unless the answer is older than what is here
            marks = await self._marks_of(table)
        if went_back(marks, self._marks):
            self._months.clear()
        if self._months and marks != self._marks:
            since = await self._ask(self._flow, self._marks, marks)
            for month, kept in self._months.items():
                rows = since.filter(pl.col(LOOKED_UP).dt.truncate("1mo") == month)
                if len(rows):
                    kept.add(rows)
        self._marks = marks

    async def _ask(self, flow: Flow, low: Marks, high: Marks) -> pl.DataFrame:
        part = rows_between(flow, low, high)
        return await self._warehouse.query(part.sql, part.parameters)

    async def _marks_of(self, table: str) -> Marks:
        return await marks_of(self._warehouse, table)


class _Month:
    """The rows of a month by day, and those that came since."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows, self._since = rows.sort(LOOKED_UP), rows.clear()

    def add(self, rows: pl.DataFrame) -> None:
        self._since = pl.concat([self._since, rows.select(self._since.columns)])
        if len(self._since) > MOST_SINCE:
            self._rows, self._since = pl.concat([self._rows, self._since]).sort(LOOKED_UP), self._since.clear()

    def between(self, start: date, end: date) -> pl.DataFrame:
        days = self._rows[LOOKED_UP]
        first, after = days.search_sorted(start, side="left"), days.search_sorted(end, side="right")
        return pl.concat(
            [self._rows.slice(first, after - first), self._since.filter(pl.col(LOOKED_UP).is_between(start, end))]
        )
