"""The baseline of the company's bookings, from what the warehouse holds: units, lines, crosses, products and people."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime

import numpy as np
import polars as pl

from ingest.calendar import Period, WorkingCalendar, business_day
from ingest.settings import CompanySettings
from streams.baseline.months import Ledger, paths_of
from streams.baseline.nodes import Nodes, cells, people, products
from streams.baseline.version import RECENT, TAUGHT, built
from streams.organisation import Org, branching, org_at
from warehouse.baseline.parts import Hierarchy, Name, Version
from warehouse.client import AsyncWarehouse
from warehouse.key import Key
from warehouse.metric_query import MetricQuery, measure
from warehouse.queries.calendar import working_calendar
from warehouse.viewer import Viewer

MOST_MONTHS, LEAST_MONTHS = 36, 10
"""Months that are over of which a baseline is built, at most, and under which there is none."""

_SOLD = ("bookings", "order_lines")

KeyOf = Callable[[dict[str, str]], Key]
NodesOf = Callable[[Sequence[Key], Org], Nodes]


async def sales_baseline(warehouse: AsyncWarehouse, company: CompanySettings, now: datetime) -> Version | None:
    """The version of the month of `now`; None while fewer than `LEAST_MONTHS` months before it are known whole."""
    calendar = await working_calendar(warehouse)
    today = business_day(now, company.zone)
    month = Period.containing(today, "month")
    months = [month.previous()]
    while len(months) < MOST_MONTHS:
        months.insert(0, months[0].previous())
    start, end, viewer = months[0].start, months[-1].end, Viewer.system()
    cell, rep, org = await asyncio.gather(
        measure(warehouse, MetricQuery(_SOLD, end, start, ("day", "office", "leaf_product")), viewer),
        measure(warehouse, MetricQuery(_SOLD, end, start, ("day", "rep")), viewer),
        org_at(warehouse, today, start),
    )
    first = cell["day"].min()
    months = [one for one in months if isinstance(first, date) and first <= _first_working_day(calendar, one)]
    if len(months) < LEAST_MONTHS:
        return None
    return await asyncio.to_thread(version_of, cell, rep, org, months, calendar, now)


def _first_working_day(calendar: WorkingCalendar, month: Period) -> date:
    return calendar.add_working_days(month.previous().end, 1)


def version_of(
    cell: pl.DataFrame,
    rep: pl.DataFrame,
    org: Org,
    months: Sequence[Period],
    calendar: WorkingCalendar,
    now: datetime,
) -> Version:
    """The version of the month after the last of `months`, built as of now. Pure.

    `cell`: day, office, leaf_product, bookings, order_lines and `rep`: day, rep and the same two, of those months.
    """
    latest = {one: org.latest(one) for one in cell["leaf_product"].unique().to_list()}
    paths = {one: org.product_path(one) for one in latest.values()}
    depth = branching(list(paths.values()))
    line = {one: path[min(depth, len(path) - 1)] if path else one for one, path in paths.items()}
    unit_of = {one: span.unit_id if (span := org.on(one)) else "" for one in rep["rep"].unique().to_list()}
    keyed: list[tuple[Name, pl.DataFrame, KeyOf, NodesOf]] = [
        ("cells", cell, lambda row: Key(row["office"], line[latest[row["leaf_product"]]]), cells),
        ("products", cell, lambda row: Key("", latest[row["leaf_product"]]), products),
        ("people", rep, lambda row: Key(unit_of[row["rep"]], "", row["rep"]), people),
    ]
    of = {name: hierarchy(frame, key, nodes, org, months, calendar) for name, frame, key, nodes in keyed}
    others = {one: into for one, into in latest.items() if one != into}
    return Version.made(months[-1].next(), now, len(months), of, others)


def hierarchy(
    sold: pl.DataFrame,
    key_of: KeyOf,
    nodes_of: NodesOf,
    org: Org,
    months: Sequence[Period],
    calendar: WorkingCalendar,
) -> Hierarchy:
    """One hierarchy of the month after the last of `months`. Pure.

    `sold`: day, what `key_of` reads, bookings, order_lines, of the months.
    """
    there = (pl.col("bookings") != 0) | (pl.col("order_lines") != 0)
    sold = sold.filter(there, pl.col("day").is_between(months[0].start, months[-1].end))
    named = [name for name in sold.columns if name not in ("day", *_SOLD)]
    rows = sold.select(named).unique(maintain_order=True)
    of_row = [key_of(row) for row in rows.iter_rows(named=True)]
    leaves = sorted(set(of_row))
    place = {key: at for at, key in enumerate(leaves)}
    labelled = rows.with_columns(leaf=pl.Series([place[key] for key in of_row], dtype=pl.Int64))
    sums = sold.join(labelled, on=named, how="left")
    by_day = _by_day(sums, len(leaves))
    orders = np.zeros((len(months), len(leaves)))
    at_month = {month.start: at for at, month in enumerate(months)}
    counted = sums.group_by(pl.col("day").dt.truncate("1mo").alias("month"), "leaf").agg(pl.col("order_lines").sum())
    for start, leaf, lines in counted.iter_rows():
        orders[at_month[start], leaf] = lines
    month = months[-1].next()
    working = np.array([calendar.working_days(one.start, one.end) for one in months])
    ends = np.array([_ends_a_quarter(one) for one in months])
    ledger = Ledger(paths_of(by_day, months, calendar), orders, working, ends)
    nodes = nodes_of(leaves, org)
    tier = nodes.together(min(RECENT, len(months) - TAUGHT))
    days, is_end = calendar.working_days(month.start, month.end), _ends_a_quarter(month)
    return Hierarchy(nodes.keys, nodes.level.tolist(), built(ledger, nodes.summing, days, is_end, tier))


def _by_day(sums: pl.DataFrame, leaves: int) -> dict[date, np.ndarray]:
    """Amounts by day of every leaf."""
    days = sorted(sums["day"].unique().to_list())
    at = (sums["day"].cast(pl.Int32).to_numpy(), sums["leaf"].to_numpy())
    places = np.searchsorted(np.array([(day - date(1970, 1, 1)).days for day in days]), at[0])
    found = np.zeros((len(days), leaves))
    np.add.at(found, (places, at[1]), sums["bookings"].cast(pl.Float64).to_numpy())
    return dict(zip(days, found, strict=True))


def _ends_a_quarter(month: Period) -> bool:
    return Period.containing(month.end, "quarter").end == month.end
