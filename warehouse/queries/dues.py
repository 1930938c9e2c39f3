"""Money that is owed: what is due and when, what is paid of it, and how long it takes."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from ingest.settings import company
from warehouse.answers import ORG, Reads, ask, held
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.kept_rows import Ids, among
from warehouse.movement import MONEY
from warehouse.question import Question, conditions, moment
from warehouse.roots import roots_on
from warehouse.viewer import Viewer

DSO_DAYS = 90
"""Days whose sales the receivables are held against."""

BUCKETS = ("to_come", "to_30", "to_60", "to_90", "beyond")
"""To come, then past their day by 1–30, 31–60, 61–90 and more than 90 days; retention too is to come before its day."""

# Payments settle the dues of an order line in the order of their days; what is left of a due is shared as the line is
# credited: `whole` is the line's, `here` the part of those looked at. Nearly all is paid, and never leaves the engine.
_UNPAID = """
SELECT order_id, line_id, due.1 AS due_on, due.2 AS due_what, due.3 AS whole, due.4 AS here,
    dateDiff('day', due_on, {{end:Date}}) AS days,
    least(greatest(due_by_then - paid, toDecimal128(0, 4)), whole) AS rest,
    if(here = whole OR whole = 0, rest,
        toDecimal128(round(toFloat64(rest) * toFloat64(here) / toFloat64(whole), 4), 4)) AS amount
FROM (
    SELECT order_id, line_id, sum(paid_of_it) AS paid,
        arraySort(groupArrayIf((due_on, due_what, whole, here), due_what != '')) AS dues,
        arrayCumSum(arrayMap(due -> due.3, dues)) AS sums
    FROM (
        SELECT order_id, line_id, due_on, due_what, sumIf(due_amount, is_overlay = 0) AS whole,
            sumIf(due_amount, {here}) AS here, sumIf(collected_amount, is_overlay = 0) AS paid_of_it
        FROM order_changes WHERE day <= {{end:Date}} AND {then} AND {of} AND (due_what != '' OR collected_amount != 0)
        GROUP BY order_id, line_id, due_on, due_what
        UNION ALL
        SELECT order_id, line_id, toDate(0), '', 0, 0, sum(received_amount) FROM collection_changes
        WHERE day <= {{end:Date}} AND {then} AND {of} GROUP BY order_id, line_id)
    GROUP BY order_id, line_id HAVING max(here != 0) AND (sum(whole) > paid OR min(whole) < 0))
ARRAY JOIN dues AS due, sums AS due_by_then
WHERE here != 0 AND amount != 0
"""
_OPEN = "SELECT order_id, line_id, due_on, due_what, amount, days FROM ({unpaid})"
_BY_AGE = """
SELECT multiIf(days <= 0, 'to_come', days <= 30, 'to_30', days <= 60, 'to_60', days <= 90, 'to_90', 'beyond') AS bucket,
    due_what = 'retention' AS is_retention, count() AS dues, sum(amount) AS amount
FROM ({unpaid}) GROUP BY bucket, is_retention ORDER BY bucket, is_retention
"""
_ANY = "SELECT 1 FROM order_changes WHERE {here} AND due_what != '' LIMIT 1"
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
    """`by_age`: what is unpaid by bucket (of `BUCKETS`), is_retention, dues (their number), amount.

    `has_dues` and `has_payments` say whether any were ever sent here.
    `receivable`: sold (by the company's basis of revenue, tax included) less returned and paid; `lately` is what was
    sold in the last `DSO_DAYS`. `dso` in days, None where nothing was sold or paid, or more was paid than sold.
    """

    by_age: pl.DataFrame
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
    unpaid = _UNPAID.format(here=here, then=then, of=1)
    found, some, owed, received = await asyncio.gather(
        warehouse.query(_BY_AGE.format(unpaid=unpaid), values),
        ask(warehouse, _ANY.format(here=here), values, reads),
        ask(warehouse, _OWED.format(here=here, basis=basis), {**values, **since}, reads),
        warehouse.query(_RECEIVED.format(here=here, then=then, all="OR order_id = ''" if is_all else ""), values),
    )
    by_age = found.cast({"is_retention": pl.Boolean, "amount": MONEY})
    sold, lately, returned, collected = owed.row(0)
    money = received["received"][0] + collected
    return Cash(by_age, len(some) > 0, money != 0, sold - returned - money, lately)


async def open_dues(
    warehouse: AsyncWarehouse, viewer: Viewer, *, as_of: date, where: Where = EVERYWHERE, of: Ids = None
) -> pl.DataFrame:
    """What is unpaid, `of` some orders alone: order_id, line_id, due_on, due_what, amount (none of 0), days (past the
    day)."""
    question = Question((), where, None, as_of, "day", viewer, await roots_on(warehouse, as_of))
    here, values, _ = conditions(question, "order_changes", True, "dues")
    only, bound = among("order_id", of)
    unpaid = _UNPAID.format(here=here, then=moment(question, "order_changes"), of=only)
    found = await warehouse.query(_OPEN.format(unpaid=unpaid), {**values, **bound})
    return found.cast({"amount": MONEY, "days": pl.Int64})
