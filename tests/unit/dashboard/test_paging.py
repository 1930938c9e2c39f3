"""Lists go on: page after page, from the first again where something else is listed."""

from dashboard import plain
from dashboard.components import actions, tasks
from dashboard.components.paging import ROWS, offset_of, paging
from dashboard.view_state import ViewState
from ingest.calendar import Period
from tests.unit.dashboard.test_actions_page import TODAY, drawn, task
from warehouse.task_life import Counts


def test_a_page_is_reached_and_one_that_is_not_there_is_the_last() -> None:
    assert [offset_of(page, 2 * ROWS + 1) for page in (1, 2, 3, 99)] == [0, ROWS, 2 * ROWS, 2 * ROWS]
    assert offset_of(7, 0) == 0


def test_what_is_beside_a_page_is_a_link() -> None:
    state = ViewState(lang="en", page=2)
    html = plain.markup(paging(ROWS, ROWS, 2 * ROWS + 1, state))
    assert f"{ROWS + 1}" in html
    assert f'href="{state.but(page=1).to_query()}"' in html.replace("&amp;", "&")
    assert f'href="{state.but(page=3).to_query()}"' in html.replace("&amp;", "&")


def test_key_tasks_and_actions_go_on_page_after_page() -> None:
    cards = [task(f"t{n:03}") for n in range(ROWS + 1)]
    state, month = ViewState(lang="en", page=2), Period.parse("2026-12")
    second = tasks.draw(cards, Counts(due=ROWS + 1), month, TODAY, (), state)
    assert second[tasks.LIST][plain.HTML].count("data-task-id") == 1
    assert f'data-task-id="t{ROWS:03}"' in second[tasks.LIST][plain.HTML]
    assert f"201–{ROWS + 1} of {ROWS + 1}" in second["tasks--head"][plain.HTML]
    listed = drawn(*cards, laid="list", page=99)[actions.BOARD]
    assert listed.count("data-task-id") == (ROWS + 1) % actions.MOST
    assert f"{ROWS + 1 - actions.MOST} more, in the list" in drawn(*cards)[actions.BOARD]


def test_another_list_begins_at_its_first_page() -> None:
    state = ViewState(page=3, unit="hz")
    assert state.but(deal="d").page == 3
    assert (state.but(unit="nb").page, state.but(listing="won").page, state.drill(rep="ann").page) == (1, 1, 1)
