"""Metrics by every dimension, against sums worked out by hand."""

from datetime import date
from decimal import Decimal

from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.viewer import Viewer

ALL = Viewer.system()
NOV = {"start": date(2026, 11, 1), "end": date(2026, 11, 30)}
TREE = {"hq": "hq", "east": "hq/east", "north": "hq/north", "hz": "hq/east/hz", "nb": "hq/east/nb", "bj": "hq/north/bj"}


async def by(asked: AsyncWarehouse, *dimensions: str, metric: str = "bookings", viewer: Viewer = ALL, **where: str):
    query = MetricQuery((metric,), NOV["end"], NOV["start"], dimensions, Where(**where))
    frame = await measure(asked, query, viewer)
    return {row[:-1] if len(row) > 2 else row[0]: row[-1] for row in frame.iter_rows()}


async def test_a_unit_splits_into_its_direct_children_and_itself(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    for office, amount in (("hz", 100), ("nb", 20), ("bj", 3), ("east", 7), ("mars", 40)):
        books.order("2026-11-05", amount, office_id=office)
    books.order("2026-10-31", 1000, office_id="hz")
    assert await by(asked, "unit") == {"east": 127, "north": 3, "unassigned": 40}
    assert await by(asked, "unit", unit_id="hq") == {"east": 127, "north": 3, "unassigned": 40}
    assert await by(asked, "unit", unit_id="east") == {"east": 7, "hz": 100, "nb": 20}
    assert await by(asked, "unit", unit_id="hz") == {"hz": 100}
    assert await by(asked, "unit", unit_id="unassigned") == {"unassigned": 40}
    assert await by(asked, "office", unit_id="unassigned") == {"mars": 40}
    assert await by(asked, "day") == {date(2026, 11, 5): Decimal(170)}
    assert await by(asked, "month", unit_id="north") == {date(2026, 11, 1): Decimal(3)}
