"""PNG and PDF of a page: a browser on this machine opens it as the one who asks, over the DevTools protocol.

One picture at a time, each in a browser of its own that is gone afterwards.
"""

import asyncio
import base64
import itertools
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from dashboard.session.cookies import COOKIE, cookie
from dashboard.settings import dashboard

WITHIN_SECONDS = 30.0
WIDTH, HEIGHT = 1440, 900
_turn = asyncio.Semaphore(1)
_QUIET = (
    "--headless=new --remote-debugging-port=0 --no-first-run --disable-background-networking --disable-sync"
    " --disable-gpu --hide-scrollbars --no-sandbox --disable-dev-shm-usage"
)
IS_DRAWN = """
(() => {
  const seen = [...document.querySelectorAll('.skeleton')].filter((one) => one.offsetParent !== null);
  const charts = [...document.querySelectorAll('.dash-graph')].filter((one) => one.offsetParent);
  return document.readyState === 'complete' && !!document.querySelector('.crumb-here') && !!window.oneboard?.stamp
    && !seen.length && !document.querySelector('.page [aria-busy=true]')
    && charts.every((one) => one.querySelector('.main-svg'));
})()
"""
"""Whether a page in a frame shows all it has: no skeleton, nothing that waits, and every chart."""


class NoPicture(Exception):
    """There is no browser, or it did not show the page in time."""


def is_there() -> bool:
    """Whether this machine has a browser that takes pictures."""
    path = dashboard().browser
    return path is not None and path.exists()


async def take(link: str, kind: Literal["png", "pdf"], person_id: str) -> bytes:
    """The page behind `link`, a page of ours, as that person sees it ("" as a first visit). Raises `NoPicture`."""
    path = dashboard().browser
    if path is None or not path.exists():
        raise NoPicture("ONEBOARD_DASHBOARD_BROWSER names no browser")
    try:
        async with _turn, asyncio.timeout(WITHIN_SECONDS), _browser(path) as tab:
            return await _picture(tab, link, kind, person_id)
    except (OSError, TimeoutError, WebSocketException, KeyError) as error:
        raise NoPicture(f"{type(error).__name__}: {error}") from error


async def _picture(tab: "_Tab", link: str, kind: str, person_id: str) -> bytes:
    site = urlsplit(link)
    sealed = {"name": COOKIE, "value": cookie(person_id), "url": f"{site.scheme}://{site.netloc}", "httpOnly": True}
    if person_id:
        await tab.call("Network.setCookie", **sealed)
    size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 2 if kind == "png" else 1, "mobile": False}
    await tab.call("Emulation.setDeviceMetricsOverride", **size)
    await tab.call("Page.navigate", url=link)
    while not await tab.evaluate(IS_DRAWN):  # noqa: ASYNC110 - a page tells nobody that it is drawn
        await asyncio.sleep(0.1)
    await tab.evaluate("oneboard.stamp(true); new Promise((drawn) => setTimeout(drawn, 300))")
    if kind == "pdf":
        how = {"printBackground": True, "preferCSSPageSize": True}
        return base64.b64decode((await tab.call("Page.printToPDF", **how))["data"])
    height = await tab.evaluate("document.documentElement.scrollHeight")
    await tab.call("Emulation.setDeviceMetricsOverride", **{**size, "height": max(HEIGHT, int(height))})
    await tab.evaluate("new Promise((drawn) => setTimeout(drawn, 300))")
    return base64.b64decode((await tab.call("Page.captureScreenshot", captureBeyondViewport=True))["data"])


class _Tab:
    """One tab of a browser that listens."""

    def __init__(self, line: ClientConnection, session: str) -> None:
        self._line, self._session, self._ids = line, session, itertools.count(100)

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """What the browser answers; events in between are let go."""
        return await _asked(self._line, next(self._ids), method, params, self._session)

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression on the page, awaited."""
        how = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        return (await self.call("Runtime.evaluate", **how))["result"].get("value")


async def _asked(
    line: ClientConnection, id: int, method: str, params: dict[str, Any], session: str | None = None
) -> dict[str, Any]:
    await line.send(
        json.dumps({"id": id, "method": method, "params": params} | ({"sessionId": session} if session else {}))
    )
    while True:
        said: dict[str, Any] = json.loads(await line.recv())
        if said.get("id") == id:
            result: dict[str, Any] = said["result"]
            return result


@asynccontextmanager
async def _browser(path: Path) -> AsyncIterator[_Tab]:
    with tempfile.TemporaryDirectory(prefix="oneboard-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            str(path),
            *_QUIET.split(),
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with connect(await _address(process), max_size=None) as line:
                target = await _asked(line, 1, "Target.createTarget", {"url": "about:blank"})
                how = {"targetId": target["targetId"], "flatten": True}
                yield _Tab(line, (await _asked(line, 2, "Target.attachToTarget", how))["sessionId"])
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 5)
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    """Where the browser listens, as it says on its standard error."""
    assert process.stderr
    async for line in process.stderr:
        said = line.decode(errors="replace")
        if "DevTools listening on" in said:
            return said.split()[-1]
    raise OSError(f"the browser ended with code {process.returncode}")
