"""Complaints of the last months: whose they are, whether they are open, and what their customers buy."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.kept_rows import Ids, among

WITHIN = timedelta(days=90)
YEAR = timedelta(days=365)
_TABLE = "activity_changes"

_COMPLAINTS = f"""
SELECT id, customer_id, rep_id, office_id, severity, is_open, raised_at
FROM (SELECT entity_id AS id, customer_id, rep_id, office_id, severity, sum(open_complaints) > 0 AS is_open
    FROM {_TABLE} WHERE kind = 'complaint' AND day <= {{day:Date}} AND day > {{since:Date}} AND AMONG
    GROUP BY id, customer_id, rep_id, office_id, severity HAVING sum(complaints) > 0) AS stands
INNER JOIN (SELECT entity_id AS id, minIf(changed_at, complaints > 0) AS raised_at FROM {_TABLE}
    WHERE kind = 'complaint' AND day <= {{day:Date}} AND day > {{since:Date}} AND AMONG
    GROUP BY id) AS raised USING (id)
"""  # noqa: S608
_BOUGHT = """
SELECT customer_id, sum(booked_amount) - sum(returned_amount) AS amount FROM order_changes
WHERE day <= {day:Date} AND day > {year:Date} AND is_overlay = 0 AND customer_id IN {ids:Array(String)}
GROUP BY customer_id
"""


async def complaints(warehouse: AsyncWarehouse, day: date, of: Ids = None) -> pl.DataFrame:
    """Complaints, `of` some ids alone, raised in the 90 days up to `day`.

    Columns id, customer_id, rep_id, office_id, severity, is_open (nobody said that it was resolved), raised_at (UTC).
    """
    only, bound = among("entity_id", of)
    values = {"day": day, "since": day - WITHIN, **bound}
    found = await ask(warehouse, _COMPLAINTS.replace("AMONG", only), values, Reads(_TABLE, day - WITHIN, day))
    words = ["customer_id", "rep_id", "office_id", "severity"]
    return found.with_columns(pl.col(words).cast(pl.String), pl.col("is_open").cast(pl.Boolean))


async def bought(warehouse: AsyncWarehouse, day: date, of: Sequence[str]) -> pl.DataFrame:
    """What customers booked within a year: customer_id, amount (Decimal)."""
    values = {"day": day, "year": day - YEAR, "ids": list(of)}
    found = await ask(warehouse, _BOUGHT, values, Reads("order_changes", day - YEAR, day))
    return found.with_columns(pl.col("amount").cast(pl.Decimal(38, 4)))


def of_customers(complaints: pl.DataFrame, bought: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """`complaints` with the tier of the customer (`known_customers`), '' for none, and the amount it `bought`."""
    found = complaints.join(bought, on="customer_id", how="left")
    found = found.join(customers.select("customer_id", "tier"), on="customer_id", how="left")
    return found.with_columns(pl.col("amount").fill_null(0), pl.col("tier").fill_null(""))
