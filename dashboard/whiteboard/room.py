"""One board that is open in this process: its browsers, what goes to them and to the log, and what comes from there.

A stroke goes to the browsers of this process at once and to the log in the same breath; those of other processes hear
it from there. "Saved" is said when Kafka has it. Until then its author's browser has it too, and tells it again to
whichever process it meets next; so a killed process loses nothing.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Protocol

from dashboard.whiteboard import protocol
from dashboard.whiteboard.document import Document, Malformed, TooLarge, merged
from dashboard.whiteboard.log import PROCESS, step_of
from dashboard.whiteboard.presence import Presence
from dashboard.whiteboard.review import Fault
from dashboard.whiteboard.settings import WhiteboardSettings
from ingest.errors import IngestError
from ingest.intake import Sealed
from ingest.whiteboards import HEADER, PRESENCE, TOPIC, sealed

log = logging.getLogger(__name__)
AGAIN_SECONDS = 1.0
PRESENCE_SECONDS = 0.06
Write = Callable[[str, Sequence[Sealed]], Awaitable[None]]


class Guest(Protocol):
    """A browser at the board."""

    person_id: str

    def send(self, message: bytes) -> None:
        """Put a message on its way; never waits."""
        ...

    def saved(self, count: int) -> None:
        """Say that so many more of its messages are on the log."""
        ...


class Room:
    """A board in memory. `write` puts records on the log; `begin` it before a guest enters, `end` it when all left."""

    def __init__(self, board_id: str, limits: WhiteboardSettings, write: Write) -> None:
        self.board_id, self.document, self.presence = board_id, Document(limits), Presence()
        self.guests: set[Guest] = set()
        self.is_ready = asyncio.Event()
        self.empty_since = time.monotonic()
        self._limits, self._write = limits, write
        self._to_tell: list[bytes] = []
        self._to_keep: list[bytes] = []
        self._waiting: dict[Guest, int] = {}
        self._who: set[str] = set()
        self._news, self._kept, self._is_idle = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._is_idle.set()
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Start telling and keeping."""
        loops = (self._tell_for_ever(), self._keep_for_ever(), self._meet_for_ever())
        self._tasks = [asyncio.create_task(one) for one in loops]
        self._tasks.append(asyncio.create_task(self._meet(b"")))

    async def end(self) -> None:
        """Stop, when all that was taken is on the log or `AGAIN_SECONDS` have gone."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_idle.wait(), AGAIN_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def is_saved(self) -> bool:
        """Whether all that was taken is on the log."""
        return self._is_idle.is_set()

    def enter(self, guest: Guest) -> None:
        """A browser comes: it is asked what it has that we lack, and told who is here."""
        self.guests.add(guest)
        guest.send(protocol.vector(self.document.vector()))
        if everybody := self.presence.everybody():
            guest.send(protocol.presence(everybody))

    def leave(self, guest: Guest, ids: set[int]) -> None:
        """It goes."""
        self.guests.discard(guest)
        self._waiting.pop(guest, None)
        self.presence.leave(ids)
        self.empty_since = time.monotonic()

    def take(self, guest: Guest, update: bytes) -> Sequence[Fault]:
        """What a browser drew; what was taken off again. Raises `Malformed` and `TooLarge`."""
        applied = self.document.take(update)
        self._waiting[guest] = self._waiting.get(guest, 0) + 1
        if applied.update:
            self._who.add(guest.person_id)
            self._spread(applied.update)
        self._keep_soon()
        return applied.faults

    def put(self, update: bytes) -> None:
        """Something that this process itself changed."""
        if update:
            self._spread(update)
            self._keep_soon()

    def hear(self, update: bytes) -> None:
        """What another process took, from the log."""
        try:
            new = self.document.load(update)
        except Malformed as error:
            log.error("a step of whiteboard %s cannot be read: %s", self.board_id, error)
            return
        if new:
            self._to_tell.append(new)
            self._news.set()

    def meet(self, update: bytes) -> None:
        """What another process says of who is there; b"" asks who is here."""
        if update:
            self.presence.take(update, None)
        elif here := self.presence.everybody(here=True):
            self._tasks.append(asyncio.create_task(self._meet(here)))

    def _keep_soon(self) -> None:
        self._is_idle.clear()
        self._kept.set()

    def _spread(self, update: bytes) -> None:
        self._to_tell.append(update)
        self._to_keep.append(update)
        self._news.set()

    async def _tell_for_ever(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            updates, self._to_tell = self._to_tell, []
            message = protocol.update(merged(updates))
            for guest in tuple(self.guests):
                guest.send(message)
            await asyncio.sleep(self._limits.flush_seconds)

    async def _keep_for_ever(self) -> None:
        while True:
            await self._kept.wait()
            self._kept.clear()
            updates, self._to_keep = self._to_keep, []
            waiting, self._waiting = self._waiting, {}
            who, self._who = tuple(sorted(self._who)), set()
            try:
                if updates:
                    await self._keep(merged(updates), who)
            except asyncio.CancelledError:
                self._to_keep[:0] = updates
                raise
            for guest, count in waiting.items():
                guest.saved(count)
            if not self._kept.is_set():
                self._is_idle.set()

    async def _keep(self, update: bytes, who: tuple[str, ...]) -> None:
        records = sealed(step_of(self.board_id, "update", who=who), update)
        while True:
            try:
                await self._write(TOPIC, records)
                return
            except IngestError as error:
                log.warning("strokes of whiteboard %s are not on the log yet: %s", self.board_id, error)
                await asyncio.sleep(AGAIN_SECONDS)

    async def _meet_for_ever(self) -> None:
        while True:
            await asyncio.sleep(PRESENCE_SECONDS)
            self._tasks = [task for task in self._tasks if not task.done()]
            self.presence.expire()
            every, here = self.presence.news()
            if every:
                message = protocol.presence(every)
                for guest in tuple(self.guests):
                    guest.send(message)
            if here:
                await self._meet(here)

    async def _meet(self, update: bytes) -> None:
        record = Sealed(self.board_id.encode(), update, "", ((HEADER, PROCESS.encode()),))
        try:
            await self._write(PRESENCE, [record])
        except IngestError as error:
            log.debug("who is at whiteboard %s is not told on: %s", self.board_id, error)


__all__ = ["Guest", "Malformed", "Room", "TooLarge"]
