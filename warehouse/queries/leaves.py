"""What was sold in a slice, leaf by leaf: now, and in a past beside it. One look at the facts of the slice."""

from datetime import date

import polars as pl

from warehouse.answers import ask
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where, dimension
from warehouse.question import Question, conditions
from warehouse.roots import roots_on
from warehouse.viewer import Viewer

_SUMS = {
    "bookings": "booked_amount - returned_amount", "order_lines": "lines", "listed": "listed_amount",
    "list": "list_amount",
}  # fmt: skip
_LEAVES = """
SELECT office_id AS office, rep_id AS rep, product_id AS leaf_product, {segment} AS segment, toString(route) AS route,
    {sums}
FROM order_changes WHERE {here} GROUP BY office, rep, leaf_product, segment, route
ORDER BY office, rep, leaf_product, segment, route
"""


async def leaves(
    warehouse: AsyncWarehouse, where: Where, *, start: date, end: date, past_start: date, past_end: date
) -> pl.DataFrame:
    """A row a leaf: office, rep, leaf_product, segment and route (strings), and of its lines bookings, order_lines,
    listed (what was sold that has a list price) and list (the same at list prices), of start ≤ day ≤ end; the same as
    `<name>_before` of past_start ≤ day < past_end.
    """
    question = Question((), where, past_start, end, "day", Viewer.system(), await roots_on(warehouse, end))
    here, values, reads = conditions(question, "order_changes", False, "causes")
    now, before = "day >= {now_from:Date}", "day < {before_to:Date}"
    sums = [f"sumIf({what}, {now}) AS {name}" for name, what in _SUMS.items()]
    sums += [f"sumIf({what}, {before}) AS {name}_before" for name, what in _SUMS.items()]
    segment = dimension("segment").value.format(day="{now_to:Date}")
    sql = _LEAVES.format(segment=segment, sums=",\n    ".join(sums), here=here)
    days = {"now_from": start, "now_to": end, "before_to": past_end}
    return await ask(warehouse, sql, {**values, **days}, reads)
