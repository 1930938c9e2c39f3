"""Whiteboards, end to end: browsers on two processes of the dashboard draw together, in front of live figures."""

import json
import os
import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e import live_company as company
from tests.e2e.conftest import until
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse]
PATIENCE_MS = 60_000
FINDING = "find-hz"
ONE, TWO = "dashboard", "dashboard-2"


@pytest.fixture(scope="module")
def stack(kafka: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One oneboard with two dashboards, a finding, and an order of today; a board is kept soon after all have left."""
    env = {"ONEBOARD_WHITEBOARD_LINGER_SECONDS": "0.2", "ONEBOARD_WHITEBOARD_BOARD_BYTES": "5000000"}
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("whiteboard"), env=env) as running:
        running.publish("org", company.org())
        running.publish("targets", company.targets())
        running.publish("orders", [company.order("o-1", 100_000)])
        running.publish("findings", [company.finding(FINDING, -300_000)])
        running.start("worker", ONE)
        start_second(running)
        running.settle()
        yield running


def start_second(stack: Stack) -> None:
    stack.start(TWO, env={"ONEBOARD_DASHBOARD_DATA_DIR": str(stack.folder / ONE)})


@pytest.fixture
def people(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Three people, each with a browser of their own."""
    found = [browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(3)]
    yield found
    for context in found:
        context.close()


def url(stack: Stack, name: str = ONE) -> str:
    return f"http://127.0.0.1:{stack.ports[name]}"


def look_as(context: BrowserContext, stack: Stack, person: str) -> None:
    form, headers = {"person_id": person, "back": "/"}, {"origin": url(stack)}
    assert (
        context.request.post(f"{url(stack)}/session/viewer", form=form, headers=headers, max_redirects=0).status == 303
    )


def open_board(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    page.wait_for_selector("html[data-board=open]")
    return page


def new_board(stack: Stack, context: BrowserContext, template: str = "") -> str:
    """The path of a board of its own."""
    answer = context.request.post(
        f"{url(stack)}/whiteboards", data={"template": template, "search": "?lang=en"}, headers={"origin": url(stack)}
    )
    assert answer.status == 200, answer.text()
    return answer.text()


def ids(page: Page) -> list[str]:
    return sorted(page.evaluate("window.whiteboard.api.getSceneElements().map((one) => one.id)"))


def draw(page: Page, x: int, y: int) -> None:
    """A rectangle, by hand."""
    page.keyboard.press("r")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 60, steps=3)
    page.mouse.up()


def until_same(*pages: Page, count: int) -> None:
    until(lambda: all(ids(page) == ids(pages[0]) for page in pages) and len(ids(pages[0])) == count, 60,
          lambda: [len(ids(page)) for page in pages])  # fmt: skip


def saved(page: Page) -> None:
    expect(page.locator("[data-standing]")).to_have_attribute("data-standing", "saved")


def select(page: Page, id: str) -> None:
    """Click on a thing."""
    at = page.evaluate(
        """(id) => { const { api } = window.whiteboard, state = api.getAppState();
        const one = api.getSceneElements().find((element) => element.id === id);
        return [(one.x + one.width / 2 + state.scrollX) * state.zoom.value + state.offsetLeft,
                (one.y + one.height / 2 + state.scrollY) * state.zoom.value + state.offsetTop]; }""",
        id,
    )
    page.keyboard.press("Escape")
    page.mouse.click(*at)


def tile(page: Page, address: str) -> Any:
    return page.locator(f'[data-tile="{address}"]')


def test_three_browsers_on_two_processes_draw_together_and_see_each_other(
    stack: Stack, people: list[BrowserContext]
) -> None:
    foreign: list[str] = []
    people[0].on("request", lambda request: foreign.append(request.url) if "127.0.0.1" not in request.url else None)
    one = open_board(people[0], f"{url(stack)}/whiteboard/of/{FINDING}?lang=en")
    at = one.url.removeprefix(url(stack))
    look_as(people[1], stack, "p-hz")
    two, three = open_board(people[1], url(stack, TWO) + at), open_board(people[2], url(stack, TWO) + at)
    held = len(ids(one))
    assert {f"evidence-{part}" for part in ("gap", "where", "trend", "items", "peers", "who")} <= set(ids(one))
    draw(one, 300, 700)
    draw(two, 700, 700)
    draw(three, 1000, 700)
    until_same(one, two, three, count=held + 3)

    two.mouse.move(640, 480)
    seen = """[...window.whiteboard.api.getAppState().collaborators.values()].filter((one) => one.pointer)
        .map((one) => one.username)"""
    until(lambda: "Zhang Wei" in one.evaluate(seen))

    one.get_by_role("button", name="Everybody follow me").click()
    one.evaluate("window.whiteboard.api.updateScene({appState: {scrollX: 3000, scrollY: 1500}})")
    one.mouse.wheel(0, 40)
    middle = """(() => { const state = window.whiteboard.api.getAppState();
        return Math.round(state.width / 2 / state.zoom.value - state.scrollX); })()"""
    until(
        lambda: abs(two.evaluate(middle) - one.evaluate(middle)) < 30,
        60,
        lambda: (one.evaluate(middle), two.evaluate(middle)),
    )

    two.keyboard.press("Control+z")
    until_same(one, two, three, count=held + 2)
    assert not [address for address in foreign if not address.startswith(("data:", "blob:"))]


def test_what_the_board_wrote_is_read_in_ones_own_language_and_what_people_wrote_as_they_wrote_it(
    stack: Stack, people: list[BrowserContext]
) -> None:
    at = url(stack) + new_board(stack, people[0], "review")
    english, chinese = open_board(people[0], at), open_board(people[1], at.replace("lang=en", "lang=zh"))
    written = (
        """() => window.whiteboard.api.getSceneElements().filter((one) => one.type === 'text').map((one) => one.text)"""
    )
    assert {"Review of the month", "What we learned"} <= set(english.evaluate(written))
    assert {"月度经营分析", "学到了什么"} <= set(chinese.evaluate(written))
    assert chinese.locator(".whiteboard-title input").input_value() == "月度经营分析"
    write = """(said) => { const { api, binding } = window.whiteboard;
        const one = api.getSceneElements().find((one) => one.text === 'What we learned');
        binding.change(new Set([one.id]), () => ({ text: said, originalText: said })); }"""
    english.evaluate(write, "Learned: ask earlier")
    until(lambda: "Learned: ask earlier" in chinese.evaluate(written), 60, lambda: chinese.evaluate(written))
    assert "月度经营分析" in chinese.evaluate(written)


def test_a_live_tile_moves_as_an_order_arrives_and_a_frozen_one_does_not_and_who_may_not_see_it_sees_a_lock(
    stack: Stack, people: list[BrowserContext]
) -> None:
    one = open_board(people[0], f"{url(stack)}/whiteboard/of/{FINDING}?lang=en")
    look_as(people[1], stack, "r-nb")
    two = open_board(people[1], one.url.replace(url(stack), url(stack, TWO)))
    address = f"/tile/curve?metric=bookings&period={company.today():%Y-%m}&unit=hz&product=vms"
    expect(tile(one, address)).to_contain_text("100 K")
    for locked in ("/tile/gap?finding=find-hz", address):
        expect(tile(two, locked)).to_have_text("Not within what you may see: ask somebody who sees it")
    assert "100&nbsp;K" not in two.content()

    one.get_by_role("button", name="Live tiles").click()
    select(one, "evidence-trend")
    one.get_by_role("button", name="Then · at the meeting · now").click()
    select(one, "evidence-trend")
    one.get_by_role("button", name="Freeze", exact=True).click()
    frozen = one.locator('[data-tile*="as_of"]')
    expect(frozen).to_have_count(3)  # as it was found, at the meeting, and the one that was just frozen
    expect(frozen.last).to_contain_text("❄")
    stack.publish("orders", [company.order("o-2", 50_000)])
    expect(tile(one, address)).to_contain_text("150 K")
    assert "150\u00a0K" not in " ".join(frozen.all_text_contents())
    one.reload()
    one.wait_for_selector("html[data-board=open]")
    expect(tile(one, address)).to_contain_text("150 K")
    expect(frozen).to_have_count(3)
    expect(frozen.nth(2)).not_to_have_text("")
    assert "150\u00a0K" not in " ".join(frozen.all_text_contents())
    picture = one.evaluate("window.whiteboard.api.getFiles()['tile-evidence-trend'].dataURL.slice(0, 18)")
    assert picture == "data:image/svg+xml"


def test_what_is_drawn_offline_merges_and_a_killed_server_loses_nothing(
    stack: Stack, people: list[BrowserContext]
) -> None:
    at = new_board(stack, people[0])
    one, two = open_board(people[0], url(stack) + at), open_board(people[1], url(stack, TWO) + at)
    draw(one, 300, 300)
    until_same(one, two, count=1)

    os.kill(stack.pid(TWO), signal.SIGSTOP)  # nobody answers a good-bye
    people[1].set_offline(True)
    expect(two.locator("[data-standing]")).to_have_attribute("data-standing", "offline")
    draw(two, 600, 300)
    draw(one, 300, 500)
    os.kill(stack.pid(TWO), signal.SIGCONT)
    people[1].set_offline(False)
    until_same(one, two, count=3)

    stack.kill(ONE)
    expect(one.locator("[data-standing]")).to_have_attribute("data-standing", "offline")
    draw(one, 800, 300)
    draw(two, 800, 500)
    stack.kill(TWO)
    stack.start(ONE)
    start_second(stack)
    until_same(one, two, count=5)
    saved(one)
    saved(two)
    one.close()
    two.close()
    stack.kill(ONE)
    stack.start(ONE)
    assert len(ids(open_board(people[2], url(stack) + at))) == 5


def test_an_old_version_is_looked_at_and_restored(stack: Stack, people: list[BrowserContext]) -> None:
    at = new_board(stack, people[0], "strategy")
    one = open_board(people[0], url(stack) + at)
    held = len(ids(one))
    draw(one, 300, 800)
    saved(one)
    first = ids(one)
    one.close()
    versions = at.partition("?")[0] + "/versions"
    # one may have been kept before anything was drawn: the board is opened before its first guest is there
    until(lambda: [kept["objects"] for kept in people[0].request.get(url(stack) + versions).json()][:1] == [len(first)])
    one = open_board(people[0], url(stack) + at)
    one.keyboard.press("Control+a")
    one.keyboard.press("Delete")
    until(lambda: ids(one) == [])
    one.get_by_role("button", name="Versions").click()
    one.get_by_role("button", name="Look").first.click()
    expect(one.locator(".whiteboard-then svg")).to_be_visible()
    one.get_by_role("button", name="Restore this version").click()
    until(lambda: ids(one) == first)
    two = open_board(people[1], url(stack, TWO) + at)
    until_same(one, two, count=held + 1)


def test_notes_votes_comments_and_the_clock_are_shared_and_the_board_goes_out_and_comes_in(
    stack: Stack, people: list[BrowserContext]
) -> None:
    at = new_board(stack, people[0])
    one, two = open_board(people[0], url(stack) + at), open_board(people[1], url(stack, TWO) + at)
    one.get_by_role("button", name="+ Note").or_(one.get_by_role("button", name="＋ Note")).click()
    until_same(one, two, count=2)
    note = one.evaluate("window.whiteboard.api.getSceneElements().find((one) => one.customData?.note).id")
    select(one, note)
    one.get_by_role("button", name="● Vote").click()
    expect(two.locator(f'[data-badge="{note}"]')).to_contain_text("1")
    one.get_by_role("button", name=re.compile("action", re.IGNORECASE)).click()
    form = one.locator("dialog.form")
    expect(form.locator("input[name=title]")).not_to_have_value("")
    form.locator("input[name=title]").fill("Visit the bank together")
    form.locator(".button-first").click()
    expect(form).to_have_count(0)
    assert stack.ends("tasks") != {0: -1, 1: -1}
    one.get_by_role("button", name="Comments").click()
    one.get_by_label(re.compile("Comment on")).fill("Whose is it? <img src=x onerror=alert(1)>")
    one.get_by_role("button", name="Add", exact=True).click()
    two.get_by_role("button", name="Comments").click()
    expect(two.locator(".whiteboard-list li")).to_contain_text("onerror=alert(1)")
    one.get_by_role("button", name="Start 5 minutes").click()
    expect(two.get_by_role("timer")).to_contain_text(re.compile("5:00|4:5"))
    one.get_by_label("Name of the whiteboard").fill("Hangzhou in December")
    one.keyboard.press("Enter")
    expect(two.get_by_label("Name of the whiteboard")).to_have_value("Hangzhou in December")

    begins = {"PNG": b"\x89PNG", "SVG": b"<svg", "PDF": b"%PDF-1.4", "JSON": b"{"}
    one.get_by_text("Files", exact=True).click()
    for kind, magic in begins.items():
        with one.expect_download() as coming:
            one.get_by_role("button", name=kind, exact=True).click()
        body = coming.value.path().read_bytes()
        assert body.startswith(magic), kind
        assert coming.value.suggested_filename.startswith("Hangzhou in December.")
    assert len(json.loads(body)["elements"]) == 2
    with one.expect_file_chooser() as asked:
        one.get_by_role("button", name="Open JSON…").click()
    asked.value.set_files({"name": "a.excalidraw", "mimeType": "application/json", "buffer": body})
    until_same(one, two, count=4)
    faults = [
        fault["id"]
        for fault in Axe().run(two, context=".whiteboard-bar, .whiteboard-panel").response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert faults == []
    two.goto(f"{url(stack)}/whiteboards?lang=en")
    expect(two.locator("[data-board]").first).to_be_visible()


def test_what_may_not_stand_is_refused_in_words_and_nothing_else_is_lost(
    stack: Stack, people: list[BrowserContext]
) -> None:
    at = new_board(stack, people[0])
    one, two = open_board(people[0], url(stack) + at), open_board(people[1], url(stack) + at)
    draw(one, 300, 300)
    until_same(one, two, count=1)
    one.evaluate(
        """() => { const { api, wire } = window.whiteboard; const shared = wire.doc.getMap("elements");
        const [good] = api.getSceneElements(); window.ran = 0;
        const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script>parent.ran=1</script></svg>');
        wire.doc.getMap("files").set("bad", { mimeType: "image/svg+xml", created: 1, bytes: svg });
        shared.set("frame", { ...good, id: "frame", type: "embeddable", link: "https://example.org" });
        shared.set("link", { ...good, id: "link", x: good.x + 200, link: "javascript:window.ran=1" }); }"""
    )
    expect(one.locator(".Toast__message")).to_contain_text(re.compile("taken off"))
    until(lambda: "link" in ids(two) and ids(one) == ids(two))
    assert "frame" not in ids(one)
    for page in (one, two):
        held = page.evaluate(
            """(() => { const doc = window.whiteboard.wire.doc;
            return [doc.getMap("elements").get("link").link, doc.getMap("files").size]; })()"""
        )
        assert held == [None, 0]
    assert one.evaluate("window.ran") == 0
    large = "const doc = window.whiteboard.wire.doc; doc.getMap('files').set('large',"
    one.evaluate(f"() => {{ {large} {{ mimeType: 'image/png', created: 1, bytes: new Uint8Array(2_100_000) }}); }}")
    until(lambda: one.evaluate("window.whiteboard.wire.doc.getMap('files').size") == 0)
    one.evaluate(f"() => {{ {large} {{ mimeType: 'image/png', created: 1, bytes: new Uint8Array(6_500_000) }}); }}")
    expect(one.get_by_role("alert")).to_contain_text("The board is full")
    draw(two, 300, 600)
    saved(two)
    one.get_by_role("button", name="Open it anew").click()
    one.wait_for_selector("html[data-board=open]")
    until_same(one, two, count=3)
