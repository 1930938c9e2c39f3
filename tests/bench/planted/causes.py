"""The causes of what a sweep of a month found: the leaves and visits that the warehouse would give."""

from datetime import datetime

import polars as pl

from ingest.events import Finding
from streams.detection.causes.explained import explained
from streams.detection.causes.sold import Days, Sold
from streams.detection.findings import key_of
from streams.detection.picture import Picture

_COLUMNS = {"bookings": "amount", "order_lines": "lines", "listed": "amount", "list": "list_amount"}


def with_causes(finding: Finding, picture: Picture, rows: pl.DataFrame, visits: pl.DataFrame, now: datetime) -> Finding:
    """The finding with its causes; `rows` are the booked changes known by `now`, with their day."""
    return explained(finding, sold_of(finding, picture, rows, visits, now), picture)


def sold_of(finding: Finding, picture: Picture, rows: pl.DataFrame, visits: pl.DataFrame, now: datetime) -> Sold:
    """What was sold in the finding's slice, and who visited."""
    days, key, org = Days.of(finding, picture), key_of(finding), picture.org
    known = rows.filter(pl.col("day").is_between(days.past_start, days.end))
    if key.person_id:
        known = known.filter(pl.col("rep") == key.person_id)
    else:
        known = known.filter(~pl.col("overlay"))
        for column, one, nodes, path_of in (
            ("office", key.unit_id, org.units, org.unit_path),
            ("product", key.product_id, org.products, org.product_path),
        ):
            if one:
                known = known.filter(pl.col(column).is_in([node for node in nodes if one in path_of(node)]))
    sums = [
        pl.col(column).filter(when).sum().alias(name + after)
        for name, column in _COLUMNS.items()
        for after, when in (("", pl.col("day") >= days.start), ("_before", pl.col("day") < days.past_end))
    ]
    leaves = known.group_by("office", "rep", pl.col("product").alias("leaf_product"), maintain_order=True).agg(sums)
    done = visits.filter(pl.col("told") <= int(now.timestamp()), pl.col("day") >= days.past_start)
    visited = done.group_by("rep", maintain_order=True).agg(
        pl.col("visits").filter(pl.col("day") >= days.start).sum(),
        pl.col("visits").filter(pl.col("day") < days.past_end).sum().alias("visits_before"),
    )
    return Sold(leaves.with_columns(segment=pl.lit(""), route=pl.lit("")), visited)
