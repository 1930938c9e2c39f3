"""What the causes of a finding are read from in the warehouse: its leaves, visits, orders."""

import asyncio

import polars as pl

from ingest.events import Finding
from streams.detection.causes.explained import explained
from streams.detection.causes.orders import with_orders
from streams.detection.causes.sold import Days, Sold
from streams.detection.picture import Picture
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.queries.leaves import leaves
from warehouse.viewer import Viewer


async def with_causes(warehouse: AsyncWarehouse, finding: Finding, picture: Picture) -> Finding:
    """The finding with its causes and with what its orders say."""
    if finding.state != "open":
        return finding
    days, part = Days.of(finding, picture), finding.slice
    where = Where(rep_id=part.person_id) if part.person_id else Where(unit_id=part.unit_id, product_id=part.product_id)
    people = Where(rep_id=part.person_id) if part.person_id else Where(unit_id=part.unit_id)
    past_to = days.past_last
    visits = [] if part.product_id else [(days.start, days.end), (days.past_start, past_to)]
    asked = [
        MetricQuery(("bookings",), days.end, days.start, ("order",), where),
        *(MetricQuery(("visits",), last, first, ("rep",), people) for first, last in visits),
    ]
    sold, (orders, *visited) = await asyncio.gather(
        leaves(warehouse, where, start=days.start, end=days.end, past_start=days.past_start, past_end=days.past_end),
        asyncio.gather(*(measure(warehouse, query, Viewer.system()) for query in asked)),
    )
    finding = with_orders(finding, orders["bookings"].to_list())
    return await asyncio.to_thread(explained, finding, Sold(sold, _together(visited)), picture)


def _together(visited: list[pl.DataFrame]) -> pl.DataFrame:
    """`Sold.visits` of the frames of now and before."""
    if not visited:
        return pl.DataFrame(schema={"rep": pl.String, "visits": pl.Int64, "visits_before": pl.Int64})
    now, before = visited
    both = now.join(before.rename({"visits": "visits_before"}), on="rep", how="full", coalesce=True)
    return both.with_columns(pl.col("visits", "visits_before").fill_null(0)).sort("rep")
