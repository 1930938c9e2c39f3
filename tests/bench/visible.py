"""How long an event takes from the API call to the changed number on an open page, while many others come in.

`python -m tests.bench.visible --rate 1000`: the demo's company with all its history, everything on this machine.
"""

import argparse
import json
import random
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page, sync_playwright

from deploy.local import chromium
from deploy.settings import local
from ingest.simulator.company import Company
from tests.bench.company import company_of, on_the_board
from tests.stack import Stack, until

RATES, SECONDS = [0.0, 100.0, 1_000.0], 20.0
PROBES_A_SECOND = 4
CALLS_A_SECOND = 40
CENT = 100
BROWSER = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")

# The exact amount stands in the tile's title. Every change is noted with the wall clock, when it is in the page.
WATCH = """() => {
  const row = document.getElementById('tiles--row');
  window.seen = [];
  const note = () => {
    const title = row.querySelector('.tile-middle')?.title;
    if (!title || title === window.last) return;
    window.seen.push([performance.timeOrigin + performance.now(), window.last = title]);
  };
  note();
  new MutationObserver(note).observe(row, {subtree: true, childList: true, attributes: true});
}"""


TITLE = "document.querySelector('#tiles--row .tile-middle').title"


@dataclass(frozen=True)
class Visible:
    """Milliseconds from the API call to the page for every probe, and how often the page changed a second."""

    milliseconds: list[float]
    pictures_a_second: float

    def percentile(self, share: float) -> float:
        """The latency that `share` of the probes stay within."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def orders(company: Company, seed: int, most: int = 10_000) -> Iterator[dict[str, Any]]:
    """Whole amounts, so that a probe of one cent can be told from them; every third is the next version of an order."""
    rng, posts, goods, number = random.Random(seed), company.posts, company.products, 0
    while True:
        number += 1
        post = rng.choice(posts)
        order_id = f"load-{seed}-{number if number % 3 else number - 1}"
        yield {
            "order_id": order_id,
            "version": number,
            "occurred_at": datetime.now(UTC).isoformat(),
            "amount": rng.randrange(most // 100, most),
            "office_id": company.offices[post.office].id,
            "product_id": rng.choice(goods).id,
            "rep_id": f"load-{post.index}",
        }


def post(url: str, events: list[dict[str, Any]], topic: str = "orders") -> None:
    """One call of the API."""
    body = json.dumps(events).encode()
    request = urllib.request.Request(f"{url}/v1/events/{topic}", body, {"content-type": "application/json"})
    urllib.request.urlopen(request, timeout=30).close()


class Load(threading.Thread):
    """Calls the API at a fixed pace, whatever the answers take (open loop as far as two threads allow)."""

    def __init__(self, url: str, company: Company, rate: float, seed: int, most: int = 10_000) -> None:
        super().__init__(daemon=True)
        self._url, self._events = url, orders(company, seed, most)
        self._each = max(1, round(rate / CALLS_A_SECOND))
        self._over = threading.Event()

    def run(self) -> None:
        due = time.monotonic()
        while not self._over.wait(max(0.0, due - time.monotonic())):
            post(self._url, [next(self._events) for _ in range(self._each)])
            due += 1 / CALLS_A_SECOND

    def stop(self) -> None:
        self._over.set()
        self.join()


def probe(url: str, company: Company, seconds: float) -> list[float]:
    """Send orders of one cent; the wall clock (ms) at which each was called for."""
    office, product = company.offices[0].id, company.products[0].id
    sent: list[float] = []
    run, due = time.time_ns(), time.monotonic()
    end = due + seconds
    while due < end:
        time.sleep(max(0.0, due - time.monotonic()))
        order = {
            "order_id": f"probe-{run}-{len(sent)}", "version": 1, "occurred_at": datetime.now(UTC).isoformat(),
            "amount": "0.01", "office_id": office, "product_id": product,
        }  # fmt: skip
        sent.append(time.time() * 1000)
        post(url, [order])
        due += 1 / PROBES_A_SECOND
    return sent


def cents(title: str) -> int:
    """The amount in cents of an exact title such as "162,999,123.45"."""
    return round(float(title.replace(",", "").replace("−", "-")) * CENT)


def latencies(sent: list[float], seen: list[tuple[float, str]]) -> list[float]:
    """For each probe the time until the page showed at least so many of them; ValueError when it never did."""
    counted, before, found = 0, cents(seen[0][1]), []
    for at, title in seen[1:]:
        now = cents(title)
        counted += (now - before) % CENT
        before = now
        found += [at - called for called in sent[len(found) : counted]]
    if len(found) < len(sent):
        raise ValueError(f"{len(sent) - len(found)} of {len(sent)} probes never came to the page")
    return found


def watch(stack: Stack, page: Page, company: Company, rate: float, seconds: float) -> Visible:
    """One run: warmed up for a few seconds, then probed while the load goes on."""
    page.goto(f"{stack.board_url}/?lang=en")
    page.wait_for_function("document.getElementById('live--contact')?.dataset.beat > 0", timeout=120_000)
    page.wait_for_function(f"{TITLE}.length > 0", timeout=120_000)
    load = Load(stack.ingest_url, company, rate, seed=time.time_ns() % 10**9) if rate else None
    if load:
        load.start()
    before = cents(page.evaluate(TITLE))
    warm = len(probe(stack.ingest_url, company, 5))
    until(lambda: (cents(page.evaluate(TITLE)) - before - warm) % CENT == 0, "the page is warm")
    page.evaluate(WATCH)
    begun = len(page.evaluate("window.seen"))
    sent = probe(stack.ingest_url, company, seconds)
    deadline = time.monotonic() + 60
    while True:
        seen = [(at, title) for at, title in page.evaluate("window.seen")]
        try:
            found = latencies(sent, seen)
            break
        except ValueError:
            if time.monotonic() > deadline:
                raise
            page.wait_for_timeout(100)
    if load:
        load.stop()
    return Visible(found, (len(seen) - begun) / seconds)


def measured(rates: list[float], seconds: float) -> dict[float, Visible]:
    """A run for each rate, on one stack with the demo's whole history in it."""
    with on_the_board("medium") as stack:
        company = company_of("medium")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(chromium.require(local())), args=list(BROWSER))
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            found = {rate: watch(stack, page, company, rate, seconds) for rate in rates}
            browser.close()
        return found


def table(found: dict[float, Visible]) -> list[str]:
    """The figures as a table."""
    return [
        "| API call → number on the page (Chromium), events/s beside | p50 ms | p95 ms | p99 ms | changes/s | probes |",
        "|--:|--:|--:|--:|--:|--:|",
        *(
            f"| {rate:,.0f} | {one.percentile(0.5):.0f} | {one.percentile(0.95):.0f} | {one.percentile(0.99):.0f}"
            f" | {one.pictures_a_second:.1f} | {len(one.milliseconds)} |"
            for rate, one in found.items()
        ),
    ]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rate", type=float, nargs="+", default=RATES, help="events a second beside")
    arguments.add_argument("--seconds", type=float, default=SECONDS)
    asked = arguments.parse_args()
    print("\n".join(table(measured(asked.rate, asked.seconds))))


if __name__ == "__main__":
    main()
