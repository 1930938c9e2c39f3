"""What goes with every page, in a real browser over the whole chain: search, saved views, files, the phone."""

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard import pages
from dashboard.locales import t
from deploy.local.kafka import EmbeddedKafka
from tests.e2e import live_company as company
from tests.e2e.conftest import CHROMIUM
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Worker, warehouse and board, with nothing in it yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEBOARD_DASHBOARD_BROWSER", CHROMIUM)
        with Stack(kafka.bootstrap, tmp_path_factory.mktemp("along")) as stack:
            stack.start("worker", "dashboard")
            yield stack


@pytest.fixture(scope="module")
def peopled(stack: Stack, warm: BrowserContext) -> Stack:
    """The same with the small company in it; what an empty one shows was seen before."""
    warm.clear_cookies()  # whoever looked last in it is nobody here
    page = warm.new_page()
    page.goto(f"{stack.board_url}/?lang=en")
    expect(page.locator("#first--body")).to_contain_text("oneboard simulate")
    expect(page.locator("#first--body")).to_contain_text("oneboard import")
    expect(page.locator("#tiles--row")).to_be_hidden()
    stack.publish("org", company.org())
    stack.publish("targets", company.targets())
    stack.publish("orders", [company.order("o-1", 100_000), company.order("o-2", 50_000, "nb")])
    stack.publish("findings", [company.finding("f-1", -410_000)])
    stack.settle()
    expect(page.locator("#tiles--row")).to_contain_text("150 K")
    expect(page.locator("#first--body")).to_be_hidden()
    page.close()
    return stack


@pytest.fixture
def board(peopled: Stack, page: Page) -> Page:
    """The board in English, drawn."""
    page.set_default_timeout(60_000)
    page.goto(f"{peopled.board_url}/?lang=en")
    expect(page.locator("#tiles--row")).to_contain_text("150 K")
    return page


def become(page: Page, stack: Stack, person: str) -> None:
    page.goto(f"{stack.board_url}/session?lang=en&back=/?lang=en")
    page.locator(f"button[value='{person}']").click()
    page.wait_for_url("**/?lang=en")


def downloaded(page: Page, link: str) -> Path:
    """What a link of the menu "take along" gives."""
    page.get_by_role("button", name="Take along").click()
    with page.expect_download() as download:
        page.locator("#along--pop").get_by_role("link", name=link).click()
    return Path(download.value.path())


def amounts_on_screen(page: Page) -> set[float]:
    """The exact amounts in the table of units."""
    cells = page.locator("#units--grid .ag-center-cols-container [col-id=actual]")
    expect(cells.first).to_be_visible()
    return {float(text.replace(",", "")) for text in cells.all_inner_texts()}


def test_a_workbook_has_the_numbers_of_the_screen_and_says_whose_it_is(board: Page, peopled: Stack) -> None:
    become(board, peopled, "p-head")
    board.goto(f"{peopled.board_url}/?unit=east&units=table&lang=en")
    seen = amounts_on_screen(board)
    assert seen == {100_000.0, 50_000.0}
    book = fastexcel.read_excel(downloaded(board, "Excel").read_bytes())
    units = book.load_sheet("Units", header_row=2).to_polars()
    assert {float(value) for value in units["Actual (CNY)"]} == seen
    routes = book.load_sheet("Route", header_row=2).to_polars()
    assert sum(float(value) for value in routes["Bookings"]) == sum(seen)
    about = dict(book.load_sheet("oneboard", header_row=None).to_polars().rows())
    assert about["Link"].endswith("/?unit=east&units=table&lang=en")
    assert about["Scope"] == "HQ ▸ East"
    assert about["Asked by"] == "Zhou Hong (p-head)"
    again = board.context.new_page()
    again.goto(about["Link"])
    assert amounts_on_screen(again) == seen


def test_a_file_shows_no_more_than_its_reader_may_see(page: Page, peopled: Stack) -> None:
    become(page, peopled, "p-hz")
    answer = page.request.get(f"{peopled.board_url}/export/board.csv?lang=en")
    rows = list(csv.reader(io.StringIO(answer.body().decode("utf-8-sig"))))
    assert ["Asked by", "Zhang Wei (p-hz)"] in rows
    assert any("Chen Qiang" in row for row in rows)
    assert not any("Liu Yang" in row for row in rows)
    assert page.request.get(f"{peopled.board_url}/export/board.csv?unit=nb").status == 403


def test_a_page_is_a_picture_and_a_pdf(board: Page, peopled: Stack) -> None:
    for kind, begins in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
        answer = board.request.get(f"{peopled.board_url}/export/board.{kind}?lang=en", timeout=90_000)
        assert answer.status == 200, answer.text()
        assert answer.body().startswith(begins)
        assert len(answer.body()) > 20_000


def test_somebody_is_found_by_how_they_sound_with_the_keyboard_alone(board: Page) -> None:
    board.keyboard.press("/")
    board.keyboard.type("cq")
    expect(board.locator("#find--list [role=option]").first).to_contain_text("Chen Qiang")
    board.keyboard.press("ArrowDown")
    board.keyboard.press("ArrowUp")
    board.keyboard.press("Enter")
    expect(board.locator("#header--where")).to_contain_text("Chen Qiang")
    assert "rep=r-hz" in board.url
    board.keyboard.press("Control+k")
    board.keyboard.type("hangzhou")
    expect(board.locator("#find--list [role=option]").first).to_contain_text("Hangzhou")
    board.keyboard.press("Escape")
    expect(board.locator("#find--box")).to_be_hidden()


def test_nobody_beyond_ones_scope_is_found(page: Page, peopled: Stack) -> None:
    become(page, peopled, "p-hz")
    page.keyboard.press("/")
    page.keyboard.type("liu yang")
    expect(page.locator("#find--list")).to_contain_text("Nothing in your scope fits")


def test_a_view_is_saved_shared_and_shows_each_their_own(board: Page, peopled: Stack, browser: Browser) -> None:
    board.goto(f"{peopled.board_url}/?metric=revenue&lang=en&theme=dark")
    board.get_by_role("button", name="Saved views").click()
    board.get_by_placeholder("Name").fill("Revenue, everywhere")
    board.get_by_text("Share with all").click()
    board.get_by_role("button", name="Save", exact=True).click()
    mine = board.locator("#along--pop .pop-item", has_text="Revenue, everywhere")
    expect(mine).to_have_attribute("href", "/?metric=revenue&lang=en&theme=dark")
    peopled.settle()
    context = browser.new_context()
    other = context.new_page()
    other.set_default_timeout(60_000)
    become(other, peopled, "p-hz")
    other.keyboard.press("/")
    other.keyboard.type("revenue, ev")
    other.locator("#find--list [role=option]", has_text="Revenue, everywhere").click()
    expect(other.locator("#headline--text")).to_contain_text("Hangzhou")
    expect(other.locator("#headline--text")).to_contain_text("revenue", ignore_case=True)
    context.close()
    board.get_by_role("button", name="Forget “Revenue, everywhere”").click()
    expect(board.locator("#along--pop")).to_contain_text("You have saved no view yet")


def test_the_language_changes_with_every_word_of_the_frame(board: Page) -> None:
    board.locator(".how a", has_text="中文").click()
    expect(board.locator(".rail:not(.thumbs)")).to_contain_text(t("board.board", "zh"))
    expect(board.locator(".find-open")).to_contain_text(t("find.open", "zh"))
    assert board.evaluate("document.documentElement.lang") == "zh-CN"


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Page]:
    """A tab of a phone."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def test_on_a_phone_it_is_three_taps_from_what_is_off_to_the_room(peopled: Stack, phone: Page) -> None:
    page = phone
    page.goto(f"{peopled.board_url}/?lang=en")
    expect(page.locator("#tiles--row")).to_contain_text("150 K")
    page.locator(".thumbs a", has_text="Findings").tap()
    page.locator(".finding-line").first.tap()
    expect(page.locator(".finding-whole").first).to_contain_text("Zhang Wei")
    expect(page.locator(".finding").get_by_role("button", name="Meet", exact=True).first).to_be_visible()
    for path in pages.found():
        page.goto(f"{peopled.board_url}{path}?lang=en")
        expect(page.locator(".thumbs, .wall").first).to_be_visible()
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def swipe(page: Page, aside: int, down: int) -> None:
    """A finger put on the first finding, moved so far, and at rest as it goes: a fling would eat the next tap."""
    box = page.locator(".finding").first.bounding_box()
    assert box
    finger, x, y = page.context.new_cdp_session(page), box["x"] + 60, box["y"] + 12
    began = time.time() - 1

    def touch(kind: str, after: float, *points: dict[str, float]) -> None:
        event = {"type": kind, "touchPoints": list(points), "timestamp": began + after}
        finger.send("Input.dispatchTouchEvent", event)

    touch("touchStart", 0, {"x": x, "y": y})
    for step in range(1, 9):
        touch("touchMove", step / 16, {"x": x + aside * step / 8, "y": y + down * step / 8})
    touch("touchMove", 0.9, {"x": x + aside, "y": y + down})
    touch("touchEnd", 1)


def test_on_a_phone_a_swipe_aside_takes_a_finding_and_a_button_gives_it_back(peopled: Stack, phone: Page) -> None:
    done: list[str] = []
    phone.on("request", lambda one: done.append(one.post_data or "") if one.url.endswith("/findings/act") else None)
    phone.goto(f"{peopled.board_url}/?lang=en")
    card = phone.locator(".finding").first
    expect(card.get_by_role("button", name="Take", exact=True)).to_be_visible()
    for aside, down in ((70, 0), (40, -90), (-150, 0)):  # too short, a page that scrolls, the other way
        swipe(phone, aside, down)
    phone.evaluate("scrollTo(0, 0)")
    swipe(phone, 150, 10)
    expect(card).to_contain_text("taken")
    assert [json.loads(one)["what"] for one in done] == ["take"]
    card.get_by_role("button", name="Give back").tap()
    expect(card.get_by_role("button", name="Take", exact=True)).to_be_visible()
