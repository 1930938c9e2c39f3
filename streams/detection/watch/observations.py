"""What the watch reads from the warehouse: one round of questions, all as of the tick."""

import asyncio
from collections.abc import Awaitable
from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl

from ingest.calendar import Period, WorkingCalendar, business_day
from ingest.settings import CompanySettings
from streams.detection.kept import Kept
from streams.detection.watch.cash import OVERDUE_DAYS
from streams.detection.watch.coverage import may_be_thin
from streams.detection.watch.cram import MONTHS, month_judged
from streams.detection.watch.facts import Facts
from streams.detection.watch.kept import KeptFacts, Look
from streams.detection.watch.prices import PRICE_DAYS
from streams.detection.watch.wins import WIN_DAYS
from streams.detection.windows import PAST_DAYS
from streams.organisation import Org
from warehouse.client import AsyncWarehouse
from warehouse.coverage import coverage
from warehouse.kept_rows import in_parts, plain
from warehouse.queries.complaints import bought, complaints, of_customers
from warehouse.queries.customers import known_customers
from warehouse.queries.dues import open_dues
from warehouse.queries.endings import by_segment, decided
from warehouse.queries.fulfilment import accepted_lines, fell_due, ordered_deals, owners_of_dues
from warehouse.queries.prices import prices
from warehouse.queries.sent import TABLES, by_the_clock, channel, sent, unassigned
from warehouse.queries.tending import Tended, put_together, stage_ages, won_stages
from warehouse.viewer import Viewer

WEEK = timedelta(days=7)
HEARD_DAYS = 40
"""Working days of which it is known how much a source sends in an hour."""


async def facts_at(
    warehouse: AsyncWarehouse,
    company: CompanySettings,
    now: datetime,
    org: Org,
    calendar: WorkingCalendar,
    every: Kept,
) -> Facts:
    """The facts as of `now`; `org` and `calendar` are those of its business day. What `every` has from an earlier look
    is not read again."""
    today, kept = business_day(now, company.zone), every.facts
    first_price = calendar.add_working_days(today, 1 - PRICE_DAYS)
    first_win = calendar.add_working_days(today, 1 - WIN_DAYS)
    before_win = calendar.add_working_days(first_win, -PAST_DAYS)
    heard = calendar.add_working_days(today, -HEARD_DAYS)
    with every.stated():
        customers = await known_customers(warehouse, today)
    asked = (today, before_win, first_win, heard)
    async with kept.looking(warehouse, asked, now) as look:
        deals, dues, (ended, accepted, ordered), said, (complained, priced, covered, booked) = await asyncio.gather(
            _deals(warehouse, now, customers, look, kept),
            _dues(warehouse, today, look, kept),
            asyncio.gather(
                kept.rows["decided"].until(
                    "opportunity_id", lambda of: decided(warehouse, before_win, first_win, today, of), look.deals
                ),
                kept.rows["accepted"].until("order_id", lambda of: accepted_lines(warehouse, today, of), look.booked),
                kept.rows["ordered"].until(
                    "opportunity_id", lambda of: ordered_deals(warehouse, today, of), look.ordered
                ),
            ),
            _said(warehouse, heard, today, now, look, kept),
            asyncio.gather(
                _complaints(warehouse, today, customers, look, kept),
                prices(warehouse, first_price, today),
                _covered(warehouse, now, today, org),
                _channel(warehouse, calendar, today),
            ),
        )
    (open_deals, ages), (overdue, fell) = deals, dues
    return Facts(
        now, company.zone, calendar, org, open_deals, ages, overdue, accepted.sort("order_id", "line_id", "day"),
        ordered, covered, complained, plain(priced), fell, by_segment(ended, customers), booked, *said,
    )  # fmt: skip


async def _deals(
    warehouse: AsyncWarehouse, now: datetime, customers: pl.DataFrame, look: Look, kept: KeptFacts
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How open deals are tended, and how long those that were won took."""
    asked, rows = Tended(warehouse, now), kept.rows
    deals, steps, next_steps, contacts, stages = await asyncio.gather(
        rows["deals"].until("id", asked.deals, look.deals),
        rows["steps"].until("id", asked.steps, look.deals),
        rows["next steps"].until("id", asked.next_steps, look.deals),
        _contacts(asked, look, kept),
        rows["stages"].until("id", lambda of: won_stages(warehouse, asked.day, of), look.deals),
    )
    ordered = deals.sort(["amount", "id"], descending=[True, False])
    return await asyncio.gather(
        asyncio.to_thread(put_together, ordered, steps, next_steps, contacts, customers),
        asyncio.to_thread(stage_ages, stages, customers),
    )


async def _contacts(asked: Tended, look: Look, kept: KeptFacts) -> pl.DataFrame:
    """The last contacts. More of them add to what is kept; where one was taken back its customer's are read again."""
    if look.activities is None:
        kept.contacts = plain(await asked.contacts())
    elif look.activities[0] != look.activities[1]:
        since = plain(await asked.contacts_since(*look.activities))
        less = since.filter("is_less")["customer_id"].unique().to_list()
        every = pl.concat([kept.contacts, since.drop("is_less")]).filter(~pl.col("customer_id").is_in(less))
        again = [await in_parts(asked.contacts, less)] if less else []
        last = pl.col("last_contact_on").max()
        kept.contacts = pl.concat([every, *again]).group_by("id", "customer_id").agg(last)
    return kept.contacts


async def _dues(
    warehouse: AsyncWarehouse, today: date, look: Look, kept: KeptFacts
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is long past its day with whose it is, and what fell due of late."""
    start, viewer = today - timedelta(days=OVERDUE_DAYS), Viewer.system()
    unpaid, fell = await asyncio.gather(
        kept.rows["dues"].until("order_id", lambda of: open_dues(warehouse, viewer, as_of=today, of=of), look.orders),
        kept.rows["fell due"].until("order_id", lambda of: fell_due(warehouse, start, today, of), look.booked),
    )
    dues = unpaid.filter(pl.col("days") > OVERDUE_DAYS)
    owners = await kept.rows["owners"].of(
        "order_id", lambda of: owners_of_dues(warehouse, of or (), today), look.booked, set(dues["order_id"])
    )
    whose = pl.col("customer_id", "rep_id", "office_id")
    overdue = dues.join(owners, on="order_id", how="left").with_columns(whose.fill_null(""))
    by_order = unpaid.group_by("order_id").agg(pl.col("amount").sum().alias("unpaid"))
    lately = fell.sort("order_id").join(by_order, on="order_id", how="left", maintain_order="left")
    return overdue.sort("order_id", "line_id", "due_on", "due_what"), lately.with_columns(
        pl.col("unpaid").fill_null(Decimal(0))
    )


async def _complaints(
    warehouse: AsyncWarehouse, today: date, customers: pl.DataFrame, look: Look, kept: KeptFacts
) -> pl.DataFrame:
    """Complaints with what is known of who complains."""
    raised = await kept.rows["complaints"].until("id", lambda of: complaints(warehouse, today, of), look.complaints)
    known = await kept.rows["bought"].of(
        "customer_id", lambda of: bought(warehouse, today, of or ()), look.buyers, set(raised["customer_id"]) - {""}
    )
    return of_customers(raised, known, customers)


async def _said(
    warehouse: AsyncWarehouse, since: date, today: date, now: datetime, look: Look, kept: KeptFacts
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What sources sent by the hour, and what of it is nobody's."""

    def by_hour(topic: str, table: str) -> Awaitable[pl.DataFrame]:
        rows = kept.rows[f"sent {topic}"]
        return rows.until("hour", lambda of: sent(warehouse, table, since, now, of), look.hours[topic])

    lost, *counts = await asyncio.gather(
        unassigned(warehouse, since, today), *(by_hour(*one) for one in TABLES.items())
    )
    return by_the_clock(dict(zip(TABLES, counts, strict=True))), lost


async def _channel(warehouse: AsyncWarehouse, calendar: WorkingCalendar, today: date) -> pl.DataFrame:
    """Bookings of the channel by day, on the days on which the end of a month is judged."""
    if (first := month_judged(calendar, today)) is None:
        return pl.DataFrame()
    for _ in range(MONTHS):
        first = first.previous()
    return await channel(warehouse, first.start, today)


async def sources_at(
    warehouse: AsyncWarehouse, company: CompanySettings, now: datetime, org: Org, calendar: WorkingCalendar
) -> Facts:
    """The facts about the sources alone."""
    today = business_day(now, company.zone)
    heard = calendar.add_working_days(today, -HEARD_DAYS)
    said = await _said(warehouse, heard, today, now, Look(), KeptFacts())
    return Facts(now, company.zone, calendar, org, sent=said[0], unassigned=said[1], of_sources_alone=True)


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
