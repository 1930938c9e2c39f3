"""The live loop in a real browser: what moves arrives, and no loop, tab or socket is left behind."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Served, serving, until

pytestmark = pytest.mark.e2e
PAGE = "tests.e2e.live_page"
GO = "search => { history.pushState({}, '', search); window.dispatchEvent(new CustomEvent('_dashprivate_pushstate')) }"
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
    document.dispatchEvent(new Event('visibilitychange')) }"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for the tests that do not kill it."""
    with serving(tmp_path_factory.mktemp("live")) as start:
        yield start(PAGE, LIVE_ANSWER_SECONDS="4")


@pytest.fixture
def served(shared: Served) -> Served:
    """The shared server, with nobody looking any more."""
    screens(shared, 0)
    return shared


def call(served: Served, path: str, method: str = "POST") -> Any:
    with urllib.request.urlopen(urllib.request.Request(served.url + path, method=method), timeout=5) as answer:
        return json.load(answer)


def put(served: Served, unit: str, value: int) -> None:
    call(served, f"/test/put?unit={unit}&value={value}")


def state(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = call(served, "/test/state", "GET")
    return found


def screens(served: Served, count: int) -> None:
    until(lambda: state(served)["screens"] == count, what=lambda: state(served))


def test_what_moves_is_on_the_open_page_without_a_reload(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?unit=hz")
    expect(page.locator("#figure")).to_have_text("hz 0")
    page.evaluate("window.stayed = true")
    screens(served, 1)
    put(served, "hz", 7)
    expect(page.locator("#figure")).to_have_text("hz 7")
    assert page.evaluate("window.stayed")
    assert page.locator("#still").inner_text() == "unit hz"


def test_two_tabs_at_different_scopes_each_see_their_own(served: Served, context: BrowserContext) -> None:
    one, two = context.new_page(), context.new_page()
    one.goto(f"{served.url}/?unit=hz")
    two.goto(f"{served.url}/?unit=nb")
    screens(served, 2)
    loads = state(served)["loads"]
    put(served, "hz", 1)
    expect(one.locator("#figure")).to_have_text("hz 1")
    put(served, "nb", 2)
    expect(two.locator("#figure")).to_have_text("nb 2")
    expect(one.locator("#figure")).to_have_text("hz 1")
    after = state(served)["loads"]
    assert {unit: after[unit] - loads[unit] for unit in after} == {"hz": 1, "nb": 1}


def test_tabs_that_show_the_same_are_asked_for_once(served: Served, context: BrowserContext) -> None:
    tabs = [context.new_page() for _ in range(3)]
    for tab in tabs:
        tab.goto(f"{served.url}/?unit=hz")
    screens(served, 3)
    before = state(served)["loads"]["hz"]
    put(served, "hz", 5)
    for tab in tabs:
        expect(tab.locator("#figure")).to_have_text("hz 5")
    assert state(served)["loads"]["hz"] == before + 1


def test_a_url_change_ends_the_old_loop(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?unit=a")
    screens(served, 1)
    tasks = state(served)["tasks"]
    for unit in "bcdefg":
        page.evaluate(GO, f"/?unit={unit}")
        expect(page.locator("#figure")).to_have_text(f"{unit} 0")
    until(lambda: state(served)["watched"] == 1, what=lambda: state(served))
    put(served, "a", 9)
    put(served, "g", 3)
    expect(page.locator("#figure")).to_have_text("g 3")
    until(lambda: state(served)["tasks"] <= tasks, what=lambda: state(served))
    assert state(served)["screens"] == 1


def test_a_closed_tab_leaves_nothing_behind(served: Served, context: BrowserContext) -> None:
    empty = state(served)["tasks"]
    one, two = context.new_page(), context.new_page()
    one.goto(f"{served.url}/?unit=a")
    two.goto(f"{served.url}/?unit=b")
    screens(served, 2)
    two.close()  # the socket stays open, for the other tab
    screens(served, 1)
    put(served, "a", 4)
    expect(one.locator("#figure")).to_have_text("a 4")
    one.close()
    screens(served, 0)
    until(lambda: state(served)["tasks"] <= empty, what=lambda: state(served))


def test_a_hidden_tab_is_sent_nothing_and_catches_up(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/?unit=h")
    screens(served, 1)
    page.evaluate(HIDE, True)
    screens(served, 0)
    put(served, "h", 8)
    assert page.locator("#figure").inner_text() == "h 0"
    page.evaluate(HIDE, False)
    expect(page.locator("#figure")).to_have_text("h 8")
    screens(served, 1)


def test_after_a_restart_the_page_comes_back_by_itself_and_whole(serve: Callable[..., Served], page: Page) -> None:
    served = serve(PAGE)
    put(served, "a", 6)
    page.goto(f"{served.url}/?unit=a")
    screens(served, 1)
    page.wait_for_function("document.getElementById('live--contact').dataset.seq > 0")
    before = int(page.locator("#live--contact").get_attribute("data-seq") or 0)
    page.evaluate("window.stayed = true")
    served.kill()
    served.start()
    expect(page.locator("#figure")).to_have_text("a 0", timeout=20_000)
    screens(served, 1)
    put(served, "a", 11)
    expect(page.locator("#figure")).to_have_text("a 11")
    assert int(page.locator("#live--contact").get_attribute("data-seq") or 0) > before
    assert page.evaluate("window.stayed")


def test_out_of_contact_the_page_says_so_and_keeps_its_picture(serve: Callable[..., Served], page: Page) -> None:
    served = serve(PAGE)
    put(served, "a", 6)
    page.goto(f"{served.url}/?unit=a&lang=en")
    screens(served, 1)
    expect(page.locator("#live--contact")).to_have_attribute("data-beat", re.compile("."))  # it was in contact
    served.kill()
    banner = page.locator("#live--banner")
    expect(banner).to_contain_text("retrying in", timeout=20_000)
    assert page.locator("#figure").inner_text() == "a 6"
    assert page.evaluate("getComputedStyle(document.getElementById('board--frame')).filter") != "none"
    served.start()
    expect(banner).to_be_hidden(timeout=30_000)
    assert page.evaluate("getComputedStyle(document.getElementById('board--frame')).filter") == "none"


def test_a_sick_warehouse_leaves_the_last_picture_and_its_age(served: Served, page: Page) -> None:
    put(served, "a", 1)
    page.goto(f"{served.url}/?unit=a")
    screens(served, 1)
    call(served, "/test/sick?warehouse=true")
    put(served, "a", 2)
    until(lambda: "cannot be asked how far" in served.log(), what="the comparison fails")
    assert page.locator("#figure").inner_text() == "a 1"
    call(served, "/test/sick?warehouse=false")
    expect(page.locator("#figure")).to_have_text("a 2")


@pytest.fixture
def page_of_2020(browser: Browser) -> Iterator[Page]:
    """A tab whose clock is off: of a browser of its own, for a clock is the whole browser's."""
    with browser.new_context() as context:
        context.clock.install(time="2020-01-01")
        yield context.new_page()


def test_what_is_older_than_ten_seconds_is_called_old_whatever_the_browsers_clock_says(
    served: Served, page_of_2020: Page
) -> None:
    page = page_of_2020
    put(served, "a", 1)
    page.goto(f"{served.url}/?unit=a&lang=en")
    screens(served, 1)
    banner = page.locator("#live--banner")
    expect(banner).to_be_hidden()
    call(served, "/test/sick?warehouse=true")
    put(served, "a", 2)
    expect(banner).to_contain_text(re.compile(r"1\d s old"), timeout=60_000)
    assert page.evaluate("getComputedStyle(document.getElementById('board--frame')).filter") == "none"
    call(served, "/test/sick?warehouse=false")
    expect(banner).to_be_hidden(timeout=60_000)
