"""The deals and orders behind a figure, as they stand now, and the history of one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

import polars as pl

from ingest.calendar import Period, business_day
from ingest.settings import company
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, AsOf, Where
from warehouse.measures import TABLES, QuestionError, did_you_mean
from warehouse.queries.org import names
from warehouse.question import Question, conditions
from warehouse.roots import roots_on
from warehouse.viewer import ScopeColumns, Viewer, scope_of

What = Literal["open", "won", "lost", "abandoned", "orders"]
History = Literal["orders", "opportunities", "activities", "collections"]
SORTS = (
    "amount",
    "id",
    "customer_id",
    "rep_id",
    "stage",
    "grade",
    "opened_on",
    "expected_close_on",
    "closed_on",
    "day",
)
NO_DAY = date(1970, 1, 1)
ALL = 2**32 - 1
"""A limit that leaves out nothing."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class _List:
    """A list of deals: its table, the sums that say which rows stand, and whether they stand as of a day."""

    table: str
    amount: str
    stands: str
    is_stock: bool


_LISTS: Mapping[str, _List] = {
    "open": _List("opportunity_changes", "sum(open_amount)", "sum(open_deals)", True),
    "won": _List("opportunity_changes", "sum(won_amount)", "sum(won_deals)", False),
    "lost": _List("opportunity_changes", "sum(lost_amount)", "sum(lost_deals)", False),
    "abandoned": _List("opportunity_changes", "sum(abandoned_amount)", "sum(abandoned_deals)", False),
    "orders": _List("order_changes", "sum(booked_amount) - sum(returned_amount)", "sum(lines)", False),
}
_DEAL = (
    "opportunity_id AS id, customer_id, product_id, rep_id, office_id, stage, outcome, grade, forecast_category,"
    " opened_on, expected_close_on, closed_on"
)
_ORDER = (
    "order_id AS id, customer_id, product_id, rep_id, office_id, '' AS stage, status AS outcome, '' AS grade,"
    " '' AS forecast_category, toDate(0) AS opened_on, toDate(0) AS expected_close_on, toDate(0) AS closed_on"
)
_KEYS = (
    "id, customer_id, product_id, rep_id, office_id, stage, outcome, grade, forecast_category, opened_on,"
    " expected_close_on, closed_on"
)

# What stands is what the signed rows of one combination of ids add up to: the reversed versions are gone. Of several
# combinations (lines, credits) of one deal the largest lends its words.
_CURRENT = """
SELECT id, sum(c.standing) AS amount, argMax(c.customer_id, c.size) AS customer_id,
    argMax(c.product_id, c.size) AS product_id,
    argMax(c.rep_id, c.size) AS rep_id, argMax(c.office_id, c.size) AS office_id, argMax(c.stage, c.size) AS stage,
    argMax(c.outcome, c.size) AS outcome, argMax(c.grade, c.size) AS grade,
    argMax(c.forecast_category, c.size) AS forecast_category, argMax(c.opened_on, c.size) AS opened_on,
    argMax(c.expected_close_on, c.size) AS expected_close_on, argMax(c.closed_on, c.size) AS closed_on,
    min(c.first_day) AS day, uniqExact(c.product_id) AS products, count() OVER () AS total
FROM (
    SELECT {columns}, {amount} AS standing, {stands} AS counted, min(entity_day) AS first_day,
        (abs(toFloat64(standing)), toFloat64(counted)) AS size
    FROM {table} WHERE {conditions} GROUP BY {keys} HAVING standing != 0 OR counted != 0) AS c
GROUP BY id
ORDER BY {sort} {direction}, id LIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}
"""

_CONTACTS = """
SELECT opportunity_id, customer_id, max(day) AS last_contact_on FROM (
    SELECT opportunity_id, customer_id, day FROM activity_changes
    WHERE customer_id IN {customers:Array(String)} AND day <= {today:Date}
    GROUP BY opportunity_id, customer_id, day HAVING sum(done) > 0)
GROUP BY opportunity_id, customer_id
"""


async def deals(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    what: What = "open",
    where: Where = EVERYWHERE,
    period: Period | None = None,
    now: datetime,
    sort: str = "amount",
    descending: bool = True,
    offset: int = 0,
    limit: int = 100,
) -> pl.DataFrame:
    """A page of deals (open now; won, lost or abandoned in `period`) or of orders with bookings in `period`.

    Columns id, customer_id, customer_name, product_id, product_name, products (how many), rep_id, rep_name, office_id,
    amount Decimal (the viewer's and the question's part of it), stage, outcome (an order's status), grade,
    forecast_category, opened_on, expected_close_on, closed_on, day (an order's booking day), last_contact_on,
    days_since_contact, total (rows on all pages). Days not stated are null.
    """
    found = await listed(
        warehouse, viewer, what=what, where=where, period=period, now=now, sort=sort, descending=descending,
        offset=offset, limit=limit,
    )  # fmt: skip
    return await _told(warehouse, found, business_day(now, company().zone))


async def listed(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    what: What = "open",
    where: Where = EVERYWHERE,
    period: Period | None = None,
    now: datetime,
    sort: str = "amount",
    descending: bool = True,
    offset: int = 0,
    limit: int = ALL,
    among: str = "",
    bound: Mapping[str, Any] = NOTHING,
) -> pl.DataFrame:
    """`deals` without names and contacts: only what the list's own table says.

    `among`, a condition on its rows up to `{end:Date}` and on what is `bound`, leaves out what is known not to be
    listed: for the whole company it is quicker to ask first which deals there are.
    """
    if sort not in SORTS:
        raise QuestionError(f"deals cannot be sorted by {sort!r}.{did_you_mean(sort, SORTS)}")
    if what not in _LISTS:
        raise QuestionError(f"no list of {what!r} deals.{did_you_mean(what, _LISTS)}")
    list_of, today = _LISTS[what], business_day(now, company().zone)
    end = min(today, period.end) if period else today
    roots = await roots_on(warehouse, end)
    question = Question((), where, period.start if period else None, end, "day", viewer, roots)
    text, values, reads = conditions(question, list_of.table, list_of.is_stock, f"the list of {what} deals")
    sql = _CURRENT.format(
        columns=_ORDER if what == "orders" else _DEAL,
        keys=_KEYS,
        amount=list_of.amount,
        stands=list_of.stands,
        table=list_of.table,
        conditions=f"{text} AND {among}" if among else text,
        sort=sort,
        direction="DESC" if descending else "ASC",
    )
    found = await ask(warehouse, sql, {**values, **bound, "limit": limit, "offset": offset}, reads)
    days = ("opened_on", "expected_close_on", "closed_on", "day")
    return found.with_columns(
        *(pl.when(pl.col(name) > NO_DAY).then(pl.col(name)).alias(name) for name in days),
        pl.col("amount").cast(pl.Decimal(38, 4)),
    )


async def _told(warehouse: AsyncWarehouse, found: pl.DataFrame, today: date) -> pl.DataFrame:
    """The page with names and the last contact: with the deal itself, else with its customer outside any deal."""
    for kind in ("customer", "product", "rep"):
        known = await names(warehouse, "person" if kind == "rep" else kind, found[f"{kind}_id"], today)  # type: ignore[arg-type]
        told = {key: name for key, (name, _) in known.items()}
        found = found.with_columns(
            pl.col(f"{kind}_id").replace_strict(told, default=pl.col(f"{kind}_id"), return_dtype=pl.String)
            .alias(f"{kind}_name")
        )  # fmt: skip
    customers = sorted(set(found["customer_id"]) - {""})
    contacts = await ask(
        warehouse, _CONTACTS, {"customers": customers, "today": today}, Reads("activity_changes", None, today)
    )
    with_deal = {row[0]: row[2] for row in contacts.iter_rows() if row[0]}
    alone = {row[1]: row[2] for row in contacts.iter_rows() if not row[0]}
    last = [
        with_deal.get(deal) or alone.get(customer) for deal, customer in found.select("id", "customer_id").iter_rows()
    ]
    found = found.with_columns(pl.Series("last_contact_on", last, dtype=pl.Date))
    since = (pl.lit(today) - pl.col("last_contact_on")).dt.total_days()
    found = found.with_columns(since.alias("days_since_contact"))
    return found.select(
        "id", "customer_id", "customer_name", "product_id", "product_name", "products", "rep_id", "rep_name",
        "office_id", "amount", "stage", "outcome", "grade", "forecast_category", "opened_on", "expected_close_on",
        "closed_on", "day", "last_contact_on", "days_since_contact", "total",
    )  # fmt: skip


_HISTORY_TABLES: Mapping[str, str] = {
    "orders": "order_changes",
    "opportunities": "opportunity_changes",
    "activities": "activity_changes",
    "collections": "collection_changes",
}
_HISTORY = """
SELECT entity_id, version, changed_at, received_at, source, state FROM {table}
WHERE {one} AND state != '' AND entity_id IN (SELECT entity_id FROM {table} WHERE {one} AND {scope})
ORDER BY changed_at, entity_id, version
"""


async def entity_history(
    warehouse: AsyncWarehouse, viewer: Viewer, topic: History, entity_id: str, as_of: AsOf | None = None
) -> pl.DataFrame:
    """Every version of an order (all its lines), deal, activity or payment, oldest first; those there were `as_of`.

    Columns entity_id, version, changed_at, received_at, source, state (the event as it came, JSON). Who may see one
    row of an entity sees its history.
    """
    table = _HISTORY_TABLES[topic]
    columns: dict[str, Any] = TABLES[table].columns
    scope, values = scope_of(
        viewer,
        ScopeColumns(*(name if name in columns else None for name in ("office_id", "rep_id", "product_id"))),
        "day",
    )
    one = "entity_id = {id:String}"
    if topic == "orders":
        one = "(entity_id = {id:String} OR startsWith(entity_id, {id:String} || ':'))"
    sql = _HISTORY.format(table=table, one=one, scope=scope)
    found = await ask(warehouse, sql, {**values, "id": entity_id}, Reads(table))
    if as_of is None:
        return found
    column = "received_at" if as_of.known == "then" else "changed_at"
    return found.filter((pl.col(column) <= as_of.at) & (pl.col("changed_at") <= as_of.at))
