"""One picture, one moment: within it the same question is asked once, so that all its parts agree."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import polars as pl

from warehouse.client import AsyncWarehouse

_Flights = dict[tuple[int, str, str], "asyncio.Task[pl.DataFrame]"]
_PICTURE: ContextVar[_Flights | None] = ContextVar("picture", default=None)


@contextmanager
def one_picture() -> Iterator[None]:
    """Within, and in the tasks made within, equal questions share one answer. Never hold it open across updates."""
    if _PICTURE.get() is not None:
        yield
        return
    token = _PICTURE.set({})
    try:
        yield
    finally:
        _PICTURE.reset(token)


async def ask(warehouse: AsyncWarehouse, sql: str, parameters: Mapping[str, Any]) -> pl.DataFrame:
    """`warehouse.query`, shared with whoever asks the same within `one_picture`."""
    flights = _PICTURE.get()
    if flights is None:
        return await warehouse.query(sql, parameters)
    key = (id(warehouse), sql, repr(sorted(parameters.items())))
    if key not in flights:
        flights[key] = asyncio.ensure_future(warehouse.query(sql, parameters))
    return await asyncio.shield(flights[key])  # one part that is given up must not take the answer from the others
