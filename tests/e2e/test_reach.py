"""Every page and whatever opens over it, for whoever has no mouse or sees little: axe, and the keyboard alone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard import pages
from deploy.local.kafka import EmbeddedKafka
from ingest.events import Task
from ingest.publisher import ensure_topics
from ingest.settings import KafkaSettings
from tests.e2e import wall_company as company
from tests.e2e.conftest import Served
from tests.e2e.over_books import board_over, kept_books
from tests.e2e.reach import OVER, Look, closed, drawn, faults, held, opened, openers, out_of_reach, resize, turn
from tests.integration.warehouse.books import Books

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
DESK, PHONE = (1440, 900), (390, 844)
LOOKS = (Look("zh", "dark", DESK), Look("zh", "light", PHONE))
"""Beside English in the light at a desk, in which each page is opened."""
QUERY = {"/coaching": "&unit=hz", "/rankings": "&ranked=reps", "/": "&unit=east", "/targets": "&unit=east"}
WITHOUT_FRAME = ("/wall/company", "/asked/bookings", "/session")
SEEN: set[str] = set()
"""What was opened over a page already: the head's are the same on each."""


@pytest.fixture(scope="module")
def books(warehouse_server: str) -> Iterator[Books]:
    """The company of a wall, with a finding open and one taken, a task due and one late, and somebody of ops."""
    with kept_books(warehouse_server, "reach") as books:
        company.write(books)
        books.people(
            ceo={"unit_id": "hq", "role": "general_manager"}, hm={"unit_id": "hz", "role": "office_manager"},
            op={"unit_id": "hq", "role": "ops"}, **{f"p{n}": {"unit_id": "hz"} for n in (1, 2, 3)},
        )  # fmt: skip
        company.finding(books, "f-open", -90, responsible_id="hm")
        company.finding(books, "f-taken", -40, hours=30, slice={"unit_id": "bj"})
        company.act(books, "take", "f-taken")
        for id, days in (("t-due", 3), ("t-late", -3)):
            due = company.TODAY + timedelta(days)
            task = Task(task_id=id, title=id, person_id="p1", occurred_at=company.NOW, due_on=due)
            books.change_of(
                "task_events", entity_id=id, task_id=id, person_id="p1", due_on=due, changed_at=company.NOW,
                source="test", state=task.model_dump_json(exclude_none=True),
            )  # fmt: skip
        yield books


@pytest.fixture(scope="module")
def served(
    books: Books, kafka: EmbeddedKafka, warehouse_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The dashboard over it, with an empty log: whoever meets is asked for there."""
    log = KafkaSettings(bootstrap=kafka.bootstrap, topic_prefix="reach-")
    ensure_topics(log)
    env = {"ONEBOARD_KAFKA_BOOTSTRAP": log.bootstrap, "ONEBOARD_KAFKA_TOPIC_PREFIX": log.topic_prefix}
    with board_over(warehouse_server, "reach", tmp_path_factory.mktemp("reach"), **env) as served:
        yield served


@pytest.fixture(scope="module")
def tab(served: Served, warm: BrowserContext) -> Iterator[Page]:
    """One tab for all pages, of somebody of sales operations, who may open every one of them."""
    warm.clear_cookies()
    page = warm.new_page()
    page.emulate_media(reduced_motion="reduce")  # axe would judge colours that are on their way to others
    page.set_default_timeout(60_000)
    page.goto(f"{served.url}/session?lang=en&back=/?lang=en")
    page.locator("button[value=op]").click()
    page.wait_for_url("**/?lang=en")
    yield page
    warm.clear_cookies()
    page.close()


@pytest.mark.parametrize("path", [path for path, page in pages.found().items() if page.is_framed])
def test_a_page_and_what_opens_over_it_can_be_read_and_reached_by_everybody(
    served: Served, tab: Page, path: str
) -> None:
    resize(tab, DESK)
    tab.goto(f"{served.url}{path}?lang=en{QUERY.get(path, '')}")
    drawn(tab)
    wrong = out_of_reach(tab) + faults(tab)
    news = [kind for kind in openers(tab) if kind not in SEEN]
    for kind in news:
        opened(tab, kind)
        wrong += faults(tab, OVER) + held(tab, kind)
    SEEN.update(news)
    for look in LOOKS:
        turn(tab, look)
        wrong += faults(tab)
        if look == LOOKS[0]:
            openers(tab)
            for kind in news:
                opened(tab, kind)
                wrong += faults(tab, OVER)
                closed(tab)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", WITHOUT_FRAME)
def test_a_page_without_a_frame_can_be_read_by_everybody(served: Served, tab: Page, path: str) -> None:
    wrong = []
    for lang, size in (("en", DESK), ("zh", PHONE)):
        resize(tab, size)
        tab.goto(f"{served.url}{path}?lang={lang}")
        expect(tab.locator("h1, #wall--head .head-figure").first).to_be_visible()
        wrong += faults(tab)
    assert not wrong, "\n".join(wrong)


def test_products_by_units_are_one_stop_in_which_the_arrows_go_on(served: Served, tab: Page) -> None:
    resize(tab, DESK)
    tab.goto(f"{served.url}/?lang=en")
    drawn(tab)
    stops = tab.locator(".heat [tabindex='0']")
    expect(stops).to_have_count(1)
    stops.focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Tab")
    assert not tab.evaluate("Boolean(document.activeElement.closest('.heat'))")
    tab.keyboard.press("Shift+Tab")  # back to where one was
    expect(tab.locator(".heat tbody tr:first-child td:nth-child(2) a")).to_be_focused()
    tab.keyboard.press("Home")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/?*unit=*")


def test_the_keys_of_a_page_are_told_on_it(served: Served, tab: Page) -> None:
    tab.goto(f"{served.url}/actions?lang=en")
    drawn(tab)
    tab.keyboard.press("?")
    keys = tab.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("Next card")
    expect(keys).to_contain_text("On every page")
    closed(tab)


def test_in_a_grid_the_arrows_go_on_and_enter_follows(served: Served, tab: Page) -> None:
    resize(tab, DESK)
    tab.goto(f"{served.url}/rankings?lang=en&ranked=reps")
    expect(tab.locator("#rankings--grid .ag-row .row-link").first).to_be_visible()
    tab.locator("#rankings--find").focus()
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.evaluate("Boolean(document.activeElement.closest('.ag-root'))"):
            break
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowRight")
    cell = tab.evaluate("document.activeElement.className")
    assert "ag-cell-focus" in cell
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/?*rep=*")


def test_a_target_is_changed_by_the_keyboard_and_let_be(served: Served, tab: Page) -> None:
    resize(tab, DESK)
    tab.goto(f"{served.url}/targets?lang=en&unit=east")
    drawn(tab)
    cell = tab.locator("#targets--grid [row-id=hz] [col-id=target]")
    cell.focus()
    tab.keyboard.press("Enter")
    editor = tab.locator("#targets--grid .ag-cell-inline-editing input")
    expect(editor).to_be_focused()
    assert not faults(tab, "#targets--grid")
    tab.keyboard.press("Escape")
    expect(editor).to_have_count(0)
    expect(cell).to_be_focused()
