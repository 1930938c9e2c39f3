"""Prices by office and product: what was sold, and what the same would be at list prices."""

from datetime import date

import polars as pl

from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse

_PRICES = """
SELECT office_id, product_id, sum(listed_amount) AS listed, sum(list_amount) AS list FROM order_changes
WHERE day >= {start:Date} AND day <= {end:Date} AND is_overlay = 0 GROUP BY office_id, product_id HAVING list > 0
"""


async def prices(warehouse: AsyncWarehouse, start: date, end: date) -> pl.DataFrame:
    """Of lines that have both: office_id, product_id, listed (what they are sold at), list (at list prices)."""
    return await ask(warehouse, _PRICES, {"start": start, "end": end}, Reads("order_changes", start, end))
