"""What the watch reads from the warehouse: one round of questions, all as of the tick."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl

from ingest.calendar import Period, WorkingCalendar, business_day
from ingest.settings import CompanySettings
from streams.detection.watch.cash import OVERDUE_DAYS
from streams.detection.watch.coverage import may_be_thin
from streams.detection.watch.cram import MONTHS, month_judged
from streams.detection.watch.facts import Facts
from streams.detection.watch.prices import PRICE_DAYS
from streams.detection.watch.wins import WIN_DAYS
from streams.detection.windows import PAST_DAYS
from streams.organisation import Org
from warehouse.client import AsyncWarehouse
from warehouse.coverage import coverage
from warehouse.queries.complaints import complaints
from warehouse.queries.dues import open_dues
from warehouse.queries.endings import decided
from warehouse.queries.fulfilment import accepted_lines, fell_due, ordered_deals, owners_of_dues
from warehouse.queries.prices import prices
from warehouse.queries.sent import channel, sent, unassigned
from warehouse.queries.tending import stage_ages, tending
from warehouse.viewer import Viewer

WEEK = timedelta(days=7)
HEARD_DAYS = 40
"""Working days of which it is known how much a source sends in an hour."""


async def facts_at(
    warehouse: AsyncWarehouse, company: CompanySettings, now: datetime, org: Org, calendar: WorkingCalendar
) -> Facts:
    """The facts as of `now`; `org` and `calendar` are those of its business day."""
    today = business_day(now, company.zone)
    first_price = calendar.add_working_days(today, 1 - PRICE_DAYS)
    first_win = calendar.add_working_days(today, 1 - WIN_DAYS)
    heard = calendar.add_working_days(today, -HEARD_DAYS)
    (deals, ages, ordered), (dues, accepted), (complained, priced, covered), said, ended = await asyncio.gather(
        asyncio.gather(tending(warehouse, now), stage_ages(warehouse, today), ordered_deals(warehouse, today)),
        asyncio.gather(open_dues(warehouse, Viewer.system(), as_of=today), accepted_lines(warehouse, today)),
        asyncio.gather(
            complaints(warehouse, today),
            prices(warehouse, first_price, today),
            _covered(warehouse, now, today, org),
        ),
        asyncio.gather(sent(warehouse, heard, now), unassigned(warehouse, heard, today)),
        asyncio.gather(
            decided(warehouse, calendar.add_working_days(first_win, -PAST_DAYS), first_win, today),
            _channel(warehouse, calendar, today),
            fell_due(warehouse, today - timedelta(days=OVERDUE_DAYS), today),
        ),
    )
    won, booked, fell = ended
    return Facts(
        now,
        company.zone,
        calendar,
        org,
        deals,
        ages,
        await _overdue(warehouse, dues, today),
        _plain(accepted),
        ordered,
        covered,
        complained,
        _plain(priced),
        _lately_due(fell, dues),
        _plain(won),
        booked,
        *said,
    )


async def _channel(warehouse: AsyncWarehouse, calendar: WorkingCalendar, today: date) -> pl.DataFrame:
    """Bookings of the channel by day, on the days on which the end of a month is judged."""
    if (first := month_judged(calendar, today)) is None:
        return pl.DataFrame()
    for _ in range(MONTHS):
        first = first.previous()
    return await channel(warehouse, first.start, today)


def _lately_due(fell: pl.DataFrame, dues: pl.DataFrame) -> pl.DataFrame:
    """Orders that fell due of late, and what of each is unpaid."""
    unpaid = _plain(dues).group_by("order_id").agg(pl.col("amount").sum().alias("unpaid"))
    return _plain(fell).join(unpaid, on="order_id", how="left").with_columns(pl.col("unpaid").fill_null(Decimal(0)))


async def sources_at(
    warehouse: AsyncWarehouse, company: CompanySettings, now: datetime, org: Org, calendar: WorkingCalendar
) -> Facts:
    """The facts about the sources alone."""
    today = business_day(now, company.zone)
    heard = calendar.add_working_days(today, -HEARD_DAYS)
    said = await asyncio.gather(sent(warehouse, heard, now), unassigned(warehouse, heard, today))
    return Facts(now, company.zone, calendar, org, sent=said[0], unassigned=said[1], of_sources_alone=True)


async def _overdue(warehouse: AsyncWarehouse, unpaid: pl.DataFrame, today: date) -> pl.DataFrame:
    """Of the dues that are not paid those long past their day, with whose they are."""
    dues = unpaid.filter(pl.col("days") > OVERDUE_DAYS)
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
