"""The board in a real browser, on the real engine, over a company worked out by hand."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from dashboard.plain import CARRIER, HTML, PLACES, carried
from tests.bench.screens import metrics
from tests.e2e import board_company as company
from tests.e2e.board_company import OCTOBER
from tests.e2e.conftest import Served, until
from tests.e2e.over_books import board_over, kept_books
from tests.integration.warehouse.books import Books

pytestmark = [pytest.mark.e2e, pytest.mark.warehouse]

SCREENS: tuple[ViewportSize, ...] = (
    {"width": 390, "height": 844},
    {"width": 1440, "height": 900},
    {"width": 3840, "height": 2160},
)


@pytest.fixture(scope="module")
def books(warehouse_server: str) -> Iterator[Books]:
    """The company in a database of its own."""
    with kept_books(warehouse_server, "board") as books:
        company.write(books)
        yield books


@pytest.fixture(scope="module")
def served(books: Books, warehouse_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The dashboard over it."""
    with board_over(warehouse_server, "board", tmp_path_factory.mktemp("board")) as served:
        yield served


def headline(page: Page, said: str) -> None:
    expect(page.locator("#headline--text")).to_contain_text(said)


def query(page: Page) -> str:
    return str(page.evaluate("location.search"))


def test_a_link_shows_the_same_picture_in_a_new_tab(served: Served, context: BrowserContext) -> None:
    one, two = context.new_page(), context.new_page()
    one.goto(f"{served.url}/?{OCTOBER}&lang=en")
    headline(one, "Hq reached")
    one.locator("#heat--body td a").first.click()
    headline(one, " × ")
    said = one.locator("#headline--text").inner_text()
    two.goto(one.url)
    expect(two.locator("#headline--text")).to_have_text(said, use_inner_text=True)
    expect(two.locator("#tiles--row")).to_have_text(one.locator("#tiles--row").inner_text(), use_inner_text=True)


def test_a_cell_says_the_gap_of_the_page_that_it_opens(served: Served, books: Books, page: Page) -> None:
    books.target("2026-10", "500", unit_id="east", product_id="vms")
    page.goto(f"{served.url}/?{OCTOBER}&lang=en")
    headline(page, "Hq reached")
    cell = page.locator("#heat--body td a[title^='East × Vms']")
    expect(cell).to_have_attribute("title", re.compile(r"Gap to pace\s+−149\.75"))
    cell.click()
    headline(page, "East × Vms reached 70.0 %")
    headline(page, "short by 150")


def test_what_comes_packed_is_drawn_before_what_came_after_it(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?{OCTOBER}&lang=en")
    headline(page, "Hq reached")
    much, little = (carried({"probe": {HTML: text}})[CARRIER][PLACES] for text in ("<b>older</b>" * 500, "newer"))
    assert not much.startswith("{")
    drawn = page.evaluate(
        """async ([much, little]) => {
            const probe = Object.assign(document.createElement('div'), {id: 'probe'}), drawn = [];
            document.body.append(probe);
            const done = new Promise((resolve) => document.addEventListener('oneboard:drawn', ({detail}) => {
                if (detail.includes('probe')) drawn.push(probe.textContent.slice(0, 5));
                if (drawn.length === 2) resolve();
            }));
            const {dataset} = document.getElementById('plain--carrier');
            dataset.places = much;
            await Promise.resolve();
            dataset.places = little;
            await done;
            return drawn;
        }""",
        [much, little],
    )
    assert drawn == ["older", "newer"]


def test_what_a_pointer_rests_on_is_made_before_the_click(served: Served, page: Page) -> None:
    def asked() -> float:
        return sum(n for name, n in metrics(served.url).items() if name == "oneboard_board_asking_seconds_count")

    before = asked()
    page.goto(f"{served.url}/?{OCTOBER}&lang=en&theme=dark")
    headline(page, "Hq reached")
    lanes = asked() - before
    link = page.locator("#heat--body tbody th a").first
    link.hover()
    until(lambda: asked() >= before + 2 * lanes, what="the lanes of one more picture are asked")
    made = asked()
    link.click()
    headline(page, "East reached")
    assert asked() - made < lanes, "the picture that is shown was not asked for again"


def test_a_question_mark_leads_to_the_query_behind_the_figure(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?lang=en")
    ask = page.locator("#curve--head .ask")
    before = len(page.context.pages)
    ask.click()
    expect(page.locator("#about--card")).to_contain_text(re.compile(r"Known as of\s*\d"))
    with page.expect_popup() as opened:
        page.locator("#about--card a").click()
    query = opened.value
    with page.expect_popup() as by_key:
        ask.press("Enter")
    assert by_key.value.url == query.url
    assert len(page.context.pages) == before + 2
    expect(query.locator("h1")).to_have_text("Bookings")
    expect(query.locator("pre").first).to_contain_text("sum(booked_amount)")
    assert query.goto(f"{served.url}/asked/nothing?lang=en").status == 404  # type: ignore[union-attr]


def test_tables_are_exact_to_the_cent(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?{OCTOBER}&units=table&lang=en")
    rows = page.locator("#units--grid .ag-center-cols-container .ag-row")
    expect(rows).to_have_count(2)
    east = page.locator("#units--grid .ag-row", has_text="450.25")
    expect(east.last).to_contain_text("−149.75")
    expect(page.locator("#units--grid .ag-row", has_text="380").last).to_contain_text("−20")


def test_both_languages_and_both_lights_without_a_reload(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?{OCTOBER}")
    headline(page, "达成 83.0%")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="English").click()
    headline(page, "reached")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("a[title=Dark]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert query(page) == f"?{OCTOBER}&lang=en&theme=dark"
    assert page.evaluate("window.stayed")


def test_what_a_link_says_wrong_is_said_on_the_screen(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?metric=bokings&unit=east&lang=en&{OCTOBER}")
    notice = page.locator("#notice--slot")
    expect(notice).to_contain_text("There is no metric “bokings”; what is shown is Bookings.")
    headline(page, "East reached 75.0")
    notice.get_by_role("link").click()
    expect(notice).to_be_empty()
    assert query(page) == f"?{OCTOBER}&unit=east&lang=en"


def test_what_there_is_not_is_said_in_the_place_of_figures_and_leads_back(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?{OCTOBER}&unit=nonsense&customer=nobody&deal=d1&lang=en")
    said = page.locator("#first--body")
    expect(said).to_contain_text("There is no unit “nonsense” in the organisation of 31 Oct 2026.")
    expect(said).to_contain_text("There is no customer “nobody”")
    expect(said).not_to_contain_text("d1")
    expect(page.locator("#tiles--row")).to_be_hidden()
    said.get_by_role("link", name="Show the page without it").first.click()
    expect(said).not_to_contain_text("nonsense")
    assert page.request.get(f"{served.url}/export/board.csv{query(page)}").status == 404
    said.get_by_role("link", name="Back to the top").click()
    headline(page, "Hq")
    expect(said).to_be_hidden()
    for path in ("/ops", "/targets"):
        page.goto(f"{served.url}{path}?product=nonsense")
        expect(said).to_contain_text("没有产品或产品线“nonsense”")
        expect(page.locator("#board--main")).to_be_hidden()


def test_an_order_is_on_the_open_page_without_a_reload(served: Served, books: Books, page: Page) -> None:
    page.goto(f"{served.url}/?unit=nb&lang=en")
    tile = page.locator("#tiles--row .tile").first
    expect(tile.locator(".tile-value")).to_have_text("0")
    page.evaluate("window.stayed = true")
    company.book(books, "so-now", company.today(), "1234.50", "nb", "p3", "vms1")
    expect(tile.locator(".tile-value")).to_have_text("1.23 K")
    assert page.evaluate("window.stayed")


def test_nothing_is_wider_than_the_screen_or_comes_from_elsewhere(served: Served, page: Page) -> None:
    """Opened on a phone, and then on a desk and a wall."""
    page.set_viewport_size(SCREENS[0])
    foreign: list[str] = []
    page.on(
        "request", lambda r: foreign.append(r.url) if not r.url.startswith((served.url, "data:", "blob:")) else None
    )
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{served.url}/?{OCTOBER}")
    headline(page, "达成")
    for screen in SCREENS:
        page.set_viewport_size(screen)
        expect(page.locator("#units--chart .slice").first).to_be_visible()
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), screen
    assert not foreign
    assert not faults


def test_the_health_page_says_who_answers_and_makes_nothing_up_about_who_does_not(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/health?lang=en")
    top, body = page.locator("#health--top"), page.locator("#health--body")
    expect(top.locator(".headline")).to_contain_text("Kafka, the log, Workers, The door for events does not answer")
    expect(body.locator("tr", has_text="ClickHouse")).to_contain_text("up")
    expect(body).to_contain_text("nothing is known of the log")
    expect(top.locator("#health--lag")).to_contain_text("not known")
    expect(page.locator(".rail:not(.thumbs) .rail-on")).to_contain_text("Health")
    expect(page.locator("#units--panel")).to_be_hidden()
    expect(page.locator(".aside")).to_be_hidden()
    page.goto(f"{served.url}/health")
    expect(top.locator(".headline")).to_contain_text("没有响应")
