"""The page for ops in a real browser, over a real broker, worker and engine: letters seen, mended and sent back."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from kafka import KafkaProducer
from playwright.sync_api import Page, ViewportSize, expect

from deploy.local.kafka import EmbeddedKafka
from ingest.events import Tick
from tests.e2e.office import look_as
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
ALLOWED_IN_A_ROW = 5
SCREENS: tuple[ViewportSize, ...] = ({"width": 390, "height": 844}, {"width": 1440, "height": 900})
PEOPLE = {"ceo": "general_manager", "op": "ops"}


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A company of two: its head, and somebody of sales operations."""
    folder = tmp_path_factory.mktemp("ops")
    with pytest.MonkeyPatch.context() as patch, Stack(kafka.bootstrap, folder, partitions=8) as stack:
        patch.setenv("ONEBOARD_WORKER_DEAD_LETTERS_IN_A_ROW", str(ALLOWED_IN_A_ROW))
        patch.setenv("ONEBOARD_WORKER_STANDSTILL_SECONDS", "0.2")
        patch.setenv("ONEBOARD_KAFKA_STANDING_SECONDS", "3")
        dated = {"valid_from": "2026-01-01", "occurred_at": "2026-01-01T00:00:00Z", "source": "hr"}
        stack.publish("org", [
            {"kind": "unit", "id": "hq", "tier": "company", "manager_id": "ceo", **dated},
            *({"kind": "person", "id": id, "name_en": id.title(), "role": role, "unit_id": "hq", **dated}
              for id, role in PEOPLE.items()),
        ])  # fmt: skip
        stack.start("worker", "dashboard")
        send(stack, b'{"order_id": "o1", "amount": "1.123456", "occurred_at": "2026-11-02T10:00:00+08:00"}')
        send(stack, b"no json at all")
        stack.settle()
        yield stack


def send(stack: Stack, *values: bytes, partition: int = 3) -> None:
    producer = KafkaProducer(bootstrap_servers=stack.kafka.bootstrap, acks="all")
    for value in values:
        producer.send(stack.kafka.topic_prefix + "orders", value, key=b"o1:1", partition=partition)
    producer.close()


def test_the_panel_says_that_nothing_was_looked_at_until_something_was(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Op", "/")
    empty = page.locator("#findings--empty")
    expect(empty).to_contain_text("Nothing has been looked at yet")
    stack.publisher.publish("ticks", [Tick(occurred_at=datetime.now(UTC), source="test")])
    expect(empty).to_contain_text(re.compile("Nothing is off.*Last looked at"))


def test_a_letter_is_mended_on_the_page_and_arrives(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Op", "/ops")
    expect(page.locator("#ops--head")).to_contain_text("2 events could not be taken and wait")
    page.locator(".letter", has_text="orders:3:0").click()
    expect(page.locator("#ops--one")).to_contain_text("As it is it would be refused again")
    expect(page.locator(".letter-faults li")).to_contain_text("amount")
    text = page.locator(".letter-mend textarea")
    text.fill(text.input_value().replace("1.123456", "1234.50"))
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.locator("#ops--said")).to_contain_text("1 replayed")
    expect(page.locator("#ops--head")).to_contain_text("1 events could not be taken and wait")
    expect(page.locator(".letter-open .letter-state")).to_contain_text("replayed")
    expect(page.locator("#ops--one")).to_contain_text("replayed · Op")
    expect(page.get_by_role("button", name="Replay", exact=True)).to_have_count(0)
    expect(page.locator(".bytes del")).to_have_text('−   "amount": "1.123456",\n')
    expect(page.locator(".bytes ins").first).to_have_text('+   "amount": "1234.50",\n')
    stack.settle()
    expect(page.locator("#ops--one")).to_contain_text(re.compile(r"orders:\d:\d+: in the warehouse"))
    assert stack.warehouse.rows("SELECT sum(booked_amount) FROM order_changes")[0][0] == 1234.5


def test_what_is_none_of_ours_is_dismissed_for_a_reason(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Op", "/ops")
    page.locator(".letter", has_text="orders:3:1").click()
    expect(page.locator(".letter-mend textarea")).to_have_value("no json at all")
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.locator("#ops--said")).to_contain_text("1 still refused and not sent")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#ops--said")).to_contain_text("Say why")
    page.get_by_label("Why nothing is to be done").fill("a test of the network")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#ops--said")).to_contain_text("1 dismissed")
    expect(page.locator("#ops--one")).to_contain_text("a test of the network")


def test_a_stream_that_stands_still_is_seen_and_let_through(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Op", "/ops")
    send(stack, *[b"{}"] * (2 * ALLOWED_IN_A_ROW), partition=5)
    expect(page.locator("#ops--still")).to_contain_text(
        re.compile(r"orders, partition 5, stands still before offset \d")
    )
    page.get_by_role("button", name="Let through").click()
    expect(page.locator("#ops--said")).to_contain_text(re.compile(r"orders:5:\d is let through"))
    stack.settle()
    expect(page.locator("#ops--still .standing-line")).to_have_count(0)
    expect(page.locator("#ops--head")).to_contain_text("10 events could not be taken and wait")


def test_ids_that_nobody_knows_are_told_until_the_organisation_knows_them(stack: Stack, page: Page) -> None:
    now = {"occurred_at": datetime.now(UTC).isoformat(), "source": "erp"}
    unit = {"kind": "unit", "parent_id": "hq", "tier": "office", "valid_from": "2026-01-01", **now}
    stack.publish("org", [{**unit, "id": "north"}])
    stack.publish("orders", [{"order_id": "stray", "amount": "13000.50", "office_id": "nowhere", **now}])
    stack.settle()
    look_as(stack, page, "Op", "/ops")
    page.locator("#ops--unassigned a").click()
    row = page.locator("#unassigned tr", has_text="nowhere")
    expect(row).to_contain_text(re.compile(r"Office.*Order lines1 · 13,000.501 · 13,000.50.*Load the unit"))
    page.goto(f"{stack.board_url}/?lang=en")
    page.locator("#units--chart .slice", has_text="Unassigned").click()
    expect(row).to_be_visible()
    came = page.locator("#health--body tr", has_text="orders").locator("td")
    counts = [int(text.replace(",", "")) for text in came.all_text_contents()[1:6]]
    assert counts[0] == counts[2] + counts[3] + counts[4]
    assert counts[3] > 0
    stack.publish("org", [{**unit, "id": "nowhere"}])
    stack.settle()
    page.reload()
    expect(page.locator("#unassigned .panel-head")).to_be_visible()
    expect(row).to_have_count(0)


def test_what_was_taken_back_is_listed_with_who_and_why(stack: Stack, page: Page) -> None:
    order = {"order_id": "bad", "amount": 5, "source": "oops", "occurred_at": "2026-11-02T10:00:00+08:00"}
    stack.publish("orders", [order, {**order, "order_id": "worse"}])
    stack.settle()
    done = stack.run("retract", "--source", "oops", "--why", "a test system", "--who", "li", "--yes")
    assert done.returncode == 0, done.stderr
    stack.settle()
    look_as(stack, page, "Op", "/ops")
    cells = page.locator("#ops--retractions tbody tr td")
    expect(cells).to_have_count(6)
    expect(cells.nth(1)).to_have_text("oops")
    assert cells.all_text_contents()[2:] == ["orders", "2", "li", "a test system"]


def test_a_route_is_tried_from_the_page_and_says_what_every_channel_answered(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Op", "/ops")
    row = page.locator("#ops--routes tr", has_text="whoever is named")
    expect(row).to_contain_text("at once")
    row.get_by_role("button", name="Test").click()
    said = page.locator("#page--said")
    expect(said).to_contain_text("in the app: arrived (on the board)")
    expect(said).to_contain_text("their contact: did not arrive (the organisation has no contact")


def test_a_link_opens_its_finding_first_in_the_panel_even_when_it_is_over(stack: Stack, page: Page) -> None:
    at = "2026-11-26T10:00:00+08:00"
    found = {
        "occurred_at": at, "rule": "unit-pace", "metric": "bookings", "period": "2026-11", "slice": {"unit_id": "hq"},
        "since": at, "as_of": at, "actual": "0", "expected": "9", "confidence": 0.97, "responsible_id": "ceo",
    }  # fmt: skip
    stack.publish("findings", [{**found, "finding_id": "large", "gap": "-900000"},
                               {**found, "finding_id": "small", "gap": "-300000"},
                               {**found, "finding_id": "over", "gap": "-1", "state": "resolved"}])  # fmt: skip
    stack.settle()
    look_as(stack, page, "Ceo", "/ops")
    page.goto(f"{stack.board_url}/findings?finding=small&lang=en")
    expect(page.locator(".finding")).to_have_count(2)
    expect(page.locator(".finding").first).to_contain_text("300 K")
    expect(page.locator(".finding details[open]")).to_have_count(1)
    page.goto(f"{stack.board_url}/findings?finding=over&lang=en")
    expect(page.locator(".finding").first).to_contain_text("resolved")
    expect(page.locator(".finding")).to_have_count(3)


def test_only_ops_see_events_in_full(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Ceo", "/ops")
    page.goto(f"{stack.board_url}/ops?lang=en&letter=0:0")
    expect(page.locator("#ops--list")).to_contain_text("This page is for sales operations only")
    expect(page.locator("#ops--routes")).to_be_hidden()
    expect(page.locator("#ops--totals")).to_be_hidden()
    expect(page.locator("#ops--retractions")).to_be_hidden()
    assert "1.123456" not in page.content()


def test_when_verify_ran_is_said_in_the_header(stack: Stack, page: Page) -> None:
    look_as(stack, page, "Op", "/ops")
    expect(page.locator("#header--verified")).to_contain_text("not verified yet")
    assert stack.run("verify").returncode == 0
    expect(page.locator("#header--verified")).to_contain_text("✓ verified at ")
    wrong = {"events": 10, "sums": 20, "wrong": 3, "took_seconds": 1}
    stack.publish("verifications", [{"occurred_at": "2036-11-25T06:05:00Z", "source": "verify", **wrong}])
    expect(page.locator("#header--verified")).to_contain_text("14:05: 3 sums do not agree")


def test_nothing_is_wider_than_the_screen(stack: Stack, page: Page) -> None:
    """Opened on a phone, and then on a desk."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    look_as(stack, page, "Op", "/ops")
    for query in (
        "lang=zh",
        "lang=en&letter=0:0",
        "lang=en&topic=orders&reason=version-conflict",
        "lang=zh&theme=dark&letter=0:1",
    ):
        page.set_viewport_size(SCREENS[0])
        page.goto(f"{stack.board_url}/ops?{query}")
        expect(page.locator("#ops--list .panel-head")).to_have_count(1)
        for screen in SCREENS:
            page.set_viewport_size(screen)
            assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), (query, screen)
    page.locator(".rail a").first.click()
    expect(page.locator("#headline--text")).not_to_be_empty()
    assert not faults
