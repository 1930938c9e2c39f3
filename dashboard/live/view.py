"""One view, shared by all screens that show the same: asked once, however many look, however much moves."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from dashboard.live.board import Board, Drawn, Picture
from dashboard.live.lane import Lane, Strip
from dashboard.live.updates import EVERYTHING, Update
from warehouse.viewer import Viewer

PATIENCE = 4.0
"""How many times as long as it was asked a lane rests, all but the urgent: browser and warehouse are theirs."""


class Watcher(Protocol):
    """Whoever wants to know that a view has a newer picture."""

    def wake(self) -> None: ...


class View:
    """Keeps the newest picture of (viewer's scope, state), put together from its lanes, each as new as it can be."""

    def __init__(
        self,
        board: Board,
        viewer: Viewer,
        state: Any,
        *,
        next_seq: Callable[[], int],
        turns: Mapping[str, asyncio.Semaphore],
        redraw_seconds: float,
        charts_seconds: float,
    ) -> None:
        self.picture: Picture | None = None
        self.checked_at: datetime | None = None
        self.newest_at: datetime | None = None
        self.watchers: set[Watcher] = set()
        self.left_at = time.monotonic()
        self._following: asyncio.Task[Picture] | None = None
        self._board, self._state, self._next_seq = board, state, next_seq
        self._lanes = [
            Lane(
                name,
                board,
                viewer,
                state,
                turn=turns[name],
                rest_seconds=redraw_seconds if is_urgent else max(redraw_seconds, charts_seconds),
                patience=1.0 if is_urgent else PATIENCE,
                is_watched=lambda: bool(self.watchers),
                landed=self._put_together,
                is_urgent=is_urgent,
            )
            for name in board.lanes(state)
            for is_urgent in (board.is_urgent(state, name),)
        ]

    def moved(self, update: Update) -> None:
        """Take note of an update; ask again if somebody looks and it concerns this view."""
        if self.picture is None or update.concerns(self.picture.offices):
            for lane in self._lanes:
                if self._board.concerns(self._state, lane.name, update):
                    lane.is_stale = True
                    lane.moved_at = lane.moved_at or update.at
            if self.watchers:
                self._ask()

    def beat(self, checked_at: datetime | None, newest_at: datetime | None) -> None:
        """A sign of life: all positions of the warehouse were known at `checked_at` (None: it could not be asked)."""
        if checked_at:
            for lane in self._lanes:
                lane.checked(checked_at)
        self._look_at_the_clock()
        self.newest_at = newest_at or self.newest_at
        if self.watchers:
            for lane in self._lanes:
                if lane.is_of_another_minute and self._board.concerns(self._state, lane.name, EVERYTHING):
                    lane.is_stale = True
            self._ask()
        self._wake()

    def watch(self, watcher: Watcher) -> None:
        """Begin to look: `watcher` is woken for every newer picture, at first for the one that is there."""
        self.watchers.add(watcher)
        if self._is_stale:
            self._ask()
        else:
            watcher.wake()

    def leave(self, watcher: Watcher) -> None:
        """Look no more."""
        self.watchers.discard(watcher)
        self.left_at = time.monotonic()

    async def current(self) -> Picture:
        """The picture that holds everything said to have moved before the call. Raises what the board raises."""
        for lane in self._lanes_in_turn():
            await asyncio.gather(*(one.current() for one in lane))
        assert self.picture is not None
        return self.picture

    async def first(self, moment: float) -> Picture:
        """What is urgent, and what more is there a moment later; the rest follows. Raises what the board raises."""
        if not self.watchers:
            self._forget()
        urgent, *_ = self._lanes_in_turn()
        await asyncio.gather(*(lane.current() for lane in urgent))
        await asyncio.wait([self._follow()], timeout=moment)
        return self._picture_of([lane for lane in self._lanes if lane.is_urgent or lane.holds])

    def _lanes_in_turn(self) -> Iterator[list[Lane]]:
        """What is urgent at once, then one after the other: all of a view is made by one thread."""
        yield [lane for lane in self._lanes if lane.is_urgent]
        yield from ([lane] for lane in self._lanes if not lane.is_urgent)

    def _follow(self) -> "asyncio.Task[Picture]":
        """Make the rest of a picture that is there in part."""
        if self._following is None or self._following.done():
            self._following = asyncio.create_task(self.current())
            self._following.add_done_callback(lambda done: done.cancelled() or done.exception())  # lanes say it
        return self._following

    def _forget(self) -> None:
        """What moved while nobody looked is no part of the picture any more: all of it would be called old."""
        for lane in self._lanes:
            if not lane.holds:
                lane.strip, self.picture, self.checked_at = None, None, None

    def recent(self, seconds: float) -> Picture | None:
        """The picture as it stands, where all of it was known to hold within the last seconds."""
        if self.picture is None or self.checked_at is None or not self.picture.is_whole or self.picture.is_part:
            return None
        return self.picture if (datetime.now(UTC) - self.checked_at).total_seconds() < seconds else None

    def close(self) -> None:
        if self._following:
            self._following.cancel()
        for lane in self._lanes:
            lane.close()

    @property
    def _is_stale(self) -> bool:
        return any(lane.is_stale for lane in self._lanes)

    def _ask(self) -> None:
        if self.picture is None or self.picture.is_part:
            self._follow()
            return
        for lane in self._lanes:
            if lane.is_stale:
                lane.ask()

    def _put_together(self) -> None:
        there = [lane for lane in self._lanes if lane.strip]
        if not all(lane.strip for lane in self._lanes if lane.is_urgent):
            return  # nobody is shown a page without its head
        self.picture = self._picture_of(there)
        self._look_at_the_clock()
        self._wake()

    def _picture_of(self, lanes: Iterable[Lane]) -> Picture:
        strips = {lane.name: lane.strip for lane in lanes if lane.strip}
        return _picture(self._next_seq(), strips, is_part=len(strips) < len(self._lanes))

    def _look_at_the_clock(self) -> None:
        """A page is as old as the oldest of its lanes that are there."""
        there = [lane.as_of for lane in self._lanes if lane.strip]
        known = [at for at in there if at]
        if known and len(known) == len(there):
            self.checked_at = max(min(known), self.checked_at or min(known))

    def _wake(self) -> None:
        for watcher in tuple(self.watchers):
            watcher.wake()


def _picture(seq: int, strips: Mapping[str, Strip], *, is_part: bool) -> Picture:
    drawn: Drawn = {}
    digests: dict[str, str] = {}
    for strip in strips.values():
        for component, props in strip.drawn.items():
            drawn.setdefault(component, {}).update(props)
        digests |= strip.digests
    known = [strip.offices for strip in strips.values() if strip.offices is not None]
    offices = frozenset[str]().union(*known) if len(known) == len(strips) else None
    is_whole = all(strip.is_whole for strip in strips.values())
    moved_at = {name: strip.moved_at for name, strip in strips.items() if strip.moved_at}
    return Picture(seq, drawn, digests, offices, is_whole, moved_at, is_part)
