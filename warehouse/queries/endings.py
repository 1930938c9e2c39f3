"""How deals ended, by everything that divides them: won and decided, lately and in a past beside it."""

from datetime import date

import polars as pl

from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import dimension

_TABLE = "opportunity_changes"
_SUMS = {"won": "won_deals", "decided": "won_deals + lost_deals", "won_amount": "won_amount"}
_DECIDED = """
SELECT office_id, product_id, {segment} AS segment, toString(route) AS route, toString(grade) AS grade, {sums}
FROM opportunity_changes WHERE day >= {{past:Date}} AND day <= {{end:Date}} AND is_overlay = 0
    AND (won_deals != 0 OR lost_deals != 0)
GROUP BY office_id, product_id, segment, route, grade
HAVING least(sum_won, sum_won_before) >= 0 AND sum_decided >= sum_won AND sum_decided_before >= sum_won_before
ORDER BY office_id, product_id, segment, route, grade
"""


async def decided(warehouse: AsyncWarehouse, past: date, start: date, end: date) -> pl.DataFrame:
    """office_id, product_id, segment, route, grade; won, decided (deals) and won_amount of start ≤ day ≤ end, and as
    `<name>_before` those of past ≤ day < start. Each deal counts under its leading credit.
    """
    when = {"": "day >= {start:Date}", "_before": "day < {start:Date}"}
    sums = [f"sumIf({what}, {on}) AS sum_{name}{after}" for after, on in when.items() for name, what in _SUMS.items()]
    segment = dimension("segment").value.format(day="{end:Date}")
    sql = _DECIDED.format(segment=segment, sums=", ".join(sums))
    found = await ask(warehouse, sql, {"past": past, "start": start, "end": end}, Reads(_TABLE, past, end))
    return found.rename({name: name.removeprefix("sum_") for name in found.columns})
