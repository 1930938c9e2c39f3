"""The loop of one screen: the newest picture, then the browser's answer, then the next; nothing ever queues up."""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from dashboard import meters
from dashboard.live.board import Picture
from dashboard.live.view import View
from dashboard.plain import carried

log = logging.getLogger(__name__)
CONTACT, LIVE = "live--contact", "data-live"
"""The sign of life: one prop, since each is a message of its own. JSON: seq, beat, at, checked_at and newest_at (or
null)."""


class Wire(Protocol):
    """The way to one browser tab."""

    def set_props(self, component_id: str, props: Mapping[str, Any]) -> None: ...

    async def answer(self) -> object:
        """Wait until the tab has taken what was set; raises TimeoutError when it does not."""
        ...


class Screen:
    """One tab on one view. `shown` are the digests of what it shows already; empty sends the whole picture."""

    def __init__(self, view: View, wire: Wire, shown: Mapping[str, str]) -> None:
        self._view, self._wire = view, wire
        self._shown = shown
        self._last: Picture | None = None
        self._news = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._ended = False
        self._beats = 0
        self._moved_at: Mapping[str, datetime] = {}
        self.seq = 0

    def wake(self) -> None:
        self._news.set()

    def end(self) -> None:
        """Stop at once: a later loop of the same tab has taken over, or the tab is hidden."""
        self._ended = True
        if self._loop:
            self._loop.cancel()

    async def run(self) -> None:
        """Push until ended, until the tab does not answer, or until cancelled with the connection."""
        self._loop = asyncio.create_task(self._push())
        self._view.watch(self)
        try:
            await asyncio.wait({self._loop})
        finally:
            self._view.leave(self)
            self.end()
            await asyncio.gather(self._loop, return_exceptions=True)
        if not self._loop.cancelled() and (error := self._loop.exception()):
            raise error

    async def _push(self) -> None:
        # Python 3.11's wait_for, under `answer`, loses a cancellation that comes together with the answer
        while not self._ended:
            await self._news.wait()
            self._news.clear()
            if self._waits_for_more:
                continue
            self._send()
            try:
                await self._wire.answer()
            except TimeoutError:
                log.info("a screen does not answer any more; its loop ends")
                return

    @property
    def _waits_for_more(self) -> bool:
        """Whether there is not yet more than the page has: an answer to nothing would hold up what comes next."""
        picture = self._view.picture
        return picture is not None and picture.is_part and not self._last and not picture.beyond(self._shown)

    def _send(self) -> None:
        picture = self._view.picture
        if picture is not None and picture.seq > self.seq:
            if self._last:
                step = picture.after(self._last)
            else:
                step = carried(picture.beyond(self._shown), is_part=picture.is_part)
            for component_id, props in step.items():
                self._wire.set_props(component_id, props)
            self._last, self.seq = picture, picture.seq
            self._tell(picture)
        self._beats += 1
        said = {"seq": self.seq, "beat": self._beats, "checked_at": _iso(self._view.checked_at)}
        said["at"] = _iso(datetime.now(UTC))  # a browser's own clock may be off
        self._wire.set_props(CONTACT, {LIVE: json.dumps(said | {"newest_at": _iso(self._view.newest_at)})})

    def _tell(self, picture: Picture) -> None:
        """The meters of a picture sent; of its lanes those that hold something new to this screen say how late."""
        meters.PUSHED.inc()
        now = datetime.now(UTC)
        for lane, at in picture.moved_at.items():
            if at != self._moved_at.get(lane):
                meters.PUSH_DELAY.labels(lane).observe((now - at).total_seconds())
        self._moved_at = picture.moved_at


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
