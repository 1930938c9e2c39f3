"""The dashboard's one way to the warehouse: opened in the loop that serves, shared by all who ask."""

import asyncio
from typing import Any

import polars as pl

from warehouse.client import AsyncWarehouse, Parameters, Settings

_open: list[AsyncWarehouse] = []


def connect() -> AsyncWarehouse:
    """Open it, in the loop that will use it; nothing is sent yet."""
    _open[:] = [AsyncWarehouse()]
    return _open[0]


def warehouse() -> AsyncWarehouse:
    """The open one; RuntimeError before `connect` and after `disconnect`."""
    if not _open:
        raise RuntimeError("the dashboard has no connection to the warehouse: it is opened when the server starts")
    return _open[0]


async def disconnect() -> None:
    """Let its connections go."""
    while _open:
        await _open.pop().close()


class OnePicture(AsyncWarehouse):
    """The open warehouse for the time of one picture: what its parts ask alike is asked once, so that they also agree.

    Frames are shared between those who asked: they are never changed in place.
    """

    def __init__(self) -> None:
        self._through = warehouse()
        super().__init__(self._through.settings)
        self._asked: dict[str, asyncio.Task[pl.DataFrame]] = {}

    async def query(self, sql: str, parameters: Parameters = None, settings: Settings = None) -> pl.DataFrame:
        """See `AsyncWarehouse.query`."""
        key = repr((sql, sorted((parameters or {}).items(), key=_name), sorted((settings or {}).items(), key=_name)))
        if key not in self._asked:
            self._asked[key] = asyncio.ensure_future(self._through.query(sql, parameters, settings))
        return await asyncio.shield(self._asked[key])

    async def close(self) -> None:
        """Let go what nobody waits for any more; the connections belong to the one open warehouse."""
        for task in self._asked.values():
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)


def _name(item: tuple[str, Any]) -> str:
    return item[0]
