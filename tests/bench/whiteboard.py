"""How fast a whiteboard is: from one's stroke to another's socket with fifty at it, a large one opened, memory.

`python -m tests.bench.whiteboard`: the editors are websockets of another process, which draw and point as hands do; a
stroke's time is taken in this process, from its sending until another connection has applied it.
"""

import argparse
import asyncio
import contextlib
import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
from playwright.sync_api import sync_playwright
from pycrdt import Decoder, Doc, Encoder, Map
from websockets.asyncio.client import ClientConnection, connect

from dashboard.whiteboard import protocol, scene
from deploy.local import ports
from deploy.local.chromium import require
from deploy.local.kafka import EmbeddedKafka
from deploy.settings import local
from tests.stack import Stack

EDITORS, SECONDS, OBJECTS, STROKES, OPENINGS = 50, 30.0, 5_000, 100, 5
STROKE_EVERY, CURSOR_EVERY, POINTS_A_STEP = 0.1, 0.06, 8
"""As the front end has it: a stroke under way goes out ten times a second, a cursor sixteen times."""
PAUSE = (0.5, 3.0)
"""Seconds between two strokes of one hand."""
FIRST, SECOND = "dashboard", "dashboard-2"


def freedraw(id: str, points: Sequence[Sequence[float]], version: int) -> dict[str, Any]:
    """A stroke, as the front end sends it."""
    plain: dict[str, Any] = scene.box(id, 0, 0, 100, 100) | {
        "type": "freedraw", "points": points, "pressures": [], "simulatePressure": True, "version": version,
    }  # fmt: skip
    return dict(json.loads(json.dumps(plain), parse_int=float))


class Editor:
    """One connection to a board: draws on a document of its own and applies what it hears."""

    def __init__(self, url: str, board: str) -> None:
        self._url = f"{url.replace('http', 'ws', 1)}/whiteboard/{board}/socket"
        self._origin = url
        self.doc: Doc[Any] = Doc()
        self.elements: Map[Any] = self.doc.get("elements", type=Map)
        self.is_synced, self._moved = asyncio.Event(), asyncio.Event()
        self.socket: ClientConnection | None = None
        self.heard = 0
        self._clock = 0

    @contextlib.asynccontextmanager
    async def open(self, *, hears: bool = True) -> Any:
        """Connect, and be level with the board; `hears` applies what comes, else it is read and let go."""
        async with connect(self._url, origin=self._origin, max_size=None, open_timeout=60) as self.socket:  # type: ignore[arg-type]
            reading = asyncio.create_task(self._read(hears))
            await self.socket.send(protocol.vector(self.doc.get_state()))
            await asyncio.wait_for(self.is_synced.wait(), 60)
            yield self
            reading.cancel()

    async def has(self, ids: Collection[str]) -> None:
        """Wait until all of these are on the board as this connection has it."""
        while not all(id in self.elements for id in ids):
            await self._moved.wait()

    async def put(self, values: dict[str, Any]) -> None:
        """Change elements, and send it."""
        assert self.socket
        before = self.doc.get_state()
        with self.doc.transaction():
            for key, value in values.items():
                self.elements[key] = value
        await self.socket.send(protocol.update(self.doc.get_update(before)))

    async def point(self, x: float, y: float) -> None:
        """Move the cursor."""
        assert self.socket
        self._clock += 1
        encoder = Encoder()
        for number in (1, self.doc.client_id, self._clock):
            encoder.write_var_uint(number)
        encoder.write_var_string(json.dumps({"pointer": {"x": x, "y": y, "tool": "pointer"}, "button": "up"}))
        await self.socket.send(protocol.presence(encoder.to_bytes()))

    async def _read(self, hears: bool) -> None:
        assert self.socket
        async for message in self.socket:
            assert isinstance(message, bytes)
            self.heard += len(message)
            if message[0] == protocol.SYNC and message[1] != protocol.STEP1:
                if hears or not self.is_synced.is_set():
                    decoder = Decoder(message[2:])
                    self.doc.apply_update(decoder.read_message() or b"")
                    self._moved.set()
                    self._moved = asyncio.Event()
                if message[1] == protocol.STEP2:
                    self.is_synced.set()


async def draw_for_ever(editor: Editor, rng: random.Random) -> None:
    """Strokes of one to two seconds, with pauses; the cursor moves all the while."""

    async def point() -> None:
        while True:
            await editor.point(rng.random() * 1_000, rng.random() * 800)
            await asyncio.sleep(CURSOR_EVERY)

    pointing = asyncio.create_task(point())
    try:
        while True:
            await asyncio.sleep(rng.uniform(*PAUSE))
            id, points = uuid4().hex, list[list[float]]()
            for step in range(rng.randint(10, 20)):
                points += [[step * 8.0 + i, 50 * math.sin(step + i / 8)] for i in range(POINTS_A_STEP)]
                await editor.put({id: freedraw(id, points, step + 1)})
                await asyncio.sleep(STROKE_EVERY)
    finally:
        pointing.cancel()


async def crowd(urls: Sequence[str], board: str, count: int) -> None:
    """So many editors, shared out over the dashboards; prints once all are at the board, and goes on until killed."""
    async with contextlib.AsyncExitStack() as stack:
        editors = [Editor(urls[place % len(urls)], board) for place in range(count)]
        for editor in editors:
            await stack.enter_async_context(editor.open(hears=False))
        print("ready", flush=True)
        await asyncio.gather(*(draw_for_ever(one, random.Random(place)) for place, one in enumerate(editors)))


@dataclass
class Delays:
    """Seconds from a stroke's sending to another's having it: at the same dashboard, and at the other."""

    same: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)


async def delays(urls: Sequence[str], board: str, strokes: int) -> Delays:
    """Draw single strokes and wait for each at two other connections."""
    found = Delays()
    author, same, other = Editor(urls[0], board), Editor(urls[0], board), Editor(urls[1], board)
    async with author.open(), same.open(), other.open():
        for number in range(strokes):
            id = f"probe-{number}"
            points = [[i * 2.0, i * 1.5] for i in range(60)]
            began = time.perf_counter()
            await author.put({id: freedraw(id, points, 1)})

            async def seen(editor: Editor, id: str = id, began: float = began) -> float:
                await editor.has([id])
                return time.perf_counter() - began

            took = await asyncio.wait_for(asyncio.gather(seen(same), seen(other)), 60)
            found.same.append(took[0])
            found.other.append(took[1])
            await asyncio.sleep(random.uniform(0.05, 0.3))
    return found


async def fill(url: str, board: str, objects: int) -> None:
    """So many objects: boxes, texts and strokes."""
    made = [thing(f"o{number}", number) for number in range(objects)]
    author, other = Editor(url, board), Editor(url, board)
    async with author.open(), other.open():
        for start in range(0, objects, 500):
            await author.put({one["id"]: one for one in made[start : start + 500]})
        await asyncio.wait_for(other.has([one["id"] for one in made]), 120)


def thing(id: str, number: int) -> dict[str, Any]:
    """A box, a text or a stroke, in its place."""
    x, y = number % 100 * 60.0, number // 100 * 60.0
    points = [[i * 2.0, 20 * math.sin(number + i)] for i in range(20)]
    made = (scene.box(id, x, y, 50, 40), scene.text(id, x, y, "a word"), freedraw(id, points, 1))[number % 3]
    return dict(json.loads(json.dumps(made | {"x": x, "y": y, "index": f"b{number:05d}V"}), parse_int=float))


def opened(url: str, board: str, objects: int, times: int) -> list[float]:
    """Seconds from the navigation until all objects are there and those in sight drawn, each time in a new browser."""
    took = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=require(local()), args=["--no-sandbox", "--disable-gpu"])
        for _ in range(times):
            page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
            began = time.perf_counter()
            page.goto(f"{url}/whiteboard/{board}?lang=en", wait_until="commit")
            page.wait_for_selector("html[data-board=open]", timeout=120_000)
            assert page.evaluate("window.whiteboard.api.getSceneElements().length") == objects
            page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
            took.append(time.perf_counter() - began)
            page.context.close()
        chromium.close()
    return took


def new_board(url: str) -> str:
    """An empty board's id."""
    request = urllib.request.Request(
        f"{url}/whiteboards", json.dumps({}).encode(), {"content-type": "application/json", "origin": url}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.read().decode()).rpartition("/")[2].partition("?")[0]


@contextmanager
def two_dashboards() -> Iterator[tuple[Stack, list[str]]]:
    """A broker, an engine, and two processes of the dashboard with one log."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedKafka(Path(folder) / "kafka", ports.free_port()) as kafka:
        env = {"ONEBOARD_WHITEBOARD_LINGER_SECONDS": "0.5"}
        with Stack(kafka.bootstrap, Path(folder), env=env) as stack:
            stack.ports[SECOND] = ports.free_port()
            stack.start(FIRST)
            stack.start(SECOND, env={"ONEBOARD_DASHBOARD_PORT": str(stack.ports[SECOND])})
            yield stack, [f"http://127.0.0.1:{stack.ports[name]}" for name in (FIRST, SECOND)]


def row(what: str, found: Sequence[float]) -> str:
    """A line of the table, in milliseconds."""
    cuts = statistics.quantiles(found, n=100, method="inclusive")
    return f"| {what} | {1000 * statistics.median(found):.0f} | {1000 * cuts[94]:.0f} | {1000 * max(found):.0f} |"


def megabytes(stack: Stack, name: str) -> float:
    return psutil.Process(stack.pid(name)).memory_info().rss / 1e6


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--editors", type=int, default=EDITORS)
    arguments.add_argument("--strokes", type=int, default=STROKES)
    arguments.add_argument("--objects", type=int, default=OBJECTS)
    arguments.add_argument("--crowd", nargs=3, metavar=("URLS", "BOARD", "COUNT"), help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.crowd:
        urls, board, count = asked.crowd
        asyncio.run(crowd(urls.split(","), board, int(count)))
        return
    with two_dashboards() as (stack, urls):
        memory = {"started": megabytes(stack, FIRST)}
        rows = []
        for editors in (0, asked.editors):
            board = new_board(urls[0])
            process = None
            if editors:
                argv = [sys.executable, "-m", "tests.bench.whiteboard", "--crowd", ",".join(urls), board, str(editors)]
                process = subprocess.Popen(argv, stdout=subprocess.PIPE)
                assert process.stdout
                assert process.stdout.readline().strip() == b"ready"
            found = asyncio.run(delays(urls, board, asked.strokes))
            memory[f"{editors} editors"] = megabytes(stack, FIRST)
            if process:
                process.kill()
                process.wait()
            rows.append(row(f"{editors} at the board, to a socket of the same process", found.same))
            rows.append(row(f"{editors} at the board, to a socket of the other process", found.other))
        board = new_board(urls[0])
        asyncio.run(fill(urls[0], board, asked.objects))
        memory[f"{asked.objects:,} objects"] = megabytes(stack, FIRST)
        rows.append(
            row(f"{asked.objects:,} objects opened in Chromium", opened(urls[0], board, asked.objects, OPENINGS))
        )
        stack.kill(FIRST)
        stack.start(FIRST)
        rows.append(
            row(
                f"{asked.objects:,} objects opened after a restart, from the log",
                opened(urls[0], board, asked.objects, 2),
            )
        )
    print("\n".join(["| a whiteboard | p50 ms | p95 ms | most ms |", "|---|--:|--:|--:|", *rows, ""]))
    print("Memory of a dashboard process, MB: " + ", ".join(f"{what} {size:.0f}" for what, size in memory.items()))


if __name__ == "__main__":
    main()
