"""Sums by day that are kept in the process: each asking adds the rows since, by position of the log.

Sums of days gone by hardly change, and reading them anew costs as much as all else of a sweep. What is kept is right
whatever comes: a correction is rows of both signs, a late event rows of an old day, and rows are known by topic,
partition and offset, so that one is added once and none is missed, however long nobody asked. Where a table has gone
back (another took its place), everything is read anew.
"""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from warehouse.client import AsyncWarehouse
from warehouse.metric_query import MetricQuery, combined, compiled
from warehouse.pieces import Sums
from warehouse.positions import Marks, Place, marks_of, rows_between, went_back
from warehouse.viewer import Viewer

FOREVER = date(2100, 1, 1)
"""Rows of days to come are kept too: their day will come."""

BEYOND_DAYS = 30
"""Days before those asked for that are kept, at most."""

MOST_CHUNKS = 16
"""Pieces in which a frame lies in memory, before they are put together."""


class KeptSums:
    """The sums of flows of one table, split by day and `by`, of the whole company. For one warehouse at a time."""

    def __init__(self, metrics: tuple[str, ...], by: tuple[str, ...]) -> None:
        self._metrics, self._by = metrics, ("day", *by)
        self._frame: pl.DataFrame | None = None
        self._start = FOREVER
        self._marks: dict[Place, int] = {}
        self._busy = asyncio.Lock()

    async def until(self, warehouse: AsyncWarehouse, start: date, end: date) -> pl.DataFrame:
        """The sums of start ≤ day ≤ end, as `measure` gives them, sorted by what they are split by."""
        async with self._busy:
            query = MetricQuery(self._metrics, FOREVER, min(start, self._start), self._by)
            marks = await self._now(warehouse, query)
            if self._frame is None or start < self._start or went_back(marks, self._marks):
                self._frame, self._marks = None, {}
                query = replace(query, start=start)
            if marks != self._marks:
                since = await self._between(warehouse, query, self._marks, marks)
                self._frame = since if self._frame is None else _added(self._frame, since, self._metrics, self._by)
                self._marks, self._start = marks, query.start or start
            frame = self._frame if self._frame is not None else await self._between(warehouse, query, {}, {})
            if self._frame is not None and (start - self._start).days > BEYOND_DAYS:
                self._frame, self._start = frame.slice(_place(frame, start)), start
        return frame.slice(begins := _place(frame, start), _place(frame, end + timedelta(1)) - begins)

    async def since(self, warehouse: AsyncWarehouse, start: date) -> pl.DataFrame | None:
        """Of the days from `start` on the sums of what came since `until` was asked last, in no order; None where
        nothing is kept, or what is kept no longer holds.
        """
        if self._frame is None:
            return None
        query, before = MetricQuery(self._metrics, FOREVER, start, self._by), self._marks
        marks = await self._now(warehouse, query)
        if went_back(marks, before):
            return None
        return self._frame.clear() if marks == before else await self._between(warehouse, query, before, marks)

    async def _now(self, warehouse: AsyncWarehouse, query: MetricQuery) -> dict[Place, int]:
        (statement,) = compiled(query, Viewer.system())
        return await marks_of(warehouse, statement.reads.table)

    async def _between(self, warehouse: AsyncWarehouse, query: MetricQuery, low: Marks, high: Marks) -> pl.DataFrame:
        """The sums of the rows after `low` and up to `high`."""
        (statement,) = compiled(query, Viewer.system())
        if not isinstance(statement, Sums):
            raise TypeError(f"{self._metrics} are no sums of days")
        part = rows_between(statement.flow, low, high)
        return combined(query, [part], [(await warehouse.query(part.sql, part.parameters)).lazy()])


def _added(kept: pl.DataFrame, since: pl.DataFrame, metrics: tuple[str, ...], by: tuple[str, ...]) -> pl.DataFrame:
    """Both together; what lies before the first day that moved stays as it is."""
    if since.is_empty():
        return kept
    first = _place(kept, min(since["day"]))
    both = pl.concat([kept.slice(first), since]).group_by(by).agg(pl.col(metrics).sum()).sort(by)
    whole = pl.concat([kept.head(first), both.select(kept.columns).cast(kept.schema)])
    return whole.rechunk() if whole.n_chunks() > MOST_CHUNKS else whole


def _place(kept: pl.DataFrame, day: date) -> int:
    """Where the rows of a day and of those after it begin."""
    return int(kept["day"].search_sorted(day, side="left"))
