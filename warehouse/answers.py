"""Answers while they hold: asked once, shared by all who ask alike, dropped when what they were read from moves."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from warehouse.client import AsyncWarehouse

MOST = 1_000
"""Answers held at a time; those asked for longest ago go first."""


@dataclass(frozen=True)
class Reads:
    """What an answer was read from: a table and, of a change table, the `day`s summed over (None: open on that side).

    Every answer may also speak of the organisation, whose moves concern all.
    """

    table: str
    start: date | None = None
    end: date | None = None

    def concerns(self, days: tuple[date, ...] | None) -> bool:
        """Whether a move of the table on these days (None: on any) can change the answer."""
        if days is None:
            return True
        return any((self.start is None or day >= self.start) and (self.end is None or day <= self.end) for day in days)


ORG = Reads("org_events")

_Key = tuple[int, str, str]


class Answers:
    """The answers that one event loop holds. A failed question is not held; one under way that no longer holds is
    still given to those who wait for it, and asked again by the next."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._flights: OrderedDict[_Key, asyncio.Task[pl.DataFrame]] = OrderedDict()
        self._reads: dict[str, dict[_Key, Reads]] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def moved(self, table: str, days: tuple[date, ...] | None) -> None:
        """Drop what was read from `table` on one of `days`, None for any."""
        held = self._reads.get(table, {})
        for key in [key for key, reads in held.items() if reads.concerns(days)]:
            self._drop(key)

    def clear(self) -> None:
        """Drop all: anything may have moved."""
        self._flights.clear()
        self._reads.clear()

    async def ask(
        self, warehouse: AsyncWarehouse, sql: str, parameters: Mapping[str, Any], reads: Reads
    ) -> pl.DataFrame:
        """`warehouse.query`, unless its answer is held. Frames are shared: they are never changed in place."""
        key = (id(warehouse), sql, repr(sorted(parameters.items())))
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.ensure_future(warehouse.query(sql, parameters))
            self._reads.setdefault(reads.table, {})[key] = reads
            flight.add_done_callback(lambda done: self._landed(key, done))
            while len(self._flights) > self._most:
                self._drop(next(iter(self._flights)))
        self._flights.move_to_end(key)
        return await asyncio.shield(flight)  # one part that is given up must not take the answer from the others

    def _landed(self, key: _Key, flight: "asyncio.Task[pl.DataFrame]") -> None:
        failed = flight.cancelled() or flight.exception() is not None
        if failed and self._flights.get(key) is flight:
            self._drop(key)

    def _drop(self, key: _Key) -> None:
        self._flights.pop(key, None)
        for held in self._reads.values():
            held.pop(key, None)


_ANSWERS: ContextVar[Answers | None] = ContextVar("answers", default=None)


@contextmanager
def one_picture(answers: Answers | None = None) -> Iterator[None]:
    """Within, and in the tasks made within, equal questions share one answer, so that all parts of a picture agree.

    With `answers` they share those; without, answers of their own that end with it, unless a picture is open already.
    """
    if answers is None and _ANSWERS.get() is not None:
        yield
        return
    token = _ANSWERS.set(answers or Answers())
    try:
        yield
    finally:
        _ANSWERS.reset(token)


async def ask(warehouse: AsyncWarehouse, sql: str, parameters: Mapping[str, Any], reads: Reads) -> pl.DataFrame:
    """`warehouse.query`, shared with whoever asks the same within `one_picture`."""
    answers = _ANSWERS.get()
    if answers is None:
        return await warehouse.query(sql, parameters)
    return await answers.ask(warehouse, sql, parameters, reads)
