"""What the watch reads from the warehouse: one round of questions, all as of the tick."""

import asyncio
from datetime import date, datetime, timedelta

import polars as pl

from ingest.calendar import Period, WorkingCalendar, business_day
from ingest.settings import CompanySettings
from streams.detection.organisation import Org
from streams.detection.watch.cash import OVERDUE_DAYS
from streams.detection.watch.coverage import may_be_thin
from streams.detection.watch.facts import Facts
from streams.detection.watch.prices import PRICE_DAYS
from warehouse.client import AsyncWarehouse
from warehouse.coverage import coverage
from warehouse.queries.complaints import complaints
from warehouse.queries.dues import open_dues
from warehouse.queries.fulfilment import accepted_lines, ordered_deals, owners_of_dues
from warehouse.queries.prices import prices
from warehouse.queries.tending import stage_ages, tending
from warehouse.viewer import Viewer

WEEK = timedelta(days=7)


async def facts_at(
    warehouse: AsyncWarehouse, company: CompanySettings, now: datetime, org: Org, calendar: WorkingCalendar
) -> Facts:
    """The facts as of `now`; `org` and `calendar` are those of its business day."""
    today = business_day(now, company.zone)
    first_price = calendar.add_working_days(today, 1 - PRICE_DAYS)
    (deals, ages, ordered), (dues, accepted), (complained, priced, covered) = await asyncio.gather(
        asyncio.gather(tending(warehouse, now), stage_ages(warehouse, today), ordered_deals(warehouse, today)),
        asyncio.gather(_overdue(warehouse, today), accepted_lines(warehouse, today)),
        asyncio.gather(
            complaints(warehouse, today),
            prices(warehouse, first_price, today),
            _covered(warehouse, now, today, org),
        ),
    )
    return Facts(
        now,
        company.zone,
        calendar,
        org,
        deals,
        ages,
        dues,
        _plain(accepted),
        ordered,
        covered,
        complained,
        _plain(priced),
    )


async def _overdue(warehouse: AsyncWarehouse, today: date) -> pl.DataFrame:
    """Dues long past their day, with whose they are."""
    dues = (await open_dues(warehouse, Viewer.system(), as_of=today)).filter(pl.col("days") > OVERDUE_DAYS)
    owners = await owners_of_dues(warehouse, dues["order_id"], today)
    whose = pl.col("customer_id", "rep_id", "office_id")
    return _plain(dues).join(_plain(owners), on="order_id", how="left").with_columns(whose.fill_null(""))


async def _covered(warehouse: AsyncWarehouse, now: datetime, today: date, org: Org) -> pl.DataFrame:
    """The quarter's coverage of units that have none below them, with that of a week ago where some are."""
    quarter = Period.containing(today, "quarter")
    if today < quarter.start + WEEK:
        return pl.DataFrame()
    here = await coverage(warehouse, Viewer.system(), period=quarter, now=now, by="office")
    above = {parent for node in org.units.values() for parent in node.path[:-1]}
    offices = [one for one, node in org.units.items() if one not in above and not node.closed]
    here = here.filter(pl.col("id").is_in(offices))
    if not may_be_thin(here):
        return pl.DataFrame()
    before = await coverage(warehouse, Viewer.system(), period=quarter, now=now - WEEK, by="office")
    earlier = before.select("id", pl.col("coverage").alias("coverage_before"), pl.col("needed").alias("needed_before"))
    return here.join(earlier, on="id", how="left")


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Words of the warehouse's closed lists as text, so that frames of different questions can be joined."""
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String))
