"""The whole loop by clicks: a problem found, met about, acted on from a sticky note, remedied, checked and decided.

Detection, the call, the measurement are the worker's own. The company goes on after the clicks as if months went by:
what its people do then is told as events, and a tick says that it is late enough to measure.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect

from deploy.local.kafka import EmbeddedKafka
from ingest.calendar import business_day
from ingest.events import Tick
from tests.e2e.office import found_office, look_as, noon, working
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
REPS = ["ann", *(f"r{number}" for number in range(1, 12))]
"""The one it is about, and as many untouched ones as an interval wants."""
DEAL: Mapping[str, Any] = {
    "opportunity_id": "d1", "stage": "solution", "amount": "900000", "grade": "A", "rep_id": "ann", "office_id": "hz",
    "customer_id": "c1", "source": "crm",
}  # fmt: skip
Event = Mapping[str, Any]


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, rooms: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An office of twelve reps that sell alike; one of them has a large deal that nobody has tended for weeks."""
    env = {"ONEBOARD_MEETINGS_JITSI_URL": rooms}
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("loop"), company={"timezone": noon()}, env=env) as stack:
        found_office(stack, *((id, "rep", "hz") for id in REPS))
        stack.publish("org", working("company", 1))
        stack.publish("orders", [order(id, day, 10_000) for day in weekdays(-60, 0) for id in REPS])
        stack.publish("opportunities", [{**DEAL, "occurred_at": at(-60), "opened_on": f"{today() + timedelta(-60)}"}])
        stack.publish("activities", [contact(-50), contact(-49, id="r1")])
        stack.start("worker", "dashboard")
        stack.settle()
        stack.until(lambda: found_at_a_tick(stack), "the problem is found")
        stack.settle()
        yield stack


def found_at_a_tick(stack: Stack) -> bool:
    """Whether anything was found: deals are read after one tick, and what is off about them is told at another."""
    if any(end >= 0 for end in stack.ends("findings").values()):
        return True
    stack.publisher.publish("ticks", [Tick(occurred_at=datetime.now(UTC), source="test")])
    return False


def today() -> date:
    return business_day(datetime.now(UTC), ZoneInfo(noon()))


def weekdays(first: int, last: int) -> list[date]:
    """From so many days off to so many, both included."""
    days = (today() + timedelta(number) for number in range(first, last + 1))
    return [day for day in days if day.weekday() < 5]


def at(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days)).isoformat()


def order(rep: str, day: date, amount: int) -> Event:
    noon = datetime.combine(day, time(12), UTC).isoformat()
    return {"order_id": f"o-{rep}-{day}", "occurred_at": noon, "amount": amount, "rep_id": rep, "office_id": "hz",
            "customer_id": f"c-{rep}", "effective_on": f"{day}"}  # fmt: skip


def contact(days: int, id: str = "ann") -> Event:
    about = {"opportunity_id": "d1", "customer_id": "c1"} if id == "ann" else {"customer_id": f"c-{id}"}
    return {"activity_id": f"a-{id}-{days}", "occurred_at": at(days), "kind": "visit", "status": "done",
            "outcome": "ok", "rep_id": id, "office_id": "hz", "source": "crm", **about}  # fmt: skip


def remedy() -> Iterator[tuple[str, list[Event]]]:
    """What follows: the customer is seen, the deal moves on, its rep sells three times as much; others as before."""
    yield "activities", [contact(days) for days in (2, 3, 4, 7, 8, 9)]
    steps = (("bid", 3), ("negotiation", 8))
    yield "opportunities", [
        {**DEAL, "stage": stage, "occurred_at": at(days), "next_step": "contract", "version": version,
         "next_step_on": f"{today() + timedelta(120)}"} for version, (stage, days) in enumerate(steps, 2)
    ]  # fmt: skip
    yield "orders", [order(id, day, 30_000 if id == "ann" else 10_000) for day in weekdays(1, 110) for id in REPS]


def dot(card: Locator, name: str) -> Locator:
    return card.locator(f"[data-dot={name}]")


def take_note(page: Page, board: FrameLocator, said: str) -> None:
    """A sticky note on the whiteboard, chosen by hand, and the action that is made of it."""
    board.get_by_role("button", name="Note", exact=False).first.click()
    frame = next(one for one in page.frames if "/whiteboard/" in one.url)
    middle = frame.evaluate(
        """() => { const { api } = window.whiteboard, state = api.getAppState();
        const one = api.getSceneElements().find((element) => element.customData?.note);
        return [(one.x + one.width / 2 + state.scrollX) * state.zoom.value + state.offsetLeft,
                (one.y + 20 + state.scrollY) * state.zoom.value + state.offsetTop]; }"""
    )
    edge = page.locator("#beside iframe").bounding_box()
    assert edge
    page.mouse.click(edge["x"] + middle[0], edge["y"] + middle[1])
    board.get_by_role("button", name="Make an action").click()
    form = board.locator("dialog.form")
    form.locator("input[name=title]").fill(said)
    form.locator("input[name=amount]").fill("500 K")
    form.locator(".button-first").click()
    expect(form).to_have_count(0)


def test_from_a_problem_found_to_an_effect_that_somebody_decides(
    stack: Stack, rooms: str, context: BrowserContext, page: Page
) -> None:
    ((finding,),) = stack.warehouse.rows("SELECT DISTINCT finding_id FROM finding_events WHERE state != ''")
    look_as(stack, page, "Han", "/findings", f"finding={finding}")
    card = page.locator(".finding-chosen")
    expect(card).to_contain_text("d1")
    expect(dot(card, "found")).to_have_class("done")
    expect(dot(card, "person")).to_have_class("done")
    for name in ("connected", "actions", "effect"):
        expect(dot(card, name)).to_have_class("open")

    with context.expect_page() as opened:
        card.get_by_role("button", name="Meet", exact=True).click()
    opened.value.wait_for_url(f"{rooms}/**")
    opened.value.close()
    expect(dot(card, "connected")).to_have_class("done")

    card.get_by_role("link", name="Whiteboard").click()
    board = page.frame_locator("#beside iframe")
    expect(board.locator("html[data-board=open]")).to_be_attached()
    expect(board.locator(f'[data-tile="/tile/items?finding={finding}"]')).to_contain_text("d1")
    take_note(page, board, "Visit the customer with the designer")
    expect(dot(card, "actions")).to_contain_text("1 actions")
    page.locator("#beside [data-shut]").click()

    card.get_by_role("link", name="Visit the customer with the designer").click()
    action = page.locator(".action-chosen")
    expect(action.locator(".action-whole")).to_contain_text("+500 K")
    action.get_by_role("button", name="Start").click()
    action.get_by_role("button", name="Done").click()
    expect(page.locator(".actions-checking .action-chosen")).to_be_visible()
    for topic, events in remedy():
        stack.publish(topic, events)
    stack.settle()
    stack.publisher.publish("ticks", [Tick(occurred_at=datetime.now(UTC) + timedelta(110), source="test")])

    whole = action.locator(".action-whole")
    expect(whole).to_contain_text("Leading check")
    expect(whole).to_contain_text(re.compile("contacts 0 → [56]"))
    expect(whole).to_contain_text("proposed: worked")
    expect(whole).to_contain_text("11 untouched peers")
    action.get_by_role("button", name="Did it help?").click()
    form = page.locator("dialog.form")
    form.locator("select").select_option("worked")
    form.locator(".button-first").click()
    expect(form).to_have_count(0)
    expect(page.locator(".actions-closed .action-chosen")).to_contain_text("worked · Han")

    page.goto(f"{stack.board_url}/findings?lang=en&finding={finding}")
    for name in ("found", "person", "connected", "actions", "effect"):
        expect(dot(card, name)).to_have_class("done")
    expect(dot(card, "effect")).to_contain_text("worked")


def test_a_decision_meeting_begins_with_its_deal_for_who_may_see_it(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Han", "/meetings", "deal=d1")
    row = page.locator("#meetings--kinds li", has_text="Decision meeting")
    row.get_by_role("link", name="Whiteboard").click()
    board = page.frame_locator("#beside iframe")
    expect(board.get_by_label("Name of the whiteboard")).to_have_value("Decision meeting · Deal d1")
    deal = board.locator('[data-tile="/tile/deal?deal=d1&unit=hz"]')
    expect(deal).to_contain_text("Deal d1 · 900 K")
    expect(board.locator('[data-tile^="/tile/kpi?metric=win_rate"]')).to_be_attached()
    alone = page.url.partition("whiteboard=")[2]
    look_as(stack, page, "R2", "/meetings")
    page.goto(f"{stack.board_url}/whiteboard/{alone}?lang=en")
    locked = page.locator('[data-tile="/tile/deal?deal=d1&unit=hz"]')
    expect(locked).to_have_text("Not within what you may see: ask somebody who sees it")
