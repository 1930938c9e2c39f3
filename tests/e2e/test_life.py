"""The life of a finding in a real browser: worked through by key, many at once, snoozed, refused; rules switched on."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from deploy.local.kafka import EmbeddedKafka
from ingest.events import Tick
from tests.e2e.office import found_office, look_as
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
SCREENS: tuple[ViewportSize, ...] = ({"width": 390, "height": 844}, {"width": 1440, "height": 900})
AT = "2026-11-26T10:00:00+08:00"


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A company of an office and a head office, with three findings of a rep."""
    folder = tmp_path_factory.mktemp("life")
    with Stack(kafka.bootstrap, folder) as stack:
        found_office(stack, ("op", "ops", "hq"), ("rep", "rep", "hz"))
        stack.start("worker", "dashboard")
        stack.publish("findings", [found(n, -100_000 * n, AT) for n in (1, 2, 3)])
        stack.settle()
        yield stack


def found(number: int, gap: int, at: str) -> dict[str, object]:
    """A word of detection on a gap of the rep."""
    return {
        "finding_id": f"f{number}", "rule": "rep-gap", "metric": "bookings", "period": "2026-11", "since": AT,
        "occurred_at": at, "as_of": at, "actual": "0", "expected": str(-gap), "gap": str(gap), "confidence": 0.99,
        "slice": {"unit_id": "hz", "person_id": "rep"}, "responsible_id": "rep", "responsible_role": "rep",
    }  # fmt: skip


def test_ops_work_through_the_queue_by_key_and_a_bad_step_is_refused(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Op", "/findings")
    rows = page.locator(".queue-row")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("−300 K")
    for key in "jxjxa":
        page.keyboard.press(key)
    expect(page.locator("#page--said")).to_contain_text("2 done")
    expect(page.locator(".queue-stands", has_text="acknowledged · Op")).to_have_count(2)
    page.keyboard.press("c")
    expect(page.locator("#page--said")).to_contain_text("0 done, 2 not: Close: this does not follow “acknowledged”")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.locator("dialog.form select").last.select_option("0.2")
    page.locator("dialog.form .button-first").click()
    expect(rows).to_have_count(2)
    page.get_by_role("link", name=re.compile("Rests 1")).click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("worse by 20")
    stack.publish("findings", [found(2, -250_000, datetime.now(UTC).isoformat())])
    stack.settle()
    stack.publisher.publish("ticks", [Tick(occurred_at=datetime.now(UTC), source="test")])
    expect(rows).to_have_count(0)  # the worker armed it again: it is worse by a quarter


def test_a_card_is_opened_by_key_and_judged_with_one_click(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Op", "/findings")
    expect(page.locator(".queue-row").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("o")
    card = page.locator(".finding-chosen")
    card.get_by_role("button", name="Right", exact=True).click()
    expect(card.locator(".finding-judged")).to_contain_text("Right 1")
    expect(card).to_contain_text("judged · Op")


def test_numbers_are_switched_on_with_who_and_why_and_refused_where_they_cannot_be(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Op", "/rules")
    page.get_by_role("link", name="Rep's gap").click()
    expect(page.locator(".rule-open + tr #rule--one")).to_be_focused()
    expect(page.locator("#rule--one")).to_be_in_viewport()
    page.go_back()
    expect(page.get_by_role("link", name="Rep's gap")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#rule--one")).to_contain_text("Rep's gap")
    page.get_by_role("button", name="Change").click()
    form = page.locator("dialog.form")
    expect(form).to_contain_text("Rep's gap")
    form.locator("input[name=number_enter]").fill("0.95")
    form.locator("textarea").fill("more of the middle")
    form.locator(".button-first").click()
    expect(form.locator(".form-fault")).to_contain_text("left above where it is entered")
    form.locator("input[name=number_enter]").fill("0.7")
    form.locator(".button-first").click()
    expect(page.locator(".rule-words")).to_contain_text("more of the middle")
    expect(page.locator(".rules .rule-open")).to_contain_text("under 70")


def test_whoever_is_not_of_ops_sees_no_rules(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Ceo", "/rules")
    expect(page.locator("#headline--text")).to_contain_text("sales operations")
    expect(page.locator(".rules")).to_have_count(0)


@pytest.mark.parametrize("path", ["/findings", "/rules"])
def test_nothing_is_wider_than_the_screen(stack: Stack, page: Page, path: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    look_as(stack, page, "Op", path)
    for lang in ("zh", "en"):
        page.goto(f"{stack.board_url}{path}?lang={lang}")
        expect(page.locator(".queue-row, .rules td").first).to_be_visible()
        for screen in SCREENS:
            page.set_viewport_size(screen)
            assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), (lang, screen)
    assert not faults
