"""How long people wait for a picture: every page with a cold and a warm browser, a drill, a filter, and a scroll.

`python -m tests.bench.pages`: the demo's company on this machine; `--url` measures a board that is already there.
"""

import argparse
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

from dashboard import pages
from deploy.local import chromium
from deploy.settings import local
from tests.bench.company import on_the_board

RUNS = 10
BROWSER = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
WAIT_MS = 120_000.0

# Nothing is being asked for and no place waits for its shape; measured in the page, from its navigation.
SHOWN = """() => {
  const wall = document.querySelector('.wall');
  if (wall) return wall.querySelector('.head-figure') ? performance.now() - (window.begun || 0) : 0;
  const main = document.getElementById('board--main');
  if (!main || main.getAttribute('aria-busy') !== 'false') return 0;
  const there = [...document.querySelectorAll('.page, .aside')].filter((one) => one.offsetParent);
  if (!there.length || document.querySelector('.page [aria-busy=true]')) return 0;
  if (there.some((one) => one.querySelector('.shape')?.offsetParent)) return 0;
  return performance.now() - (window.begun || 0);
}"""
# What says how it stands is there: the sentence and the numbers on top, not yet every chart.
WORDS = """() => {
  const main = document.getElementById('board--main'), said = document.getElementById('headline--text');
  if (document.querySelector('.wall .head-figure')) return performance.now();
  if (!main || main.getAttribute('aria-busy') !== 'false' || said?.querySelector('.shape')) return 0;
  return performance.now();
}"""
IDLE_MS = 1_500.0
RESTS_MS = 200.0
"""How long a pointer is on a link before a hand that means it has pressed and let go."""
ROWS = "[...document.querySelectorAll('#rankings--grid .ag-row [col-id=label]')].map((one) => one.innerText).join()"
CHANGED = """([said, expression]) => eval(expression) !== said && performance.now() - window.begun"""
HEADLINE = "document.getElementById('headline--text').innerText"

WATCH = """() => {
  window.long = [];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => window.long.push(one.duration)))
    .observe({type: 'longtask'});
}"""
SCROLL = """(frames) => new Promise((done) => {
  const body = document.querySelector('#rankings--grid .ag-body-viewport');
  const step = () => {
    body.scrollTop += 120;
    if (frames-- > 0) requestAnimationFrame(step); else setTimeout(() => done(body.scrollTop), 500);
  };
  step();
})"""


@dataclass
class Waited:
    """Milliseconds from the navigation to the words, and to the whole picture."""

    words: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def loads(browser: Browser, url: str, path: str, runs: int) -> tuple[Waited, Waited]:
    """Cold (a browser that knows nothing), warm (it has the files), each after a moment in which nothing happens."""
    cold, warm = Waited(), Waited()
    for _ in range(runs):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        for waited in (cold, warm):
            page.goto(url + path, timeout=WAIT_MS, wait_until="commit")
            for times, condition in ((waited.words, WORDS), (waited.whole, SHOWN)):
                times.append(float(page.wait_for_function(condition, timeout=WAIT_MS).json_value()))
            page.wait_for_timeout(IDLE_MS)
        context.close()
    return cold, warm


def clicks(page: Page, url: str, path: str, target: str, shown: str, runs: int, rest_ms: float = 0) -> Waited:
    """From a click on `target` until `shown` differs, and until nothing of the page waits any more.

    Each time the next of the targets, on which the pointer has rested for so long; the page is opened anew for each.
    """
    waited = Waited()
    for run in range(runs):
        page.goto(url + path, timeout=WAIT_MS)
        page.wait_for_function(SHOWN, timeout=WAIT_MS)
        targets = page.locator(target)
        targets.first.wait_for(timeout=WAIT_MS)
        one = targets.nth(run % targets.count())
        page.wait_for_timeout(1_000)
        before = page.evaluate(shown)
        page.evaluate("document.addEventListener('click', () => { window.begun = performance.now() }, "
                      "{capture: true, once: true})")  # fmt: skip
        if rest_ms:
            one.hover()
            page.wait_for_timeout(rest_ms)
        one.click()
        waited.words.append(float(page.wait_for_function(CHANGED, arg=[before, shown], timeout=WAIT_MS).json_value()))
        waited.whole.append(float(page.wait_for_function(SHOWN, timeout=WAIT_MS).json_value()))
    return waited


def scroll(page: Page, url: str, frames: int = 240) -> tuple[list[float], float]:
    """The long tasks (ms over 50) while the list of all people is scrolled, and how far it came (pixels)."""
    page.goto(f"{url}/rankings?ranked=reps", timeout=WAIT_MS)
    page.locator("#rankings--grid .ag-row .row-link").first.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(2_000)
    page.evaluate(WATCH)
    far = page.evaluate(SCROLL, frames)
    return page.evaluate("window.long"), far


def row(what: str, times: Iterable[float]) -> str:
    """A line of the table: median and the time that 95 of 100 stay within."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"| {what} | {statistics.median(ordered):.0f} | {p95:.0f} | {len(ordered)} |"


def measured(url: str, runs: int) -> list[str]:
    """The table of a board."""
    lines = ["| milliseconds to the picture (Chromium, 1440 × 900) | p50 | p95 | runs |", "|---|--:|--:|--:|"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium.require(local())), args=list(BROWSER))
        loads(browser, url, "/", 1)  # what the server compresses and asks for the first time
        for path in pages.found():
            cold, warm = loads(browser, url, path, runs)
            for what, waited in (("nothing in the browser's cache", cold), ("files in the cache", warm)):
                lines.append(row(f"`{path}`, {what}: the words", waited.words))
                lines.append(row(f"`{path}`, {what}: all of it", waited.whole))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        steps = {"a drill on the board": "#heat--body tbody th a", "a filter on the board": "#heat--body thead th a"}
        for what, target in steps.items():
            for how, rest_ms in (("", 0.0), (", the pointer has rested 0.2 s", RESTS_MS)):
                waited = clicks(page, url, "/", target, HEADLINE, runs, rest_ms)
                lines.append(row(f"{what}{how}: the words", waited.words))
                lines.append(row(f"{what}{how}: all of it", waited.whole))
        tools = ".rankings-tools a:text-matches('Gap|差额')"
        ranked = clicks(page, url, "/rankings?ranked=reps", tools, ROWS, runs)
        lines.append(row("the rankings by another measure", ranked.words))
        long, far = scroll(page, url)
        lines.append(f"\nScrolling {far:,.0f} pixels of the list of people: {len(long)} tasks over 50 ms"
                     f"{', the longest ' + format(max(long), '.0f') + ' ms' if long else ''}.")  # fmt: skip
        browser.close()
    return lines


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--url", help="a board that is already there")
    arguments.add_argument("--company", default="medium", help="else one of this size: medium, or full")
    arguments.add_argument("--runs", type=int, default=RUNS)
    asked = arguments.parse_args()
    if asked.url:
        print("\n".join(measured(asked.url, asked.runs)))
        return
    with on_the_board(asked.company) as stack:
        print("\n".join(measured(stack.board_url, asked.runs)))


if __name__ == "__main__":
    main()
