"""Sums of nodes made of those of leaves: as if each were asked alone, and asked once for whoever looks."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import pairwise, product

import pytest

from ingest.calendar import business_day
from ingest.settings import company
from tests.integration.warehouse.books import Books
from tests.integration.warehouse.counting import Counting
from warehouse.answers import Answers, one_picture
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import AsOf, Where
from warehouse.metric_query import MetricQuery, measure, measure_sync
from warehouse.pieces import LATE, pieces
from warehouse.selects import Flow
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
START, END = date(2026, 10, 1), date(2026, 11, 30)
VIEWERS = (
    ALL,
    Viewer("u", unit_ids=frozenset({"east", "sx"})),
    Viewer("p", product_ids=frozenset({"vms"})),
    Viewer("both", unit_ids=frozenset({"north"}), product_ids=frozenset({"v2"})),
    Viewer("own", own_rows=True),
    Viewer("leads", unit_ids=frozenset({"east"}), own_rows=True),
    Viewer.nobody(),
)
PLACES = (None, "hq", "east", "hz", "north", "unassigned", "nowhere")
GOODS = (None, "all", "vms", "v1", "mystery", "unassigned")
SPLITS: tuple[tuple[str, ...], ...] = (
    (), ("unit",), ("product",), ("unit", "product"), ("office", "day"), ("leaf_product", "month"), ("unit", "day"),
    ("rep",), ("segment",), ("route", "unit"),
)  # fmt: skip


@pytest.fixture
def filled(books: Books) -> Books:
    """A company whose offices move between regions, whose products come and go, and things that it does not know."""
    tree = {"hq": "hq", "east": "hq/east", "north": "hq/north", "nb": "hq/east/nb", "sx": "hq/north/sx"}
    moves = [("2020-01-01", "hq/east/hz"), ("2026-11-10", "hq/north/hz")]
    books.units({**tree, "hz": moves}, east="one")
    late = [("2026-10-20", "all/vms/v2")]
    books.products({"all": "all", "vms": "all/vms", "v1": "all/vms/v1", "v2": late, "access": "all/access"})
    cells = product(("hz", "nb", "sx", "east", "mars", ""), ("v1", "v2", "access", "mystery", ""))
    for number, (office, goods) in enumerate(cells):
        cell = {"office_id": office, "product_id": goods, "rep_id": f"rep-{number % 3}", "customer_id": "c"}
        for step, day in enumerate(("2026-10-05", "2026-11-02", "2026-11-09", "2026-11-10", "2026-11-28")):
            books.order(
                day, 1_000 * number + step, route="direct" if number % 2 else "online", is_overlay=step == 2, **cell
            )
            books.deal(day, opportunity_id=f"d{number}", stage="bid", open_deals=1, open_amount=number + step, **cell)
    return books


async def test_every_node_split_and_scope_is_answered_as_if_it_were_asked_alone(
    filled: Books, asked: AsyncWarehouse
) -> None:
    earlier = AsOf(datetime(2026, 11, 20, 8, tzinfo=UTC), "then")
    combinations = list(product(SPLITS, PLACES, GOODS, ("bookings", "open_pipeline"), VIEWERS))
    queries = [
        (MetricQuery((metric,), END, START, by, Where(unit_id=unit, product_id=goods)), viewer)
        for by, unit, goods, metric, viewer in combinations[::29]
        if not (metric == "open_pipeline" and {"day", "month"} & set(by))
    ]
    queries += [
        (MetricQuery(("bookings",), END, START, ("unit",), Where("east", as_of=earlier)), ALL),
        *(
            (MetricQuery(("bookings",), END, START, by, Where("east"), "entity_day"), ALL)
            for by in (("unit",), ("month",))
        ),
    ]
    with one_picture():
        answers = await asyncio.gather(*(measure(asked, query, viewer) for query, viewer in queries))
    for (query, viewer), answer in zip(queries, answers, strict=True):
        alone = measure_sync(filled.warehouse, query, viewer)
        assert (answer.schema, answer.rows()) == (alone.schema, alone.rows()), (query, viewer)


NARROWED = (
    {}, {"product_id": "vms"}, {"product_id": "mystery"}, {"unit_id": "east", "product_id": "v2"}, {"route": "online"},
    {"unit_id": "north", "segment": "unassigned"}, {"rep_id": "rep-1"}, {"unit_id": "unassigned", "route": "direct"},
    {"unit_id": "hz", "rep_id": "rep-2", "product_id": "all"},
)  # fmt: skip


async def test_filters_are_answered_from_what_is_kept_as_if_each_were_asked(filled: Books, counted: Counting) -> None:
    splits = (*SPLITS, ("rep", "day"), ("product", "day"), ("unit", "rep"), ("segment", "route"), ("leaf_product",))
    month, seeing = date(2026, 11, 1), [viewer for viewer in VIEWERS if not viewer.own_rows]
    october = MetricQuery(("bookings",), date(2026, 10, 9), date(2026, 10, 2), ("rep",), Where(product_id="vms"))
    queries = [
        (october, ALL),  # the first to ask has other days than most
        *(
            (MetricQuery((metric,), END, month, by, Where(**narrow)), viewer)
            for metric in ("bookings", "revenue")
            for by, narrow, viewer in list(product(splits, NARROWED, seeing))[::19]
        ),
    ]
    answers = Answers(lasts=True)

    async def agree() -> list[str]:
        """What was asked of orders meanwhile."""
        counted.statements.clear()
        with one_picture(answers):
            found = await asyncio.gather(*(measure(counted, query, viewer) for query, viewer in queries))
        for (query, viewer), answer in zip(queries, found, strict=True):
            alone = measure_sync(filled.warehouse, query, viewer)
            assert (answer.schema, answer.rows()) == (alone.schema, alone.rows()), (query, viewer)
        return [sql for sql in counted.statements if "FROM order_changes" in sql]

    assert len(await agree()) > 20
    for kept in answers.kept_beside:
        await kept.complete()
    answers.moved("order_changes", None)
    assert not any("by_rep" in sql or "by_segment" in sql or "product_id = {" in sql for sql in await agree())

    filled.order("2026-11-03", 70_000, office_id="nb", product_id="v2", rep_id="rep-1", route="online")
    filled.order("2026-11-28", 90_000, office_id="hz", product_id="v1", rep_id="rep-9", customer_id="c")
    answers.moved("order_changes", (date(2026, 11, 3), date(2026, 11, 28)))
    since = [sql for sql in await agree() if "by_segment" in sql]
    assert len(since) == 1
    assert "offset > {low_0:" in since[0]

    filled.customers(c={"segment": "education"})
    answers.clear()
    await agree()


@contextmanager
def statements_of(counted: Counting, answers: Answers) -> Iterator[list[str]]:
    """What is asked of orders within."""
    counted.statements.clear()
    found = list[str]()
    with one_picture(answers):
        yield found
    found += [sql for sql in counted.statements if "FROM order_changes" in sql]


async def test_one_statement_serves_all_nodes_and_scopes_and_what_moved_today_asks_today_alone(
    filled: Books, counted: Counting
) -> None:
    answers = Answers()
    today = business_day(datetime.now(UTC), company().zone)
    start = today.replace(day=1)
    queries = [
        (MetricQuery(("bookings",), today, start.replace(year=start.year - 1), by, Where(unit_id=unit)), viewer)
        for by in (("unit",), ())
        for unit in (None, "east", "north")
        for viewer in VIEWERS[:2]
    ]

    async def ask() -> list[object]:
        return await asyncio.gather(*(measure(counted, query, viewer) for query, viewer in queries))

    with statements_of(counted, answers) as first:
        before = await ask()
    assert len(first) == 1
    with statements_of(counted, answers) as again:
        assert await ask() == before
    assert not again
    filled.order(today.isoformat(), 77, office_id="nb")
    answers.moved("order_changes", (today,))
    with statements_of(counted, answers) as today_alone:
        after = await ask()
    (sql,) = today_alone
    assert "cut" not in sql
    gained = [
        float(one["bookings"].sum()) - float(was["bookings"].sum()) for one, was in zip(after, before, strict=True)
    ]
    assert gained == [0.0 if query.where.unit_id == "north" else 77.0 for query, _ in queries]


@pytest.mark.parametrize("start", [None, date(2026, 1, 1), date(2026, 11, 20), date(2026, 11, 27), date(2026, 12, 1)])
@pytest.mark.parametrize("end", [date(2025, 1, 1), date(2026, 11, 22), date(2026, 11, 27), date(2027, 1, 1)])
def test_pieces_are_the_days_once_each_and_what_moves_is_apart(start: date | None, end: date) -> None:
    today = date(2026, 11, 27)
    flow = Flow("order_changes", (), (), (), {}, "day", ("lines",), start, end)
    found = pieces(flow, today)
    assert (found[0].start, found[-1].end) == (start, end)
    for one, other in pairwise(found):
        assert other.start is not None
        assert (other.start - one.end).days == 1
        assert other.start in (today, today - LATE)
    if (start is None or start <= end) and (start or end) < today <= end:
        assert found[-1].start == today
