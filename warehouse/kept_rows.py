"""Rows that are kept in the process by the thing they are of: a later look asks of those alone of which something came.

How a deal, an order or an hour stands follows from its own change rows and from what was asked. So what is kept is
right whatever comes: an amendment, a late event or something taken back is rows of the thing it changes, all rows of it
are read again, and rows are known by topic, partition and offset, so that none is missed however long nobody looked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import polars as pl

from warehouse.answers import IDS_AT_ONCE

MOST_MOVED = 20_000
"""Things that moved from which on all are asked for: one after the other they cost no less."""

Ids = Sequence[str] | None
"""Things that are asked for, at most `IDS_AT_ONCE`; None for all."""
Read = Callable[[Ids], Awaitable[pl.DataFrame]]


def among(column: str, of: Ids) -> tuple[str, dict[str, Any]]:
    """The part of a WHERE that leaves the rows of these things, and its bound values."""
    return ("1", {}) if of is None else (f"{column} IN {{ids:Array(String)}}", {"ids": list(of)})


class KeptRows:
    """The rows of one question by the column `key`. Whoever asks says what moved since; None to ask anew."""

    def __init__(self) -> None:
        self._frame = pl.DataFrame()
        self._known: AbstractSet[str] = set()

    async def until(self, key: str, read: Read, moved: Collection[str] | None) -> pl.DataFrame:
        """All rows, in no order; words of closed lists as text."""
        if moved is None or len(moved) > MOST_MOVED:
            self._frame = plain(await read(None))
        elif moved:
            stays = self._frame.filter(~pl.col(key).is_in(list(moved)))
            self._frame = pl.concat([stays, await in_parts(read, moved)])
        return self._frame

    async def of(self, key: str, read: Read, moved: Collection[str] | None, wanted: AbstractSet[str]) -> pl.DataFrame:
        """The rows of those that are wanted; what was known of others is let go."""
        known = set() if moved is None else self._known & wanted - set(moved)
        if self._frame.is_empty() or not known:
            self._frame = await in_parts(read, wanted)
        else:
            stays = self._frame.filter(pl.col(key).is_in(list(known)))
            unknown = wanted - known
            self._frame = pl.concat([stays, await in_parts(read, unknown)]) if unknown else stays
        self._known = set(wanted)
        return self._frame


async def in_parts(read: Read, ids: Collection[str]) -> pl.DataFrame:
    """The rows of these things, however many, words of closed lists as text."""
    wanted = sorted(ids)
    parts = [wanted[first : first + IDS_AT_ONCE] for first in range(0, len(wanted), IDS_AT_ONCE)] or [[]]
    return pl.concat([plain(part) for part in await asyncio.gather(*map(read, parts))])


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Words of the warehouse's closed lists as text, so that frames of different questions can be put together."""
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String))
