"""An insert of somebody who writes alone: tried again while the warehouse is away or in doubt, and stored once."""

import asyncio
import logging
from typing import Any

from warehouse.client import AsyncWarehouse
from warehouse.errors import WarehouseError

log = logging.getLogger(__name__)
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Before it is tried again; after the last it is given up."""


async def store(warehouse: AsyncWarehouse, table: str, rows: Any, token: str) -> None:
    """Insert once, however often it is tried: whether one that failed was stored is known to the token."""
    for pause in PAUSES:
        try:
            await warehouse.insert(table, rows, token=token)
            return
        except WarehouseError as error:
            log.warning("%s; trying again in %.1f s", error, pause)
            await asyncio.sleep(pause)
    await warehouse.insert(table, rows, token=token)
