"""Metrics by every dimension, against sums worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.measures import QuestionError
from warehouse.metric_query import MetricQuery, measure, measure_sync
from warehouse.selects import DayBasis
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
START, END = date(2026, 11, 1), date(2026, 11, 30)
TREE = {"hq": "hq", "east": "hq/east", "north": "hq/north", "hz": "hq/east/hz", "nb": "hq/east/nb", "bj": "hq/north/bj"}


async def by(
    asked: AsyncWarehouse, *dimensions: str, metric: str = "bookings", viewer: Viewer = ALL, **where: Any
) -> dict[Any, Any]:
    """The metric in November by dimension: key (a tuple of several) → value."""
    query = MetricQuery((metric,), END, START, dimensions, Where(**where))
    frame = (await measure(asked, query, viewer)).select(*dimensions, metric)
    return {row[:-1] if len(row) > 2 else row[0]: row[-1] for row in frame.iter_rows()}


async def total(asked: AsyncWarehouse, metric: str = "bookings", viewer: Viewer = ALL, **where: Any) -> Any:
    """The metric in November."""
    return (await measure(asked, MetricQuery((metric,), END, START, where=Where(**where)), viewer))[metric][0]


async def test_a_unit_splits_into_its_direct_children_and_itself(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    for office, amount in (("hz", 100), ("nb", 20), ("bj", 3), ("east", 7), ("mars", 40), ("", 5)):
        books.order("2026-11-05", amount, office_id=office)
    books.order("2026-10-31", 1000, office_id="hz")
    assert await by(asked, "unit") == {"east": 127, "north": 3, "unassigned": 45}
    assert await by(asked, "unit", unit_id="hq") == {"east": 127, "north": 3, "unassigned": 45}
    assert await by(asked, "unit", unit_id="east") == {"east": 7, "hz": 100, "nb": 20}
    assert await by(asked, "unit", unit_id="hz") == {"hz": 100}
    assert await by(asked, "unit", unit_id="unassigned") == {"unassigned": 45}
    assert await by(asked, "office", unit_id="unassigned") == {"mars": 40, "unassigned": 5}
    assert await by(asked, "unit", office_id="unassigned") == {"unassigned": 5}
    assert await by(asked, "day") == {date(2026, 11, 5): Decimal(175)}
    assert await by(asked, "month", unit_id="north") == {date(2026, 11, 1): Decimal(3)}
    assert await total(asked) == 175
    assert await total(asked, unit_id="nowhere") == 0


async def test_trees_of_two_and_of_five_levels_and_a_forest(books: Books, asked: AsyncWarehouse) -> None:
    books.order("2026-11-05", 1, office_id="a")
    books.order("2026-11-05", 20, office_id="b")
    books.units({"hq": "hq", "a": "hq/a", "b": "hq/b"})
    assert await by(asked, "unit") == {"a": 1, "b": 20}
    books.units({"hq": "hq", "z": "hq/z", "r": "hq/z/r", "p": "hq/z/r/p", "a": "hq/z/r/p/a", "b": "hq/z/r/b"})
    assert await by(asked, "unit") == {"z": 21}
    assert await by(asked, "unit", unit_id="z") == {"r": 21}
    assert await by(asked, "unit", unit_id="r") == {"p": 1, "b": 20}
    assert await by(asked, "unit", unit_id="p") == {"a": 1}
    books.units({"x": "x", "y": "y", "a": "x/a", "b": "y/b"})  # no root above all
    assert await by(asked, "unit") == {"x": 1, "y": 20}
    assert await by(asked, "unit", unit_id="x") == {"a": 1}


async def test_a_late_word_about_the_organisation_moves_history_and_no_fact(
    books: Books, asked: AsyncWarehouse
) -> None:
    books.units({"hq": "hq", "east": "hq/east", "north": "hq/north"})
    books.order("2026-11-05", 100, office_id="hz")
    books.order("2026-11-20", 10, office_id="hz")
    books.deal("2026-11-05", office_id="hz", opportunity_id="d", open_deals=1, open_amount=7)
    assert await by(asked, "unit") == {"unassigned": 110}
    books.units({"hq": "hq", "east": "hq/east", "north": "hq/north", "hz": "hq/east/hz"})
    assert await by(asked, "unit") == {"east": 110}
    moved = [("2020-01-01", "hq/east/hz"), ("2026-11-10", "hq/north/hz")]
    books.units({"hq": "hq", "east": "hq/east", "north": "hq/north", "hz": moved})
    assert await by(asked, "unit") == {"east": 100, "north": 10}
    assert await by(asked, "unit", unit_id="north") == {"hz": 10}
    # A stock stands where the office is on the day asked about, not where it was when the deal was opened.
    assert await by(asked, "unit", metric="open_pipeline") == {"north": 7}
    assert await total(asked, "open_pipeline", unit_id="north") == 7
    assert await total(asked, "open_pipeline", unit_id="east") == 0


async def test_units_and_products_cross(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.products({"all": "all", "vms": "all/vms", "v1": "all/vms/v1", "v2": "all/vms/v2", "access": "all/access"})
    for office, product, amount in (("hz", "v1", 1), ("hz", "v2", 20), ("bj", "v1", 300), ("bj", "access", 4000)):
        books.order("2026-11-05", amount, office_id=office, product_id=product, rep_id=f"{office}-rep")
    assert await by(asked, "product") == {"vms": 321, "access": 4000}
    assert await by(asked, "product", product_id="vms") == {"v1": 301, "v2": 20}
    assert await by(asked, "product", product_id="vms", unit_id="east") == {"v1": 1, "v2": 20}
    assert await by(asked, "unit", "product") == {("east", "vms"): 21, ("north", "vms"): 300, ("north", "access"): 4000}
    assert await by(asked, "leaf_product", unit_id="hq", product_id="v1") == {"v1": 301}
    assert await by(asked, "rep", product_id="vms") == {"hz-rep": 21, "bj-rep": 300}


async def test_overlay_credit_counts_for_the_person_only(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.order("2026-11-05", 100, office_id="hz", rep_id="ann")
    books.order("2026-11-05", 30, office_id="hz", rep_id="bob", is_overlay=1)
    assert await by(asked, "unit", unit_id="east") == {"hz": 100}
    assert await by(asked, "rep", unit_id="east") == {"ann": 100, "bob": 30}
    assert await total(asked, rep_id="bob") == 30
    assert await total(asked) == 100
    assert await total(asked, viewer=Viewer("bob", own_rows=True)) == 30


async def test_nobody_sees_anything_and_a_scope_holds_for_every_question(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.products({"vms": "vms", "v1": "vms/v1", "access": "access"})
    for office, product, amount in (("hz", "v1", 1), ("bj", "v1", 20), ("bj", "access", 300), ("mars", "v1", 4000)):
        books.order("2026-11-05", amount, office_id=office, product_id=product, rep_id=f"{office}-rep")
        books.change("activity_changes", "2026-11-05", office_id=office, rep_id=f"{office}-rep", visits=1)
    east, product = Viewer("e", unit_ids=frozenset({"east"})), Viewer("p", product_ids=frozenset({"vms"}))
    own, both = Viewer("bj-rep", own_rows=True), Viewer("b", unit_ids=frozenset({"east"}), own_rows=True)
    assert await total(asked, viewer=Viewer.nobody()) == 0
    assert await by(asked, "unit", viewer=Viewer.nobody("hz-rep")) == {}
    assert await by(asked, "unit", viewer=east) == {"east": 1}
    assert await by(asked, "rep", viewer=east) == {"hz-rep": 1}
    assert await total(asked, viewer=east, unit_id="north") == 0
    assert await by(asked, "unit", viewer=product) == {"east": 1, "north": 20, "unassigned": 4000}
    assert await total(asked, "visits", viewer=product) == 0  # a visit has no product: nothing of it is theirs
    assert await total(asked, viewer=own) == 320
    assert await total(asked, viewer=both) == 1
    assert await total(asked, "visits", viewer=east) == 1


async def test_flows_count_on_their_day_and_stocks_run_up_to_it(books: Books, asked: AsyncWarehouse) -> None:
    deal = {"opportunity_id": "d", "office_id": "hz"}
    books.deal("2026-09-01", **deal, stage="lead", open_deals=1, open_amount=100)
    books.deal("2026-11-03", **deal, stage="lead", open_deals=-1, open_amount=-100)
    books.deal("2026-11-03", **deal, stage="bid", grade="A", open_deals=1, open_amount=80)
    books.deal("2026-11-09", **deal, stage="bid", grade="A", open_deals=-1, open_amount=-80)
    books.deal("2026-11-09", **deal, stage="bid", won_deals=1, won_amount=90)

    async def stock(day: date) -> dict[str, Decimal]:
        frame = await measure(asked, MetricQuery(("open_pipeline",), day, START, by=("stage",)), ALL)
        return {stage: amount for stage, amount in frame.iter_rows() if amount}

    assert await stock(date(2026, 11, 2)) == {"lead": 100}
    assert await stock(date(2026, 11, 8)) == {"bid": 80}
    assert await stock(date(2026, 11, 9)) == {}
    assert await total(asked, "won_amount") == 90
    assert await total(asked, "won_deals") == 1
    with pytest.raises(QuestionError, match="stock"):
        await by(asked, "day", metric="open_pipeline")


async def test_the_restated_view_puts_a_return_on_the_day_of_its_booking(books: Books, asked: AsyncWarehouse) -> None:
    books.order("2026-10-05", 100, office_id="hz")
    books.change("order_changes", "2026-11-05", entity_day="2026-10-05", returned_amount=30, office_id="hz")
    months: dict[DayBasis, list[Decimal]] = {}
    bases: tuple[DayBasis, DayBasis] = ("day", "entity_day")
    for basis in bases:
        query = MetricQuery(("bookings",), END, date(2026, 10, 1), ("month",), day_basis=basis)
        months[basis] = (await measure(asked, query, ALL))["bookings"].to_list()
    assert months == {"day": [Decimal(100), Decimal(-30)], "entity_day": [Decimal(70)]}


async def test_metrics_of_several_tables_meet_in_one_frame(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.order("2026-11-05", "100.1234", office_id="hz", rep_id="ann", collected_amount=40)
    books.change("collection_changes", "2026-11-06", office_id="hz", rep_id="ann", received_amount=Decimal("2.5"))
    books.change("collection_changes", "2026-11-06", unallocated_amount=9, received_amount=9)
    books.change("activity_changes", "2026-11-06", office_id="bj", rep_id="bob", visits=2)
    query = MetricQuery(("bookings", "collections", "visits"), END, START, ("unit",))
    frame = await measure(asked, query, ALL)
    assert frame.rows() == [
        ("east", Decimal("100.1234"), Decimal("42.5"), 0),
        ("north", Decimal(0), Decimal(0), 2),
        ("unassigned", Decimal(0), Decimal(9), 0),
    ]
    assert measure_sync(books.warehouse, query, ALL).equals(frame)
    assert await by(asked, "rep", metric="collections") == {"ann": Decimal("42.5"), "unassigned": 9}


async def test_a_win_rate_of_fewer_than_ten_deals_is_too_few(books: Books, asked: AsyncWarehouse) -> None:
    books.deal("2026-11-05", office_id="hz", won_deals=6, won_amount=60, lost_deals=4, lost_amount=140)
    books.deal("2026-11-05", office_id="bj", won_deals=6, lost_deals=3)
    query = MetricQuery(("win_rate", "win_rate_amount"), END, START, ("office",))
    frame = await measure(asked, query, ALL)
    assert frame.rows() == [("bj", None, None, "too_few", "too_few"), ("hz", 0.6, 0.3, None, None)]


async def test_effective_contacts_count_customers_times_days_once_a_group(books: Books, asked: AsyncWarehouse) -> None:
    for day, rep, customer in (("05", "ann", "c1"), ("05", "bob", "c1"), ("05", "ann", "c2"), ("06", "ann", "c1")):
        books.change("activity_changes", f"2026-11-{day}", rep_id=rep, customer_id=customer, effective=1)
    books.change("activity_changes", "2026-11-07", rep_id="ann", customer_id="c3", effective=1)
    books.change("activity_changes", "2026-11-07", rep_id="ann", customer_id="c3", effective=-1)
    assert await total(asked, "effective_contacts") == 3
    assert await by(asked, "rep", metric="effective_contacts") == {"ann": 3, "bob": 1}


async def test_orders_are_counted_once_however_many_lines(books: Books, asked: AsyncWarehouse) -> None:
    for order, line in (("o1", "1"), ("o1", "2"), ("o2", "1")):
        books.order("2026-11-05", 1, order_id=order, line_id=line)
    books.change("order_changes", "2026-11-08", order_id="o2", line_id="1", lines=-1)
    assert await total(asked, "orders") == 1
    assert await total(asked, "order_lines") == 2


async def test_customers_by_segment_and_without_one(books: Books, asked: AsyncWarehouse) -> None:
    books.customers(acme={"segment": "retail"}, bank={"segment": "finance"})
    for customer, amount in (("acme", 1), ("bank", 20), ("new", 300), ("", 4000)):
        books.order("2026-11-05", amount, customer_id=customer)
    assert await by(asked, "segment") == {"retail": 1, "finance": 20, "unassigned": 4300}
    assert await by(asked, "customer") == {"acme": 1, "bank": 20, "new": 300, "unassigned": 4000}
    assert await total(asked, segment="retail") == 1
    assert await total(asked, customer_id="unassigned") == 4000


async def test_the_weighted_pipeline_takes_the_share_won_from_the_same_stage(
    books: Books, asked: AsyncWarehouse
) -> None:
    def closed(number: int, stage: str, won: bool) -> None:
        deal = {"opportunity_id": f"{stage}{number}", "stage": stage}
        books.deal("2026-06-01", **deal, open_deals=1, open_amount=1)
        books.deal("2026-07-01", **deal, open_deals=-1, open_amount=-1)
        books.deal("2026-07-01", **deal, won_deals=int(won), lost_deals=int(not won))

    for number in range(10):
        closed(number, "bid", won=number < 8)
    for number in range(4):
        closed(number, "lead", won=False)
    books.deal("2026-11-05", opportunity_id="a", stage="bid", open_deals=1, open_amount=100)
    books.deal("2026-11-05", opportunity_id="b", stage="lead", open_deals=1, open_amount=70)
    # bid: 8 of 10; lead: only four closed, so the share of all, 8 of 14
    query = MetricQuery(("open_pipeline", "weighted_pipeline"), END, by=("stage",))
    frame = await measure(asked, query, ALL)
    assert frame.rows() == [("bid", 100, Decimal(80)), ("lead", 70, Decimal(40))]
    assert await total(asked, "weighted_pipeline") == 120
    assert measure_sync(books.warehouse, query, ALL).equals(frame)


async def test_what_a_table_does_not_know_is_refused_and_said(asked: AsyncWarehouse) -> None:
    with pytest.raises(QuestionError, match="visits cannot be asked by product: activity_changes has no product_id"):
        await by(asked, "product", metric="visits")
    with pytest.raises(QuestionError, match="cannot be asked by stage"):
        await total(asked, "bookings", stage="bid")
    with pytest.raises(QuestionError, match="Did you mean 'bookings'"):
        await total(asked, "bookngs")
    with pytest.raises(QuestionError, match="Did you mean 'product'"):
        await by(asked, "prodct")
    with pytest.raises(QuestionError, match=r"warehouse\.pace"):
        await total(asked, "pace")
