"""Flows that differ in nothing but their days and sums, asked within a moment of each other, go as one statement.

A picture holds a month against the one before and the same of last year, by the same units and under the same filters:
three statements of which the engine plans each anew. As one they take a third of the time. The days asked about are cut
where one question begins or ends, so that every question is a sum of whole segments.
"""

import asyncio
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from warehouse.answers import Reads
from warehouse.client import AsyncWarehouse
from warehouse.selects import Flow, Statement

MOMENT_SECONDS = 0.002
"""How long a flow waits for others alike."""

DAY = timedelta(days=1)
FIRST_DAY = date(1970, 1, 1)
"""The first that the engine's Date holds: where what has no start begins."""
Span = tuple[date, date]


def key_of(flow: Flow) -> Hashable:
    """Equal for what can go as one: the same table, split, filters and projection; None for what goes alone."""
    if flow.start is not None and flow.end < flow.start:
        return None
    return flow.key, tuple(flow.statement().settings.items())


def segments(spans: Iterable[Span]) -> list[Span]:
    """The days of all spans, cut wherever a span begins or ends; in order, both ends included."""
    spans = list(spans)
    cuts = sorted({start for start, _ in spans} | {end + DAY for _, end in spans})
    found = [(first, after - DAY) for first, after in pairwise(cuts)]
    return [one for one in found if any(start <= one[0] and one[1] <= end for start, end in spans)]


def as_one(flows: Sequence[Flow]) -> tuple[Statement, list[Span]]:
    """One statement for all of them, with a column `cut` where there are several: the index in the list beside."""
    first, cut = flows[0], segments((flow.start or FIRST_DAY, flow.end) for flow in flows)
    columns = tuple(dict.fromkeys(column for flow in flows for column in flow.columns))
    bound: dict[str, Any] = dict(first.bound)
    days = []
    for number, (start, end) in enumerate(cut):
        bound |= {f"start_{number}": start, f"end_{number}": end}
        days.append(f"({first.day} >= {{start_{number}:Date}} AND {first.day} <= {{end_{number}:Date}})")
    more = []
    if len(cut) > 1:
        ends = [f"{first.day} <= {{end_{number}:Date}}, {number}" for number in range(len(cut) - 1)]
        more.append(("cut", f"multiIf({', '.join(ends)}, {len(cut) - 1})"))
    sql = first.sql([f"({' OR '.join(days)})"], columns, more)
    sums = tuple(f"{first.table}.{column}" for column in columns)
    return Statement(sql, bound, sums, Reads(first.table)), cut


def taken(frame: pl.DataFrame, flow: Flow, cut: Sequence[Span]) -> pl.DataFrame:
    """What the flow asked alone would have been answered; its rows in any order."""
    start, sums = flow.start or FIRST_DAY, [f"sum_{column}" for column in flow.columns]
    mine = [number for number, (first, last) in enumerate(cut) if start <= first and last <= flow.end]
    found = frame.lazy().filter(pl.col("cut").is_in(mine)) if len(cut) > 1 else frame.lazy()
    names = [name for name, _ in flow.values]
    if not names:
        found = found.select(pl.col(sums).sum())
    else:
        found = found.select(*names, *sums) if len(mine) == 1 else found.group_by(names).agg(pl.col(sums).sum())
    return found.collect()


class _Group:
    """Flows that go as one, while they wait for others and until they are answered."""

    def __init__(self) -> None:
        self.flows: list[Flow] = []
        self.is_sent = asyncio.Event()
        self.answer: asyncio.Task[tuple[pl.DataFrame, list[Span]]]

    def send(self, warehouse: AsyncWarehouse) -> None:
        """Ask; nobody can join any more."""
        self.answer = asyncio.ensure_future(_answer(warehouse, self.flows))
        self.is_sent.set()


_WAITING: WeakKeyDictionary[AsyncWarehouse, dict[Hashable, _Group]] = WeakKeyDictionary()


async def ask_together(warehouse: AsyncWarehouse, flow: Flow) -> pl.DataFrame:
    """The answer to the flow, asked with whatever else can go as one."""
    key = key_of(flow)
    if key is None:
        alone = flow.statement()
        return await warehouse.query(alone.sql, alone.parameters, alone.settings)
    waiting = _WAITING.setdefault(warehouse, {})
    if not waiting:
        asyncio.get_running_loop().call_later(MOMENT_SECONDS, _send, warehouse, waiting)
    group = waiting.setdefault(key, _Group())
    group.flows.append(flow)
    await group.is_sent.wait()
    frame, cut = await asyncio.shield(group.answer)  # who gives up does not take it from the others
    return taken(frame, flow, cut)


def _send(warehouse: AsyncWarehouse, waiting: dict[Hashable, _Group]) -> None:
    """The moment is over."""
    for group in waiting.values():
        group.send(warehouse)
    waiting.clear()


async def _answer(warehouse: AsyncWarehouse, flows: Sequence[Flow]) -> tuple[pl.DataFrame, list[Span]]:
    asked, cut = as_one(flows)
    return await warehouse.query(asked.sql, asked.parameters, asked.settings), cut
