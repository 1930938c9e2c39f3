"""The customers of a place: what each brought, and what is open with them."""

import asyncio
from datetime import date, datetime

import polars as pl

from ingest.calendar import Period
from warehouse.answers import ORG, ask
from warehouse.client import AsyncWarehouse
from warehouse.clock import clock_at
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.metric_query import MetricQuery, measure, refusal
from warehouse.viewer import Viewer

_WORDS = """
SELECT id, dictGet('customers', 'name', id, {day:Date}) AS name,
    dictGet('customers', 'segment', id, {day:Date}) AS segment, dictGet('customers', 'tier', id, {day:Date}) AS tier
FROM (SELECT arrayJoin({ids:Array(String)}) AS id)
"""
_KNOWN = """
SELECT id AS customer_id, dictGet('customers', 'segment', id, {day:Date}) AS segment,
    dictGet('customers', 'tier', id, {day:Date}) AS tier
FROM (SELECT DISTINCT id FROM dictionary('customers'))
"""
_BY = ("customer",)
_MONEY = pl.Decimal(38, 4)
_OPEN = "open_pipeline"


async def customers(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metric: str = "bookings",
    period: Period,
    now: datetime,
    where: Where = EVERYWHERE,
    page: int = 1,
    limit: int = 200,
) -> pl.DataFrame:
    """One row a customer with anything in the period, the year before or open now; the largest first, `limit` a page.

    Beyond the last page it is the last.

    Columns id, name, segment, tier, actual, previous, last_year (by the same working day), yoy, open_pipeline (null
    where deals cannot be asked so), total (customers in all). No projection holds the customer: all rows are read.
    """
    clock = await clock_at(warehouse, (), period, now)
    last_year, previous = period.year_before(), period.previous()
    queries = {
        "actual": MetricQuery((metric,), clock.today, period.start, _BY, where),
        "previous": MetricQuery((metric,), clock.until(previous), previous.start, _BY, where),
        "last_year": MetricQuery((metric,), clock.until(last_year), last_year.start, _BY, where),
    }
    if refusal(_OPEN, _BY, where) is None:
        queries[_OPEN] = MetricQuery((_OPEN,), clock.today, None, _BY, where)
    frames = await asyncio.gather(*(measure(warehouse, query, viewer) for query in queries.values()))
    found = pl.DataFrame(schema={"customer": pl.String})
    for (name, query), frame in zip(queries.items(), frames, strict=True):
        one = frame.select("customer", pl.col(query.metrics[0]).cast(_MONEY).alias(name))
        found = found.join(one.filter(pl.col(name) != 0), on="customer", how="full", coalesce=True)
    amounts = found.with_columns(pl.col(*queries).fill_null(0))
    if _OPEN not in queries:
        amounts = amounts.with_columns(pl.lit(None, _MONEY).alias(_OPEN))
    actual, before = (pl.col(name).cast(pl.Float64) for name in ("actual", "last_year"))
    amounts = amounts.with_columns(
        pl.when(before > 0).then(actual / before - 1).alias("yoy"), pl.len().cast(pl.UInt32).alias("total")
    )
    offset = min(page - 1, max(0, len(amounts) - 1) // limit) * limit
    shown = amounts.sort(["actual", _OPEN, "customer"], descending=[True, True, False], nulls_last=True)
    shown = shown.slice(offset, limit)
    ids = shown["customer"].to_list()
    words = await ask(warehouse, _WORDS, {"ids": ids, "day": clock.today}, ORG)
    named = shown.rename({"customer": "id"}).join(words, on="id", how="left", maintain_order="left")
    return named.select("id", "name", "segment", "tier", *queries, *({_OPEN} - queries.keys()), "yoy", "total")


async def known_customers(warehouse: AsyncWarehouse, day: date) -> pl.DataFrame:
    """Every customer that the organisation tells of: customer_id, segment and tier as of `day`, '' where not said."""
    found = await ask(warehouse, _KNOWN, {"day": day}, ORG)
    return found.with_columns(pl.all().cast(pl.String))
