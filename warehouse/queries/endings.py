"""How deals ended, by everything that divides them: won and decided, lately and in a past beside it."""

from datetime import date

import polars as pl

from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import UNASSIGNED
from warehouse.kept_rows import Ids, among

_TABLE = "opportunity_changes"
_SUMS = {"won": "won_deals", "decided": "won_deals + lost_deals", "won_amount": "won_amount"}
_WHEN = {"": "day >= {start:Date}", "_before": "day < {start:Date}"}
_DECIDED = """
SELECT opportunity_id, office_id, product_id, customer_id, toString(route) AS route, toString(grade) AS grade, SUMS
FROM opportunity_changes WHERE day >= {past:Date} AND day <= {end:Date} AND is_overlay = 0
    AND (won_deals != 0 OR lost_deals != 0) AND AMONG
GROUP BY opportunity_id, office_id, product_id, customer_id, route, grade
"""


async def decided(warehouse: AsyncWarehouse, past: date, start: date, end: date, of: Ids = None) -> pl.DataFrame:
    """opportunity_id, office_id, product_id, customer_id, route, grade; won, decided (1 for a deal) and won_amount of
    start ≤ day ≤ end, and as `<name>_before` those of past ≤ day < start. A deal counts under its leading credit.
    """
    sums = [f"sumIf({what}, {on}) AS sum_{name}{after}" for after, on in _WHEN.items() for name, what in _SUMS.items()]
    only, bound = among("entity_id", of)
    sql = _DECIDED.replace("SUMS", ", ".join(sums)).replace("AMONG", only)
    found = await ask(warehouse, sql, {"past": past, "start": start, "end": end, **bound}, Reads(_TABLE, past, end))
    return found.rename({name: name.removeprefix("sum_") for name in found.columns})


def by_segment(deals: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """The sums of `decided` by office_id, product_id, segment (of `known_customers`), route and grade, in order."""
    keys = ["office_id", "product_id", "segment", "route", "grade"]
    found = deals.join(customers, on="customer_id", how="left").with_columns(
        pl.col("segment").fill_null("").replace("", UNASSIGNED)
    )
    sums = found.group_by(keys).agg(pl.col([f"{name}{after}" for after in _WHEN for name in _SUMS]).sum())
    return sums.filter(
        pl.min_horizontal("won", "won_before") >= 0,
        pl.col("decided") >= pl.col("won"),
        pl.col("decided_before") >= pl.col("won_before"),
    ).sort(keys)
