"""Does a wall's page stay as large as it is: JS heap and node count while scenes turn every second and orders come in.

`python -m tests.bench.wall --minutes 5`: a simulated company, everything on this machine. Memory is read after a
collection, so that what is counted is held and not only not yet thrown away.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from playwright.sync_api import CDPSession, sync_playwright

from deploy.local import chromium, ports
from deploy.local.kafka import EmbeddedKafka
from deploy.settings import local
from deploy.simulation import Simulation
from ingest.settings import company as settings
from ingest.simulator.company import Company
from ingest.simulator.sizes import SIZES
from tests.bench.visible import BROWSER, Load
from tests.stack import Stack

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


def measured(minutes: float, size: str, rate: float) -> tuple[list[Sample], int, int]:
    """The samples, how often a scene turned, and how often the head was drawn anew."""
    with tempfile.TemporaryDirectory() as folder:
        walls = Path(folder) / "walls"
        walls.mkdir()
        (walls / "quick.toml").write_text("seconds = 1\n")
        os.environ["ONEBOARD_DASHBOARD_WALLS_DIR"] = str(walls)
        with (
            EmbeddedKafka(Path(folder) / "kafka", ports.free_port()) as kafka,
            Stack(kafka.bootstrap, Path(folder)) as stack,
        ):
            stack.start("worker", "ingest")
            now = datetime.now(UTC)
            today = now.astimezone(settings().zone).date()
            Simulation(size, 7, stack.publisher, Path(folder) / "simulation.json", today).catch_up(now, lambda *_: None)
            stack.settle(300)
            stack.start("dashboard")
            load = Load(stack.ingest_url, Company.make(7, SIZES[size], today), rate, seed=1)
            load.start()
            try:
                return watched(f"{stack.board_url}/wall/quick", minutes)
            finally:
                load.stop()


_COUNT = """() => {
  window.turns = window.heads = 0;
  new MutationObserver(() => { window.turns += 1; })
    .observe(document.getElementById("wall--stage"), { attributes: true, attributeFilter: ["data-now"] });
  new MutationObserver(() => { window.heads += 1; })
    .observe(document.getElementById("wall--head"), { attributes: true, attributeFilter: ["data-html"] });
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
    arguments.add_argument("--size", default="small", help="the company: small, demo or full")
    arguments.add_argument("--rate", type=float, default=40.0, help="orders a second beside")
    arguments.add_argument("--url", help="a wall that is served already, instead of a company of its own")
    asked = arguments.parse_args()
    found = watched(asked.url, asked.minutes) if asked.url else measured(asked.minutes, asked.size, asked.rate)
    print("\n".join(table(*found)))


if __name__ == "__main__":
    main()
