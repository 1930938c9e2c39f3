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
from warehouse.grain import Grain, grain_of, months
from warehouse.metrics import FLOW_COLUMNS
from warehouse.rollup import Rollup, climbed, folded, narrowed
from warehouse.selects import Flow, Statement
from warehouse.together import FIRST_DAY, ask_together

LATE = timedelta(days=7)
"""Within how long most of what comes late has come."""
FEW_MONTHS = 2
"""Months in which a question may lie that is answered from the finest grain: of more, sums by leaves are fewer rows."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sums(Statement):
    """Sums of a flow, a row a combination of its values: of `flow` itself or made of a base that others share."""

    flow: Flow
    rollup: Rollup | None = None
    fine: Rollup | None = None
    """How they are made of what is kept at the finest grain, where it is at hand."""


def pieces(flow: Flow, today: date) -> list[Flow]:
    """The flow cut where its days begin to move: before the last days, before today, and from today on."""
    if flow.day != "day" or (flow.start is not None and flow.end < flow.start):
        return [flow]
    inside = [cut for cut in (today - LATE, today) if cut <= flow.end and (flow.start is None or flow.start < cut)]
    starts, ends = [flow.start, *inside], [*(cut - _DAY for cut in inside), flow.end]
    return [replace(flow, start=start, end=end) for start, end in zip(starts, ends, strict=True)]


async def sums(warehouse: AsyncWarehouse, asked: Sums) -> pl.LazyFrame:
    """The answer to the statement, its rows in any order; still to be collected."""
    if (fine := asked.fine) and (grain := _at_hand(warehouse, fine)):
        return (await _from_grain(warehouse, grain, fine)).lazy()
    today = business_day(datetime.now(UTC), company().zone)
    base = asked.rollup.base if asked.rollup else asked.flow
    frames = await asyncio.gather(*(_piece(warehouse, part, asked.rollup) for part in pieces(base, today)))
    columns = [f"sum_{column}" for column in asked.flow.columns]
    names = [name for name, _ in asked.flow.values]
    found = [frame.lazy().select(*names, *columns) for frame in frames]
    if len(found) == 1:
        return found[0]
    together = pl.concat(found)
    return together.group_by(names).agg(pl.col(columns).sum()) if names else together.select(pl.col(columns).sum())


def _at_hand(warehouse: AsyncWarehouse, fine: Rollup) -> Grain | None:
    """What is kept of the days of a roll-up; None where that is not there yet, or is not kept."""
    start, end = fine.base.start, fine.base.end
    if start is None or len(months(start, end)) > FEW_MONTHS:
        return None
    grain = grain_of(warehouse, replace(fine.base, columns=FLOW_COLUMNS[fine.base.table]))
    return grain if grain and grain.holds(start, end) else None


async def _from_grain(warehouse: AsyncWarehouse, grain: Grain, rollup: Rollup) -> pl.DataFrame:
    flow = rollup.base
    start, end, reads = flow.start or FIRST_DAY, flow.end, (flow.reads, ORG)
    nodes = tuple((climb.tree, climb.node) for climb in rollup.climbs if climb.node is not None)
    key = ("grain", id(warehouse), flow.table, start, end, nodes, rollup.equal)

    async def fold() -> pl.DataFrame:
        climbs = await climbed(warehouse, rollup)

        async def read() -> pl.DataFrame:
            return narrowed(await grain.of(start, end), rollup, climbs)

        is_few = nodes or any(column != "is_overlay" for column, _ in rollup.equal)
        return folded(await (held(key, reads, read) if is_few else read()), rollup, climbs)

    return await held((*key, rollup.climbs, rollup.by, rollup.sees_all, flow.columns), reads, fold)


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
