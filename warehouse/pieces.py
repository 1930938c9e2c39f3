"""Sums over days in pieces, each held until one of its own days moves: of a year, an order of today moves one day.

What comes late comes mostly within days, so the days before today are cut once more.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import polars as pl

from ingest.calendar import business_day
from ingest.settings import company
from warehouse.answers import ORG, held
from warehouse.client import AsyncWarehouse
from warehouse.rollup import Rollup, climbed, folded
from warehouse.selects import Flow, Statement
from warehouse.together import ask_together

LATE = timedelta(days=7)
"""Within how long most of what comes late has come."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sums(Statement):
    """Sums of a flow, a row a combination of its values: of `flow` itself or made of a base that others share."""

    flow: Flow
    rollup: Rollup | None = None

    @property
    def asked(self) -> Flow:
        """What is sent, in pieces."""
        return self.rollup.base if self.rollup else self.flow


def pieces(flow: Flow, today: date) -> list[Flow]:
    """The flow cut where its days begin to move: before the last days, before today, and from today on."""
    if flow.day != "day" or (flow.start is not None and flow.end < flow.start):
        return [flow]
    inside = [cut for cut in (today - LATE, today) if cut <= flow.end and (flow.start is None or flow.start < cut)]
    starts, ends = [flow.start, *inside], [*(cut - _DAY for cut in inside), flow.end]
    return [replace(flow, start=start, end=end) for start, end in zip(starts, ends, strict=True)]


async def sums(warehouse: AsyncWarehouse, asked: Sums) -> pl.LazyFrame:
    """The answer to the statement, its rows in any order; still to be collected."""
    today = business_day(datetime.now(UTC), company().zone)
    parts = pieces(asked.asked, today)
    frames = await asyncio.gather(*(_piece(warehouse, part, asked.rollup) for part in parts))
    columns = [f"sum_{column}" for column in asked.flow.columns]
    names = [name for name, _ in asked.flow.values]
    found = [frame.lazy().select(*names, *columns) for frame in frames]
    if len(found) == 1:
        return found[0]
    together = pl.concat(found)
    return together.group_by(names).agg(pl.col(columns).sum()) if names else together.select(pl.col(columns).sum())


async def _piece(warehouse: AsyncWarehouse, flow: Flow, rollup: Rollup | None) -> pl.DataFrame:
    key = ("piece", id(warehouse), flow.key, flow.columns, flow.start, flow.end)

    async def read() -> pl.DataFrame:
        return await held(key, (flow.reads,), lambda: ask_together(warehouse, flow))

    if rollup is None:
        return await read()

    async def fold() -> pl.DataFrame:
        frame, climbs = await asyncio.gather(read(), climbed(warehouse, rollup))
        return folded(frame, rollup, climbs)

    way = rollup.climbs, rollup.by, rollup.day, rollup.sees_all
    return await held((*key, *way), (flow.reads, ORG), fold)
