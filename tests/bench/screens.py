"""What many screens cost one dashboard process: how late a push is, its memory, and the questions to the warehouse.

`python -m tests.bench.screens`: 100 boards of 20 scopes, then 500 walls, each a websocket that answers like a page.
"""

import argparse
import asyncio
import json
import random
import re
import time
import urllib.request
from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import psutil
from websockets.asyncio.client import ClientConnection, connect

from dashboard import board
from dashboard.address import Address
from dashboard.live.screen import LIVE
from tests.bench.company import company_of, on_the_board
from tests.bench.visible import Load
from tests.push_request import push_request
from tests.stack import Stack

BOARDS, SCOPES, WALLS, SECONDS, RATE = 100, 20, 500, 20.0, 20.0
_SAMPLE = re.compile(r"^(\w+)(?:\{([^}]*)\})? (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Cost:
    """Of one number of screens, over the time it was watched."""

    screens: int
    pictures: int
    p95_first_seconds: float
    p95_rest_seconds: float
    kilobytes_a_screen: float
    questions: float
    views: float


class Screens:
    """Tabs that answer the board as pages do; `pictures` counts what they were shown."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._tabs: list[asyncio.Task[None]] = []
        self.pictures = 0

    async def open(self, path: str, search: str, count: int) -> None:
        """So many more of one address, each with a page of its own."""
        for _ in range(count):
            request = await asyncio.to_thread(push_request, self._url, search, path)
            self._tabs.append(asyncio.create_task(self._follow(request)))

    async def close(self) -> None:
        for tab in self._tabs:
            tab.cancel()
        await asyncio.gather(*self._tabs, return_exceptions=True)
        self._tabs.clear()

    async def _follow(self, request: dict[str, Any]) -> None:
        address = self._url.replace("http", "ws", 1) + "/_dash-ws-callback"
        async with connect(address, origin=self._url, max_size=None, open_timeout=60) as socket:  # type: ignore[arg-type]
            await socket.send(json.dumps(request))
            beat, seq = "{}", 0
            async for text in socket:
                told = json.loads(text)
                for message in told if isinstance(told, list) else [told]:
                    props = message.get("payload", {}).get("props", {}) if message["type"] == "set_props" else {}
                    beat = props.get(LIVE, beat)
                    self.pictures += (newest := json.loads(beat).get("seq", seq)) != seq
                    seq = newest
                    if message["type"] == "get_props_request":
                        await _answer(socket, message["requestId"], beat)


async def _answer(socket: ClientConnection, request_id: str, beat: str) -> None:
    answer = {"type": "get_props_response", "rendererId": "raw", "requestId": request_id}
    await socket.send(json.dumps(answer | {"payload": {LIVE: beat}}))


def metrics(url: str) -> dict[str, float]:
    """What the dashboard counts: a sample's name, or with its bound and its lane where it has them, to its sum."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    found: dict[str, float] = {}
    for name, labels, value in _SAMPLE.findall(text):
        bound, lane = re.search(r'le="([^"]+)"', labels), re.search(r'lane="([^"]+)"', labels)
        key = f"{name} {bound[1]} {lane[1] if lane else ''}" if bound else name
        found[key] = found.get(key, 0.0) + float(value)
    return found


def within(
    before: Mapping[str, float], after: Mapping[str, float], name: str, lanes: Container[str], share: float
) -> float:
    """The upper bound of the bucket in which `share` of what a histogram counted of lanes lies; NaN for nothing."""
    counts: dict[float, float] = defaultdict(float)
    for key in after:
        if key.startswith(f"{name}_bucket "):
            _, bound, lane = key.split(" ")
            if lane in lanes:
                counts[float(bound)] += after[key] - before.get(key, 0.0)
    total = max(counts.values(), default=0.0)
    return min((bound for bound, count in counts.items() if total and count >= share * total), default=float("nan"))


def searches(stack: Stack, count: int) -> list[str]:
    """So many different scopes: the offices of the company."""
    rows = stack.warehouse.rows("SELECT DISTINCT id FROM dictionary('units') WHERE tier = 'office' ORDER BY id")
    return [f"?unit={unit}" for (unit,) in rows[:count]]


async def cost(stack: Stack, addresses: list[tuple[str, str]], count: int, seconds: float) -> Cost:
    """`count` screens, shared out over the addresses (path, query), while orders come in."""
    url, process = stack.board_url, psutil.Process(stack.pid("dashboard"))
    screens = Screens(url)
    for address in addresses:  # the views are there before the memory of a screen is counted
        await screens.open(*address, 1)
    await _settled(url, len(addresses))
    at_first = process.memory_info().rss
    for number, address in enumerate(addresses):
        await screens.open(*address, count // len(addresses) + (number < count % len(addresses)) - 1)
    await _settled(url, count)
    memory = (process.memory_info().rss - at_first) / 1_024 / max(1, count - len(addresses))
    before, shown = await asyncio.to_thread(metrics, url), screens.pictures
    await asyncio.sleep(seconds)
    after = await asyncio.to_thread(metrics, url)
    asked = sum(after[key] - before.get(key, 0) for key in after if key == "oneboard_board_asking_seconds_count")
    lanes = board.lanes(Address.of(*addresses[0]))
    first, rest = (
        within(before, after, "oneboard_board_push_delay_seconds", some, 0.95) for some in (lanes[:1], lanes[1:])
    )
    views = after.get("oneboard_board_kept_views", float("nan"))
    pictures = screens.pictures - shown
    await screens.close()
    return Cost(count, pictures, first, rest, memory, asked, views)


async def _settled(url: str, count: int) -> None:
    deadline = time.monotonic() + 300
    while (await asyncio.to_thread(metrics, url)).get("oneboard_board_open_screens", 0) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{count} screens are not open within five minutes")
        await asyncio.sleep(0.5)


def table(found: Mapping[str, Cost]) -> list[str]:
    """The figures as a table."""
    return [
        "| screens of one process | pictures | p95 push s: urgent | the rest | KB a screen | lanes asked | views |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(
            f"| {what} | {one.pictures:,} | ≤ {one.p95_first_seconds:g} | ≤ {one.p95_rest_seconds:g}"
            f" | {one.kilobytes_a_screen:.0f} | {one.questions:.0f} | {one.views:.0f} |"
            for what, one in found.items()
        ),
    ]


async def measured(stack: Stack, asked: argparse.Namespace) -> dict[str, Cost]:
    """Half as many boards, all boards, a fifth of the walls, all walls: what grows with screens and what does not."""
    boards = [("/", search) for search in searches(stack, asked.scopes)]
    found = {}
    for count in (asked.boards // 2, asked.boards):
        found[f"{count} boards of {len(boards)} scopes"] = await cost(stack, boards, count, asked.seconds)
    for count in (asked.walls // 5, asked.walls):
        found[f"{count} of one scope (`{asked.wall}`)"] = await cost(stack, [(asked.wall, "")], count, asked.seconds)
    return found


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--company", default="medium")
    arguments.add_argument("--boards", type=int, default=BOARDS)
    arguments.add_argument("--scopes", type=int, default=SCOPES)
    arguments.add_argument("--walls", type=int, default=WALLS)
    arguments.add_argument("--wall", default="/wall", help="the path of what the walls show")
    arguments.add_argument("--seconds", type=float, default=SECONDS)
    asked = arguments.parse_args()
    with on_the_board(asked.company) as stack:
        load = Load(stack.ingest_url, company_of(asked.company), RATE, seed=random.randrange(10**9))
        load.start()
        print("\n".join(table(asyncio.run(measured(stack, asked)))))
        load.stop()


if __name__ == "__main__":
    main()
