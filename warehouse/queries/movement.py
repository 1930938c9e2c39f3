"""The open pipeline between two instants, from the change rows themselves, and the deals behind each of its bars."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from ingest.calendar import Period
from warehouse.answers import ORG, Reads, ask, held
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.movement import DEALS, STEPS, Cut, Horizon, moves, slipped
from warehouse.queries.deals import NO_DAY
from warehouse.queries.org import NameOf, names
from warehouse.question import Question, conditions, moment
from warehouse.roots import Roots, roots_on
from warehouse.viewer import Viewer

_TABLE = "opportunity_changes"

# Every row that counts by the later instant; `is_before` by the earlier one, `here` of those looked at, `due` in it.
_COUNTED = (
    "(SELECT *, {here} AS here, {due} AS due, {first} AS is_before FROM opportunity_changes WHERE {last} AND {then})"
)
_STOOD = """
SELECT opportunity_id, sumIf(open_amount, is_before) AS opening, sum(open_amount) AS closing
FROM {counted} WHERE here AND due GROUP BY opportunity_id HAVING opening != 0 OR closing != 0
"""
_STEPS = """
SELECT opportunity_id, if(is_before, 0, version) AS step,
    sumIf(open_amount, here AND due) AS inside, sumIf(open_amount, here AND NOT due) AS later,
    sumIf(open_amount + won_amount + lost_amount + abandoned_amount, NOT here AND is_overlay = 0) AS elsewhere,
    sum(open_amount) AS open, sumIf(won_amount, here) AS won, sumIf(lost_amount, here) AS lost,
    sumIf(abandoned_amount, here) AS abandoned,
    sumIf(open_amount + won_amount + lost_amount + abandoned_amount, here) AS worth,
    sum(won_deals) AS won_deals, sum(lost_deals) AS lost_deals, sum(pushes) AS pushes
FROM {counted}
WHERE opportunity_id IN (SELECT opportunity_id FROM {counted} WHERE here AND NOT is_before)
GROUP BY opportunity_id, step
"""
# What the last version says: its rows that add a deal on its day. Those of `opened_deals` stand on the opening day.
_WORDS = """
SELECT opportunity_id AS id, argMaxIf(customer_id, version, adds) AS customer_id,
    argMaxIf(product_id, version, adds) AS product_id, argMaxIf(rep_id, version, adds) AS rep_id,
    argMaxIf(stage, version, adds) AS stage, argMaxIf(outcome, version, adds) AS outcome,
    argMaxIf(grade, version, adds) AS grade, argMaxIf(opened_on, version, adds) AS opened_on,
    argMaxIf(expected_close_on, version, adds) AS expected_close_on, argMaxIf(closed_on, version, adds) AS closed_on,
    sum(pushes) AS pushes
FROM (SELECT *, open_deals > 0 OR won_deals > 0 OR lost_deals > 0 OR abandoned_deals > 0 AS adds
    FROM opportunity_changes WHERE opportunity_id IN {{ids:Array(String)}} AND {last})
GROUP BY opportunity_id
"""
_MONTHS = """
SELECT opportunity_id AS id, version, minIf(expected_close_on, open_deals < 0) AS was,
    maxIf(expected_close_on, open_deals > 0) AS due
FROM opportunity_changes WHERE opportunity_id IN {{ids:Array(String)}} AND {last}
GROUP BY id, version HAVING toStartOfMonth(was) != toStartOfMonth(due) AND was > toDate(0) AND due > toDate(0)
ORDER BY id, version
"""


@dataclass(frozen=True)
class Between:
    """Two instants, and which open deals count: due to close within `due`, or all."""

    first: Cut
    last: Cut
    due: Period | None

    @property
    def horizon(self) -> Horizon:
        return "period" if self.due else "all"


@dataclass(frozen=True)
class Movement:
    """`deals`: a row a deal and bar (`DEALS`), opening and closing among them; `slips` as `movement.slipped`."""

    deals: pl.DataFrame
    slips: pl.DataFrame
    bars: Mapping[str, tuple[Decimal, int]] = field(default_factory=dict)

    def amount(self, bar: str) -> Decimal:
        """The signed amount of a bar; 0 where nothing is behind it."""
        return self.bars.get(bar, (Decimal(0), 0))[0]

    def count(self, bar: str) -> int:
        """How many deals are behind a bar."""
        return self.bars.get(bar, (Decimal(0), 0))[1]

    def behind(self, bar: str) -> pl.DataFrame:
        """opportunity_id and amount of all deals behind a bar, the largest first; they add up to it."""
        found = self.slips if bar == "slipped" else self.deals.filter(pl.col("bar") == bar)
        return found.select("opportunity_id", "amount").sort(
            pl.col("amount").abs(), "opportunity_id", descending=[True, False]
        )


async def movement(warehouse: AsyncWarehouse, viewer: Viewer, between: Between, where: Where = EVERYWHERE) -> Movement:
    """What the open pipeline was, what came and went, and what it is; opening and moves add up to closing.

    Both ends are seen by the organisation of the last day, so that a unit that was moved moves no deal.
    """
    reads = (Reads(_TABLE, None, between.last.day), ORG)
    key = ("movement", id(warehouse), viewer, between, where)
    return await held(key, reads, lambda: _movement(warehouse, viewer, between, where))


async def _movement(warehouse: AsyncWarehouse, viewer: Viewer, between: Between, where: Where) -> Movement:
    end = between.last.day
    question = Question((), where, None, end, "day", viewer, await roots_on(warehouse, end))
    here, values, reads = conditions(question, _TABLE, True, "the movement of the pipeline")
    due, bounds = _due(between.due)
    last, until = _by("last", between.last)
    first, since = _by("first", between.first)
    counted = _COUNTED.format(here=here, due=due, first=first, last=last, then=moment(question, _TABLE))
    values = {**values, **bounds, **until, **since}
    stood, steps = await asyncio.gather(
        *(ask(warehouse, sql.format(counted=counted), values, reads) for sql in (_STOOD, _STEPS))
    )
    return await asyncio.to_thread(put_together, stood, steps)


def put_together(stood: pl.DataFrame, steps: pl.DataFrame) -> Movement:
    """`stood`: opportunity_id, opening, closing; `steps` as `STEPS`."""
    ends = [
        stood.select("opportunity_id", pl.lit(bar).alias("bar"), pl.col(bar).alias("amount")).filter(
            pl.col("amount") != 0
        )
        for bar in ("opening", "closing")
    ]
    steps = steps.cast(STEPS).select(STEPS.names())
    deals = pl.concat([*(frame.cast(DEALS) for frame in ends), moves(steps)])
    slips = slipped(steps)
    sums = deals.group_by("bar").agg(pl.col("amount").sum(), pl.len())
    bars = {bar: (amount, count) for bar, amount, count in sums.iter_rows()}
    bars["slipped"] = (slips["amount"].sum() if len(slips) else Decimal(0), len(slips))
    return Movement(deals, slips, bars)


def _due(period: Period | None) -> tuple[str, dict[str, Any]]:
    if period is None:
        return "1", {}
    sql = "expected_close_on >= {due_from:Date} AND expected_close_on <= {due_to:Date}"
    return f"({sql})", {"due_from": period.start, "due_to": period.end}


def _by(name: str, cut: Cut) -> tuple[str, dict[str, Any]]:
    """The condition that a row counts by an instant, and its values."""
    day = f"{{{name}_day:Date}}"
    if cut.at is None:
        return f"(day <= {day})", {f"{name}_day": cut.day}
    at = f"fromUnixTimestamp64Micro({{{name}_at:Int64}}, 'UTC')"
    values = {f"{name}_day": cut.day, f"{name}_at": round(cut.at.timestamp() * 1_000_000)}
    return f"(day < {day} OR (day = {day} AND changed_at <= {at}))", values


async def worded(warehouse: AsyncWarehouse, deals: pl.DataFrame, last: Cut, where: Where = EVERYWHERE) -> pl.DataFrame:
    """A page of `Movement.behind` with what the deals said at the instant `last`, in the same order.

    Of `where` only the moment looked back to counts.

    Columns id, amount, customer_id, product_id, rep_id and of each its name and name_en, stage, outcome, grade,
    opened_on, expected_close_on, closed_on (null where not stated), pushes, months (first days of the months in which
    it was expected to close, one after the other; empty where that never moved).
    """
    ids = deals["opportunity_id"].to_list()
    past = Question((), Where(as_of=where.as_of), None, last.day, "day", Viewer.system(), Roots())
    _, known, _ = conditions(past, _TABLE, True, "deals")
    text, values = _by("last", last)
    text, values = f"{text} AND {moment(past, _TABLE)}", {**known, **values, "ids": ids}
    reads = Reads(_TABLE, None, last.day)
    words, moved = await asyncio.gather(
        *(ask(warehouse, sql.format(last=text), values, reads) for sql in (_WORDS, _MONTHS))
    )
    found = deals.rename({"opportunity_id": "id"}).join(words, on="id", how="left", maintain_order="left")
    kinds: Sequence[tuple[str, NameOf]] = (("customer", "customer"), ("product", "product"), ("rep", "person"))
    for name, kind in kinds:
        column = pl.col(f"{name}_id").fill_null("")
        called = await names(warehouse, kind, found.select(column)[f"{name}_id"], last.day)
        told = [called.get(key, (key, key)) for key in found.select(column)[f"{name}_id"]]
        found = found.with_columns(
            column,
            pl.Series(f"{name}_name", [one for one, _ in told], dtype=pl.String),
            pl.Series(f"{name}_name_en", [english for _, english in told], dtype=pl.String),
        )
    months = {id: path(rows) for id, rows in _by_deal(moved).items()}
    days = ("opened_on", "expected_close_on", "closed_on")
    return found.with_columns(
        *(pl.when(pl.col(day) > NO_DAY).then(pl.col(day)).alias(day) for day in days),
        pl.Series("months", [months.get(id, []) for id in found["id"]], dtype=pl.List(pl.Date)),
    )


def _by_deal(moved: pl.DataFrame) -> dict[str, list[tuple[date, date]]]:
    found: dict[str, list[tuple[date, date]]] = {}
    for id, was, due in moved.select("id", "was", "due").iter_rows():
        found.setdefault(id, []).append((was, due))
    return found


def path(rows: Sequence[tuple[date, date]]) -> list[date]:
    """The months one after the other, from (was, due) of each move."""
    return [rows[0][0].replace(day=1), *(due.replace(day=1) for _, due in rows)]
