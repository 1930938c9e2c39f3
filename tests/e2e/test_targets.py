"""Targets and key tasks through the whole chain: from a cell or a button to the log, the warehouse, and back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from deploy.local.kafka import EmbeddedKafka
from tests.e2e import live_company as company
from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
SOON = 60_000


def task(id: str, title: str, days: int) -> company.Event:
    """A task of Hangzhou's rep, due so many days from today."""
    due = company.today() + timedelta(days)
    said = {"task_id": id, "title": title, "person_id": "r-hz", "due_on": f"{due}", "kind": "win"}
    return {"occurred_at": "2020-01-01T00:00:00Z", **said}


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Worker, warehouse and board, with the small company in it: 100 K of Hangzhou's 1 M, one task overdue."""
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("stack")) as stack:
        stack.start("worker", "dashboard")
        stack.publish("org", company.org())
        stack.publish("targets", company.targets())
        stack.publish("orders", [company.order("o-1", 100_000)])
        stack.publish("tasks", [task("t-1", "拿下地铁项目", 0), task("t-2", "覆盖分管领导", -40)])
        stack.settle()
        yield stack


def become(page: Page, stack: Stack, person: str) -> None:
    page.goto(f"{stack.board_url}/session?lang=en")
    page.locator(f"button[value='{person}']").click()


def open_targets(page: Page, stack: Stack, query: str) -> None:
    page.goto(f"{stack.board_url}/targets?lang=en{query}")
    page.wait_for_function("document.getElementById('live--contact')?.dataset.beat > 0", timeout=120_000)


def write(page: Page, id: str, field: str, text: str) -> None:
    """Change a cell as people do: double-click, write, Enter."""
    page.locator(f"#targets--grid [row-id='{id}'] [col-id='{field}']").dblclick()
    editor = page.locator("#targets--grid .ag-cell-inline-editing input")
    editor.fill(text)
    editor.press("Enter")


def test_a_target_set_in_the_grid_comes_back_through_the_chain_and_moves_attainment(
    stack: Stack, page: Page, context: BrowserContext
) -> None:
    become(page, stack, "p-east")
    open_targets(page, stack, "&unit=east")
    cell = page.locator("#targets--grid [row-id='hz'] [col-id='target']")
    share = page.locator("#targets--grid [row-id='hz'] [col-id='attainment']")
    expect(cell).to_have_text("1,000,000", timeout=SOON)
    expect(share).to_contain_text("10.0", timeout=SOON)
    other = context.new_page()
    open_targets(other, stack, "&unit=east")
    write(page, "hz", "target", "0.4 M")
    for one in (page, other):
        hangzhou = one.locator("#targets--grid [row-id='hz']")
        expect(hangzhou.locator("[col-id='target']")).to_have_text("400,000", timeout=SOON)
        expect(hangzhou.locator("[col-id='attainment']")).to_contain_text("25.0", timeout=SOON)
    expect(page.locator(".target-waits")).to_have_count(0)
    expect(page.locator("#words--body li").first).to_contain_text("1,000,000 → 400,000")
    expect(page.locator("#words--body li").first).to_contain_text("Li Na")


def test_an_edit_that_is_not_ones_own_to_make_says_why_and_the_cell_goes_back(stack: Stack, page: Page) -> None:
    become(page, stack, "p-hz")
    open_targets(page, stack, "&unit=hz")
    cell = page.locator("#targets--grid .ag-floating-top [col-id='floor']")
    expect(cell).to_be_visible(timeout=SOON)
    before = cell.inner_text()
    cell.dblclick()
    editor = page.locator("#targets--grid .ag-cell-inline-editing input")
    editor.fill("1")
    editor.press("Enter")
    expect(page.locator("#targets--said")).to_contain_text("only who leads", timeout=SOON)
    expect(cell).to_have_text(before)
    expect(page.locator(".target-waits")).to_have_count(0)


def test_a_task_done_and_one_given_to_somebody_come_back_through_the_chain(stack: Stack, page: Page) -> None:
    become(page, stack, "p-east")
    open_targets(page, stack, "&unit=east")
    late = page.locator("[data-task-id='t-2']")
    expect(late).to_contain_text("late", timeout=SOON)
    expect(page.locator("#tasks--head")).to_contain_text("2 due · 0 done · 1 overdue")
    late.get_by_role("button", name="Done").click()
    expect(page.locator("#tasks--head")).to_contain_text("0 overdue", timeout=SOON)
    expect(late).to_have_count(0)
    page.locator("[data-task-id='t-1']").get_by_role("button", name="Give to").click()
    form = page.locator("dialog.form")
    offered = form.locator("datalist option[value^='Liu Yang']").get_attribute("value")
    expect(form.get_by_role("button", name="Send")).to_be_disabled()
    form.locator("input[name=who]").fill(str(offered))
    form.get_by_role("button", name="Send").click()
    expect(form).to_have_count(0)
    expect(page.locator("[data-task-id='t-1']")).to_contain_text("Liu Yang", timeout=SOON)
