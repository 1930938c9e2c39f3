"""The rankings in a real browser, over 6,000 people: sorted, filtered, gathered, by keyboard, and by who looks."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import ranked_company as company
from tests.e2e.conftest import Served, until
from tests.e2e.over_books import board_over, kept_books
from tests.e2e.ranked_company import AWAY, NEW, OCTOBER, PEOPLE
from tests.e2e.test_board import headline, query

pytestmark = [pytest.mark.e2e, pytest.mark.warehouse]
REPS = f"/rankings?{OCTOBER}&ranked=reps&lang=en"


@pytest.fixture(scope="module")
def served(warehouse_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The dashboard over the company, in a database of its own."""
    with kept_books(warehouse_server, "ranks") as books:
        company.write(books)
        with board_over(warehouse_server, "ranks", tmp_path_factory.mktemp("rankings")) as served:
            yield served


def names(page: Page, count: int) -> list[str]:
    """The first names of the list, from the top down."""
    cells = "#rankings--grid .ag-row:not(.ag-row-loading) [col-id=label]"
    found: dict[int, str] = {}

    def read() -> bool:
        rows = page.evaluate(
            f"[...document.querySelectorAll('{cells}')].map((c) => [+c.closest('.ag-row').ariaRowIndex, c.innerText])"
        )
        found.clear()
        found.update({index: text for index, text in rows if text})
        return len(found) >= count

    until(read, 60, lambda: f"{count} rows; there are {found}")
    ordered = sorted(found)[:count]
    assert all(after == before + 1 for before, after in pairwise(ordered))
    return [found[index] for index in ordered]


def first(page: Page, *wanted: str) -> None:
    """Wait until the list begins so."""
    until(lambda: names(page, len(wanted)) == list(wanted), 60, lambda: names(page, len(wanted)))


def look_as(context: BrowserContext, served: Served, person: str) -> None:
    answer = context.request.post(
        f"{served.url}/session/viewer", form={"person_id": person, "back": "/"}, headers={"origin": served.url}
    )
    assert answer.ok


def rows_as_sent(context: BrowserContext, served: Served, search: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = context.request.get(f"{served.url}/rankings/rows/0/100{search}").json()["rows"]
    return found


def test_six_thousand_are_sorted_found_and_gathered(served: Served, page: Page) -> None:
    page.goto(served.url + REPS)
    headline(page, "5,998 of 6,000 people are ranked")
    first(page, "P5999", "P5998", "P5997")
    top = page.locator("#rankings--grid .ag-pinned-left-cols-container .ag-row").first
    expect(top).to_contain_text("ramping up")
    page.locator("#rankings--grid .ag-header-cell[col-id=gap]").click()
    page.locator("#rankings--grid .ag-header-cell[col-id=gap]").click()
    first(page, "P0", "P1", "P2")
    assert "sort=gap" in query(page)
    page.locator("#rankings--find").fill("P599")
    first(page, "P599", "P5990")
    assert "find=P599" in query(page)
    page.locator("#rankings--find").fill("")
    office = page.get_by_role("link", name="Office", exact=True)
    expect(office).to_have_attribute("href", re.compile(r"^(?!.*find=).*sort=gap"))  # it leads on from what is shown
    office.click()
    first(page, "▸ O000", "▸ O001")
    page.get_by_role("link", name="▸ O001").click()
    first(page, "▸ O000", "▾ O001", "P1", "P201")
    page.go_back()
    first(page, "▸ O000", "▸ O001", "▸ O002")


def test_the_last_of_six_thousand_can_be_scrolled_to(served: Served, page: Page) -> None:
    page.goto(served.url + REPS)
    first(page, "P5999")
    page.locator("#rankings--grid .ag-cell[col-id=attainment]").first.click()
    page.keyboard.press("Control+End")
    expect(page.locator("#rankings--grid .ag-row-last [col-id=label]").last).to_have_text("P0")
    expect(page.locator("#rankings--grid .ag-row-last").first).to_contain_text(f"{PEOPLE - 2} / {PEOPLE - 2}")


def test_by_keyboard_alone(served: Served, page: Page) -> None:
    page.goto(served.url + REPS + "&group=region")
    first(page, "▸ R19", "▸ R18")
    page.locator("#rankings--find").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.ag-header-cell')?.getAttribute('col-id')") == "rank":
            break
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.closest('.ag-header-cell')?.getAttribute('col-id')") == "attainment"
    page.keyboard.press("Enter")
    first(page, "▸ R00", "▸ R01")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    first(page, "▾ R00", "P0", "P20")
    assert "opened=r00" in query(page)


def test_a_rep_sees_the_own_rank_and_the_first_ten(served: Served, context: BrowserContext) -> None:
    look_as(context, served, "p4000")
    page = context.new_page()
    page.goto(served.url + REPS)
    headline(page, "You are number 1998 of")
    assert names(page, 11) == [f"P{n}" for n in range(5_997, 5_987, -1)] + ["P4000"]
    rows = rows_as_sent(context, served, f"?{OCTOBER}&ranked=reps")
    assert len(rows) == 11
    assert [row["actual"] for row in rows] == [None] * 10 + [4000.0]
    assert [row.get("href") is None for row in rows] == [True] * 10 + [False]
    assert rows_as_sent(context, served, f"?{OCTOBER}&ranked=units") == []


def test_a_manager_sees_their_people_with_their_ranks_in_the_company(served: Served, context: BrowserContext) -> None:
    look_as(context, served, "rm")
    rows = rows_as_sent(context, served, f"?{OCTOBER}&ranked=reps")
    assert len(rows) == 100
    assert {int(str(row["id"])[1:]) % company.REGIONS for row in rows} == {7}
    assert (rows[0]["id"], rows[0]["rank"], rows[0]["of"]) == ("p5987", 11, 5_998)


def test_who_is_new_or_away_is_marked_and_not_ranked(served: Served, context: BrowserContext) -> None:
    rows = {row["id"]: row for row in rows_as_sent(context, served, f"?{OCTOBER}&ranked=reps&lang=en")}
    assert (rows[NEW]["rank"], rows[NEW]["why"]) == (None, "ramping up")
    assert (rows[AWAY]["rank"], rows[AWAY]["why"]) == (None, "on leave")
    assert rows["p5997"]["rank"] == 1


def test_nobody_is_ranked_by_what_they_did(served: Served, page: Page) -> None:
    page.goto(served.url + REPS + "&metric=visits")
    expect(page.locator("#rankings--empty")).to_contain_text("never by their activity")
    assert rows_as_sent(page.context, served, f"?{OCTOBER}&ranked=reps&metric=visits") == []


def test_a_page_loads_only_what_it_needs_and_nothing_from_elsewhere(served: Served, context: BrowserContext) -> None:
    loaded: dict[str, list[str]] = {}
    for path in ("/", "/findings", "/rankings", "/ops", "/health"):
        page = context.new_page()
        asked = loaded[path] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(f"{served.url}{path}?{OCTOBER}")
        page.wait_for_function("document.getElementById('live--contact')?.dataset.beat > 0")
        page.close()
    ours = (served.url, served.url.replace("http", "ws"), "data:", "blob:")
    assert not [url for urls in loaded.values() for url in urls if not url.startswith(ours)]

    def needs(path: str, library: str) -> bool:
        return any(library in url for url in loaded[path])

    assert [needs(path, "plotly.min") for path in loaded] == [True, False, False, False, False]
    assert [needs(path, "dash_ag_grid") for path in loaded] == [True, False, True, False, False]
