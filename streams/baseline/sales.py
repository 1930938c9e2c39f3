"""The baseline of the company's bookings, from what the warehouse holds: units, lines, crosses, products and people."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import polars as pl

from ingest.calendar import Period, WorkingCalendar, business_day
from ingest.settings import CompanySettings
from streams.baseline.months import Ledger, paths_of
from streams.baseline.nodes import Nodes, cells, people, products
from streams.baseline.version import Baseline, Landing, built
from streams.detection.baseline import Key
from streams.detection.levels import branching
from streams.detection.observations import org_at
from streams.detection.organisation import Org
from streams.forecast.smoothing import Floats
from warehouse.client import AsyncWarehouse
from warehouse.metric_query import MetricQuery, measure
from warehouse.queries.calendar import working_calendar
from warehouse.viewer import Viewer

MOST_MONTHS, LEAST_MONTHS = 36, 10
"""Months that are over of which a baseline is built, at most, and under which there is none."""

_SOLD = ("bookings", "order_lines")


@dataclass(frozen=True)
class Standing:
    """The nodes of one hierarchy, their baseline, what came by now and what it means (reporting currency)."""

    nodes: Nodes
    baseline: Baseline
    actual: Floats
    means: Landing


async def sales_baseline(
    warehouse: AsyncWarehouse, company: CompanySettings, now: datetime
) -> tuple[Period, list[Standing]]:
    """The month of `now` and its hierarchies; none while fewer than `LEAST_MONTHS` months are known whole."""
    calendar = await working_calendar(warehouse)
    today = business_day(now, company.zone)
    month = Period.containing(today, "month")
    months = [month.previous()]
    while len(months) < MOST_MONTHS:
        months.insert(0, months[0].previous())
    start, viewer = months[0].start, Viewer.system()
    cell, rep, org = await asyncio.gather(
        measure(warehouse, MetricQuery(_SOLD, today, start, ("day", "office", "leaf_product")), viewer),
        measure(warehouse, MetricQuery(_SOLD, today, start, ("day", "rep")), viewer),
        org_at(warehouse, today, start),
    )
    first = cell["day"].min()
    months = [one for one in months if isinstance(first, date) and first <= _first_working_day(calendar, one)]
    if len(months) < LEAST_MONTHS:
        return month, []
    elapsed = calendar.elapsed_share(month.start, month.end, now, company.zone)
    return month, await asyncio.to_thread(_standings, cell, rep, org, [*months, month], calendar, elapsed)


def _first_working_day(calendar: WorkingCalendar, month: Period) -> date:
    return calendar.add_working_days(month.previous().end, 1)


def _standings(
    cell: pl.DataFrame,
    rep: pl.DataFrame,
    org: Org,
    months: Sequence[Period],
    calendar: WorkingCalendar,
    elapsed: float,
) -> list[Standing]:
    leaves = {one: org.latest(one) for one in cell["leaf_product"].unique().to_list()}
    paths = {one: org.product_path(one) for one in leaves.values()}
    depth = branching(list(paths.values()))
    line = {one: path[min(depth, len(path) - 1)] if path else one for one, path in paths.items()}
    unit_of = {one: span.unit_id if (span := org.on(one)) else "" for one in rep["rep"].unique().to_list()}
    keyed: list[tuple[pl.DataFrame, Callable[[dict[str, str]], Key], Callable[[Sequence[Key], Org], Nodes]]] = [
        (cell, lambda row: Key(row["office"], line[leaves[row["leaf_product"]]]), cells),
        (cell, lambda row: Key("", leaves[row["leaf_product"]]), products),
        (rep, lambda row: Key(unit_of[row["rep"]], "", row["rep"]), people),
    ]
    of_cells, of_products, of_people = (
        standing(frame, key, nodes, org, months, calendar, elapsed) for frame, key, nodes in keyed
    )
    return [of_cells, agreeing(of_products, of_cells), of_people]


def standing(
    sold: pl.DataFrame,
    key_of: Callable[[dict[str, str]], Key],
    nodes_of: Callable[[Sequence[Key], Org], Nodes],
    org: Org,
    months: Sequence[Period],
    calendar: WorkingCalendar,
    elapsed: float,
) -> Standing:
    """Where one hierarchy stands; the last of the months is the running one. Pure.

    `sold`: day, what `key_of` reads, bookings, order_lines, of the months and up to now.
    """
    named = [name for name in sold.columns if name not in ("day", *_SOLD)]
    rows = sold.select(named).unique(maintain_order=True)
    of_row = [key_of(row) for row in rows.iter_rows(named=True)]
    leaves = sorted(set(of_row))
    place = {key: at for at, key in enumerate(leaves)}
    labelled = sold.join(rows.with_columns(leaf=pl.Series([place[key] for key in of_row])), on=named, how="left")
    by_day: dict[date, Floats] = {months[0].start: np.zeros(len(leaves))}
    orders = np.zeros((len(months), len(leaves)))
    at_month = {month.start: at for at, month in enumerate(months)}
    for day, leaf, amount, lines in labelled.select("day", "leaf", *_SOLD).iter_rows():
        if (at := at_month.get(day.replace(day=1))) is not None:
            by_day.setdefault(day, np.zeros(len(leaves)))[leaf] += float(amount)
            orders[at, leaf] += lines
    paths = paths_of(by_day, months, calendar)
    working = np.array([calendar.working_days(one.start, one.end) for one in months])
    ends = np.array([one.end.month % 3 == 0 for one in months])
    nodes = nodes_of(leaves, org)
    over = Ledger(paths, orders, working, ends).before(len(months) - 1)
    baseline = built(over, nodes.summing, float(working[-1]), bool(ends[-1]), nodes.together)
    actual = nodes.summing @ paths[-1, -1]
    return Standing(nodes, baseline, actual, baseline.landing(actual, elapsed))


def agreeing(one: Standing, other: Standing) -> Standing:
    """`one` with the landings of `other` where both have a node; what lies below moves in proportion.

    So lines land alike whether they are asked of units or of products. Pure.
    """
    summing, means = one.nodes.summing, one.means
    row_of = {key: row for row, key in enumerate(other.nodes.keys)}
    rest, wanted = means.landing - one.actual, other.means.landing - other.actual
    leaves = np.flatnonzero(summing.sum(axis=1) == 1)
    own = leaves[np.unique(summing[leaves].argmax(axis=1), return_index=True)[1]]
    factor = np.ones(summing.shape[1])
    for row in np.argsort(-summing.sum(axis=1), kind="stable"):  # the finest that both have decides
        there = row_of.get(one.nodes.keys[row])
        if there is not None and rest[row]:
            factor[summing[row] > 0] = wanted[there] / rest[row]
    landing = one.actual + summing @ (rest[own] * factor)
    moved = landing - means.landing
    lower, upper = ({level: bound + moved for level, bound in side.items()} for side in (means.lower, means.upper))
    return replace(one, means=Landing(means.due, landing, lower, upper))
