"""Questions asked at once go as few statements, and are answered as if each were asked alone."""

import asyncio
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.warehouse.books import Books
from tests.integration.warehouse.counting import Counting
from warehouse.answers import one_picture
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.errors import WarehouseError
from warehouse.metric_query import MetricQuery, measure, measure_sync
from warehouse.together import DAY, segments
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
FIRST = date(2026, 1, 1)
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
SPANS = (
    NOVEMBER,
    (date(2026, 11, 1), date(2026, 11, 16)),
    (date(2026, 10, 1), date(2026, 10, 16)),
    (date(2026, 10, 10), date(2026, 11, 5)),
    (date(2025, 11, 1), date(2025, 11, 16)),
    (date(2020, 1, 1), date(2020, 1, 2)),
    (date(2026, 12, 1), date(2026, 11, 16)),
)
"""One in another, one across two, one in which nothing was, one that ends before it begins."""


def some_orders(books: Books) -> None:
    books.units({"hq": "hq", "east": "hq/east", "hz": "hq/east/hz", "north": "hq/north"})
    amounts: Mapping[str, int] = {
        "2025-11-03": 1, "2026-10-09": 10, "2026-10-12": 100, "2026-11-01": 1_000, "2026-11-05": 10_000,
        "2026-11-16": 100_000, "2026-11-17": 1_000_000, "2026-12-01": 10_000_000,
    }  # fmt: skip
    for day, amount in amounts.items():
        books.order(day, amount, office_id="hz", rep_id="ann", route="direct")
        books.order(day, 2 * amount, office_id="north", rep_id="bo", returned_amount=amount)


async def test_days_that_overlap_are_asked_once_and_answered_each(books: Books, counted: Counting) -> None:
    some_orders(books)
    queries = [
        MetricQuery(metrics, end, start, by, where)
        for by in ((), ("unit",), ("rep", "day"), ("route",))
        for where in (EVERYWHERE, Where(unit_id="east"))
        for metrics in (("bookings",), ("bookings", "returned"), ("win_rate",))
        for start, end in SPANS
        if not (metrics == ("win_rate",) and "route" in by)
    ]
    with one_picture():
        answers = await asyncio.gather(*(measure(counted, query, ALL) for query in queries))
    for query, answer in zip(queries, answers, strict=True):
        alone = measure_sync(books.warehouse, query, ALL)
        assert (answer.schema, answer.rows()) == (alone.schema, alone.rows()), query
    about_orders = [sql for sql in counted.statements if "FROM order_changes" in sql]
    # Whole and by unit are one for both places, the rest one for each; and as many for the span that has no days.
    assert len(about_orders) == (1 + 2 + 2) * 2


async def test_what_is_narrowed_otherwise_is_not_put_with_the_rest(books: Books, counted: Counting) -> None:
    some_orders(books)
    start, end = NOVEMBER
    both = [MetricQuery(("bookings",), end, start, where=where) for where in (EVERYWHERE, Where(customer_id="c"))]
    now, nobody = await asyncio.gather(*(measure(counted, query, ALL) for query in both))
    assert (now["bookings"][0], nobody["bookings"][0]) == (3_333_000 - 1_111_000, 0)
    assert sum("FROM order_changes" in sql for sql in counted.statements) == 2


async def test_an_error_reaches_everybody_who_waits(books: Books, counted: Counting) -> None:
    counted.forbidden = "booked_amount"
    queries = [MetricQuery(("bookings",), end, start) for start, end in SPANS[:3]]
    answers = await asyncio.gather(*(measure(counted, query, ALL) for query in queries), return_exceptions=True)
    assert [isinstance(answer, WarehouseError) for answer in answers] == [True] * 3
    counted.forbidden = "\0"
    assert (await measure(counted, queries[0], ALL))["bookings"][0] == 0


day = st.integers(0, 60).map(lambda number: FIRST + number * DAY)
span = st.tuples(day, st.integers(0, 30)).map(lambda one: (one[0], one[0] + one[1] * DAY))


@given(st.lists(span, min_size=1, max_size=6))
def test_every_span_is_a_sum_of_whole_segments(spans: list[tuple[date, date]]) -> None:
    cut = segments(spans)
    days = [first + number * DAY for first, last in cut for number in range((last - first).days + 1)]
    assert days == sorted(set(days))
    for start, end in spans:
        mine = [one for one in days if start <= one <= end]
        assert len(mine) == (end - start).days + 1
        assert all((first < start) == (last < start) and (first > end) == (last > end) for first, last in cut)
