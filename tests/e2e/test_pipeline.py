"""The pipeline in a real browser: the waterfall adds up to the figures on the page and to the list behind each bar."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from dashboard.amounts import exact
from dashboard.locales import t
from tests.e2e import board_company as company
from tests.e2e.board_company import OCTOBER
from tests.e2e.conftest import Served
from tests.e2e.over_books import board_over, kept_books
from tests.e2e.test_board import SCREENS
from tests.integration.warehouse import deals
from tests.integration.warehouse.books import Books
from tests.integration.warehouse.deals import deal

pytestmark = [pytest.mark.e2e, pytest.mark.warehouse]
MANY = 120
PLACE = {
    "p1": {"rep_id": "p1", "office_id": "hz", "product_id": "vms1", "customer_id": "c1"},
    "p4": {"rep_id": "p4", "office_id": "bj", "product_id": "ipc1", "customer_id": "c1"},
}
DUE = {"opened_on": "2026-09-05", "expected_close_on": "2026-10-25", "stage": "bid", "probability": "0.5"}
PIPELINE = f"/pipeline?{OCTOBER}&lang=en"


def write(books: Books) -> None:
    """A pipeline due in October: many small deals, and one for each way in and out."""
    company.write(books)
    for order in ("so0", "so4"):
        ids = {"order_id": order, "line_id": "1", "office_id": "hz", "rep_id": "p1", "product_id": "vms1"}
        books.change(
            "order_changes", "2026-08-01", **ids, due_on="2026-08-15", due_what="delivery", due_amount=Decimal(40)
        )
    mine, theirs = PLACE["p1"] | DUE, PLACE["p4"] | DUE
    moved = deal("2026-10-08", "moved", **(PLACE["p4"] | DUE), amount="60")
    deals.write(
        books,
        [
            *(deal("2026-09-05", f"old{n}", **mine, amount=f"{n}.25") for n in range(1, MANY + 1)),
            *(deal("2026-09-05", f"north{n}", **theirs, amount="7.5") for n in range(3)),
            *(deal("2026-09-05", id, **mine, amount="100") for id in ("won", "lost", "pushed", "gone", "up", "down")),
            deal("2026-09-05", "moved", **mine, amount="60"),
            moved,
            deal("2026-10-02", "won", **mine, amount="130.5", outcome="won", closed_on="2026-10-02"),
            deal("2026-10-03", "lost", **mine, amount="100", outcome="lost", closed_on="2026-10-03"),
            deal("2026-10-04", "pushed", **{**mine, "expected_close_on": "2026-11-25"}, amount="100"),
            deal("2026-10-05", "gone", **mine, amount="100", outcome="abandoned", closed_on="2026-10-05"),
            deal("2026-10-06", "up", **mine, amount="140"),
            deal("2026-10-07", "down", **mine, amount="75"),
            *(deal("2026-10-09", f"new{n}", **{**mine, "opened_on": "2026-10-09"}, amount="3") for n in range(MANY)),
            deal("2026-09-05", "pulled", **{**mine, "expected_close_on": "2026-12-25"}, amount="45"),
            deal("2026-10-10", "pulled", **mine, amount="45"),
        ],
    )


@pytest.fixture(scope="module")
def served(warehouse_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The dashboard over it, in a database of its own."""
    with kept_books(warehouse_server, "pipeline") as books:
        write(books)
        with board_over(warehouse_server, "pipeline", tmp_path_factory.mktemp("pipeline")) as served:
            yield served


def money(text: str) -> Decimal:
    return Decimal(text.replace("\N{MINUS SIGN}", "-").replace("+", "").replace(",", "").replace("–", "0"))


def waterfall(page: Page) -> dict[str, tuple[Decimal, int]]:
    """The bars as their table says them: amount and deals."""
    rows = page.locator("#fall--body tr[data-bar]")
    expect(rows).to_have_count(12)
    cells = [(row.get_attribute("data-bar"), row.locator("td").all_inner_texts()) for row in rows.all()]
    return {str(bar): (money(texts[0]), int(money(texts[2]))) for bar, texts in cells}


@pytest.mark.parametrize("unit", ["hq", "east", "north"])
def test_the_bars_add_up_to_the_figures_on_the_page_and_to_the_deals_behind_each(
    served: Served, page: Page, unit: str
) -> None:
    page.goto(f"{served.url}{PIPELINE}&unit={unit}&shape=table")
    bars = waterfall(page)
    opening, closing = bars.pop("opening")[0], bars["closing"]
    bars.pop("closing")
    assert opening + sum(amount for amount, _ in bars.values()) == closing[0]
    open_tile = page.locator("[data-tile=open]")
    expect(open_tile.locator(".tile-middle")).to_have_attribute("title", exact(closing[0]))
    expect(page.locator("#stages--body tfoot td").first).to_have_attribute("title", exact(closing[0]))
    assert bars["moved_out"][0] == (-60 if unit == "east" else 0)
    for bar, (amount, count) in bars.items():
        if not count:
            continue
        page.locator(f"#fall--body tr[data-bar={bar}] a").click()
        expect(page.locator("#behind--head h2")).to_contain_text(f"{t(f'pipeline.bar_{bar}', 'en')}: ")
        expect(page.locator("#behind--head h2")).to_contain_text(f"deals: {count}")
        expect(page.locator("#behind--total")).to_have_text(exact(amount))
        assert listed(page) == (amount, count)


def listed(page: Page) -> tuple[Decimal, int]:
    """What the rows of all pages of the list add up to, and how many they are."""
    total, count = Decimal(0), 0
    while True:
        amounts = page.locator("#behind--body tbody td:nth-child(2)").all_inner_texts()
        total, count = total + sum(map(money, amounts)), count + len(amounts)
        onward = page.locator("#behind--body .paging a[aria-label='Next page']")
        if not onward.count():
            return total, count
        onward.click()
        expect(page.locator("#behind--body .paging .num")).to_contain_text(f"{count + 1}–")


def test_a_bar_opens_to_its_deals_and_a_deal_to_its_versions(served: Served, page: Page) -> None:
    page.goto(f"{served.url}{PIPELINE}")
    expect(page.locator("#fall--head")).to_contain_text("adds up to the cent")
    expect(page.locator("#headline--text")).to_contain_text("came in")
    page.evaluate("window.stayed = true")
    page.locator("[data-bar=pushed_out]").click()
    row = page.locator("#behind--body tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Oct → Nov")
    expect(row).to_contain_text("1×")
    row.locator("th a").click()
    expect(page.locator("#deal--body .version")).to_have_count(2)
    assert page.evaluate("window.stayed")
    assert "bar=pushed_out" in page.url
    page.go_back()
    page.go_back()
    expect(page.locator("#behind--head h2")).to_contain_text("Closing")


def test_other_instants_are_a_step_of_the_url(served: Served, page: Page) -> None:
    page.goto(f"{served.url}{PIPELINE}&shape=table")
    assert waterfall(page)["won"][0] == Decimal("-130.5")
    page.locator("[data-instant=from]").fill("2026-10-03")
    expect(page.locator("#fall--head")).to_contain_text("3 Oct")
    found = waterfall(page)
    assert "from=2026-10-03" in page.url
    assert found["won"][0] == 0
    assert found["lost"][0] == -100
    page.get_by_role("link", name="All open").click()
    expect(page.locator("tr[data-bar=pushed_out] td").first).to_have_text("0")


def test_one_drills_by_unit_product_and_rep(served: Served, page: Page) -> None:
    page.goto(f"{served.url}{PIPELINE}")
    page.locator("#below--body").get_by_role("link", name="North").click()
    expect(page.locator("#fall--body [data-bar=opening] .fall-count")).to_have_text("3")
    page.get_by_role("link", name="Products").click()
    page.locator("#below--body").get_by_role("link", name="Ipc").first.click()
    expect(page.locator(".filter")).to_contain_text("Ipc")
    expect(page.locator("#fall--body [data-bar=opening] .fall-count")).to_have_text("3")
    page.locator("#behind--body tbody").get_by_role("link", name="P4").first.click()
    expect(page.locator(".crumb-here")).to_contain_text("P4")
    assert "rep=p4" in page.url


def test_what_is_owed_and_what_cannot_be_told(served: Served, page: Page) -> None:
    page.goto(f"{served.url}{PIPELINE}")
    expect(page.locator("[data-bucket=to_90] .level-text")).to_have_text("80")
    expect(page.locator("[data-cash=dso]")).to_contain_text("cannot be computed")
    page.goto(f"{served.url}{PIPELINE}&unit=north")
    expect(page.locator("#dues--body")).to_contain_text("No dues have been sent")


def test_nothing_is_wider_than_the_screen(served: Served, page: Page) -> None:
    """Opened on a phone, and then on a desk and a wall."""
    page.set_viewport_size(SCREENS[0])
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{served.url}{PIPELINE}")
    for screen in SCREENS:
        page.set_viewport_size(screen)
        expect(page.locator("[data-bar=closing]")).to_be_visible()
        expect(page.locator("[data-tile=open]")).to_be_visible()
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), screen
    assert not faults
