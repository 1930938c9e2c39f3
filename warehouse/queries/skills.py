"""What people and offices do alike and how well: how many deals they bring from stage to stage, how fast, at which
price, and whether they have enough before them. Outcomes of skill, never counts of activity."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Literal

import polars as pl

from ingest.calendar import Period
from ingest.fields import STAGES
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.coverage import coverage
from warehouse.metric_query import MetricQuery, measure
from warehouse.metrics import FEW
from warehouse.viewer import Viewer

Of = Literal["rep", "office"]
YEAR = timedelta(days=365)
_TABLE = "opportunity_changes"

# A deal counts under a stage it was in once it has gone on from there or has ended; won counts as having gone on.
_CONVERSION = """
SELECT toString(e.{column}) AS id, toString(e.stage) AS stage, count() AS deals,
    countIf(d.won > 0 OR d.furthest > indexOf({{stages:Array(String)}}, stage)) AS moved
FROM (
    SELECT opportunity_id, stage, argMax({column}, version) AS {column}, min(day) AS entered FROM opportunity_changes
    WHERE day <= {{end:Date}} AND open_deals > 0 AND is_overlay = 0 AND stage IN {{stages:Array(String)}}
    GROUP BY opportunity_id, stage HAVING entered >= {{start:Date}}) AS e
INNER JOIN (
    SELECT opportunity_id, maxIf(indexOf({{stages:Array(String)}}, toString(stage)), open_deals > 0) AS furthest,
        sum(won_deals) AS won, sum(lost_deals) + sum(abandoned_deals) AS gone
    FROM opportunity_changes WHERE day <= {{end:Date}} AND is_overlay = 0 GROUP BY opportunity_id) AS d
USING (opportunity_id)
WHERE d.won > 0 OR d.gone > 0 OR d.furthest > indexOf({{stages:Array(String)}}, toString(e.stage))
GROUP BY id, stage
"""
_CYCLE = """
SELECT toString({column}) AS id, count() AS deals, quantileExact(0.5)(days) AS median FROM (
    SELECT opportunity_id, argMax({column}, version) AS {column}, dateDiff('day', opened_on, closed_on) AS days
    FROM opportunity_changes
    WHERE day BETWEEN {{start:Date}} AND {{end:Date}} AND is_overlay = 0 AND opened_on > toDate(0)
        AND closed_on >= opened_on
    GROUP BY opportunity_id, opened_on, closed_on HAVING sum(won_deals) > 0)
GROUP BY id
"""


async def skills(warehouse: AsyncWarehouse, of: Of, now: datetime, day: date) -> pl.DataFrame:
    """Every rep or office by the year up to `day`: id, skill, value (null where too few deals say), deals.

    Skills: "stage:<stage>" (share of deals that went on from it), "win_rate", "cycle" (median days from opening to
    winning), "discount" (1 − realised price), "coverage" (of the quarter's target still to come).
    """
    column, start = f"{of}_id", day - YEAR
    values = {"start": start, "end": day, "stages": list(STAGES)}
    reads, viewer = Reads(_TABLE, None, day), Viewer.system()
    stages, cycles, rates, covered = await asyncio.gather(
        ask(warehouse, _CONVERSION.format(column=column), values, reads),
        ask(warehouse, _CYCLE.format(column=column), values, reads),
        measure(warehouse, MetricQuery(("win_rate", "realised_price"), day, start, (of,)), viewer),
        coverage(warehouse, viewer, period=Period.containing(day, "quarter"), now=now, by=of),
    )
    return put_together(stages, cycles, rates.rename({of: "id"}), covered)


def put_together(
    stages: pl.DataFrame, cycles: pl.DataFrame, rates: pl.DataFrame, covered: pl.DataFrame
) -> pl.DataFrame:
    """The rows of `skills`; under `FEW` deals there is no value."""

    def told(frame: pl.DataFrame, skill: pl.Expr, value: pl.Expr, deals: pl.Expr) -> pl.DataFrame:
        enough = pl.when(deals.is_null() | (deals >= FEW)).then(value)
        return frame.select("id", skill.alias("skill"), enough.cast(pl.Float64).alias("value"),
                            deals.cast(pl.Int64).alias("deals"))  # fmt: skip

    unknown = pl.lit(None, pl.Int64)
    return pl.concat(
        [
            told(stages, pl.lit("stage:") + pl.col("stage"), pl.col("moved") / pl.col("deals"), pl.col("deals")),
            told(rates, pl.lit("win_rate"), pl.col("win_rate"), unknown),
            told(cycles, pl.lit("cycle"), pl.col("median"), pl.col("deals")),
            told(rates, pl.lit("discount"), 1 - pl.col("realised_price"), unknown),
            told(covered, pl.lit("coverage"), pl.col("coverage"), unknown),
        ]
    )
