"""The whole chain: from an event at the door to an open page, and from a click on one page to every other."""

import json
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from deploy.local.kafka import EmbeddedKafka
from tests.e2e import live_company as company
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
SOON = 60_000
NOTED = """() => {
    const noted = window.noted = {away: 0, back: 0, pictures: 0}; let last = 0;
    new MutationObserver(() => {
        const seq = Number(document.getElementById('live--contact').dataset.seq);
        if (seq < last) noted.back++;
        if (seq > last) noted.pictures++;
        last = seq;
        const notice = document.getElementById('notice--slot').innerText;
        if (notice || document.body.dataset.contact === 'lost') noted.away++;
    }).observe(document.body, {subtree: true, attributes: true, childList: true}) }"""
"""Counts, on an open page, pictures, those older than the one before, and how often it says that something is away."""


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Door, worker, warehouse and board, with the small company in it."""
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("stack")) as stack:
        stack.start("worker", "ingest", "dashboard")
        stack.publish("org", company.org())
        stack.publish("targets", company.targets())
        stack.publish("orders", [company.order("o-1", 100_000), company.order("o-2", 50_000, "nb")])
        stack.settle()
        yield stack


@pytest.fixture(scope="module")
def browsers(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Two people's browsers, kept over the tests for what they have cached."""
    contexts = [browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(2)]
    yield contexts
    for context in contexts:
        context.close()


def empty(context: BrowserContext) -> BrowserContext:
    """No tab of an earlier test, nobody chosen."""
    for page in context.pages:
        page.close()
    context.clear_cookies()
    return context


@pytest.fixture
def context(browsers: list[BrowserContext]) -> BrowserContext:
    """Somebody's browser, empty."""
    return empty(browsers[1])


@pytest.fixture(scope="module")
def head(stack: Stack, browsers: list[BrowserContext]) -> Page:
    """The board of the head of the company, which stays open through all that happens."""
    page = browsers[0].new_page()
    open_board(page, stack)
    return page


def post(stack: Stack, topic: str, event: company.Event) -> int:
    """What a source does: one event to the door."""
    request = urllib.request.Request(
        f"{stack.ingest_url}/v1/events/{topic}", json.dumps(event).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        status: int = answer.status
        return status


def open_board(page: Page, stack: Stack, query: str = "?lang=en") -> None:
    page.goto(f"{stack.board_url}/{query}")
    page.evaluate("window.stayed = true")
    page.wait_for_function("document.getElementById('live--contact')?.dataset.beat > 0", timeout=120_000)


def become(page: Page, stack: Stack, person: str) -> None:
    """Choose a viewer the way people do."""
    page.goto(f"{stack.board_url}/session?lang=en")
    page.locator(f"button[value='{person}']").click()


def test_an_event_posted_to_the_api_is_on_the_open_page_without_a_reload(stack: Stack, head: Page) -> None:
    tile = head.locator("#tiles--row")
    expect(tile).to_contain_text("150 K", timeout=SOON)
    assert post(stack, "orders", company.order("o-3", 70_000)) == 202
    expect(tile).to_contain_text("220 K", timeout=SOON)
    expect(tile.locator(".tile-value").first).to_have_attribute("data-difference", "+70,000")
    assert post(stack, "orders", company.order("o-3", 20_000)) == 202
    expect(tile).to_contain_text("170 K", timeout=SOON)
    expect(tile.locator(".tile-value").first).to_have_attribute("data-difference", "−50,000")
    assert head.evaluate("window.stayed")


def test_take_on_one_page_shows_on_another(stack: Stack, head: Page, page: Page) -> None:
    stack.publish("findings", [company.finding("f-take", -410_000)])
    become(page, stack, "p-east")
    open_board(page, stack, "?lang=en")
    for one in (head, page):
        expect(one.locator(".finding")).to_contain_text(["−410 K"], timeout=SOON)
        expect(one.locator(".finding")).to_contain_text(["Zhang Wei"])
    head.locator(".finding", has_text="−410 K").get_by_role("button", name="Take").click()
    for one in (page, head):
        expect(one.locator(".finding-taken", has_text="−410 K")).to_contain_text("taken · ", timeout=SOON)
    assert page.evaluate("window.stayed")


def test_not_a_problem_asks_for_a_reason_and_all_see_it(stack: Stack, head: Page, page: Page) -> None:
    stack.publish("findings", [company.finding("f-no", -320_000)])
    open_board(page, stack)
    expect(head.locator(".finding", has_text="−320 K")).to_be_visible(timeout=SOON)
    head.locator(".finding", has_text="−320 K").get_by_role("button", name="Not a problem").click()
    send = head.locator("dialog.form .button-first")
    expect(send).to_be_visible(timeout=SOON)
    expect(send).to_be_disabled()
    head.locator("dialog.form textarea").fill("   ")
    expect(send).to_be_disabled()
    head.locator("dialog.form textarea").fill("the customer moved the tender to December")
    expect(send).to_be_enabled()
    send.click()
    expect(head.locator("dialog.form")).to_have_count(0, timeout=SOON)
    refused = page.locator(".finding-not_a_problem", has_text="−320 K")
    expect(refused).to_contain_text("not a problem · ", timeout=SOON)
    refused.locator(".finding-line").click()
    expect(refused).to_contain_text("the customer moved the tender to December")


def test_an_open_card_stays_open_while_others_come_and_go(stack: Stack, head: Page) -> None:
    stack.publish("findings", [company.finding("f-open", -120_000)])
    shown = head.locator(".finding", has_text="−120 K")
    expect(shown).to_be_visible(timeout=SOON)
    shown.locator(".finding-line").click()
    expect(shown.locator(".finding-whole")).to_contain_text("prices are unchanged")
    stack.publish("findings", [company.finding("f-larger", -990_000, "nb")])
    expect(head.locator(".finding", has_text="−990 K")).to_be_visible(timeout=SOON)
    expect(shown.locator(".finding-figures")).to_be_visible()
    stack.publish(
        "findings", [company.finding("f-larger", -990_000, "nb", state="retracted", reason="reason.corrected")]
    )
    expect(head.locator(".finding", has_text="−990 K")).to_have_count(0, timeout=SOON)
    expect(shown.locator(".finding-figures")).to_be_visible()


def test_a_manager_sees_the_findings_of_their_own_unit_only(stack: Stack, page: Page) -> None:
    stack.publish("findings", [company.finding("f-nb", -77_000, "nb"), company.finding("f-hz", -66_000)])
    become(page, stack, "p-hz")
    open_board(page, stack)
    expect(page.locator(".finding", has_text="−66.0 K")).to_be_visible(timeout=SOON)
    expect(page.locator(".finding", has_text="−77.0 K")).to_have_count(0)
    expect(page.locator("#viewer--slot")).to_contain_text("Zhang Wei")


def test_the_person_named_sees_who_looked_and_answers_with_one_tap(stack: Stack, head: Page, page: Page) -> None:
    stack.publish("findings", [company.finding("f-mine", -140_000), company.finding("f-other", -150_000, "nb")])
    shown = head.locator(".finding", has_text="−140 K")
    expect(shown).to_be_visible(timeout=SOON)
    become(page, stack, "p-hz")
    page.goto(f"{stack.board_url}/me?lang=en")
    mine = page.locator(".mine-one", has_text="−140 K")
    expect(mine).to_contain_text("Nobody has opened it but you", timeout=SOON)
    expect(page.locator(".mine-one", has_text="−150 K")).to_have_count(0)
    shown.locator(".finding-line").click()
    expect(mine).to_contain_text("Opened by Zhou Hong", timeout=SOON)
    mine.get_by_role("button", name="Out of stock").click()
    expect(shown.locator(".finding-reply")).to_contain_text("Out of stock", timeout=SOON)
    expect(mine.get_by_role("button", name="Out of stock")).to_have_count(0)
    refused = head.evaluate(
        """finding => fetch('/findings/act', {method: 'POST', headers: {'content-type': 'application/json'},
           body: JSON.stringify({what: 'answer', finding, reason: 'known', search: '?lang=en'})})
           .then(a => a.text())""",
        "f-mine",
    )
    assert refused == "Only the person named can answer so"


def test_two_tabs_at_different_scopes(stack: Stack, context: BrowserContext) -> None:
    one, two = context.new_page(), context.new_page()
    open_board(one, stack, "?unit=hz&lang=en")
    open_board(two, stack, "?unit=nb&lang=en")
    before = one.locator("#tiles--row").inner_text(), two.locator("#tiles--row").inner_text()
    assert post(stack, "orders", company.order("o-nb", 333_000, "nb")) == 202
    expect(two.locator("#tiles--row")).to_contain_text("383 K", timeout=SOON)
    assert one.locator("#tiles--row").inner_text() == before[0]


def test_whoever_is_chosen_in_one_tab_looks_in_all_tabs_of_the_browser(stack: Stack, context: BrowserContext) -> None:
    stack.publish("findings", [company.finding("f-all-nb", -55_000, "nb"), company.finding("f-all-hz", -44_000)])
    one, two = context.new_page(), context.new_page()
    open_board(one, stack)
    expect(one.locator(".finding", has_text="−55.0 K")).to_be_visible(timeout=SOON)
    become(two, stack, "p-hz")
    open_board(two, stack)
    expect(one.locator("#viewer--slot")).to_contain_text("Zhang Wei", timeout=SOON)
    expect(one.locator(".finding", has_text="−44.0 K")).to_be_visible(timeout=SOON)
    expect(one.locator(".finding", has_text="−55.0 K")).to_have_count(0)
    # the websocket both share was opened for somebody else; what is pushed over it is for who looks now
    stack.publish("findings", [company.finding("f-all-nb-2", -53_000, "nb"), company.finding("f-all-hz-2", -42_000)])
    for page in (one, two):
        expect(page.locator(".finding", has_text="−42.0 K")).to_be_visible(timeout=SOON)
        expect(page.locator(".finding", has_text="−53.0 K")).to_have_count(0)


def test_the_open_page_stays_up_and_current_while_the_warehouse_is_rebuilt(stack: Stack, head: Page) -> None:
    tile = head.locator("#tiles--row")
    before = booked(stack)
    expect(tile).to_contain_text(f"{before // 1_000} K", timeout=SOON)
    head.evaluate(NOTED)
    ran = stack.run("rebuild")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert post(stack, "orders", company.order("o-after", 40_000)) == 202
    expect(tile).to_contain_text(f"{(before + 40_000) // 1_000} K", timeout=SOON)
    assert f"the board shows {stack.warehouse.current()}" in stack.log("dashboard").read_text()
    noted = head.evaluate("window.noted")
    assert noted["pictures"] > 0
    assert (noted["away"], noted["back"]) == (0, 0)
    assert head.evaluate("window.stayed")


def booked(stack: Stack) -> int:
    """What is booked, by the generation that is current."""
    stack.warehouse.close()
    return int(stack.warehouse.rows("SELECT sum(booked_amount) FROM order_changes WHERE is_overlay = 0")[0][0])
