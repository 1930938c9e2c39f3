"""`make shots`: every page as a picture, at three sizes, in both languages and lights, of a small fictional company.

`--url` takes them of a board that runs instead; `--light` and `--lang` take fewer.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

from dashboard import pages
from dashboard.locales import Lang, t
from dashboard.words import role_name
from deploy.local.chromium import require
from deploy.settings import local
from tests.bench.company import on_the_board

SIZES = {"wall": (3840, 2160), "desk": (1440, 900), "phone": (390, 844)}
DRAWN = """([loading]) => document.body && !document.body.innerText.includes(loading)
    && ![...document.querySelectorAll('.skeleton, .skeleton-line, .tile-empty')].some(one => one.offsetParent)
    && [...document.querySelectorAll('.dash-graph')].filter(one => one.offsetParent)
        .every(one => one.querySelector('.main-svg'))
    && [...document.querySelectorAll('.ag-root')].filter(one => one.offsetParent)
        .every(one => [...one.querySelectorAll('.ag-center-cols-container, .ag-pinned-left-cols-container')]
            .some(part => /\\p{L}/u.test(part.innerText)))
    && [...document.querySelectorAll('.stage')].every(one => [...one.querySelectorAll('.scene')]
        .some(scene => getComputedStyle(scene).opacity === '1'))"""
DRAWN_WITHIN_MS = 60_000
LAST_TO_COME = {"/": ".ag-row", "/rankings": ".ag-row", "/targets": ".ag-row", "/wall": ".stage .scene"}
WHOLE = """addEventListener('DOMContentLoaded', () => document.head.append(Object.assign(
    document.createElement('style'), {textContent: '* { content-visibility: visible !important; }'})))"""
"""A picture of the whole page shows what nobody has scrolled to yet."""


def shoot(browser: Browser, url: str, folder: Path, langs: list[Lang], lights: list[str]) -> Iterator[Path]:
    """Every page at every size; the file's name says which."""
    for size, (width, height) in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=size == "phone")
        page = context.new_page()
        page.add_init_script(WHOLE)
        for path in pages.found():
            context.clear_cookies()
            if path in ("/ops", "/rules"):
                _look_as_ops(page, url)
            for lang in langs:
                for light in lights:
                    page.goto(f"{url}{path}?lang={lang}&theme={light}", wait_until="load")
                    _wait(page, path, lang)
                    name = f"{path.strip('/') or 'board'}-{size}-{lang}-{light}.png"
                    page.screenshot(path=folder / name, full_page=size == "phone")
                    yield folder / name
        context.close()


def _look_as_ops(page: Page, url: str) -> None:
    """These pages are for sales operations alone."""
    page.goto(f"{url}/session?lang=en")
    page.locator(f"h2:text-is('{role_name('ops', 'en')}') + form button").first.click()
    page.wait_for_url(f"{url}/")


def _wait(page: Page, path: str, lang: Lang) -> None:
    """Until it is drawn; a page that does not come is shot as it stands, for somebody to see."""
    try:
        page.locator(LAST_TO_COME.get(path, "body")).first.wait_for(state="attached", timeout=DRAWN_WITHIN_MS)
        page.wait_for_function(DRAWN, arg=[t("board.loading", lang)], timeout=DRAWN_WITHIN_MS)
        page.wait_for_timeout(500)
    except TimeoutError:
        print(f"{page.url} was not drawn within {DRAWN_WITHIN_MS / 1000:.0f} s")


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(prog="make shots", description=__doc__)
    parser.add_argument("--url", help="a board that runs")
    parser.add_argument("--out", type=Path, default=Path("build/shots"))
    parser.add_argument("--lang", action="append", choices=("zh", "en"))
    parser.add_argument("--light", action="append", choices=("light", "dark"))
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    how = {"langs": asked.lang or ["zh", "en"], "lights": asked.light or ["light", "dark"]}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=require(local()), args=["--no-sandbox", "--disable-gpu"])
        if asked.url:
            taken = list(shoot(browser, asked.url.rstrip("/"), asked.out, **how))
        else:
            with on_the_board("small") as stack:
                taken = list(shoot(browser, stack.board_url, asked.out, **how))
        browser.close()
    print(f"{len(taken)} pictures are in {asked.out}")


if __name__ == "__main__":
    main()
