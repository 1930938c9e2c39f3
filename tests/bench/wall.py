"""Does a wall's page stay as large as it is: JS heap and node count while scenes turn every second and orders come in.

`python -m tests.bench.wall --minutes 5`: a small company of 31 regions, an engine and a dashboard of its own. Memory is
read after a collection, so that what is counted is held and not only not yet thrown away.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import CDPSession, sync_playwright
from pydantic_core import Url

from deploy.local import children, chromium, ports, readiness
from deploy.settings import local
from tests.bench.visible import BROWSER
from tests.e2e import wall_company as company
from tests.e2e.over_books import board_over
from tests.integration.warehouse.books import Books
from tests.stack import until
from warehouse.client import Warehouse
from warehouse.migrate import migrate
from warehouse.settings import WarehouseSettings

REGIONS = 31
SAMPLE_SECONDS, WARM_SECONDS = 10.0, 30.0
READ = {"JSHeapUsedSize": "JS heap, MB", "Nodes": "nodes", "JSEventListeners": "listeners", "Documents": "documents"}
Sample = dict[str, float]


def sample(session: CDPSession, began: float) -> Sample:
    """What the page holds now."""
    session.send("HeapProfiler.collectGarbage")
    found = {one["name"]: float(one["value"]) for one in session.send("Performance.getMetrics")["metrics"]}
    found["JSHeapUsedSize"] /= 2**20
    return {"minutes": (time.monotonic() - began) / 60, **{name: found[name] for name in READ}}


def growth(samples: Sequence[Sample], name: str) -> float:
    """By the minute: the median of the slopes between all pairs of samples (Theil 1950, Sen 1968)."""
    pairs = [(one, other) for n, one in enumerate(samples) for other in samples[n + 1 :]]
    return median((other[name] - one[name]) / (other["minutes"] - one["minutes"]) for one, other in pairs)


@contextmanager
def engine(folder: Path) -> Iterator[tuple[str, Warehouse]]:
    """An engine of its own, nothing in it yet: where it answers, and a client of it."""
    port = ports.free_port()
    argv = (sys.executable, "-m", "warehouse.embedded", "--path", str(folder / "warehouse"), "--port", str(port))
    process = children.start(argv, folder / "warehouse.log")
    url = f"http://{ports.LOOPBACK}:{port}"
    try:
        until(readiness.http(f"{url}/ping"), "the engine answers")
        warehouse = Warehouse(WarehouseSettings(url=Url(url), database="wall"))
        warehouse.ensure_database()
        migrate(warehouse)
        yield url, warehouse
        warehouse.close()
    finally:
        children.stop(process, within_seconds=10)


class Orders(threading.Thread):
    """An order a second into one region after the other, and now and then a finding that is taken."""

    def __init__(self, books: Books) -> None:
        super().__init__(daemon=True)
        self._books, self._over = books, threading.Event()

    def run(self) -> None:
        number = 0
        while not self._over.wait(1.0):
            number += 1
            region = f"r{number % REGIONS}"
            company.company.book(self._books, f"b{number}", company.TODAY.isoformat(), "7", region, "p1", "vms1")
            if number % 20 == 5:
                company.finding(self._books, f"f{number}", -number, slice={"unit_id": region})
            if number % 20 == 15:
                company.act(self._books, "take", f"f{number - 10}")

    def stop(self) -> None:
        self._over.set()
        self.join()


def measured(minutes: float) -> tuple[list[Sample], int, int]:
    """The samples, how often a scene turned, and how often the head was drawn anew."""
    with tempfile.TemporaryDirectory() as name, engine(Path(name)) as (url, warehouse):
        folder = Path(name)
        (folder / "quick.toml").write_text("seconds = 1\n")
        books = Books(warehouse)
        company.write(books)
        tree = {f"r{n}": f"hq/r{n}" for n in range(REGIONS)}
        books.units({"hq": "hq", "east": "hq/east", "hz": "hq/east/hz", "bj": "hq/r1/bj", **tree}, hq="ceo")
        for n in range(REGIONS):
            books.target(company.MONTH.key, 100 + 10 * n, unit_id=f"r{n}")
        with board_over(url, "wall", folder, ONEBOARD_DASHBOARD_WALLS_DIR=name) as served:
            orders = Orders(books)
            orders.start()
            try:
                return watched(f"{served.url}/wall/quick", minutes)
            finally:
                orders.stop()


_COUNT = """() => {
  window.turns = window.heads = 0;
  new MutationObserver(() => { window.turns += 1; })
    .observe(document.getElementById("wall--stage"), { attributes: true, attributeFilter: ["data-now"] });
  new MutationObserver(() => { window.heads += 1; })
    .observe(document.getElementById("wall--head"), { childList: true, characterData: true, subtree: true });
}"""


def watched(url: str, minutes: float) -> tuple[list[Sample], int, int]:
    """The same of a wall that is served already."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium.require(local())), args=list(BROWSER))
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(url)
        page.wait_for_selector("#wall--head .head-figure", timeout=120_000)
        page.wait_for_timeout(WARM_SECONDS * 1000)
        page.evaluate(_COUNT)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        samples, began = list[Sample](), time.monotonic()
        while time.monotonic() - began < minutes * 60:
            samples.append(sample(session, began))
            page.wait_for_timeout(SAMPLE_SECONDS * 1000)
        turns, heads = page.evaluate("[window.turns, window.heads]")
        browser.close()
    return samples, turns, heads


def table(samples: Sequence[Sample], turns: int, heads: int) -> list[str]:
    """The figures as a table."""
    return [
        f"{turns} turns and {heads} new headlines in {samples[-1]['minutes']:.1f} minutes, {len(samples)} samples:",
        "",
        "| of the wall's page | first | last | largest | a minute |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| {said} | {samples[0][name]:,.1f} | {samples[-1][name]:,.1f} | {max(one[name] for one in samples):,.1f}"
            f" | {growth(samples, name):+.3f} |"
            for name, said in READ.items()
        ),
    ]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=5)
    arguments.add_argument("--url", help="a wall that is served already, instead of a company of its own")
    asked = arguments.parse_args()
    found = watched(asked.url, asked.minutes) if asked.url else measured(asked.minutes)
    print("\n".join(table(*found)))


if __name__ == "__main__":
    main()
