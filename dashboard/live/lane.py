"""One lane of a view: asked once, however much moves meanwhile, and drawn."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard import meters
from dashboard.live.board import Board, Drawn
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
AGAIN_SECONDS = 2.0
MOST_REST_SECONDS = 5.0
"""After an asking that is itself no longer: so that nothing is shown that is ten seconds old."""
OF_THE_CLOCK = timedelta(minutes=1)


@dataclass(frozen=True)
class Strip:
    """What a lane shows as of `asked_at`: its part of the picture.

    `moved_at` is Kafka's timestamp of the oldest event told of that it is the first to hold.
    """

    drawn: Drawn
    digests: dict[str, str]
    offices: frozenset[str] | None
    is_whole: bool
    asked_at: datetime
    moved_at: datetime | None = None


class Lane:
    """Keeps the newest strip. What moves while it asks is asked once more, afterwards.

    `rest_seconds` is the least time between the beginnings of two askings; after one the lane rests `patience` times as
    long as it took, within bounds, so that it keeps the warehouse busy for a part of the time only. Whoever waits for
    it ends its rest. `turn` bounds how many views ask at a time.
    """

    def __init__(
        self,
        name: str,
        board: Board,
        viewer: Viewer,
        state: Any,
        *,
        turn: asyncio.Semaphore,
        rest_seconds: float,
        patience: float,
        is_watched: Callable[[], bool],
        landed: Callable[[], None],
        is_urgent: bool = True,
    ) -> None:
        """`landed` is called for each new strip; where nobody watches, nothing is asked beyond what was waited for."""
        self.name, self.is_urgent = name, is_urgent
        self.strip: Strip | None = None
        self.loads = 0
        self.is_stale = True
        self.moved_at: datetime | None = None
        self._landed = 0
        self._held_at: datetime | None = None
        self._is_wanted = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._board, self._viewer, self._state = board, viewer, state
        self._turn, self._rest_seconds, self._patience = turn, rest_seconds, patience
        self._is_watched, self._tell_view = is_watched, landed
        self._asking: asyncio.Task[None] | None = None

    def checked(self, at: datetime) -> None:
        """Note that the warehouse was all known at an instant: unless something moved, what is shown held then."""
        if self.holds:
            self._held_at = at

    @property
    def holds(self) -> bool:
        """Whether nothing is known to have moved since its strip was asked for."""
        return not self.is_stale and self._landed == self.loads

    @property
    def as_of(self) -> datetime | None:
        """When what it shows was last known to hold. None: never."""
        if self.strip is None or not self.strip.is_whole:
            return None
        return max(self.strip.asked_at, self._held_at or self.strip.asked_at)

    @property
    def is_of_another_minute(self) -> bool:
        """Whether what only the clock changes may have changed."""
        return self.strip is not None and datetime.now(UTC) - self.strip.asked_at > OF_THE_CLOCK

    def ask(self) -> None:
        """Ask until nothing is stale, or, where nobody watches, once."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._until_current())
            self._asking.add_done_callback(self._asked)

    async def current(self) -> None:
        """Wait for a strip that holds everything said to have moved before the call, and for no later one.

        Raises what the board raises.
        """
        wanted = self.loads + 1 if self.is_stale else self.loads
        while self._landed < wanted:
            self._is_wanted.set()
            self.ask()
            landing = asyncio.get_running_loop().create_future()
            self._waiting.append(landing)
            await landing

    def close(self) -> None:
        if self._asking:
            self._asking.cancel()

    def _asked(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            self._tell(asyncio.CancelledError())
            return
        if error := task.exception():
            self._tell(error)
            log.error("a view could not be drawn, asking again in %s s", AGAIN_SECONDS, exc_info=error)
        if (error or not (self.strip and self.strip.is_whole)) and self._is_watched():
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._again)

    def _again(self) -> None:
        self.is_stale = True
        if self._is_watched():
            self.ask()

    async def _until_current(self) -> None:
        while self.is_stale:
            begun = time.monotonic()
            async with self._turn:
                self.is_stale = False
                self._is_wanted.clear()
                try:
                    self.strip = await self._look()
                except BaseException:
                    self.is_stale = True
                    raise
            self._landed = self.loads
            self._tell_view()
            self._tell()
            if not self._is_watched():
                return
            took = time.monotonic() - begun
            rest = min(self._patience * took, max(MOST_REST_SECONDS, took))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_wanted.wait(), max(self._rest_seconds - took, rest))

    def _tell(self, error: BaseException | None = None) -> None:
        waiting, self._waiting = self._waiting, []
        for landing in waiting:
            if landing.done():
                continue  # whoever waited has gone
            if isinstance(error, asyncio.CancelledError):
                landing.cancel()
            elif error:
                landing.set_exception(error)
            else:
                landing.set_result(None)

    async def _look(self) -> Strip:
        self.loads += 1
        asked_at, moved_at, self.moved_at = datetime.now(UTC), self.moved_at, None
        with meters.ASKING.labels(self.name).time():
            board = await self._board.load(self._viewer, self._state, self.name)
        with meters.DRAWING.labels(self.name).time():
            drawn, digests = await asyncio.to_thread(self._drawn, board)
        is_whole = not getattr(board, "is_unreachable", False)
        return Strip(drawn, digests, getattr(board, "offices", None), is_whole, asked_at, moved_at)

    def _drawn(self, board: Any) -> tuple[Drawn, dict[str, str]]:
        drawn = self._board.draw(board, self._state, self.name)
        return drawn, self._board.digests(drawn)
