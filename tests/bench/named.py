"""How long it takes from the API call of the event that tips an office to the name of who answers on an open page.

`python -m tests.bench.named --size small --rate 200`: the demo's company with all its history, everything on this
machine, so many events a second beside. An office of another region each time, a booking of an earlier day is taken
back that leaves it at a third of what it booked; its board is open. Counted is until its panel shows a card that speaks
of the office, or of a line in it, with the person; a card of the region, say, does not count. Tick and word of the same
finding are read off the log.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as TookTooLong

from deploy.local import chromium
from deploy.settings import local
from ingest.calendar import Period, business_day
from ingest.settings import company as settings
from ingest.simulator.company import Company
from tests.bench.company import company_of, on_the_board
from tests.bench.visible import BROWSER, Load, post
from tests.stack import Stack
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure_sync
from warehouse.viewer import Viewer

PROBES, RATE = 12, 200.0
LEFT = 0.3
"""Part of what it booked this month that an office is left with."""
MOST_AMOUNT = 100
"""What the events beside are worth at most: they are to be many, and nobody's success."""
LONGEST_SECONDS = 120

# When a finding about the office, with a person, stands on the panel for the first time, on the page's own clock.
WATCH = """([office, known]) => {
  const panel = document.getElementById('findings--panel');
  window.named = 0;
  const look = () => {
    for (const card of panel.querySelectorAll('.finding')) {
      const person = card.querySelector('.finding-line .finding-person');
      const places = (card.querySelector(".finding-place")?.innerText ?? "").split(/ [·×] /);
      if (!window.named && person && places.includes(office) && !known.includes(card.dataset.key)) {
        window.named = performance.timeOrigin + performance.now();
        window.who = person.innerText;
      }
    }
  };
  new MutationObserver(look).observe(panel, {subtree: true, childList: true, characterData: true});
}"""
HERE = ".crumb-here"
SHOWN = "[...document.querySelectorAll('#findings--panel .finding')].map((one) => one.dataset.key)"


def booked(stack: Stack, office: str, today: Any) -> float:
    """What the office booked this month, to the day before today."""
    month = Period.containing(today, "month")
    query = MetricQuery(("bookings",), today, month.start, (), Where(unit_id=office))
    return float(str(measure_sync(stack.warehouse, query, Viewer.system())["bookings"][0]))


def tip(stack: Stack, company: Company, office: int, number: int) -> float:
    """Take a booking back that the office cannot do without; the wall clock (ms) of the call."""
    now = datetime.now(UTC)
    today = business_day(now, settings().zone)
    first = company.calendar.add_working_days(Period.containing(today, "month").start, 1)
    one = company.offices[office]
    order = {
        "order_id": f"tip-{number}-{time.time_ns()}", "version": 1, "occurred_at": now.isoformat(),
        "amount": f"-{(1 - LEFT) * booked(stack, one.id, today):.2f}", "office_id": one.id,
        "effective_on": first.isoformat(), "product_id": company.products[0].id,
    }  # fmt: skip
    called = time.time() * 1000
    post(stack.ingest_url, [order])
    return called


# What was told since the call: rule and slice, who answers, its tick and when the log had it.
TOLD = """
SELECT rule, unit_id, product_id, person_id, responsible_id, version / 1000, toUnixTimestamp64Milli(received_at)
FROM finding_events WHERE finding_state = 'open' AND toUnixTimestamp64Milli(received_at) > {called:Int64}
ORDER BY version, offset
"""


@dataclass(frozen=True)
class Named:
    """Milliseconds after the call: the tick, the word on the log, the name on the page (infinite where it never came);
    and whether it is the office's manager who answers."""

    tick: float
    word: float
    page: float
    is_right: bool


def watched(stack: Stack, page: Page, company: Company, office: int, number: int) -> Named:
    """One office tipped, its board open."""
    one = company.offices[office]
    page.goto(f"{stack.board_url}/?unit={one.id}&lang=en")
    page.wait_for_function("document.getElementById('live--contact')?.dataset.beat > 0", timeout=120_000)
    page.wait_for_function("document.querySelector('#findings--panel')?.innerText.length > 0", timeout=120_000)
    page.evaluate(WATCH, [page.locator(HERE).inner_text(), page.evaluate(SHOWN)])
    called = tip(stack, company, office, number)
    try:
        page.wait_for_function("window.named > 0", timeout=LONGEST_SECONDS * 1000)
        shown = page.evaluate("window.named") - called
    except TookTooLong:
        shown = inf
    told = stack.warehouse.rows(TOLD, {"called": int(called)})
    of_office = [row for row in told if row[1] == one.id and not row[3]]
    if shown == inf or not of_office:
        print(f"not told of {one.id}; told was: {told}", flush=True)
        return Named(inf, inf, shown, is_right=False)
    *_, who, tick, word = of_office[0]
    return Named(tick - called, word - called, shown, who == one.manager_id)


def measured_on(stack: Stack, size: str, rate: float, probes: int) -> list[Named]:
    """What came of each probe."""
    company, found = company_of(size), []
    load = Load(stack.ingest_url, company, rate, seed=time.time_ns() % 10**9, most=MOST_AMOUNT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium.require(local())), args=list(BROWSER))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        load.start()
        try:
            for number in range(probes):
                office = company.offices_in[number % len(company.regions)][0]  # of one region they would be one problem
                found.append(watched(stack, page, company, office, number))
                print(found[-1], flush=True)
        finally:
            load.stop()
            browser.close()
    return found


def at(share: float, milliseconds: Sequence[float]) -> str:
    """Seconds within which that share of them are."""
    ordered = sorted(milliseconds)
    return f"{ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1000:.1f}"


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", default="broad", help="small, medium, broad or full")
    arguments.add_argument("--rate", type=float, default=RATE, help="events a second beside")
    arguments.add_argument("--probes", type=int, default=PROBES)
    asked = arguments.parse_args()
    with on_the_board(asked.size) as stack:
        found = measured_on(stack, asked.size, asked.rate, asked.probes)
    shown = [one.page for one in found]
    stages = [median(one) / 1000 for one in zip(*((one.tick, one.word, one.page) for one in found), strict=True)]
    print(
        "| company | events/s beside | tips | its manager named | tick, word, page: p50 s | p95 s | longest s |\n"
        "|---|--:|--:|--:|--:|--:|--:|\n"
        f"| {asked.size} | {asked.rate:,.0f} | {len(found)} | {sum(one.is_right for one in found)}"
        f" | {', '.join(f'{one:.1f}' for one in stages)} | {at(0.95, shown)} | {at(1, shown)} |"
    )


if __name__ == "__main__":
    main()
