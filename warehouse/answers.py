"""Answers while they hold: asked once, shared by all who ask alike, dropped when what they were read from moves."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import polars as pl

from warehouse.client import AsyncWarehouse

MOST = 4_000
"""Answers held at a time; those asked for longest ago go first."""

IDS_AT_ONCE = 5_000
"""Ids in one question; each is a few letters, seldom twenty."""


@dataclass(frozen=True)
class Reads:
    """What an answer was read from: a table and, of a change table, the `day`s summed over (None: open on that side).

    Most answers also speak of the organisation.
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

T = TypeVar("T")


class Answers:
    """The answers that one event loop holds, and what was made of them. A failed question is not held; one under way
    that no longer holds is still given to those who wait for it, and asked again by the next."""

    def __init__(self, most: int = MOST, *, lasts: bool = False) -> None:
        """`lasts`: it is there for longer than a picture, so that what takes a while to be read may be kept beside."""
        self._most, self.lasts = most, lasts
        self._beside: dict[Hashable, Any] = {}
        self._flights: OrderedDict[Hashable, asyncio.Task[Any]] = OrderedDict()
        self._reads: dict[str, dict[Hashable, list[Reads]]] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def moved(self, table: str, days: tuple[date, ...] | None) -> None:
        """Drop what was read from `table` on one of `days`, None for any."""
        held = self._reads.get(table, {})
        for key in [key for key, reads in held.items() if any(one.concerns(days) for one in reads)]:
            self._drop(key)

    def beside(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept beside the answers, and sees to itself that it holds until all are dropped; made at first."""
        if key not in self._beside:
            self._beside[key] = make()
        found: T = self._beside[key]
        return found

    @property
    def kept_beside(self) -> tuple[Any, ...]:
        """All of that."""
        return tuple(self._beside.values())

    def clear(self) -> None:
        """Drop all: anything may have moved."""
        self._flights.clear()
        self._reads.clear()
        self._beside.clear()

    async def hold(self, key: Hashable, reads: Iterable[Reads], make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `make` gives, unless it is held. It is shared: nobody changes it in place."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.ensure_future(make())
            for one in reads:
                self._reads.setdefault(one.table, {}).setdefault(key, []).append(one)
            flight.add_done_callback(lambda done: self._landed(key, done))
            while len(self._flights) > self._most:
                self._drop(next(iter(self._flights)))
        self._flights.move_to_end(key)
        found: T = await asyncio.shield(flight)  # one part that is given up must not take it from the others
        return found

    def _landed(self, key: Hashable, flight: "asyncio.Task[Any]") -> None:
        failed = flight.cancelled() or flight.exception() is not None
        if failed and self._flights.get(key) is flight:
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
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
    token = _ANSWERS.set(Answers() if answers is None else answers)
    try:
        yield
    finally:
        _ANSWERS.reset(token)


async def held(key: Hashable, reads: Iterable[Reads], make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What `make` gives, shared with whoever asks by the same `key` within `one_picture`.

    `reads` is everything it is made from, the organisation included.
    """
    answers = _ANSWERS.get()
    return await (make() if answers is None else answers.hold(key, reads, make))


def beside(key: Hashable, make: Callable[[], T]) -> T | None:
    """What is kept beside the answers of `one_picture`; None where they end with the picture."""
    answers = _ANSWERS.get()
    return answers.beside(key, make) if answers is not None and answers.lasts else None


async def ask(
    warehouse: AsyncWarehouse,
    sql: str,
    parameters: Mapping[str, Any],
    reads: Reads,
    settings: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """`warehouse.query`, shared with whoever asks the same within `one_picture`."""
    key = (id(warehouse), sql, repr(sorted(parameters.items())))
    return await held(key, (reads,), lambda: warehouse.query(sql, parameters, settings))


async def ask_of_ids(
    warehouse: AsyncWarehouse, sql: str, ids: Iterable[str], parameters: Mapping[str, Any], reads: Reads,
    at_once: int = IDS_AT_ONCE,
) -> pl.DataFrame:  # fmt: skip
    """`ask` of `{ids:Array(String)}`, however many: no engine takes a parameter of more than 128 KB.

    One row stands for one id, or rows of one id stand beside each other: what is asked of some ids must not depend on
    the others. In the order of the ids as far as the statement keeps it.
    """
    wanted = sorted(set(ids))
    parts = [wanted[first : first + at_once] for first in range(0, len(wanted), at_once)] or [[]]
    return pl.concat(await asyncio.gather(*(ask(warehouse, sql, {**parameters, "ids": part}, reads) for part in parts)))
