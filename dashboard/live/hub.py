"""The one place of a dashboard process that hears what moved, and wakes the views that show it."""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dashboard.live.board import Board, Key, Picture
from dashboard.live.reader import read_updates
from dashboard.live.screen import Screen, Wire
from dashboard.live.updates import EVERYTHING, Position, Update
from dashboard.live.view import View
from ingest.settings import KafkaSettings, kafka
from ingest.topics import SWEEPS
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
LINGER_SECONDS = 60.0
"""How long a view that nobody looks at is kept: going back, or on to the websocket, finds its picture."""
RECENT_SECONDS = 10.0
"""How old a picture may be that somebody who comes sees first; an older one a page calls old."""
MOMENT_SECONDS = 0.01
"""How long what is urgent waits for the rest, so that what is quick comes as one."""
MOST_IDLE_VIEWS = 64
VIEWS_ASKING = 4


@dataclass(frozen=True)
class Positions:
    """How far the warehouse is: a watermark a position, when the newest event came in, and which generation it is."""

    watermarks: Mapping[Position, int]
    newest_at: datetime | None = None
    generation: str | None = None


class Hub:
    """Reader, views and screens of one process. `positions` asks the warehouse how far it is.

    A screen is sent a picture every `redraw_seconds` at most. All lanes of a page but the first rest `charts_seconds`
    at least: a browser takes up to a second to draw what they bring. `prepare` is called once at the start, before the
    first screen can come back.
    """

    def __init__(
        self,
        board: Board,
        positions: Callable[[], Awaitable[Positions]],
        *,
        pulse_seconds: float = 2.0,
        redraw_seconds: float = 0.2,
        charts_seconds: float = 4.0,
        settings: KafkaSettings | None = None,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self._prepare = prepare
        self.swept_at: datetime | None = None
        self._board, self._positions = board, positions
        self._pulse_seconds, self._redraw_seconds = pulse_seconds, redraw_seconds
        self._charts_seconds = charts_seconds
        self._settings = settings
        self._views: dict[Key, View] = {}
        self._screens: dict[str, Screen] = {}
        self._heard: dict[Position, int] = {}
        self._seen: Mapping[Position, int] = {}
        self._reached = True
        self._generation: str | None = None
        self._looks_now = asyncio.Event()
        self.is_reading = False
        self._seq = 0
        self._turns: dict[str, asyncio.Semaphore] = defaultdict(partial(asyncio.Semaphore, VIEWS_ASKING))
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def screens(self) -> int:
        """How many tabs are being pushed to."""
        return len(self._screens)

    @property
    def views(self) -> Mapping[Key, View]:
        return self._views

    async def start(self) -> None:
        """Begin to read `board-updates` and to compare the warehouse's watermarks; neither needs to be there yet."""
        if self._prepare:
            self._prepare()
        reader = read_updates(self._settings or kafka(), self.moved, self._reads, self.swept)
        self._tasks = [asyncio.create_task(reader), asyncio.create_task(self._compare_for_ever())]

    async def stop(self) -> None:
        """End the reader, the comparison, and the loop of every screen."""
        for screen in tuple(self._screens.values()):
            screen.end()
        for view in self._views.values():
            view.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self._views.clear()

    def moved(self, update: Update) -> None:
        """Note what moved and wake the views that show it. What moved in another generation than the one that is shown
        is a reason to look which one is current, and no more."""
        if update.generation and self._generation and update.generation != self._generation:
            self._looks_now.set()
            return
        heard = self._heard.get(update.position, -1)
        if update.slices != "all" and 0 <= update.offset <= heard:
            return  # the comparison with the warehouse was quicker
        if update.offset > heard:
            self._heard[update.position] = update.offset
        self._board.moved(update)
        for view in tuple(self._views.values()):
            view.moved(update)

    def swept(self, at: datetime | None) -> None:
        """Note that all was looked at for findings, as of `at`; the first time whoever shows it is woken."""
        is_first, self.swept_at = self.swept_at is None, at
        if is_first:
            self.moved(Update(table=SWEEPS))

    def _reads(self, reads: bool) -> None:
        self.is_reading = reads

    async def picture(self, viewer: Viewer, state: Any) -> Picture:
        """The whole picture of a view, shared with every screen that shows the same.

        One that held within `RECENT_SECONDS` is there at once, and says its age: what moved since follows by push.
        """
        view = self._view(viewer, state)
        view.left_at = time.monotonic()
        return view.recent(RECENT_SECONDS) or await view.current()

    async def first(self, viewer: Viewer, state: Any) -> Picture:
        """The same for who waits for it: what is urgent of it without the rest, which then follows by push."""
        view = self._view(viewer, state)
        view.left_at = time.monotonic()
        return view.recent(RECENT_SECONDS) or await view.first(MOMENT_SECONDS)

    async def push(self, screen_id: str, viewer: Viewer, state: Any, wire: Wire, shown: Mapping[str, str]) -> None:
        """Keep one tab current until it goes, or until a later call for the same tab ends this one."""
        self.release(screen_id)
        screen = Screen(self._view(viewer, state), wire, shown)
        self._screens[screen_id] = screen
        try:
            await screen.run()
        finally:
            if self._screens.get(screen_id) is screen:
                del self._screens[screen_id]

    def release(self, screen_id: str) -> None:
        """End the loop of a tab, if there is one: it is hidden, or shows something else from now on."""
        if screen := self._screens.pop(screen_id, None):
            screen.end()

    def _view(self, viewer: Viewer, state: Any) -> View:
        key = Key(viewer.cache_key, viewer.person_id, state)
        if key not in self._views:
            self._forget_idle_views()
            self._views[key] = View(
                self._board,
                viewer,
                state,
                next_seq=self._next_seq,
                turns=self._turns,
                redraw_seconds=self._redraw_seconds,
                charts_seconds=self._charts_seconds,
            )
        return self._views[key]

    def _forget_idle_views(self) -> None:
        idle = [key for key, view in self._views.items() if not view.watchers]
        idle.sort(key=lambda key: self._views[key].left_at)
        old = time.monotonic() - LINGER_SECONDS
        for place, key in enumerate(idle):
            if self._views[key].left_at < old or place < len(idle) - MOST_IDLE_VIEWS:
                self._views.pop(key).close()

    def _next_seq(self) -> int:
        # microseconds since 1970, so that a process started later begins above what an earlier one has sent
        self._seq = max(self._seq + 1, time.time_ns() // 1000)
        return self._seq

    async def _compare_for_ever(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(10.0, self._pulse_seconds * 5)):
                    await self._compare()
            await asyncio.sleep(min(self._redraw_seconds, self._pulse_seconds))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._looks_now.wait(), self._pulse_seconds)
            self._looks_now.clear()

    async def _compare(self) -> None:
        asked_at = datetime.now(UTC)
        try:
            positions = await self._positions()
        except Exception as error:  # noqa: BLE001 - whatever keeps the warehouse from answering, the views say it
            if self._reached:
                log.warning("the warehouse cannot be asked how far it is: %s", error)
            self._say(None, None, moved=self._reached)
            self._reached = False
            return
        is_another = positions.generation != self._generation and self._generation is not None
        self._generation = positions.generation
        if is_another:  # what was heard is of tables that are no longer asked
            self._heard, self._seen = dict(positions.watermarks), {}
        # What is stored is told a moment later: missed is only what the comparison before this one saw already.
        missed = _beyond(self._seen, self._heard)
        self._heard.update(missed)
        self._seen = positions.watermarks
        ahead = _beyond(self._seen, self._heard)
        self._say(
            None if ahead else asked_at, positions.newest_at, moved=is_another or bool(missed) or not self._reached
        )
        self._reached = True

    def _say(self, checked_at: datetime | None, newest_at: datetime | None, *, moved: bool) -> None:
        if moved:
            self.moved(EVERYTHING)
        self._forget_idle_views()
        for view in self._views.values():
            view.beat(checked_at, newest_at)


def _beyond(marks: Mapping[Position, int], heard: Mapping[Position, int]) -> dict[Position, int]:
    return {at: mark for at, mark in marks.items() if mark > heard.get(at, -1)}
