"""A real browser, and servers as processes of their own, so that they can be killed."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from deploy.local import ports
from tests.receiver import Receiver
from tests.stack import LONGEST_PAUSE_SECONDS

# For every file alike: set in one, it would hold in whichever comes after it in the same process.
expect.set_options(timeout=60_000)
CHROMIUM = os.environ.get("ONEBOARD_CHROMIUM", "/usr/bin/chromium")
QUIET = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync"
ONE_PROCESS = "--renderer-process-limit=1"
"""For all tabs of a context: what one has parsed of our scripts the next has at hand, half of what a page costs."""


def until(holds: Callable[[], Any], seconds: float = 60.0, what: str | Callable[[], object] = "") -> Any:
    """Wait for a condition and return what it gave; TimeoutError says what was waited for, or how it stands."""
    deadline, pause = time.monotonic() + seconds, 0.05
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
    return found


NOBODY = "127.0.0.1:9"
"""Where no broker is, nor a door, whatever else runs on this machine."""


class Served:
    """A module served as `python -m MODULE PORT`; it answers when started, and can be killed and started again."""

    def __init__(self, module: str, log: Path, env: dict[str, str]) -> None:
        self._command = [sys.executable, "-m", module]
        self._log, self._env = log, {**os.environ, **env}
        self.port = ports.free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> "Served":
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [*self._command, str(self.port)], env=self._env, stdout=out, stderr=subprocess.STDOUT
            )
        until(self._answers, 60, f"{self._command} answers; see {self._log}")
        return self

    def kill(self) -> None:
        """`kill -9`."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def _answers(self) -> bool:
        assert self._process
        if self._process.poll() is not None:
            raise RuntimeError(f"{self._command} ended: {self.log()[-2000:]}")
        try:
            urllib.request.urlopen(f"{self.url}/live/alive", timeout=1).close()
        except OSError:
            return False
        return True


@contextmanager
def serving(folder: Path) -> Iterator[Callable[..., Served]]:
    """Gives what starts a module as a server: `serve("tests.e2e.live_page", ENV="…")`; ends all it started."""
    started: list[Served] = []

    def start(module: str, **env: str) -> Served:
        alone = {
            "ONEBOARD_DASHBOARD_SECRET": "for the tests only",
            "ONEBOARD_DASHBOARD_DATA_DIR": str(folder),
            "ONEBOARD_DASHBOARD_INGEST_URL": f"http://{NOBODY}",
            "ONEBOARD_KAFKA_BOOTSTRAP": NOBODY,
        }
        served = Served(module, folder / f"{module}-{len(started)}.log", alone | env)
        started.append(served)
        return served.start()

    try:
        yield start
    finally:
        for served in started:
            served.kill()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start a server that the test may kill; ended after the test."""
    with serving(tmp_path) as start:
        yield start


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, once for these tests: while it runs, asyncio has no place in the main thread."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"there is no Chromium at {CHROMIUM}; install it, or set ONEBOARD_CHROMIUM to its path")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET.split(), ONE_PROCESS])
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def warm(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody's browser, kept over all these tests for what it has at hand; the tab that stays keeps its process."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.new_page()
    yield context
    context.close()


@pytest.fixture(scope="module")
def rooms() -> Iterator[str]:
    """The address of somebody who runs meeting rooms: a server on this machine, where every address is a page."""
    with Receiver() as server:
        yield server.url


@pytest.fixture
def context(warm: BrowserContext) -> Iterator[BrowserContext]:
    """A browser without tabs and cookies of others: tabs of one context share cookies and the websocket."""
    warm.clear_cookies()
    yield warm
    for page in warm.pages[1:]:
        page.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One tab."""
    return context.new_page()
