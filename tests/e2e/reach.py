"""What a page offers to whoever has no mouse or sees little, as a real browser tells it: axe, the keyboard, dialogs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from dashboard.export.browser import IS_DRAWN

SERIOUS = ("serious", "critical")
OVER = "dialog[open], [popover]:popover-open"
"""What is open over the page."""
_REACH = Path(__file__).with_suffix(".js").read_text("utf-8")
_OPTIONS = {"resultTypes": ["violations"], "iframes": False}
_AXE = """async ([within, options]) => (await axe.run(within ?? document, options)).violations.map((fault) =>
    [fault.impact, fault.id, ...fault.nodes.slice(0, 3).map((one) => `${one.target} ${one.failureSummary}`)])"""
_GRIDS_DRAWN = """() => [...document.querySelectorAll('.ag-root')]
    .every((grid) => !grid.offsetParent || grid.querySelector('.ag-header-cell'))"""
_TO = """query => {
    const to = new URLSearchParams(location.search);
    for (const [name, value] of new URLSearchParams(query)) to.set(name, value);
    oneboard.go("?" + to);
}"""
_HAS_FOCUS = "over => Boolean(document.activeElement.closest(over))"
_TO_AN_END = """end => {
    const over = document.querySelector("dialog[open], .pop:popover-open");
    const all = [...(over?.querySelectorAll("a, button, input, select, textarea") ?? [])];
    const seen = all.filter((one) => one.checkVisibility() && !one.disabled);
    seen.at(end)?.focus();
    return seen.length;
}"""
"""Focus the first (0) or the last (-1) stop of a dialog; how many there are. A menu closes when it is left."""


@dataclass(frozen=True)
class Look:
    """A way to look at a page."""

    lang: str
    theme: str
    size: tuple[int, int]


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def drawn(page: Page) -> None:
    """Wait until the page shows all it has."""
    page.wait_for_function(IS_DRAWN)
    page.wait_for_function(_GRIDS_DRAWN)


def turn(page: Page, look: Look) -> None:
    """Another language, light and size in place, as the head's buttons and the window's edge do."""
    resize(page, look.size)
    page.evaluate(_TO, f"lang={look.lang}&theme={look.theme}")
    other = "en" if look.lang == "zh" else "zh"
    expect(page.locator(f"#header--how a[hreflang={other}]")).to_be_attached()
    expect(page.locator("html")).to_have_attribute("data-theme", look.theme)
    expect(page.locator("#board--main")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".page [aria-busy=true]")).to_have_count(0)
    drawn(page)


def faults(page: Page, within: str | None = None) -> list[str]:
    """What axe finds serious or critical, with the first three places of each."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    found: list[list[str]] = page.evaluate(_AXE, [within, _OPTIONS])
    return [f"{page.url} {' '.join(said)}" for impact, *said in found if impact in SERIOUS]


def _asked(page: Page, what: str, *arguments: Any) -> Any:
    if not page.evaluate("Boolean(window.reach)"):
        page.evaluate(_REACH)
    return page.evaluate(what, *arguments)


def out_of_reach(page: Page) -> list[str]:
    """What Tab alone does not come to of all that can be clicked, and where the focus cannot be seen."""
    for _ in range(int(_asked(page, "reach.begin()")) + 12):
        page.keyboard.press("Tab")
    missed, dull = page.evaluate("[reach.left(), reach.dull()]")
    return [f"{page.url} not reached: {one}" for one in missed] + [f"{page.url} without focus: {one}" for one in dull]


def openers(page: Page) -> list[str]:
    """The kinds of things that open something over the page, each once; `opened` opens one."""
    found: list[str] = _asked(page, "reach.openers()")
    return found


def opened(page: Page, kind: str) -> None:
    """Open it by the keyboard."""
    page.evaluate("kind => reach.opener(kind).focus()", kind)
    page.keyboard.press("Enter")
    expect(page.locator(OVER).first).to_be_visible()


def closed(page: Page) -> None:
    """Close what is open, by the keyboard."""
    page.keyboard.press("Escape")
    expect(page.locator(OVER)).to_have_count(0)


def held(page: Page, kind: str) -> list[str]:
    """What is wrong with how the focus is taken, kept and given back by what is open over the page; it is closed."""
    wrong = [] if page.evaluate(_HAS_FOCUS, OVER) else ["takes no focus"]
    for end, key in ((-1, "Tab"), (0, "Shift+Tab")):
        if page.evaluate(_TO_AN_END, end):
            page.keyboard.press(key)
            if not page.evaluate(_HAS_FOCUS, OVER):
                wrong.append(f"lets the focus go by {key}")
    closed(page)
    if not page.evaluate("kind => document.activeElement === reach.opener(kind)", kind):
        wrong.append(f"gives the focus to {page.evaluate('document.activeElement.outerHTML.slice(0, 120)')}")
    return [f"{page.url} {kind}: {one}" for one in wrong]
