"""How long deals take: in the stage they are in, and from opening to winning."""

from datetime import date

import polars as pl

from warehouse.answers import ask
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.question import Question, conditions, moment
from warehouse.roots import roots_on
from warehouse.viewer import Viewer

# A deal entered a stage with the last version that put more into that stage than it took out of it.
_AGEING = """
SELECT stage, count() AS deals, quantileExact(0.5)(age) AS median, max(age) AS longest,
    countIf(age <= 30) AS to_30, countIf(age > 30 AND age <= 60) AS to_60, countIf(age > 60 AND age <= 90) AS to_90,
    countIf(age > 90) AS beyond
FROM (
    SELECT stood.stage AS stage, dateDiff('day', entered.since, {{end:Date}}) AS age
    FROM (SELECT opportunity_id, stage FROM opportunity_changes WHERE {conditions}
        GROUP BY opportunity_id, stage HAVING sum(open_deals) > 0) AS stood
    INNER JOIN (
        SELECT opportunity_id, stage, max(on_day) AS since
        FROM (SELECT opportunity_id, stage, version, minIf(day, open_deals > 0) AS on_day FROM opportunity_changes
            WHERE day <= {{end:Date}} AND {then} GROUP BY opportunity_id, stage, version
            HAVING sum(open_deals) > 0)
        GROUP BY opportunity_id, stage) AS entered
    ON stood.opportunity_id = entered.opportunity_id AND stood.stage = entered.stage)
GROUP BY stage
"""
_CYCLE = """
SELECT count() AS deals, quantileExact(0.5)(days) AS median, quantileExact(0.9)(days) AS p90
FROM (SELECT opportunity_id, dateDiff('day', opened_on, closed_on) AS days FROM opportunity_changes
    WHERE {conditions} AND opened_on > toDate(0) AND closed_on >= opened_on
    GROUP BY opportunity_id, opened_on, closed_on HAVING sum(won_deals) > 0)
"""


# A stage counts on the day it was first entered, unless that is where the deal was opened.
_MOVED_ON = """
SELECT count() FROM (
    SELECT opportunity_id, stage, min(day) AS entered, min(opened_on) AS opened FROM opportunity_changes
    WHERE {conditions} AND open_deals > 0 GROUP BY opportunity_id, stage)
WHERE entered >= {{first:Date}} AND entered > opened
"""


async def ageing(warehouse: AsyncWarehouse, viewer: Viewer, *, as_of: date, where: Where = EVERYWHERE) -> pl.DataFrame:
    """Days for which the open deals of `where` are in their stage, a row a stage.

    Columns stage, deals, median, longest (days), and how many are in each bucket: to_30, to_60, to_90, beyond.
    """
    question = Question((), where, None, as_of, "day", viewer, await roots_on(warehouse, as_of))
    text, values, reads = conditions(question, "opportunity_changes", True, "ageing")
    return await ask(
        warehouse, _AGEING.format(conditions=text, then=moment(question, "opportunity_changes")), values, reads
    )


async def cycle(
    warehouse: AsyncWarehouse, viewer: Viewer, *, start: date, end: date, where: Where = EVERYWHERE
) -> pl.DataFrame:
    """Days from opening to winning of the deals won from `start` to `end`: one row of deals, median, p90.

    Of the deals won that say when they were opened and when closed; 0 deals where none does.
    """
    question = Question((), where, start, end, "day", viewer, await roots_on(warehouse, end))
    text, values, reads = conditions(question, "opportunity_changes", False, "the cycle time")
    return await ask(warehouse, _CYCLE.format(conditions=text), values, reads)


async def moved_on(
    warehouse: AsyncWarehouse, viewer: Viewer, *, start: date, end: date, where: Where = EVERYWHERE
) -> float:
    """How often an open deal came into a stage it had not been in, from `start` to `end`."""
    question = Question((), where, None, end, "day", viewer, await roots_on(warehouse, end))
    text, values, reads = conditions(question, "opportunity_changes", True, "moves between stages")
    found = await ask(warehouse, _MOVED_ON.format(conditions=text), {**values, "first": start}, reads)
    return float(found.item())
