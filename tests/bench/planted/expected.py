"""The month's baseline as the worker builds it in the night before, and where everybody stands by it at a tick."""

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from ingest.calendar import Period
from ingest.simulator.pace import ZONE, opening
from streams.amounts import UNIT
from streams.baseline.sales import version_of
from tests.bench.planted.company import Place
from warehouse.baseline.parts import Version
from warehouse.baseline.standing import Landings, standings

_MONEY = pl.Decimal(38, 4)
_SUMS = (
    (pl.col("amount").sum().cast(_MONEY) / UNIT).alias("bookings"),
    pl.col("lines").sum().cast(pl.Int64).alias("order_lines"),
)  # fmt: skip


def built(place: Place, rows: pl.DataFrame, taught: Sequence[Period]) -> Version:
    """The version of the month; `rows` are the booked changes with their day."""
    before = rows.filter(pl.col("day") < place.month.start)
    own = before.filter(~pl.col("overlay"))
    return version_of(
        own.group_by("day", "office", pl.col("product").alias("leaf_product"), maintain_order=True).agg(_SUMS),
        before.group_by("day", "rep", maintain_order=True).agg(_SUMS),
        place.org(place.days[0], place.company.first_day), taught, place.company.calendar,
        datetime.fromtimestamp(opening(place.days[0]), UTC),
    )  # fmt: skip


def landings(version: Version, place: Place, known: pl.DataFrame, now: datetime) -> Landings:
    """Where everybody stands by the changes known by now."""
    month, calendar = place.month, place.company.calendar
    here = known.filter(pl.col("day") >= month.start)
    amount = (pl.col("amount").sum() / UNIT).alias("bookings")
    sold = here.filter(~pl.col("overlay")).group_by("office", pl.col("product").alias("leaf_product")).agg(amount)
    credited = here.group_by("rep").agg(amount)
    elapsed = calendar.elapsed_share(month.start, month.end, now, ZONE)
    return Landings(version, standings(version, sold, credited, elapsed))
