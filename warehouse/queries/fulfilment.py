"""How far orders are beyond their booking: accepted and not invoiced, due of late, and whose the orders are."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from warehouse.answers import Reads, ask, ask_of_ids
from warehouse.client import AsyncWarehouse
from warehouse.kept_rows import Ids, among

_TABLE = "order_changes"

_ACCEPTED = f"""
SELECT order_id, line_id, day, argMax(customer_id, version) AS customer_id, argMax(rep_id, version) AS rep_id,
    argMax(office_id, version) AS office_id, sum(accepted_amount) AS accepted, sum(invoiced_amount) AS invoiced
FROM {_TABLE} WHERE day <= {{day:Date}} AND is_overlay = 0 AND AMONG AND (order_id, line_id) IN (
    SELECT order_id, line_id FROM {_TABLE} WHERE day <= {{day:Date}} AND is_overlay = 0 AND AMONG
    GROUP BY order_id, line_id HAVING sum(accepted_amount) > sum(invoiced_amount))
GROUP BY order_id, line_id, day HAVING accepted != 0 OR invoiced != 0
ORDER BY order_id, line_id, day
"""  # noqa: S608
_ORDERED = f"""
SELECT opportunity_id FROM {_TABLE} WHERE day <= {{day:Date}} AND opportunity_id != '' AND AMONG
GROUP BY opportunity_id HAVING sum(lines) > 0
"""  # noqa: S608
_OWNERS = f"""
SELECT order_id, argMax(customer_id, size) AS customer_id, argMax(rep_id, size) AS rep_id,
    argMax(office_id, size) AS office_id
FROM (SELECT order_id, customer_id, rep_id, office_id, sum(due_amount) AS size
    FROM {_TABLE} WHERE day <= {{day:Date}} AND is_overlay = 0 AND due_what != '' AND order_id IN ORDERS
    GROUP BY order_id, customer_id, rep_id, office_id HAVING size != 0)
GROUP BY order_id
"""  # noqa: S608
_FELL_DUE = f"""
SELECT order_id, max(due_on) AS last_due FROM {_TABLE}
WHERE day < {{day:Date}} AND due_what != '' AND due_on >= {{start:Date}} AND due_on < {{day:Date}} AND is_overlay = 0
    AND AMONG
GROUP BY order_id HAVING sum(due_amount) > 0
"""  # noqa: S608
_FELL_DUE_OF = f"""
SELECT order_id, last_due AS due_on, customer_id, rep_id, office_id FROM ({_FELL_DUE}) AS fell
INNER JOIN ({_OWNERS.replace("ORDERS", f"(SELECT order_id FROM ({_FELL_DUE}))")}) AS owned USING (order_id)
ORDER BY order_id
"""  # noqa: S608


async def accepted_lines(warehouse: AsyncWarehouse, day: date, of: Ids = None) -> pl.DataFrame:
    """The days of order lines that are accepted and not invoiced in full as of `day`, in order; `of` some orders alone.

    Columns order_id, line_id, day, customer_id, rep_id, office_id, accepted, invoiced (what came on that day).
    """
    return await _asked(warehouse, _ACCEPTED, "order_id", of, {"day": day})


async def ordered_deals(warehouse: AsyncWarehouse, day: date, of: Ids = None) -> pl.DataFrame:
    """The deals, `of` some alone, that have an order which stands as of `day`: opportunity_id."""
    return await _asked(warehouse, _ORDERED, "opportunity_id", of, {"day": day})


async def owners_of_dues(warehouse: AsyncWarehouse, orders: Iterable[str], day: date) -> pl.DataFrame:
    """Whose these orders with dues are: order_id, customer_id, rep_id, office_id."""
    sql = _OWNERS.replace("ORDERS", "{ids:Array(String)}")
    return await ask_of_ids(warehouse, sql, orders, {"day": day}, Reads(_TABLE, None, day))


async def fell_due(warehouse: AsyncWarehouse, start: date, day: date, of: Ids = None) -> pl.DataFrame:
    """Orders, `of` some alone, with dues that fell due on start ≤ date < day, and whose they are as of `day`.

    Columns order_id, due_on (the last of an order's), customer_id, rep_id, office_id.
    """
    found = await _asked(warehouse, _FELL_DUE_OF, "order_id", of, {"start": start, "day": day})
    return found.with_columns(pl.col("due_on").cast(pl.Date))


async def _asked(warehouse: AsyncWarehouse, sql: str, key: str, of: Ids, values: Mapping[str, date]) -> pl.DataFrame:
    only, bound = among(key, of)
    return await ask(warehouse, sql.replace("AMONG", only), {**values, **bound}, Reads(_TABLE, None, values["day"]))
