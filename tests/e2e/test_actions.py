"""Actions in a real browser: agreed on a finding in one gesture, carried out, checked, decided; by hand and by key."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from deploy.local.kafka import EmbeddedKafka
from ingest.events import Tick
from tests.e2e.live_company import today
from tests.e2e.office import found_office, look_as
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
SCREENS: tuple[ViewportSize, ...] = ({"width": 390, "height": 844}, {"width": 1440, "height": 900})
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A company of a head office and an office with a manager and two reps; a finding, a deal, and two tasks."""
    folder = tmp_path_factory.mktemp("actions")
    with Stack(kafka.bootstrap, folder) as stack:
        found_office(stack, ("rep", "rep", "hz"), ("ann", "rep", "hz"))
        stack.publish("findings", [{
            "finding_id": "f1", "rule": "rep-gap", "metric": "bookings", "period": f"{NOW:%Y-%m}",
            "since": NOW.isoformat(), "occurred_at": NOW.isoformat(), "as_of": NOW.isoformat(), "actual": "0",
            "expected": "300000", "gap": "-300000", "confidence": 0.99,
            "slice": {"unit_id": "hz", "person_id": "rep"}, "responsible_id": "rep", "responsible_role": "rep",
        }])  # fmt: skip
        stack.publish("opportunities", [{
            "opportunity_id": "d1", "stage": "bid", "amount": "90000", "rep_id": "ann", "office_id": "hz",
            "occurred_at": NOW.isoformat(),
        }])  # fmt: skip
        stack.publish("tasks", [
            {"task_id": id, "title": title, "person_id": who, "due_on": (today() + timedelta(days)).isoformat(),
             "occurred_at": NOW.isoformat(), "source": "plan"}
            for id, title, who, days in (("t-late", "Cover the CIO", "rep", -9), ("t-next", "Send the offer", "ann", 9))
        ])  # fmt: skip
        old = (NOW - timedelta(40)).date().isoformat()
        stack.publish("tasks", [{
            "task_id": "t-old", "title": "Train the office", "unit_id": "hz", "due_on": old, "status": "done",
            "done_on": old, "occurred_at": (NOW - timedelta(40)).isoformat(), "source": "plan",
            "expects": {"slice": {"unit_id": "hz"}, "amount": "1000", "by": NOW.date().isoformat()},
        }])  # fmt: skip
        stack.start("worker", "dashboard")
        stack.settle()
        stack.publisher.publish("ticks", [Tick(occurred_at=NOW, source="test")])
        yield stack


def test_an_action_is_agreed_on_a_finding_carried_out_checked_and_decided(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Han", "/findings", "finding=f1")
    card = page.locator(".finding-chosen")
    card.get_by_role("button", name="Agree an action").click()
    form = page.locator("dialog.form")
    assert int(form.locator("input[name=amount]").input_value().replace(",", "")) > 300_000  # as it would go on
    form.locator("input[name=amount]").fill("300 K")
    assert form.locator("input[name=who]").input_value() == "Rep · rep"
    form.locator("input[name=title]").fill("Joint visit to the bank")
    form.locator("select[name=remedy]").select_option("joint_visit")
    form.locator("textarea[name=note]").fill("https://example.com/minutes")
    form.locator(".button-first").click()
    expect(card.locator("[data-dot=actions]")).to_contain_text("1 actions")
    expect(card.locator(".finding-line")).to_contain_text("in treatment")
    card.get_by_role("link", name="Joint visit to the bank").click()
    one = page.locator(".action-chosen")
    expect(one.locator(".action-whole")).to_contain_text("+300 K Bookings in hz × Rep by")
    expect(one.get_by_role("link", name="https://example.com/minutes")).to_have_attribute("rel", "noopener noreferrer")
    one.get_by_role("button", name="Start").click()
    expect(page.locator(".actions-doing .action-title")).to_have_text("Joint visit to the bank")
    one.get_by_role("button", name="Done").click()
    expect(page.locator(".actions-checking .action-title", has_text="Joint visit to the bank")).to_be_visible()
    one.get_by_role("button", name="Did it help?").click()
    page.locator("dialog.form select").select_option("did_not")
    page.locator("dialog.form textarea").fill("the bank went elsewhere")
    page.locator("dialog.form .button-first").click()
    expect(page.locator("dialog.form")).to_have_count(0)
    one.get_by_role("button", name="Did it help?").click()  # a leading check closes nothing
    expect(page.locator(".actions-checking .action-chosen")).to_contain_text("did not · Han")


def test_the_worker_checks_what_was_carried_out_and_somebody_else_decides(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Han", "/actions", "whose=team&action=t-old")
    one = page.locator(".action-chosen .action-whole")
    expect(one).to_contain_text("Leading check")
    expect(one).to_contain_text("contacts 0 → 0")
    expect(one).to_contain_text("proposed: did not")
    expect(one).to_contain_text("fewer than ten untouched peers")
    expect(page.locator("#headline--text")).to_contain_text("1 wait for somebody to say whether they helped")


def test_coaching_shows_numbers_to_whoever_leads_and_notes_to_the_two(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Han", "/coaching", "rep=rep")
    expect(page.locator(".coach-skills tbody tr")).to_have_count(10)
    expect(page.locator(".coach-agenda [data-point=finding]")).to_contain_text("−300 K Bookings")
    expect(page.locator(".coach-agenda [data-point=late]")).to_contain_text("Cover the CIO")
    page.get_by_role("button", name="+ Note").click()
    page.locator("dialog.form textarea").fill("asks for a demo kit")
    page.locator("dialog.form .button-first").click()
    expect(page.locator(".coach-notes")).to_contain_text("asks for a demo kit")
    page.get_by_role("button", name="We have spoken").click()
    page.locator("dialog.form .button-first").click()
    expect(page.locator("#coach-agenda--head")).to_contain_text("since the talk of")
    expect(page.locator(".coach-agenda [data-point=finding]")).to_have_count(0)
    expect(page.locator("#coach--notes")).to_contain_text("There is no sign-in yet")
    page.locator("#coach-agreed--panel").get_by_role("button", name="Agree an action").click()
    assert page.locator("dialog.form input[name=who]").input_value() == "Rep · rep"
    look_as(stack, page, "Ceo", "/coaching", "rep=rep")
    expect(page.locator("#coach--notes")).to_contain_text("For the two of them alone")
    answer = page.request.post(
        f"{stack.board_url}/coaching/act", headers={"origin": stack.board_url},
        data={"what": "comment", "of": "rep", "note": "x", "search": "?lang=en"},
    )  # fmt: skip
    assert "Only the person and whoever leads them" in answer.text()


def test_nobody_decides_of_their_own(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Rep", "/actions")
    expect(page.locator(".action", has_text="Joint visit")).to_be_visible()
    answer = page.request.post(
        f"{stack.board_url}/tasks/act", headers={"origin": stack.board_url},
        data={"what": "check", "task": page.locator(".action", has_text="Joint visit").get_attribute("data-task-id"),
              "check": "lagging", "verdict": "worked", "search": "?lang=en"},
    )  # fmt: skip
    assert answer.status == 409
    assert "nobody decides of their own" in answer.text()


def test_an_action_of_a_deal_and_of_a_sticky_note_is_made_by_the_same_form(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Han", "/", "deal=d1&rep=ann")
    page.get_by_role("button", name="Agree an action").click()
    form = page.locator("dialog.form")
    assert form.locator("input[name=who]").input_value() == "Ann · ann"
    form.locator("input[name=title]").fill("Bring the price down")
    form.locator("input[name=amount]").fill("a lot")
    form.locator(".button-first").click()
    expect(form.locator(".form-fault")).to_contain_text("positive amount")
    form.locator("input[name=amount]").fill("90 K")
    form.locator(".button-first").click()
    expect(form).to_have_count(0)
    page.goto(f"{stack.board_url}/actions?lang=en&whose=team")
    expect(page.locator(".action", has_text="Bring the price down")).to_be_visible()
    asked = (
        f"{stack.board_url}/tasks/form?what=add&origin=note:w1:n7&finding=f1&title=Ask%20the%20designer&search=?lang=en"
    )
    drawn = page.request.get(asked).text()
    assert 'value="Ask the designer"' in drawn
    assert 'value="note:w1:n7"' in drawn
    assert 'value="f1"' in drawn
    assert "may not see" in page.request.get(asked.replace("f1", "nowhere")).text()


def test_by_key_what_waits_for_another_says_so_and_never_in_a_circle(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Han", "/actions", "whose=team&laid=list")
    late = page.locator(".action[data-task-id=t-late]")
    expect(late).to_contain_text("9 d late")
    page.keyboard.press("j")
    expect(late).to_have_class(re.compile("is-at"))
    page.keyboard.press("o")
    page.keyboard.press("w")
    form = page.locator("dialog.form")
    form.locator("input[name=into]").fill("Send the offer · t-next")
    form.locator(".button-first").click()
    expect(late).to_contain_text("waits for 1")
    page.keyboard.press("a")
    form.locator("textarea").fill("asked twice")
    form.locator(".button-first").click()
    expect(late).to_contain_text("1 pieces of evidence")
    answer = page.request.post(
        f"{stack.board_url}/tasks/act", headers={"origin": stack.board_url},
        data={"what": "wait_for", "task": "t-next", "into": "t-late", "search": "?lang=en"},
    )  # fmt: skip
    assert "cannot wait for each other" in answer.text()


def test_a_card_dropped_on_a_column_takes_the_step_that_leads_there(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Han", "/actions", "whose=team")
    card = page.locator(".action[data-task-id=t-next]")
    card.drag_to(page.locator(".actions-doing"))
    expect(page.locator(".actions-doing .action[data-task-id=t-next]")).to_be_visible()


def test_nothing_is_wider_than_the_screen(stack: Stack, page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    look_as(stack, page, "Han", "/actions")
    for lang, path in (("zh", "/actions?whose=team"), ("en", "/actions?whose=team&laid=list"),
                       ("zh", "/coaching?rep=rep")):  # fmt: skip
        page.goto(f"{stack.board_url}{path}&lang={lang}")
        expect(page.locator(".action").first).to_be_visible()
        for screen in SCREENS:
            page.set_viewport_size(screen)
            assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), (lang, screen)
    assert not faults
