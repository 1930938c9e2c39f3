"""A wall in a real browser: it turns, it can be read from five metres, and it needs no hand for anything."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.walls import SCENES
from tests.e2e import wall_company as company
from tests.e2e.conftest import Served
from tests.e2e.over_books import board_over, kept_books
from tests.integration.warehouse.books import Books

pytestmark = [pytest.mark.e2e, pytest.mark.warehouse]
SOON_MS = 60_000

# Everything that is painted as text: too small, or cut off at the edge of the screen? The scene that is seen counts.
SMALLEST = """() => {
  const walker = document.createTreeWalker(document.getElementById("wall--root"), NodeFilter.SHOW_TEXT);
  let found = 1;
  while (walker.nextNode()) {
    const text = walker.currentNode, box = text.parentElement;
    if (!text.data.trim() || getComputedStyle(box).visibility === "hidden" || !box.getClientRects().length) continue;
    found = Math.min(found, parseFloat(getComputedStyle(box).fontSize) / innerHeight);
  }
  return found;
}"""
SCROLLS = """() => {
  const root = document.scrollingElement;
  if (root.scrollHeight > innerHeight || root.scrollWidth > innerWidth) return ["document"];
  return [...document.querySelectorAll("#wall--root *")].filter((one) => {
    const style = getComputedStyle(one);
    return style.visibility !== "hidden" && /(auto|scroll)/.test(style.overflowX + style.overflowY)
      && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1);
  }).map((one) => one.className);
}"""
# What lies lower than its scene is cut off unseen.
OVERFLOWS = """scene => {
  const box = document.getElementById(`wall--${scene}`), edge = box.getBoundingClientRect();
  return [...box.querySelectorAll("*")].filter((one) => {
    const at = one.getBoundingClientRect();
    return at.width && (at.bottom > edge.bottom + 2 || at.right > edge.right + 2);
  }).map((one) => one.className);
}"""
HOLD = "scene => { const stage = document.getElementById('wall--stage'); stage.dataset.scenes = scene; }"


@pytest.fixture(scope="module")
def books(warehouse_server: str) -> Iterator[Books]:
    """The company in a database of its own."""
    with kept_books(warehouse_server, "wall") as books:
        company.write(books)
        company.finding(books, "f-old", -40, hours=30, slice={"unit_id": "bj"})
        company.act(books, "take", "f-old")
        yield books


@pytest.fixture(scope="module")
def served(books: Books, warehouse_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The dashboard over it, with a folder of walls of its own."""
    folder: Path = tmp_path_factory.mktemp("walls")
    (folder / "quick.toml").write_text('seconds = 2\nscenes = ["company", "wins", "red"]\n')
    (folder / "bad.toml").write_text('scenes = ["regoins"]\n')
    walls = {"ONEBOARD_DASHBOARD_WALLS_DIR": str(folder)}
    with board_over(warehouse_server, "wall", tmp_path_factory.mktemp("wall"), **walls) as served:
        yield served


def opened(context: BrowserContext, served: Served, path: str, width: int = 1920, height: int = 1080) -> Page:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.goto(served.url + path)
    return page


def test_the_scenes_turn_by_themselves_and_nothing_is_fetched_for_it(served: Served, context: BrowserContext) -> None:
    page = opened(context, served, "/wall/quick?lang=en")
    stage = page.locator("#wall--stage")
    expect(page.locator("#wall--wins h2")).to_contain_text("One deal won today, 55", timeout=SOON_MS)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    for _ in range(2):
        for scene in ("company", "wins", "red"):
            expect(stage).to_have_attribute("data-now", scene, timeout=SOON_MS)
            expect(page.locator(f"#wall--{scene}")).to_be_visible()
            assert page.locator(".scene:visible").count() <= 2  # the one that comes, and the one that fades
    assert not fetched


def test_on_a_phone_the_scenes_stand_in_one_column_below_the_way_to_the_board(
    served: Served, context: BrowserContext
) -> None:
    page = opened(context, served, "/wall/quick?lang=en&unit=east", 390, 844)
    for scene in ("company", "wins", "red"):
        expect(page.locator(f"#wall--{scene} h2")).to_be_visible(timeout=SOON_MS)
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert 844 * page.evaluate(SMALLEST) >= 9
    page.get_by_role("link", name="Open the board").click()
    page.wait_for_url("**/?*unit=east*")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_every_scene_can_be_read_from_five_metres(
    served: Served, context: BrowserContext, width: int, height: int, lang: str
) -> None:
    page = opened(context, served, f"/wall/company?lang={lang}", width, height)
    expect(page.locator("#wall--head .head-figure")).to_be_visible(timeout=SOON_MS)
    for scene in SCENES:
        page.evaluate(HOLD, scene)
        expect(page.locator(f"#wall--{scene} h2")).to_be_visible()
        assert page.evaluate(SMALLEST) >= 0.022
        assert page.evaluate(SCROLLS) == []
        assert page.evaluate(OVERFLOWS, scene) == []


def test_a_new_red_finding_is_pinned_until_somebody_takes_it(
    served: Served, books: Books, context: BrowserContext
) -> None:
    page = opened(context, served, "/wall/company?lang=en")
    pin, head = page.locator("#wall--pin"), page.locator("#wall--head")
    expect(pin).to_contain_text("Everything red is in somebody's hands", timeout=SOON_MS)
    company.finding(books, "f-new", -30)
    expect(pin).to_contain_text("Hz × Vms", timeout=SOON_MS)
    expect(pin).to_contain_text("office manager")
    expect(pin).to_contain_text(re.compile(r"nobody's \d+(\.\d)? working (min|h|d)"))
    expect(head.locator(".hands-word:has(.hands-nobody) .num")).to_have_text("30")
    company.act(books, "take", "f-new")
    expect(pin).to_contain_text("Everything red is in somebody's hands", timeout=SOON_MS)
    expect(head).not_to_contain_text("nobody's")
    expect(head.locator(".hands-word:has(.hands-taken) .num")).to_have_text("70")


def test_a_wall_comes_back_by_itself_after_a_restart_and_says_what_is_the_matter(
    served: Served, books: Books, context: BrowserContext
) -> None:
    page = opened(context, served, "/wall/company?lang=en")
    figure, banner = page.locator("#wall--head .head-figure"), page.locator("#live--banner")
    expect(figure).to_be_visible(timeout=SOON_MS)
    page.wait_for_function("document.getElementById('live--contact').dataset.beat > 0")
    page.evaluate("window.stayed = true")
    served.kill()
    expect(banner).to_contain_text("retrying in", timeout=30_000)
    assert (
        page.evaluate("parseFloat(getComputedStyle(document.getElementById('live--banner')).fontSize) / innerHeight")
        > 0.03
    )
    expect(figure).to_be_visible()
    before = figure.inner_text()
    served.start()
    expect(banner).to_be_hidden(timeout=SOON_MS)
    company.company.book(books, "w9", company.TODAY.isoformat(), "100", "nb", "p3", "vms1")
    expect(figure).not_to_have_text(before, timeout=SOON_MS)
    assert page.evaluate("window.stayed")


def test_a_wall_is_dark_and_speaks_its_language_before_anything_came(served: Served, context: BrowserContext) -> None:
    page = context.new_page()
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"{served.url}/wall/company")
    expect(page.locator("#react-entry-point")).to_have_text("正在读取…")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_what_is_wrong_with_a_wall_is_a_sentence(served: Served, context: BrowserContext) -> None:
    page = opened(context, served, "/wall/nowhere?lang=en")
    fault = page.locator("#wall--fault")
    expect(fault).to_contain_text("no wall 'nowhere'; there are: company, bad, quick", timeout=SOON_MS)
    page.goto(f"{served.url}/wall/bad")
    expect(fault).to_contain_text("scenes 不能是 'regoins'", timeout=SOON_MS)
    expect(fault).to_contain_text("此大屏无法显示")
    assert "bad.toml: scenes cannot hold" in served.log()


def test_a_month_is_played_over_again(served: Served, context: BrowserContext) -> None:
    page = opened(context, served, f"/wall/company?replay={company.MONTH.key}&lang=en")
    replay = page.locator("#wall--replay")
    expect(replay.locator(".replay-day")).to_contain_text("1 ", timeout=SOON_MS)
    expect(replay.locator(".wall-tile")).to_have_count(2)
    fetched: list[Any] = []
    page.on("request", lambda request: fetched.append(request.url))
    expect(replay.locator("[data-part=head]")).to_contain_text("expected by now")
    page.wait_for_function("document.querySelector('.replay-done').style.width === '100%'", timeout=SOON_MS)
    expect(replay.locator("[data-part=red]")).to_contain_text("Bj")
    assert page.evaluate(SMALLEST) >= 0.022
    assert page.evaluate(SCROLLS) == []
    assert not fetched
