"""Complaints of the last months: whose they are, whether they are open, and what their customers buy."""

from datetime import date, timedelta

import polars as pl

from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse

WITHIN = timedelta(days=90)
YEAR = timedelta(days=365)
_TABLE = "activity_changes"

_COMPLAINTS = f"""
SELECT id, customer_id, rep_id, office_id, severity, is_open, raised_at,
    dictGet('customers', 'tier', customer_id, {{day:Date}}) AS tier
FROM (SELECT entity_id AS id, customer_id, rep_id, office_id, severity, sum(open_complaints) > 0 AS is_open
    FROM {_TABLE} WHERE kind = 'complaint' AND day <= {{day:Date}} AND day > {{since:Date}}
    GROUP BY id, customer_id, rep_id, office_id, severity HAVING sum(complaints) > 0) AS stands
INNER JOIN (SELECT entity_id AS id, minIf(changed_at, complaints > 0) AS raised_at FROM {_TABLE}
    WHERE kind = 'complaint' AND day <= {{day:Date}} AND day > {{since:Date}} GROUP BY id) AS raised USING (id)
"""  # noqa: S608
_BOUGHT = f"""
SELECT customer_id, sum(booked_amount) - sum(returned_amount) AS amount FROM order_changes
WHERE day <= {{day:Date}} AND day > {{year:Date}} AND is_overlay = 0 AND customer_id IN (
    SELECT customer_id FROM {_TABLE} WHERE kind = 'complaint' AND day <= {{day:Date}} AND day > {{since:Date}})
GROUP BY customer_id
"""  # noqa: S608


async def complaints(warehouse: AsyncWarehouse, day: date) -> pl.DataFrame:
    """Complaints raised in the 90 days up to `day`.

    Columns id, customer_id, rep_id, office_id, severity, is_open (nobody said that it was resolved), raised_at (UTC),
    tier (of the customer), amount (Decimal, what the customer booked within a year).
    """
    values = {"day": day, "since": day - WITHIN, "year": day - YEAR}
    found = await ask(warehouse, _COMPLAINTS, values, Reads(_TABLE, day - WITHIN, day))
    bought = await ask(warehouse, _BOUGHT, values, Reads("order_changes", day - YEAR, day))
    words = ["customer_id", "rep_id", "office_id", "severity", "tier"]
    found = found.with_columns(pl.col(words).cast(pl.String), pl.col("is_open").cast(pl.Boolean))
    money = pl.col("amount").cast(pl.Decimal(38, 4)).fill_null(0)
    return found.join(bought, on="customer_id", how="left").with_columns(money)
