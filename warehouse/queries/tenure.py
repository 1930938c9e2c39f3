"""Since when people are where they are: how long in their role, moved or away during a period."""

from datetime import date

import polars as pl

from warehouse.answers import ORG, ask
from warehouse.client import AsyncWarehouse

_RANGES = """
SELECT id, greatest(valid_from, {start:Date}) AS since, least(valid_to, {day:Date}) AS until, unit_id, role,
    role_since, status
FROM dictionary('people')
WHERE valid_from <= {day:Date} AND valid_to >= {start:Date}
ORDER BY id, valid_from
"""


async def tenure(warehouse: AsyncWarehouse, start: date, day: date) -> pl.DataFrame:
    """One row a person known on `day`: id, role_since (null when nobody said), is_moved (of another unit at some time
    since `start`), is_away (on leave on `day`), and away (the share of the days since `start` on leave)."""
    ranges = await ask(warehouse, _RANGES, {"start": start, "day": day}, ORG)
    days = (pl.col("until") - pl.col("since")).dt.total_days() + 1
    is_leave = pl.col("status") == "leave"
    return (
        ranges.group_by("id", maintain_order=True)
        .agg(
            pl.col("role_since").last(),
            (pl.col("unit_id").n_unique() > 1).alias("is_moved"),
            is_leave.last().alias("is_away"),
            (days.filter(is_leave).sum() / days.sum()).alias("away"),
        )
        .with_columns(pl.when(pl.col("role_since") > date(1970, 1, 1)).then(pl.col("role_since")))
    )
