"""Which generation of the warehouse the board shows: the current one, as soon as that has come as far as the last."""

import logging
import time

import polars as pl

from dashboard.connection import go_on_in, warehouse
from warehouse.client import AsyncWarehouse
from warehouse.errors import Terminal
from warehouse.queries.freshness import freshness

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 20.0
"""A generation that lacks something for good is shown after this all the same."""
_PLACE = ["table", "topic_id", "partition"]


class Following:
    """Looks, whenever it is asked to, whether another generation is current; so that no figure on a screen goes back it
    changes over when the workers have brought the new one to where the old one was left."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience = patience_seconds
        self._since: dict[str, float] = {}

    async def positions(self) -> tuple[str, pl.DataFrame]:
        """The generation that is shown from now on, and how far it is (`freshness`)."""
        here = warehouse()
        now, shown = await here.current(), await here.generation()
        if now == shown:
            self._since.clear()
            return shown, await freshness(here)
        there = AsyncWarehouse(here.settings, generation=now)
        try:
            stands, stood = await freshness(there), await _left(here)
            waited = time.monotonic() - self._since.setdefault(now, time.monotonic())
            if stood is not None and not _has_reached(stands, stood) and waited < self._patience:
                await there.close()
                return shown, stood
            log.info("the board shows %s instead of %s", now, shown)
            await go_on_in(there)
        except BaseException:
            await there.close()
            raise
        return now, stands


async def _left(generation: AsyncWarehouse) -> pl.DataFrame | None:
    """How far a generation came that is not the current one; None where it has been dropped."""
    try:
        return await freshness(generation)
    except Terminal:
        return None


def _has_reached(stands: pl.DataFrame, stood: pl.DataFrame) -> bool:
    """Whether every position is at least where it was."""
    both = stood.join(stands, on=_PLACE, how="left", suffix="_now")
    behind = pl.col("watermark_now").is_null() | (pl.col("watermark_now") < pl.col("watermark"))
    return both.filter(behind).is_empty()
