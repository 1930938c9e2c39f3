"""From a finding into the room: one click, one room for all who click, whoever serves them, and an end that all see."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from deploy.local import ports
from deploy.local.kafka import EmbeddedKafka
from tests.e2e import live_company as company
from tests.e2e.office import noon, working
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
SOON = 60_000


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, rooms: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Warehouse, worker and two dashboards, each with a secret of its own; no office hour in Ningbo."""
    env = {"ONEBOARD_MEETINGS_JITSI_URL": rooms}
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("meet"), company={"timezone": noon()}, env=env) as stack:
        stack.start("worker", "dashboard", "dashboard-2")
        stack.publish("org", [*company.org(), *working("company", 1), *working("nb", 0)])
        gaps = {"f-hz": (-410_000, "hz"), "f-nb": (-320_000, "nb"), "f-ask": (-230_000, "hz")}
        stack.publish("findings", [company.finding(id, *gap) for id, gap in gaps.items()])
        stack.settle()
        yield stack


def look(page: Page, url: str, person: str) -> None:
    """Look as somebody, the way people do, and wait for the board to live."""
    page.goto(f"{url}/session?lang=en")
    page.locator(f"button[value='{person}']").click()
    page.goto(f"{url}/findings?lang=en")
    page.wait_for_function("document.getElementById('live--contact')?.dataset.beat > 0", timeout=120_000)


def led_by(context: BrowserContext, button: Locator) -> Page:
    """The tab that a click on a button opens."""
    expect(button).to_be_visible(timeout=SOON)
    with context.expect_page(timeout=SOON) as opened:
        button.click()
    opened.value.wait_for_load_state(timeout=SOON)
    return opened.value


def room_of(context: BrowserContext, page: Page, text: str, button: str = "Meet") -> Page:
    """The tab that a click on a finding's button opens."""
    shown = page.locator(".finding", has_text=text)
    return led_by(context, shown.get_by_role("button", name=button, exact=True))


def test_one_click_is_in_the_room_and_the_second_joins_it_from_another_dashboard(
    stack: Stack, rooms: str, context: BrowserContext, page: Page
) -> None:
    look(page, stack.board_url, "p-head")
    first = room_of(context, page, "−410 K")
    assert re.fullmatch(rf"{rooms}/[a-z2-7]{{32}}#config.subject=.*", first.url)
    assert first.evaluate("window.opener") is None
    shown = page.locator(".finding", has_text="−410 K")
    expect(shown.locator(".meeting-on")).to_contain_text("there: Zhou Hong")
    expect(shown.locator(".meeting-on")).to_contain_text("called: Zhang Wei, Li Na")

    other = context.browser.new_context()  # type: ignore[union-attr]
    theirs = other.new_page()
    look(theirs, f"http://{ports.LOOPBACK}:{stack.ports['dashboard-2']}", "p-hz")
    expect(theirs.locator(".call-line")).to_contain_text("Zhou Hong calls you to a meeting now")
    joined = room_of(other, theirs, "−410 K", "Join")
    assert joined.url == first.url
    expect(shown.locator(".meeting-on")).to_contain_text("there: Zhou Hong, Zhang Wei")
    expect(theirs.locator(".call-line")).to_have_count(0)

    theirs.locator(".finding", has_text="−410 K").get_by_role("button", name="End the meeting").click()
    form = theirs.locator("dialog.form")
    form.get_by_role("button", name="End the meeting").click()
    expect(form.locator(".form-fault")).to_contain_text("Say what was decided or agreed, or why nothing was")
    form.get_by_label("What was decided").fill("We see the customer together")
    form.locator("[name=title]").fill("Visit the customer")
    form.locator("[name=add]").fill("Zhang Wei · p-hz")
    form.locator("[name=due]").fill(f"{company.today() + timedelta(days=3)}")
    form.get_by_role("button", name="End the meeting").click()
    expect(shown.locator(".meeting-on")).to_have_count(0)
    expect(shown.locator(".finding-chain li.done").last).to_contain_text("meeting called")
    minute = "SELECT who, note FROM action_events WHERE what = 'minute' AND subject = 'finding:f-hz'"
    assert stack.warehouse.rows(minute) == [("p-hz", "We see the customer together")]
    agreed = "SELECT count() FROM task_events WHERE state LIKE '%Visit the customer%' AND state LIKE '%meeting:%'"
    stack.until(lambda: stack.warehouse.rows(agreed)[0][0] == 1, "the action is agreed")
    again = room_of(context, page, "−410 K")
    assert again.url != first.url
    shown.get_by_role("button", name="End the meeting").click(timeout=SOON)
    page.locator("dialog.form").get_by_role("button", name="End without").click()
    expect(shown.locator(".meeting-on")).to_have_count(0)
    other.close()


def test_outside_office_hours_it_asks_first(stack: Stack, rooms: str, context: BrowserContext, page: Page) -> None:
    look(page, stack.board_url, "p-head")
    asks = room_of(context, page, "−320 K")
    expect(asks.get_by_role("heading")).to_contain_text("no office hour")
    expect(asks.get_by_text("Would be called: ")).to_contain_text("Wang Fang")
    expect(asks.get_by_role("link", name="Back to the board")).to_have_attribute("href", re.compile("f-nb"))
    expect(page.locator(".finding", has_text="−320 K").locator(".meeting-on")).to_have_count(0)
    asks.get_by_role("button", name="Meet now all the same").click()
    asks.wait_for_url(f"{rooms}/**")
    expect(page.locator(".finding", has_text="−320 K").locator(".meeting-on")).to_be_visible(timeout=SOON)


def test_the_gentler_ways_a_written_answer_and_a_booked_slot(stack: Stack, context: BrowserContext, page: Page) -> None:
    look(page, stack.board_url, "p-head")
    shown, form = page.locator(".finding", has_text="−230 K"), page.locator("dialog.form")

    def ways() -> None:
        shown.get_by_role("button", name="More ways").click(timeout=SOON)
        expect(form.get_by_role("heading")).to_contain_text("Meet about −230 K Bookings · Hangzhou × VMS")

    ways()
    expect(form.locator(".meet-person")).to_contain_text(["Zhang Wei", "Li Na"])
    form.get_by_role("button", name="Ask for a written answer").click()
    expect(form.locator(".form-fault")).to_contain_text("Say first what it is about")
    form.get_by_role("checkbox", name="Li Na").uncheck()
    form.get_by_label("Your message or question").fill("Why did these three deals move?")
    form.get_by_role("button", name="Ask for a written answer").click()
    expect(form).to_have_count(0)
    expect(shown).to_contain_text("Zhou Hong asked in writing: Why did these three deals move?")

    ways()
    expect(form.locator("select[name=slot] option")).to_have_count(3)
    form.get_by_role("button", name="Book").click()
    expect(shown.locator(".meeting-on")).to_contain_text("a meeting is booked for")

    look(page, stack.board_url, "p-hz")
    call = page.locator(".call-line", has_text="asks for a written answer")
    call.get_by_role("button", name="Answer in writing").click(timeout=SOON)
    form.get_by_label("Your answer").fill("The tenders moved to December")
    form.get_by_role("button", name="Send").click()
    expect(page.locator(".finding-reply")).to_contain_text("The tenders moved to December")
    expect(call).to_have_count(0)


def test_a_meeting_of_the_trade_from_its_series_to_the_next_ones_open_actions(
    stack: Stack, rooms: str, context: BrowserContext, page: Page
) -> None:
    look(page, stack.board_url, "p-east")
    page.goto(f"{stack.board_url}/meetings?lang=en&unit=hz")
    weekly = page.locator("#meetings--kinds li", has_text="Weekly analysis")
    weekly.get_by_role("button", name="Start the series").click(timeout=SOON)
    coming = page.locator("#meetings--next li", has_text="Weekly analysis · Hangzhou")
    expect(coming).to_contain_text("recurs")
    expect(weekly).to_contain_text("the series runs")

    room = led_by(context, weekly.get_by_role("button", name="Meet", exact=True))
    assert room.url.startswith(rooms)
    on = page.locator("#meetings--next li", has_text="open since").filter(has_text="Weekly")
    on.get_by_role("link", name="Weekly analysis · Hangzhou").click(timeout=SOON)
    minutes, form = page.locator("#meetings--one"), page.locator("dialog.form")
    expect(minutes).to_contain_text("The last meeting's actions")
    minutes.get_by_role("button", name="Write down a decision").click()
    form.get_by_label("What was decided").fill("3 % off, if it is signed this month")
    form.get_by_role("button", name="Send").click()
    expect(minutes).to_contain_text("3 % off, if it is signed this month (Li Na)")
    minutes.get_by_role("button", name="Agree an action").click()
    form.locator("[name=title]").fill("Call the customer")
    form.locator("[name=add]").fill("Zhang Wei · p-hz")
    form.locator("[name=due]").fill(f"{company.today() + timedelta(days=3)}")
    form.get_by_role("button", name="Send").click()
    expect(minutes).to_contain_text("Call the customer · Zhang Wei")

    look(page, stack.board_url, "p-hz")
    call = page.locator(".call-line", has_text="Weekly analysis")
    expect(call).to_contain_text("Li Na calls you to a meeting now")
    assert led_by(context, call.get_by_role("button", name="Join")).url == room.url
    page.goto(f"{stack.board_url}/meetings?lang=en&unit=hz")
    on.get_by_role("button", name="End the meeting").click(timeout=SOON)
    held = page.locator("#meetings--held li", has_text="Weekly analysis")
    expect(held).to_contain_text("there: Li Na, Zhang Wei")
    expect(held).to_contain_text("1 decided")
    led_by(context, weekly.get_by_role("button", name="Meet", exact=True))
    on.get_by_role("link", name="Weekly analysis · Hangzhou").click(timeout=SOON)
    expect(page.locator("#meetings--one")).to_contain_text("Still open from before")
    expect(page.locator("#meetings--one")).to_contain_text("Call the customer · Zhang Wei")


def test_meet_about_what_the_board_shows_and_by_the_code_of_a_wall(
    stack: Stack, rooms: str, context: BrowserContext, page: Page
) -> None:
    look(page, stack.board_url, "p-head")
    page.goto(f"{stack.board_url}/?lang=en&unit=hz&product=vms")
    room = led_by(context, page.locator("#header--how").get_by_role("button", name="Meet", exact=True))
    assert room.url.startswith(rooms)
    page.goto(f"{stack.board_url}/meet?subject=slice:unit_id=hz,product_id=vms&lang=en")
    expect(page.get_by_role("heading")).to_contain_text("Hangzhou × VMS")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url(room.url)


def test_a_meeting_of_the_trade_has_its_whiteboard_beside_the_page_and_what_it_showed_in_its_minutes(
    stack: Stack, rooms: str, context: BrowserContext, page: Page
) -> None:
    stack.publish("orders", [company.order("o-1", 100_000)])
    look(page, stack.board_url, "p-hz")
    page.goto(f"{stack.board_url}/meetings?lang=en&unit=hz")
    daily = page.locator("#meetings--kinds li", has_text="Daily analysis")
    led_by(context, daily.get_by_role("button", name="Meet", exact=True))
    on = page.locator("#meetings--next li", has_text="Daily analysis").filter(has_text="open since")
    on.get_by_role("link", name="Whiteboard").click()
    board = page.frame_locator("#beside iframe")
    expect(board.locator("html[data-board=open]")).to_be_attached()
    expect(board.get_by_label("Name of the whiteboard")).to_have_value("Daily analysis · Hangzhou")
    expect(board.locator('[data-tile="/tile/findings?unit=hz"]')).to_contain_text("−410 K Bookings")
    expect(board.locator('[data-tile="/tile/actions?unit=hz"]')).to_contain_text("Open actions")
    expect(board.locator('[data-tile="/tile/curve?metric=bookings&unit=hz"]')).to_contain_text("100 K")
    assert (found := re.search(r"whiteboard=(m-[0-9a-f]{20})$", page.url))

    theirs, place = f"http://{ports.LOOPBACK}:{stack.ports['dashboard-2']}", "/whiteboard/at/trade:daily:slice:"
    other = context.browser.new_context()  # type: ignore[union-attr]
    wanted, own = {"person_id": "r-nb", "back": "/"}, {"origin": theirs}
    joined = other.request.get(f"{theirs}{place}unit_id=hz?lang=en")
    assert joined.url == f"{theirs}/whiteboard/{found[1]}?lang=en"  # the second click joins, on another server too
    assert other.request.get(f"{theirs}{place}unit_id=hz?meeting=none").status == 404
    assert other.request.post(f"{theirs}/session/viewer", form=wanted, headers=own, max_redirects=0).status == 303
    for wrong in (f"{place}unit_id=hz", "/whiteboard/at/nothing", f"/whiteboard/at/{'x' * 500}", "/whiteboard/x"):
        assert other.request.get(f"{theirs}{wrong}").status == 404, wrong
    looks = other.new_page()
    looks.goto(joined.url)
    locked = looks.locator('[data-tile="/tile/findings?unit=hz"]')
    expect(locked).to_have_text("Not within what you may see: ask somebody who sees it")
    assert "410&nbsp;K" not in looks.content()
    other.close()

    page.go_back()
    expect(page.locator("#beside")).to_be_hidden()
    page.go_forward()
    expect(board.locator("html[data-board=open]")).to_be_attached()
    page.locator("#beside [data-shut]").press("Escape")
    expect(page.locator("#beside")).to_be_hidden()
    assert "whiteboard=" not in page.url

    on.get_by_role("button", name="End the meeting").click()
    form = page.locator("dialog.form")
    form.get_by_label("Nothing was decided, because").fill("the tender is not out yet")
    form.get_by_role("button", name="End the meeting").click()
    held = page.locator("#meetings--held li", has_text="Daily analysis")
    expect(held).to_contain_text("Nothing was decided: the tender is not out yet")
    held.get_by_role("link", name="Daily analysis").click()
    tiles = page.locator("#meetings--shown img")
    expect(tiles).to_have_count(6)
    said = [str(one.get_attribute("alt")) for one in tiles.all()]
    assert all("❄" in one for one in said)
    assert any("100\u00a0K" in one for one in said)
    stack.publish("orders", [company.order("o-2", 50_000)])
    page.locator("#meetings--one").get_by_role("link", name="whiteboard").click()
    frozen = board.locator('[data-tile*="as_of"]')
    expect(frozen).to_have_count(6)
    expect(frozen.filter(has_text="100 K").first).to_be_attached()
