"""What the page says of 200 random slices of a seeded company is what polars makes of the company's events."""

import asyncio
import re
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from html import unescape
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, expect
from pydantic_core import Url

from dashboard import board, connection
from dashboard.address import Address
from dashboard.tiling import shown_metrics
from dashboard.view_state import ViewState
from ingest.events import Person
from ingest.period import Period, PeriodKind
from ingest.settings import CompanySettings
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.sizes import SIZES
from tests.e2e.conftest import Served
from tests.e2e.over_books import board_over
from tests.e2e.screen_sums import SUMS, WITHOUT_PRODUCT, Figures, Slice, Told, exact, short
from tests.integration.detection.store import Store
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.migrate import migrate
from warehouse.settings import WarehouseSettings
from warehouse.viewer import Viewer

pytestmark = [pytest.mark.e2e, pytest.mark.warehouse]
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 15, tzinfo=ZONE)
THEN = datetime(2026, 10, 20, 14, 30, tzinfo=ZONE)
SEED, SLICES, PICTURES, IN_BROWSER = 2, 200, 60, 12
DATABASE = "numbers"
ALL = Viewer.system()
T = TypeVar("T")
KINDS: tuple[PeriodKind, ...] = ("day", "week", "month", "quarter", "year", "range")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: the main one may have the browser's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


@pytest.fixture(scope="module")
def told() -> Told:
    return list(history(Company.make(SEED, SIZES["small"], TODAY), NOW))


@pytest.fixture(scope="module")
def settings(warehouse_server: str, told: Told) -> WarehouseSettings:
    """The company in a database of its own, stored as a worker stores it."""
    settings = WarehouseSettings(url=Url(warehouse_server), database=DATABASE)
    plain = Warehouse(settings)
    plain.ensure_database()
    migrate(plain)
    plain.close()

    async def stored() -> None:
        warehouse = AsyncWarehouse(settings)
        await Store(warehouse, CompanySettings()).put(told)
        await warehouse.close()

    run(stored())
    return settings


@pytest.fixture(scope="module")
def served(
    settings: WarehouseSettings, warehouse_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with board_over(warehouse_server, DATABASE, tmp_path_factory.mktemp("numbers")) as served:
        yield served


class Slices:
    """Random questions, the same for a seed, each with what the page shall say to it."""

    def __init__(self, told: Told) -> None:
        self._random = Random(SEED)
        self.now, self.then = Figures(told, NOW), Figures(told, THEN)
        self._reps = [event for _, event in told if isinstance(event, Person) and event.role == "rep" and event.unit_id]

    def state(self) -> tuple[ViewState, Slice]:
        """A question as a URL says it, and as polars is asked."""
        draw = self._random
        is_then = draw.random() < 0.2
        last = THEN.date() if is_then else TODAY
        metric = draw.choice(sorted(SUMS))
        unit = draw.choice([None, *sorted(self.now.units)])
        rep = draw.choice(self._reps) if draw.random() < 0.25 else None
        if rep is not None:
            unit = draw.choice([rep.unit_id, self._root])
        product = draw.choice(sorted(self.now.products)) if draw.random() < 0.5 else None
        period = self._period(last)
        state = ViewState(
            metric=metric,
            unit=unit,
            rep=rep.id if rep else None,
            product=product,
            period=period.key,
            as_of=f"{THEN:%Y-%m-%dT%H:%M}" if is_then else None,
            known="then" if is_then else "now",
        )
        end = min(period.end, last if is_then else datetime.now(ZONE).date())
        return state, Slice(metric, unit, state.rep, product, period.start, end)

    def said(self, state: ViewState, asked: Slice) -> tuple[str, str]:
        """The number as it stands there, and its exact form under the pointer."""
        value = (self.then if state.as_of else self.now).value(asked)
        return short(value, asked.metric), exact(value)

    @property
    def _root(self) -> str:
        return next(id for id, parent in self.now.units.items() if not parent)

    def _period(self, last: date) -> Period:
        draw, kind = self._random, self._random.choice(KINDS)
        first = date.fromordinal(last.toordinal() - draw.randrange(70))
        if kind != "range":
            return Period.containing(first, kind)
        return Period.spanning(first, date.fromordinal(first.toordinal() + draw.randrange(60)))


@pytest.fixture(scope="module")
def slices(told: Told) -> Slices:
    return Slices(told)


def tiles(html: str) -> Iterator[tuple[str, str]]:
    """Value and exact amount of each tile; an amount is not exact where there is no value."""
    for one in re.findall(r'class="tile(?: tile-on)?".*?</a>', html, re.DOTALL):
        (value,) = re.findall(r'tile-value num"[^>]*>(.*?)<', one)
        exactly = re.findall(r'tile-middle"[^>]*title="(.*?)"', one)
        yield unescape(value), unescape(exactly[0]) if exactly else ""


async def drawn(settings: WarehouseSettings, states: list[ViewState]) -> list[str]:
    """The tiles of every state as the dashboard draws them."""
    connection.connect()
    await connection.go_on_in(AsyncWarehouse(settings))

    async def one(state: ViewState) -> str:
        address = Address("/", state)
        picture = board.draw(await board.load(ALL, address, "tiles"), address, "tiles")
        return str(picture["tiles--row"]["data-html"])

    try:
        found: list[str] = []
        for at in range(0, len(states), 10):
            found += await asyncio.gather(*map(one, states[at : at + 10]))
        return found
    finally:
        await connection.disconnect()


def test_two_hundred_random_slices_say_what_polars_makes_of_the_events(
    settings: WarehouseSettings, slices: Slices
) -> None:
    """Each picture has several tiles, and so says several slices of its place, product and days."""
    asked = [slices.state() for _ in range(PICTURES)]
    pages = run(drawn(settings, [state for state, _ in asked]))
    said, empty, wrong = list[str](), 0, []
    for (state, question), html in zip(asked, pages, strict=True):
        for metric, found in zip(shown_metrics(state), tiles(html), strict=True):
            if metric not in SUMS:
                continue
            if question.product and SUMS[metric][0] in WITHOUT_PRODUCT:
                assert "不分产品" in html, state.to_query()
                continue
            expected = slices.said(state, replace(question, metric=metric))
            said.append(metric)
            empty += found[0] == "0"
            if found != expected:
                wrong.append((state.to_query(), metric, expected, found))
    assert not wrong
    assert len(said) >= SLICES
    assert empty < len(said) / 2  # most slices have something in them
    assert set(said) == set(SUMS)


def test_the_browser_shows_the_same(served: Served, slices: Slices, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{served.url}/")
    expect(page.locator("#tiles--row .tile-on .tile-value")).to_be_visible()
    shown = 0
    while shown < IN_BROWSER:
        state, question = slices.state()
        if question.product and SUMS[question.metric][0] in WITHOUT_PRODUCT:
            continue
        page.evaluate("to => window.oneboard.go(to)", state.to_query())
        value, exactly = slices.said(state, question)
        chosen = page.locator("#tiles--row .tile-on")
        expect(chosen.locator(".tile-value")).to_have_text(value)
        expect(chosen.locator(".tile-middle")).to_have_attribute("title", exactly)
        shown += 1
