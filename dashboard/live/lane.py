"""One lane of a view: asked once, however much moves meanwhile, and drawn."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dashboard.live.board import Board, Drawn
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
AGAIN_SECONDS = 2.0


@dataclass(frozen=True)
class Strip:
    """What a lane shows as of `asked_at`: its part of the picture."""

    drawn: Drawn
    digests: dict[str, str]
    offices: frozenset[str] | None
    is_whole: bool
    asked_at: datetime


class Lane:
    """Keeps the newest strip. What moves while it asks is asked once more, afterwards.

    `rest_seconds` is the least time between two askings, which are apart at least as long as one takes, so that a lane
    never keeps the warehouse busy for more than half the time; `turn` bounds how many views ask at a time.
    """

    def __init__(
        self, name: str, board: Board, viewer: Viewer, state: Any, *, turn: asyncio.Semaphore, rest_seconds: float
    ) -> None:
        self.name = name
        self.strip: Strip | None = None
        self.loads = 0
        self.is_stale = True
        self._board, self._viewer, self._state = board, viewer, state
        self._turn, self._rest_seconds = turn, rest_seconds
        self._asking: asyncio.Task[None] | None = None

    def ask(self, is_watched: Callable[[], bool], drawn: Callable[[], None]) -> "asyncio.Task[None]":
        """The task that asks until nothing is stale, or, where nobody watches, once. `drawn` is told each new strip."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._until_current(is_watched, drawn))
            self._asking.add_done_callback(lambda task: self._asked(task, is_watched, drawn))
        return self._asking

    def close(self) -> None:
        if self._asking:
            self._asking.cancel()

    def _asked(self, task: "asyncio.Task[None]", is_watched: Callable[[], bool], drawn: Callable[[], None]) -> None:
        if task.cancelled():
            return
        if error := task.exception():
            log.error("a view could not be drawn, asking again in %s s", AGAIN_SECONDS, exc_info=error)
        if (error or not (self.strip and self.strip.is_whole)) and is_watched():
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._again, is_watched, drawn)

    def _again(self, is_watched: Callable[[], bool], drawn: Callable[[], None]) -> None:
        self.is_stale = True
        if is_watched():
            self.ask(is_watched, drawn)

    async def _until_current(self, is_watched: Callable[[], bool], drawn: Callable[[], None]) -> None:
        while self.is_stale:
            begun = time.monotonic()
            async with self._turn:
                self.is_stale = False
                try:
                    self.strip = await self._look()
                except BaseException:
                    self.is_stale = True
                    raise
            drawn()
            if not is_watched():
                return
            took = time.monotonic() - begun
            await asyncio.sleep(max(self._rest_seconds - took, took))

    async def _look(self) -> Strip:
        self.loads += 1
        asked_at = datetime.now(UTC)
        board = await self._board.load(self._viewer, self._state, self.name)
        drawn, digests = await asyncio.to_thread(self._drawn, board)
        is_whole = not getattr(board, "is_unreachable", False)
        return Strip(drawn, digests, getattr(board, "offices", None), is_whole, asked_at)

    def _drawn(self, board: Any) -> tuple[Drawn, dict[str, str]]:
        drawn = self._board.draw(board, self._state, self.name)
        return drawn, self._board.digests(drawn)
