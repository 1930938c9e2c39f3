"""How every open deal is tended: contacts, next steps, moves of its expected close, how long it is where it is."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from ingest.calendar import business_day
from ingest.settings import company
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.kept_rows import Ids, among
from warehouse.positions import Marks, within
from warehouse.queries.customers import known_customers
from warehouse.queries.deals import NO_DAY, listed
from warehouse.retractions import stands
from warehouse.viewer import Viewer

_TABLE = "opportunity_changes"
HORIZON = timedelta(days=200)
"""Contacts longer ago than this are as good as none."""
YEAR = timedelta(days=365)
NINE_OF_TEN = 0.9

_STILL_OPEN = f"""
SELECT opportunity_id FROM {_TABLE} WHERE day <= {{day:Date}} AND is_overlay = 0 AND AMONG
GROUP BY opportunity_id HAVING sum(open_deals) > 0
"""  # noqa: S608
_LISTED = f"entity_id IN ({_STILL_OPEN.replace('{day:Date}', '{end:Date}')})"
# A version adds a deal under what it says and takes it away under what was said before; its other rows (those of the
# opening day) say nothing of when.
_STEPS = f"""
SELECT opportunity_id AS id, version, stage, rep_id, forecast_category,
    minIf(day, open_deals != 0 OR pushes != 0) AS on_day, sum(open_deals) AS deals, sum(pushes) AS pushed
FROM {_TABLE} WHERE day <= {{day:Date}} AND is_overlay = 0 AND entity_id IN ({_STILL_OPEN})
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
_CONTACTS = """
SELECT opportunity_id AS id, customer_id, max(day) AS last_contact_on FROM (
    SELECT opportunity_id, customer_id, day FROM activity_changes
    WHERE day <= {day:Date} AND day > {since:Date} AND AMONG
    GROUP BY opportunity_id, customer_id, day HAVING sum(done) > 0)
GROUP BY opportunity_id, customer_id
"""
_CONTACTS_SINCE = """
SELECT opportunity_id AS id, customer_id, maxIf(day, done > 0) AS last_contact_on, min(done) < 0 AS is_less
FROM activity_changes WHERE day <= {day:Date} AND day > {since:Date} AND done != 0 AND WITHIN
GROUP BY opportunity_id, customer_id
"""
_WON_STAGES = f"""
SELECT id, customer_id, grade, stage,
    dateDiff('day', since, ifNull(leadInFrame(toNullable(since)) OVER (
        PARTITION BY id ORDER BY first, since ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), closed_on)) AS days
FROM (SELECT opportunity_id AS id, stage, min(version) AS first, min(day) AS since FROM {_TABLE}
    WHERE day <= {{day:Date}} AND open_deals > 0 AND is_overlay = 0 AND AMONG GROUP BY id, stage) AS stood
INNER JOIN (SELECT opportunity_id AS id, any(customer_id) AS customer_id, any(grade) AS grade,
        max(closed_on) AS closed_on
    FROM {_TABLE} WHERE day <= {{day:Date}} AND day > {{since:Date}} AND won_deals != 0 AND is_overlay = 0 AND AMONG
    GROUP BY id HAVING sum(won_deals) > 0) AS won USING (id)
"""  # noqa: S608


@dataclass(frozen=True)
class Tended:
    """What the deals open as of the business day of `now` are put together from; every frame is of the whole company,
    and asked of some deals alone it has their rows as they are."""

    warehouse: AsyncWarehouse
    now: datetime

    @property
    def day(self) -> date:
        return business_day(self.now, company().zone)

    async def deals(self, of: Ids = None) -> pl.DataFrame:
        """id, customer_id, product_id, rep_id, office_id, amount, stage, grade, forecast_category, opened_on,
        expected_close_on."""
        only, bound = among("entity_id", of)
        listing = _LISTED.replace("AMONG", only)
        found = await listed(self.warehouse, Viewer.system(), what="open", now=self.now, among=listing, bound=bound)
        return found.select(
            "id", "customer_id", "product_id", "rep_id", "office_id", "amount", "stage", "grade", "forecast_category",
            "opened_on", "expected_close_on",
        )  # fmt: skip

    async def steps(self, of: Ids = None) -> pl.DataFrame:
        """What each version added and took away: id, version, stage, rep_id, forecast_category, on_day, deals,
        pushed."""
        return await self._asked(_STEPS, of, Reads(_TABLE, None, self.day))

    async def next_steps(self, of: Ids = None) -> pl.DataFrame:
        """What was said last: id, source, has_next_step, next_step_on (1970 for none)."""
        night = datetime.combine(self.day + timedelta(days=1), datetime.min.time(), company().zone)
        return await self._asked(_NEXT_STEPS, of, Reads(_TABLE), night=night)

    async def contacts(self, of: Ids = None) -> pl.DataFrame:
        """id ('' outside any deal), customer_id, last_contact_on; of deals that are not open too. `of` customers."""
        since = self.day - HORIZON
        return await self._asked(_CONTACTS, of, Reads("activity_changes", since, self.day), "customer_id", since=since)

    async def contacts_since(self, low: Marks, high: Marks) -> pl.DataFrame:
        """The same of what came after `low` and up to `high` alone, and is_less: whether anything of it took back what
        was done before."""
        text, bound = within(low, high)
        values = {"day": self.day, "since": self.day - HORIZON, **bound}
        found = await self.warehouse.query(_CONTACTS_SINCE.replace("WITHIN", text), values)
        return found.with_columns(pl.col("is_less").cast(pl.Boolean))

    async def _asked(self, sql: str, of: Ids, reads: Reads, key: str = "entity_id", **values: Any) -> pl.DataFrame:
        only, bound = among(key, of)
        return await ask(self.warehouse, sql.replace("AMONG", only), {"day": self.day, **values, **bound}, reads)


async def tending(warehouse: AsyncWarehouse, now: datetime) -> pl.DataFrame:
    """Every deal open as of the business day of `now`, a row each, of the whole company.

    Columns id, customer_id, product_id, rep_id, office_id, amount (Decimal), stage, grade, forecast_category,
    opened_on, expected_close_on; last_contact_on (with the deal, or with its customer outside any deal, whichever is
    later), stage_since, held_since (by its rep), pushes (moves to a later month), pushed_on (the last), was_commit
    (committed when it was last moved), has_next_step, next_step_on, tells_next_steps (whether its source tells of
    any), segment and tier of the customer. Days not known are null.
    """
    asked = Tended(warehouse, now)
    parts = await asyncio.gather(
        asked.deals(), asked.steps(), asked.next_steps(), asked.contacts(), known_customers(warehouse, asked.day)
    )
    return await asyncio.to_thread(put_together, *parts)


def put_together(
    deals: pl.DataFrame,
    steps: pl.DataFrame,
    next_steps: pl.DataFrame,
    contacts: pl.DataFrame,
    customers: pl.DataFrame,
) -> pl.DataFrame:
    """The rows of `tending` from what the warehouse says of deals, their versions, contacts and customers."""
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


async def won_stages(warehouse: AsyncWarehouse, day: date, of: Ids = None) -> pl.DataFrame:
    """How long the deals won in the year up to `day` stood in each stage: id, customer_id, grade, stage, days."""
    only, bound = among("entity_id", of)
    values = {"day": day, "since": day - YEAR, **bound}
    return await ask(warehouse, _WON_STAGES.replace("AMONG", only), values, Reads(_TABLE, None, day))


def stage_ages(stages: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """`won_stages` by segment of the customer (`known_customers`) and grade.

    Columns segment, grade, stage, deals (how many), longest (the 90 % quantile of their days there).
    """
    found = stages.join(customers, on="customer_id", how="left").with_columns(pl.col("segment").fill_null(""))
    longest = pl.col("days").sort().gather((pl.len() * NINE_OF_TEN).cast(pl.Int64)).first()
    return found.group_by("segment", "grade", "stage").agg(pl.len().alias("deals"), longest.alias("longest"))
