"""A wide table like the change tables, and frames for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

AMOUNTS = [f"amount_{number}" for number in range(12)]

CREATE = f"""
CREATE TABLE IF NOT EXISTS {{t:Identifier}} (
    position UInt64, id String, name LowCardinality(String), day Date, at DateTime64(6, 'UTC'),
    {", ".join(f"{amount} Decimal(18, 4)" for amount in AMOUNTS)},
    PROJECTION by_day (SELECT day, name, sum(amount_0) GROUP BY day, name)
) ENGINE = MergeTree ORDER BY (id, position) SETTINGS non_replicated_deduplication_window = 1000
"""


def wide(rows: int, first: int = 0) -> pl.DataFrame:
    """`rows` rows of positions from `first` on; every amount is its position and 0.0001."""
    position = pl.col("position")
    amount = (position.cast(pl.Decimal(18, 4)) + pl.lit(Decimal("0.0001"))).cast(pl.Decimal(18, 4))
    return pl.DataFrame({"position": pl.int_range(first, first + rows, eager=True, dtype=pl.UInt64)}).with_columns(
        pl.format("SO-2026-{}", position % 70_000).alias("id"),
        pl.format("上海办-{}", position % 208).alias("name"),
        pl.lit(date(2026, 3, 31)).alias("day"),
        pl.lit(datetime(2026, 3, 31, 15, 59, 59, 999999, UTC)).cast(pl.Datetime("us", "UTC")).alias("at"),
        *(amount.alias(name) for name in AMOUNTS),
    )
