"""A sick warehouse is not a bad event: what is asked of it is asked again, however long it takes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from streams import meters
from warehouse.errors import Transient, WarehouseError

log = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds."""


async def until_well(
    topic: str, attempt: Callable[[], Awaitable[None]], is_over: Callable[[], bool] = lambda: False
) -> None:
    """Try until the warehouse does it; each failure is said, and counted for the topic. Raised where it `is_over`."""
    pause = FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except WarehouseError as error:
            if is_over():
                raise
            level = logging.WARNING if isinstance(error, Transient) else logging.ERROR
            log.log(level, "%s: %s; trying again in %.1f s", topic, error, pause)
            meters.RETRIES.labels(topic).inc()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
