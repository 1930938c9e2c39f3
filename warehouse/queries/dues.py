"""Money that is owed: what is due and when, what is paid of it, and how long it takes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from ingest.settings import company
from warehouse.answers import ORG, Reads, ask, held
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.dues import uncovered
from warehouse.question import Question, conditions, moment
from warehouse.roots import roots_on
from warehouse.viewer import Viewer

DSO_DAYS = 90
"""Days whose sales the receivables are held against."""

_DUES = """
SELECT order_id, line_id, due_on, due_what, sumIf(due_amount, is_overlay = 0) AS whole,
    sumIf(due_amount, {here}) AS here
FROM order_changes WHERE day <= {{end:Date}} AND due_what != '' AND {then}
GROUP BY order_id, line_id, due_on, due_what HAVING here != 0
"""
_FELL_DUE = """
SELECT order_id, max(due_on) AS last_due FROM order_changes
WHERE day <= {end:Date} AND due_what != '' AND due_on >= {start:Date} AND due_on <= {end:Date} AND is_overlay = 0
GROUP BY order_id HAVING sum(due_amount) > 0 ORDER BY order_id
"""
_PAID = """
SELECT order_id, line_id, sum(amount) AS paid FROM (
    SELECT order_id, line_id, sum(collected_amount) AS amount FROM order_changes
    WHERE day <= {{end:Date}} AND {then} AND is_overlay = 0 AND order_id IN ({orders}) GROUP BY order_id, line_id
    UNION ALL
    SELECT order_id, line_id, sum(received_amount) AS amount FROM collection_changes
    WHERE day <= {{end:Date}} AND {then} AND order_id IN ({orders}) GROUP BY order_id, line_id)
GROUP BY order_id, line_id
"""
_ORDERS = "SELECT order_id FROM order_changes WHERE {here} AND due_what != ''"
_OWED = """
SELECT sum({basis}) AS sold, sumIf({basis}, day > {{since:Date}}) AS lately, sum(returned_amount) AS returned,
    sum(collected_amount) AS collected
FROM order_changes WHERE {here}
"""
_RECEIVED = """
SELECT sum(received_amount) AS received, sumIf(received_amount, order_id = '') AS unallocated FROM collection_changes
WHERE day <= {{end:Date}} AND {then} AND (order_id IN (SELECT order_id FROM order_changes WHERE {here}) {all})
"""


@dataclass(frozen=True)
class Cash:
    """`open` as `warehouse.dues.uncovered`; `has_dues` and `has_payments` say whether any were ever sent here.

    `receivable`: sold (by the company's basis of revenue, tax included) less returned and paid; `lately` is what was
    sold in the last `DSO_DAYS`. `dso` in days, None where nothing was sold or paid, or more was paid than sold.
    """

    open: pl.DataFrame
    has_dues: bool
    has_payments: bool
    receivable: Decimal
    lately: Decimal

    @property
    def dso(self) -> float | None:
        if not self.has_payments or self.lately <= 0 or self.receivable < 0:
            return None
        return float(self.receivable) / float(self.lately) * DSO_DAYS


async def cash(warehouse: AsyncWarehouse, viewer: Viewer, *, as_of: date, where: Where = EVERYWHERE) -> Cash:
    """What is owed on `as_of` to those of `where`. Payments not allocated to an order count for the company alone."""
    reads = (Reads("order_changes", None, as_of), Reads("collection_changes", None, as_of), ORG)
    key = ("cash", id(warehouse), viewer, as_of, where)
    return await held(key, reads, lambda: _cash(warehouse, viewer, as_of, where))


async def _cash(warehouse: AsyncWarehouse, viewer: Viewer, as_of: date, where: Where) -> Cash:
    question = Question((), where, None, as_of, "day", viewer, await roots_on(warehouse, as_of))
    here, values, reads = conditions(question, "order_changes", True, "dues")
    basis = f"{company().revenue_basis}_amount"
    then = moment(question, "order_changes")
    is_all = replace(where, as_of=None) == EVERYWHERE and viewer.everything
    since = {"since": as_of - timedelta(days=DSO_DAYS)}
    (found, has_dues), owed, received = await asyncio.gather(
        _open(warehouse, here, then, values, reads, as_of),
        ask(warehouse, _OWED.format(here=here, basis=basis), {**values, **since}, reads),
        warehouse.query(_RECEIVED.format(here=here, then=then, all="OR order_id = ''" if is_all else ""), values),
    )
    sold, lately, returned, collected = owed.row(0)
    money = received["received"][0] + collected
    return Cash(found, has_dues, money != 0, sold - returned - money, lately)


async def open_dues(
    warehouse: AsyncWarehouse, viewer: Viewer, *, as_of: date, where: Where = EVERYWHERE
) -> pl.DataFrame:
    """`Cash.open` alone."""
    question = Question((), where, None, as_of, "day", viewer, await roots_on(warehouse, as_of))
    here, values, reads = conditions(question, "order_changes", True, "dues")
    found, _ = await _open(warehouse, here, moment(question, "order_changes"), values, reads, as_of)
    return found


async def fell_due(warehouse: AsyncWarehouse, start: date, end: date) -> pl.DataFrame:
    """order_id and due_on (the last of an order's) of the dues that fell due on start ≤ day ≤ end."""
    reads = Reads("order_changes", None, end)
    found = await ask(warehouse, _FELL_DUE, {"start": start, "end": end}, reads)
    return found.select("order_id", pl.col("last_due").cast(pl.Date).alias("due_on"))


async def _open(
    warehouse: AsyncWarehouse, here: str, then: str, values: Mapping[str, Any], reads: Reads, as_of: date
) -> tuple[pl.DataFrame, bool]:
    """What is not paid, and whether there are dues at all."""
    orders = _ORDERS.format(here=here)
    dues, paid = await asyncio.gather(
        ask(warehouse, _DUES.format(here=here, then=then), values, reads),
        warehouse.query(_PAID.format(orders=orders, then=then), values),
    )
    return await asyncio.to_thread(uncovered, dues, paid, as_of), len(dues) > 0
