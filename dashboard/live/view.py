"""One view, shared by all screens that show the same: asked once, however many look, however much moves."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from dashboard.live.board import Board, Picture
from dashboard.live.updates import EVERYTHING, Update
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
AGAIN_SECONDS = 2.0


class Watcher(Protocol):
    """Whoever wants to know that a view has a newer picture."""

    def wake(self) -> None: ...


class View:
    """Keeps the newest picture of (viewer's scope, state). What moves while it asks is asked once more, afterwards.

    `redraw_seconds` is the least time between two askings, which are apart at least as long as one takes, so that a
    view never keeps the warehouse busy for more than half the time; `turn` bounds how many views ask at a time.
    """

    def __init__(
        self,
        board: Board,
        viewer: Viewer,
        state: Any,
        *,
        next_seq: Callable[[], int],
        turn: asyncio.Semaphore,
        redraw_seconds: float,
    ) -> None:
        self.picture: Picture | None = None
        self.checked_at: datetime | None = None
        self.newest_at: datetime | None = None
        self.watchers: set[Watcher] = set()
        self.loads = 0
        self.left_at = time.monotonic()
        self._board, self._viewer, self._state = board, viewer, state
        self._next_seq, self._turn, self._redraw_seconds = next_seq, turn, redraw_seconds
        self._stale = True
        self._asking: asyncio.Task[None] | None = None

    def moved(self, update: Update) -> None:
        """Take note of an update; ask again if somebody looks and it concerns this view."""
        if self.picture is None or update.concerns(self.picture.offices):
            self._stale = True
            if self.watchers:
                self._ask()

    def beat(self, checked_at: datetime | None, newest_at: datetime | None) -> None:
        """A sign of life: all positions of the warehouse were known at `checked_at` (None: it could not be asked)."""
        if checked_at and not self._stale and self.picture and self.picture.is_whole:
            self.checked_at = checked_at
        self.newest_at = newest_at or self.newest_at
        self._wake()

    def watch(self, watcher: Watcher) -> None:
        """Begin to look: `watcher` is woken for every newer picture, at first for the one that is there."""
        self.watchers.add(watcher)
        if self._stale:
            self._ask()
        else:
            watcher.wake()

    def leave(self, watcher: Watcher) -> None:
        """Look no more."""
        self.watchers.discard(watcher)
        self.left_at = time.monotonic()

    async def current(self) -> Picture:
        """The picture that holds everything said to have moved before the call. Raises what the board raises."""
        while self._stale or self.picture is None:
            await asyncio.shield(self._ask())
        return self.picture

    def close(self) -> None:
        if self._asking:
            self._asking.cancel()

    def _ask(self) -> "asyncio.Task[None]":
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._until_current())
            self._asking.add_done_callback(self._asked)
        return self._asking

    def _asked(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            return
        if error := task.exception():
            log.error("a view could not be drawn, asking again in %s s", AGAIN_SECONDS, exc_info=error)
        if (error or not (self.picture and self.picture.is_whole)) and self.watchers:
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self.moved, EVERYTHING)

    async def _until_current(self) -> None:
        while self._stale:
            begun = time.monotonic()
            async with self._turn:
                self._stale = False
                try:
                    self.picture = await self._look()
                    self.checked_at = self.picture.asked_at if self.picture.is_whole else self.checked_at
                except BaseException:
                    self._stale = True
                    raise
            self._wake()
            if not self.watchers:
                return
            took = time.monotonic() - begun
            await asyncio.sleep(max(self._redraw_seconds - took, took))

    def _wake(self) -> None:
        for watcher in tuple(self.watchers):
            watcher.wake()

    async def _look(self) -> Picture:
        self.loads += 1
        asked_at = datetime.now(UTC)
        board = await self._board.load(self._viewer, self._state)
        drawn = await asyncio.to_thread(self._board.draw, board, self._state)
        digests = await asyncio.to_thread(self._board.digests, drawn)
        is_whole = not getattr(board, "is_unreachable", False)
        return Picture(self._next_seq(), drawn, digests, getattr(board, "offices", None), is_whole, asked_at)
