"""`python -m tests.bench.meet`: from a click on Meet to the room on the screen, as a person would click, in Chromium.

The room is a page on this machine: what its own vendor takes to show it is the vendor's. Rooms are opened by one
dashboard and joined by another.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import BrowserContext, Page, sync_playwright

from deploy.local import ports
from deploy.local.kafka import EmbeddedKafka
from tests.e2e import live_company as company
from tests.e2e.conftest import CHROMIUM, QUIET
from tests.receiver import Receiver
from tests.stack import Stack

SURE = "Meet now all the same"
CLICKS = 20


def clicked(context: BrowserContext, page: Page, gap: int, button: str, rooms: str) -> float:
    """Seconds from the click to the room; outside office hours the question in between is answered at once."""
    shown = page.locator(".finding", has_text=f"−{gap} K").get_by_role("button", name=button, exact=True)
    shown.wait_for(timeout=120_000)
    begin = time.monotonic()
    with context.expect_page() as opened:
        shown.click()
    room = opened.value
    room.wait_for_load_state("domcontentloaded")
    if not room.url.startswith(rooms):
        room.get_by_role("button", name=SURE).click()
        room.wait_for_url(f"{rooms}/**", wait_until="domcontentloaded")
    took = time.monotonic() - begin
    room.close()
    return took


def said(what: str, seconds: list[float]) -> str:
    """The middle, the 95th percentile (nearest rank) and the longest."""
    ranked = sorted(seconds)
    slow = ranked[-(-95 * len(ranked) // 100) - 1]
    middle = statistics.median(ranked)
    return f"| {what} | {len(ranked)} | {middle:.2f} s | {slow:.2f} s | {ranked[-1]:.2f} s |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=CLICKS)
    clicks = parser.parse_args().clicks
    with (
        tempfile.TemporaryDirectory() as folder,
        Receiver() as receiver,
        EmbeddedKafka(Path(folder) / "kafka", ports.free_port()) as kafka,
        Stack(kafka.bootstrap, Path(folder), env={"ONEBOARD_MEETINGS_JITSI_URL": receiver.url}) as stack,
        sync_playwright() as playwright,
    ):
        stack.start("worker", "dashboard", "dashboard-2")
        stack.publish("org", company.org())
        gaps = range(100, 100 + clicks)
        stack.publish("findings", [company.finding(f"f-{gap}", -gap * 1_000) for gap in gaps])
        stack.settle()
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        tables = []
        for name, button in (("dashboard", "Meet"), ("dashboard-2", "Join")):
            context = chromium.new_context(viewport={"width": 1440, "height": 900})
            page = context.new_page()
            page.goto(f"http://{ports.LOOPBACK}:{stack.ports[name]}/findings?lang=en&stands=all")
            page.wait_for_function("document.getElementById('live--contact')?.dataset.beat > 0", timeout=120_000)
            took = [clicked(context, page, gap, button, receiver.url) for gap in gaps]
            tables.append(said("opened" if button == "Meet" else "joined from another process", took))
            context.close()
        chromium.close()
    load = psutil.getloadavg()[0]
    print(f"{psutil.cpu_count()} cores, load {load:.1f}\n\n| | clicks | p50 | p95 | longest |\n|---|---|---|---|---|")
    print("\n".join(tables))


if __name__ == "__main__":
    main()
