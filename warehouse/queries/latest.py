"""What came in last: deals won and payments received."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from warehouse.answers import ask
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.measures import QuestionError
from warehouse.question import Question, conditions
from warehouse.roots import roots_on
from warehouse.viewer import Viewer

DAYS = 7
"""How far back is looked."""


@dataclass(frozen=True)
class _Kind:
    table: str
    id: str
    amount: str


_KINDS: Mapping[str, _Kind] = {
    "won": _Kind("opportunity_changes", "opportunity_id", "won_amount"),
    "received": _Kind("collection_changes", "collection_id", "received_amount"),
}
_LATEST = """
SELECT c.entity AS id, argMax(c.office_id, c.part) AS office_id, argMax(c.rep_id, c.part) AS rep_id,
    argMax(c.customer_id, c.part) AS customer_id, sum(c.part) AS amount, max(c.changed_at) AS at
FROM (SELECT {id} AS entity, office_id, rep_id, customer_id, {amount} AS part, changed_at FROM {table}
    WHERE {conditions}) AS c
GROUP BY id HAVING amount > 0 ORDER BY at DESC, id LIMIT {{limit:UInt32}}
"""


async def latest(
    warehouse: AsyncWarehouse, viewer: Viewer, *, today: date, where: Where = EVERYWHERE, limit: int = 4
) -> pl.DataFrame:
    """The newest of the `DAYS` up to `today`, at most `limit` of a kind; a row each.

    Columns kind ("won", "received"), id (of the deal or the payment), office_id, rep_id, customer_id, amount Decimal,
    at (UTC). A kind that cannot be narrowed to `where` is left out.
    """
    start = today - timedelta(days=DAYS - 1)
    question = Question((), where, start, today, "day", viewer, await roots_on(warehouse, today))

    async def of(name: str, kind: _Kind) -> pl.DataFrame | None:
        try:
            text, values, reads = conditions(question, kind.table, False, name)
        except QuestionError:
            return None
        sql = _LATEST.format(id=kind.id, amount=kind.amount, table=kind.table, conditions=text)
        found = await ask(warehouse, sql, {**values, "limit": limit}, reads)
        return found.select(
            pl.lit(name).alias("kind"), "id", pl.col("office_id", "rep_id", "customer_id").cast(pl.String),
            pl.col("amount").cast(pl.Decimal(38, 4)), pl.col("at").cast(pl.Datetime("us", "UTC")),
        )  # fmt: skip

    found = await asyncio.gather(*(of(name, kind) for name, kind in _KINDS.items()))
    told = pl.concat(frame for frame in found if frame is not None)
    return told.sort(["at", "id"], descending=[True, False])
