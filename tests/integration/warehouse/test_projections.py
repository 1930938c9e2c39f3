"""Every question the board asks is served by a projection, in the whole company and within a unit, for every scope."""

from datetime import date

import pytest

from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, compiled
from warehouse.projections import BY_POSITION
from warehouse.queries import freshness
from warehouse.roots import Roots
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ROOTS = Roots("hq", "all")
START, END = date(2026, 11, 1), date(2026, 11, 30)
MONEY = ("bookings", "revenue", "collections", "won_amount", "win_rate")
SPLITS: dict[tuple[str, ...], tuple[str, ...]] = {
    (): (*MONEY, "visits", "open_pipeline"),
    ("unit",): (*MONEY, "visits", "open_pipeline", "awarded"),
    ("unit", "day"): (*MONEY, "visits"),
    ("office",): (*MONEY, "visits", "open_pipeline"),
    ("rep",): (*MONEY, "visits", "open_pipeline"),
    ("rep", "day"): (*MONEY, "visits"),
    ("product",): (*MONEY, "open_pipeline"),
    ("product", "day"): MONEY,
    ("unit", "product"): (*MONEY, "open_pipeline"),
    ("day",): (*MONEY, "visits"),
    ("month",): (*MONEY, "visits"),
    ("stage",): ("open_pipeline",),
    ("unit", "stage", "grade", "route"): ("open_pipeline", "probable_pipeline"),
}
VIEWERS = {
    "everything": Viewer.system(),
    "units": Viewer("u", unit_ids=frozenset({"east", "north"})),
    "products": Viewer("p", product_ids=frozenset({"vms"})),
    "own rows": Viewer("ann", own_rows=True),
}


@pytest.fixture
def filled(books: Books) -> Books:
    """Enough rows in two parts, so that reading a projection is worth it to the engine."""
    books.units({"hq": "hq", "east": "hq/east", "hz": "hq/east/hz"})
    books.products({"all": "all", "vms": "all/vms"})
    for table in ("order_changes", "opportunity_changes", "activity_changes", "collection_changes"):
        same = {"entity_id": "e", "day": "2026-11-05", "office_id": "hz", "rep_id": "ann"}
        for _ in range(2):
            books.insert(table, [{**same, "offset": offset} for offset in range(3000)])
    return books


def _askable(viewer: str, by: tuple[str, ...], metric: str) -> bool:
    """Not kept in a projection: a rep's own rows by product or stage, and a product's by rep or stage."""
    if viewer == "own rows":
        return not {"product", "stage"} & set(by)
    if viewer == "products":
        return not {"rep", "stage"} & set(by) and metric != "visits"  # of which they see none
    return True


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("unit", [None, "east"])
async def test_the_board_reads_projections_and_never_the_facts(
    filled: Books, asked: AsyncWarehouse, viewer: str, unit: str | None
) -> None:
    for by, metrics in SPLITS.items():
        for metric in metrics:
            if not _askable(viewer, by, metric):
                continue
            query = MetricQuery((metric,), END, START, by, Where(unit_id=unit))
            for part in compiled(query, VIEWERS[viewer], ROOTS):
                assert part.settings, f"the engine is not told what serves {part.sql}"
                await asked.query(part.sql, part.parameters, {"force_optimize_projection": 1, **part.settings})


async def test_pipeline_closing_in_the_period_and_one_product_are_served(filled: Books, asked: AsyncWarehouse) -> None:
    closing = Where(unit_id="east", expected_from=START, expected_to=END)
    for query in (
        MetricQuery(("open_pipeline",), END, by=("unit",), where=closing),
        MetricQuery(("bookings",), END, START, ("unit", "day"), Where(unit_id="east", product_id="vms")),
        MetricQuery(("bookings",), END, START, ("day",), Where(unit_id="east", rep_id="ann")),
    ):
        for part in compiled(query, Viewer.system(), ROOTS):
            await asked.query(part.sql, part.parameters, {"force_optimize_projection": 1, **part.settings})


async def test_freshness_reads_positions_and_no_rows(filled: Books, asked: AsyncWarehouse) -> None:
    sql = freshness._POSITIONS.format(table="order_changes")
    await asked.query(sql, None, {"force_optimize_projection": 1, **BY_POSITION})
