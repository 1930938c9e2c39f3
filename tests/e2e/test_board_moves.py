"""What happens to orders moves the right cells by the right amounts on the right days, on pages that stay open.

Three pages of October 2026 are open throughout: the region with its offices, and each office with its reps. Every
event is posted to the door, as a source does.
"""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from deploy.local.kafka import EmbeddedKafka
from tests.e2e import live_company as company
from tests.e2e.conftest import until
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
PERIOD = "2026-10"
SOON_SECONDS = 60
UNITS = ("east", "hz", "nb")

DAYS_OF_THE_CURVE = """() => {
    const chart = document.querySelector("#curve--chart .js-plotly-plot");
    const line = (chart?.data ?? []).find(trace => trace.name === "Actual" && trace.line?.width > 0);
    if (!line || !document.getElementById("curve--body").classList.contains("shows-chart")) return {};
    return Object.fromEntries(line.x.map((day, i) => [day, line.text[i].replace("\u2212", "-").replaceAll(",", "")]));
}"""
ROWS_OF_THE_TABLE = """() => Object.fromEntries(
    [...document.querySelectorAll("#units--grid .ag-center-cols-container .ag-row")].map(row => [
        row.getAttribute("row-id"),
        row.querySelector("[col-id=actual]")?.innerText.replace("\u2212", "-").replaceAll(",", "")]))"""
Days = dict[int, float]


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Door, worker, warehouse and board, with the small company in it."""
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("moves")) as stack:
        stack.start("worker", "ingest", "dashboard")
        stack.publish("org", company.org())
        stack.settle()
        yield stack


class Board:
    """The open pages, and what they should show."""

    def __init__(self, stack: Stack, pages: dict[str, Page]) -> None:
        self._stack, self._pages = stack, pages
        self._days: dict[str, Days] = {unit: {} for unit in UNITS}

    def post(self, *events: dict[str, Any]) -> None:
        request = urllib.request.Request(
            f"{self._stack.ingest_url}/v1/events/orders",
            json.dumps(events).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 202, answer.read()

    def moves(self, **changes: Days) -> None:
        """Wait until the pages show these amounts added by unit and day, the region with the sum, and nothing else."""
        for unit, days in changes.items():
            for one in (unit, "east"):
                for day, amount in days.items():
                    self._days[one][day] = self._days[one].get(day, 0) + amount
        expected = {unit: {day: amount for day, amount in days.items() if amount} for unit, days in self._days.items()}

        def shown() -> dict[str, Days]:
            return {unit: daily(page.evaluate(DAYS_OF_THE_CURVE)) for unit, page in self._pages.items()}

        until(lambda: shown() == expected, SOON_SECONDS, lambda: f"the curves show {shown()}, expected {expected}")
        self.table("east", {unit: self.total(unit) for unit in ("hz", "nb")})
        assert all(page.evaluate("window.stayed") for page in self._pages.values()), "a page was loaded again"

    def total(self, unit: str) -> float:
        """What the month of a unit adds up to."""
        return float(sum(self._days[unit].values()))

    def heat(self) -> list[str]:
        """What the cells of unit and product of the region's page say when pointed at."""
        titles: list[str] = self._pages["east"].eval_on_selector_all("#heat--body td a", "all => all.map(a => a.title)")
        return titles

    def table(self, unit: str, rows: dict[str, float]) -> None:
        """Wait until the table of a page shows these amounts in these rows."""

        def shown() -> dict[str, float]:
            found = self._pages[unit].evaluate(ROWS_OF_THE_TABLE)
            return {id: float(text) for id, text in found.items() if text and text != "–"}

        until(lambda: shown() == rows, SOON_SECONDS, lambda: f"the table of {unit} shows {shown()}, expected {rows}")


def daily(running: dict[str, str]) -> Days:
    """{day of the month: what came on it} of a running sum; days on which nothing came left out."""
    days: Days = {}
    before = 0.0
    for day, total in sorted(running.items()):
        if float(total) != before:
            days[int(day[-2:])] = round(float(total) - before, 2)
        before = float(total)
    return days


@pytest.fixture(scope="module")
def board(stack: Stack, browser: Browser) -> Iterator[Board]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    pages = {}
    for unit in UNITS:
        page = pages[unit] = context.new_page()
        page.goto(f"{stack.board_url}/?unit={unit}&period={PERIOD}&units=table&lang=en")
        page.evaluate("window.stayed = true")
        page.wait_for_function("document.getElementById('live--contact')?.dataset.beat > 0", timeout=120_000)
    yield Board(stack, pages)
    context.close()


def order(id: str, version: int, day: int, amount: float, office: str = "hz", **fields: Any) -> dict[str, Any]:
    at = f"2026-10-{day:02d}T10:00:00+08:00"
    rep = {"rep_id": f"r-{office}", "office_id": office, "product_id": "vms"}
    return {"order_id": id, "version": version, "occurred_at": at, "amount": amount, **rep, **fields}


def test_an_order_is_on_its_day_in_its_office_and_the_region(board: Board) -> None:
    board.post(order("o-1", 1, 5, 100_000), order("o-2", 1, 6, 50_000, "nb"))
    board.moves(hz={5: 100_000}, nb={6: 50_000})
    board.table("hz", {"r-hz": 100_000})
    board.table("nb", {"r-nb": 50_000})


def test_an_amendment_counts_on_its_own_day(board: Board) -> None:
    board.post(order("o-1", 2, 8, 79_999.5))
    board.moves(hz={8: -20_000.5})


def test_a_cancellation_reduces_the_day_it_happens(board: Board) -> None:
    board.post(order("o-2", 2, 20, 50_000, "nb", status="cancelled"))
    board.moves(nb={20: -50_000})


def test_a_transfer_leaves_the_past_with_the_former_owner(board: Board) -> None:
    board.post(order("o-3", 1, 7, 60_000))
    board.moves(hz={7: 60_000})
    board.post(order("o-3", 2, 12, 60_000, "nb"))
    board.moves(hz={12: -60_000}, nb={12: 60_000})
    board.table("nb", {"r-nb": 60_000})


def test_a_late_older_version_takes_its_place_between_the_others(board: Board) -> None:
    board.post(order("o-4", 1, 3, 40_000))
    board.moves(hz={3: 40_000})
    board.post(order("o-4", 3, 15, 70_000, "nb"))
    board.moves(hz={15: -40_000}, nb={15: 70_000})
    board.post(order("o-4", 2, 9, 55_000))
    board.moves(hz={9: 15_000, 15: -15_000})


def test_a_changed_booking_day_moves_the_amount_and_a_correction_restates_it(board: Board) -> None:
    board.post(order("o-5", 1, 13, 10_000, effective_on="2026-10-10"))
    board.moves(hz={10: 10_000})
    board.post(order("o-5", 2, 14, 10_000, effective_on="2026-10-11"))
    board.moves(hz={10: -10_000, 11: 10_000})
    board.post(order("o-5", 3, 16, 9_000, effective_on="2026-10-11", correction=True))
    board.moves(hz={11: -1_000})


def test_what_comes_again_moves_nothing(board: Board) -> None:
    board.post(order("o-1", 2, 8, 79_999.5), order("o-4", 2, 9, 55_000), order("o-6", 1, 22, 1))
    board.moves(hz={22: 1})


def test_the_heat_map_shows_the_amount_of_office_and_product(board: Board) -> None:
    amount = f"{board.total('hz'):,.2f}".removesuffix(".00")
    cell = ("Hangzhou", "VMS", amount)
    until(lambda: any(all(part in title for part in cell) for title in board.heat()), SOON_SECONDS, board.heat)
