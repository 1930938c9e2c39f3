"""Narrowing, ranges and looking back, in a real browser on the real engine, over a company worked out by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import board_company as company
from tests.e2e.board_company import OCTOBER
from tests.e2e.conftest import Served
from tests.e2e.over_books import board_over, kept_books
from tests.integration.warehouse.books import Books

pytestmark = [pytest.mark.e2e, pytest.mark.warehouse]
DATABASE = "cuts"
PARTS = ("#headline--text", "#tiles--row", "#heat--body", "#cuts--body", "#header--filters", "#header--what")
OCTOBER_20 = "as_of=2026-10-20T18:00"


@pytest.fixture(scope="module")
def books(warehouse_server: str) -> Iterator[Books]:
    """The company, with a second customer that buys online, and an order of the 15th that was put right on the 25th."""
    with kept_books(warehouse_server, DATABASE) as books:
        company.write(books)
        books.customers(c1={"segment": "bank"}, c2={"segment": "school"})
        ids = {"office_id": "hz", "rep_id": "p2", "product_id": "ipc1", "customer_id": "c2", "route": "online"}
        line = {
            "order_id": "so9",
            "line_id": "1",
            "entity_id": "so9:1",
            "kind": "standard",
            "status": "effective",
            **ids,
        }
        first, later = (datetime(2026, 10, day, 4, tzinfo=UTC) for day in (15, 25))
        books.order("2026-10-15", 40, changed_at=first, received_at=first, **line)
        gone = {"booked_amount": -40, "lines": -1}
        books.change("order_changes", "2026-10-15", **gone, changed_at=later, received_at=later, **line)
        books.order("2026-10-15", 30, changed_at=later, received_at=later, **line)
        yield books


@pytest.fixture(scope="module")
def served(books: Books, warehouse_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with board_over(warehouse_server, DATABASE, tmp_path_factory.mktemp("cuts")) as served:
        yield served


def booked(page: Page, said: str) -> None:
    expect(page.locator("#tiles--row .tile-on .tile-value")).to_have_text(said)


def chips(page: Page) -> list[str]:
    return [text.replace("×", "").strip() for text in page.locator("#header--filters a").all_inner_texts()]


def shows(page: Page, said: dict[str, str]) -> None:
    for part, text in said.items():
        expect(page.locator(part)).to_have_text(text, use_inner_text=True)


def test_from_a_region_to_a_deal_in_four_clicks(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?unit=east&{OCTOBER}&lang=en")
    page.locator("#heat--body th a", has_text="Hz").click()
    page.locator("#heat--body th a", has_text="P1").click()
    expect(page.locator("#list--head h2")).to_have_text("Customers")
    page.locator("#list--grid a", has_text="C1").click()
    expect(page.locator("#list--head h2")).to_have_text("Open deals")
    page.locator("#list--grid a", has_text="C1").click()
    expect(page.locator("#deal--head")).to_contain_text("d1")
    expect(page.locator("#deal--body .version")).to_have_count(2)
    expect(page.locator("#deal--body .version").last).to_contain_text("rep P1")  # p1 to its source
    assert chips(page) == ["Customer: C1"]


def test_whatever_is_clicked_narrows_all_the_rest_and_comes_off_again(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?{OCTOBER}&lang=en")
    booked(page, "860")
    page.locator("#cuts--body .cut-line", has_text="online").click()
    booked(page, "30")
    assert chips(page) == ["Route: online"]
    collections = page.locator("#tiles--row .tile", has_text="Collections")
    expect(collections).to_contain_text("Collections is not counted by route")
    expect(page.locator("#cuts--body .cut-on")).to_contain_text("online")
    page.goto(f"{page.url}&segment=bank")
    booked(page, "0")
    page.locator("#header--filters a", has_text="online").click()
    booked(page, "830")
    page.locator("#header--filters a", has_text="bank").click()
    booked(page, "860")
    expect(page.locator("#header--filters a")).to_have_count(0)


def test_back_reload_and_a_new_tab_give_the_same_picture(served: Served, context: BrowserContext) -> None:
    page, other = context.new_page(), context.new_page()
    page.goto(f"{served.url}/?{OCTOBER}&lang=en&versus=last_period")
    booked(page, "860")
    page.locator("#cuts--body .cut-line", has_text="school").click()
    booked(page, "30")
    expect(page.locator("#headline--text")).to_contain_text("school")
    expect(page.locator("#cuts--body .cut-on")).to_contain_text("school")
    said, address = {part: page.locator(part).inner_text() for part in PARTS}, page.url
    page.locator("#heat--body th a", has_text="East").click()
    expect(page.locator("#header--where")).to_contain_text("East")
    page.go_back()
    shows(page, said)
    page.reload()
    shows(page, said)
    other.goto(address)
    shows(other, said)


def test_any_range_of_days_is_asked_for_at_the_head_of_the_page(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?{OCTOBER}&lang=en")
    booked(page, "860")
    page.locator("[data-choose=range]").click()
    page.locator("dialog input[name=from]").fill("2026-10-16")
    page.locator("dialog input[name=to]").fill("2026-10-20")
    page.locator("dialog button[type=submit]").click()
    booked(page, "0")
    expect(page.locator("#header--what .period")).to_contain_text("16 Oct–20 Oct")
    assert "period=2026-10-16..2026-10-20" in page.url


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_metric_of_the_trade_is_in_the_picker_or_says_why_not(served: Served, page: Page, lang: str) -> None:
    page.goto(f"{served.url}/?{OCTOBER}&lang={lang}")
    booked(page, "860")
    page.locator("#header--what .picker").first.click()
    items = page.locator("#menu--metric [role=menuitem]")
    expect(items.first).to_be_visible()
    assert items.count() == 22
    for why in page.locator("#menu--metric [role=menuitem][aria-disabled]").all_inner_texts():
        assert "还没有数据" in why or "no data yet" in why


def test_a_page_of_the_past_says_so_stands_still_and_leads_back(served: Served, books: Books, page: Page) -> None:
    page.goto(f"{served.url}/?{OCTOBER_20}&known=then&unit=hz&lang=en")
    banner = page.locator("#past--line")
    expect(banner).to_contain_text("the board at 20 Oct 18:00")
    booked(page, "40")  # of what had come in then, no more than that order: all else came in later
    page.get_by_role("link", name="known now").click()
    booked(page, "330")
    live = page.context.new_page()
    live.goto(f"{served.url}/?{OCTOBER}&unit=hz&lang=en")
    booked(live, "330")
    company.book(books, "so-back", "2026-10-16", "5", "hz", "p1", "vms1")  # is told of now, and is of then
    booked(live, "335")
    booked(page, "330")
    page.get_by_role("link", name="Back to now").click()
    expect(banner).to_have_count(0)
    assert "as_of" not in page.url
