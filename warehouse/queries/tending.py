"""How every open deal is tended: contacts, next steps, moves of its expected close, how long it is where it is."""

import asyncio
from datetime import date, datetime, timedelta

import polars as pl

from ingest.calendar import business_day
from ingest.settings import company
from warehouse.answers import ORG, Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.queries.deals import NO_DAY, listed
from warehouse.retractions import stands
from warehouse.viewer import Viewer

_TABLE = "opportunity_changes"
HORIZON = timedelta(days=200)
"""Contacts longer ago than this are as good as none."""
YEAR = timedelta(days=365)

_STILL_OPEN = f"""
SELECT opportunity_id FROM {_TABLE} WHERE day <= {{day:Date}} AND is_overlay = 0
GROUP BY opportunity_id HAVING sum(open_deals) > 0
"""  # noqa: S608
_AMONG = f"opportunity_id IN ({_STILL_OPEN.replace('{day:Date}', '{end:Date}')})"
# A version adds a deal under what it says and takes it away under what was said before; its other rows (those of the
# opening day) say nothing of when.
_STEPS = f"""
SELECT opportunity_id AS id, version, stage, rep_id, forecast_category,
    minIf(day, open_deals != 0 OR pushes != 0) AS on_day, sum(open_deals) AS deals, sum(pushes) AS pushed
FROM {_TABLE} WHERE day <= {{day:Date}} AND is_overlay = 0 AND opportunity_id IN ({_STILL_OPEN})
GROUP BY id, version, stage, rep_id, forecast_category HAVING deals != 0 OR pushed != 0
"""  # noqa: S608
_NEXT_STEPS = f"""
SELECT entity_id AS id, argMax(source, version) AS source,
    argMax(JSONExtractString(state, 'next_step') != '', version) AS has_next_step,
    argMax(toDateOrZero(JSONExtractString(state, 'next_step_on')), version) AS next_step_on
FROM {_TABLE} WHERE state != '' AND changed_at < {{night:DateTime64(6, 'UTC')}} AND {stands(_TABLE)}
    AND entity_id IN ({_STILL_OPEN})
GROUP BY entity_id
"""  # noqa: S608
_CONTACTS = f"""
SELECT opportunity_id AS id, customer_id, max(day) AS last_contact_on FROM (
    SELECT opportunity_id, customer_id, day FROM activity_changes
    WHERE day <= {{day:Date}} AND day > {{since:Date}} AND (opportunity_id = '' OR opportunity_id IN ({_STILL_OPEN}))
    GROUP BY opportunity_id, customer_id, day HAVING sum(done) > 0)
GROUP BY opportunity_id, customer_id
"""  # noqa: S608
_CUSTOMERS = """
SELECT id AS customer_id, dictGet('customers', 'segment', id, {day:Date}) AS segment,
    dictGet('customers', 'tier', id, {day:Date}) AS tier
FROM (SELECT DISTINCT customer_id AS id FROM opportunity_changes WHERE opportunity_id IN (STILL_OPEN))
""".replace("STILL_OPEN", _STILL_OPEN)
_WON_STAGES = f"""
SELECT dictGet('customers', 'segment', customer_id, {{day:Date}}) AS segment, grade, stage, count() AS deals,
    quantileExact(0.9)(days) AS longest
FROM (
    SELECT customer_id, grade, stage,
        dateDiff('day', since, ifNull(leadInFrame(toNullable(since)) OVER (
            PARTITION BY id ORDER BY first, since ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), closed_on)) AS days
    FROM (SELECT opportunity_id AS id, stage, min(version) AS first, min(day) AS since FROM {_TABLE}
        WHERE day <= {{day:Date}} AND open_deals > 0 AND is_overlay = 0 GROUP BY id, stage) AS stood
    INNER JOIN (SELECT opportunity_id AS id, any(customer_id) AS customer_id, any(grade) AS grade,
            max(closed_on) AS closed_on
        FROM {_TABLE} WHERE day <= {{day:Date}} AND day > {{since:Date}} AND won_deals != 0 AND is_overlay = 0
        GROUP BY id HAVING sum(won_deals) > 0) AS won USING (id))
GROUP BY segment, grade, stage
"""  # noqa: S608


async def tending(warehouse: AsyncWarehouse, now: datetime) -> pl.DataFrame:
    """Every deal open as of the business day of `now`, a row each, of the whole company.

    Columns id, customer_id, product_id, rep_id, office_id, amount (Decimal), stage, grade, forecast_category,
    opened_on, expected_close_on; last_contact_on (with the deal, or with its customer outside any deal, whichever is
    later), stage_since, held_since (by its rep), pushes (moves to a later month), pushed_on (the last), was_commit
    (committed when it was last moved), has_next_step, next_step_on, tells_next_steps (whether its source tells of
    any), segment and tier of the customer. Days not known are null.
    """
    zone = company().zone
    day = business_day(now, zone)
    night = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    values = {"day": day, "night": night, "since": day - HORIZON}
    deals, steps, next_steps, contacts, customers = await asyncio.gather(
        listed(warehouse, Viewer.system(), what="open", now=now, among=_AMONG),
        ask(warehouse, _STEPS, values, Reads(_TABLE, None, day)),
        ask(warehouse, _NEXT_STEPS, values, Reads(_TABLE)),
        ask(warehouse, _CONTACTS, values, Reads("activity_changes", day - HORIZON, day)),
        ask(warehouse, _CUSTOMERS, values, ORG),
    )
    return await asyncio.to_thread(put_together, deals, steps, next_steps, contacts, customers)


def put_together(
    deals: pl.DataFrame,
    steps: pl.DataFrame,
    next_steps: pl.DataFrame,
    contacts: pl.DataFrame,
    customers: pl.DataFrame,
) -> pl.DataFrame:
    """The rows of `tending` from what the warehouse says of deals, their versions, contacts and customers."""
    deals = deals.select(
        "id", "customer_id", "product_id", "rep_id", "office_id", "amount", "stage", "grade", "forecast_category",
        "opened_on", "expected_close_on",
    )  # fmt: skip
    words = [name for name, kind in deals.schema.items() if kind == pl.Categorical]
    deals = deals.with_columns(pl.col(words).cast(pl.String))
    told = next_steps.with_columns(
        pl.when(pl.col("next_step_on") > NO_DAY).then(pl.col("next_step_on")).alias("next_step_on"),
        pl.col("has_next_step").cast(pl.Boolean),
    ).with_columns((pl.col("has_next_step").any().over("source")).alias("tells_next_steps"))
    with_deal = contacts.filter(pl.col("id") != "").group_by("id").agg(pl.col("last_contact_on").max())
    alone = contacts.filter(pl.col("id") == "").group_by("customer_id").agg(pl.col("last_contact_on").max())
    found = (
        deals.join(with_deal, on="id", how="left")
        .join(alone.rename({"last_contact_on": "_customer_met_on"}), on="customer_id", how="left")
        .with_columns(pl.max_horizontal("last_contact_on", "_customer_met_on").alias("last_contact_on"))
        .drop("_customer_met_on")
        .join(told.drop("source"), on="id", how="left")
        .join(customers, on="customer_id", how="left")
    )
    for column, name in (("stage", "stage_since"), ("rep_id", "held_since")):
        found = found.join(_entered(steps, column, name), on=["id", column], how="left")
    return found.join(_moved(steps), on="id", how="left").with_columns(
        pl.col("pushes").fill_null(0), pl.col("was_commit", "has_next_step", "tells_next_steps").fill_null(False),
        pl.col("segment", "tier").fill_null(""),
    )  # fmt: skip


def _entered(steps: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """The day of the last version that put a deal under a value of the column: id, the column, `name`."""
    put = steps.group_by("id", "version", column).agg(pl.col("deals").sum(), pl.col("on_day").min())
    put = put.filter(pl.col("deals") > 0).with_columns(pl.col(column).cast(pl.String))
    return put.group_by("id", column).agg(pl.col("on_day").max().alias(name))


def _moved(steps: pl.DataFrame) -> pl.DataFrame:
    """Moves to a later month: id, pushes, pushed_on, was_commit (what was said before the last one)."""
    before = (pl.col("forecast_category").cast(pl.String) == "commit") & (pl.col("deals") <= 0)
    versions = steps.group_by("id", "version").agg(
        pl.col("pushed").sum(), pl.col("on_day").min(), before.any().alias("was_commit")
    )
    pushes = versions.filter(pl.col("pushed") > 0).sort("version")
    return pushes.group_by("id").agg(
        pl.col("pushed").sum().alias("pushes"), pl.col("on_day").last().alias("pushed_on"), pl.col("was_commit").last()
    )


async def stage_ages(warehouse: AsyncWarehouse, day: date) -> pl.DataFrame:
    """How long the deals won in the year up to `day` stood in each stage, by segment of the customer and grade.

    Columns segment, grade, stage, deals (how many), longest (the 90 % quantile of their days there).
    """
    values = {"day": day, "since": day - YEAR}
    return await ask(warehouse, _WON_STAGES, values, Reads(_TABLE, None, day))
