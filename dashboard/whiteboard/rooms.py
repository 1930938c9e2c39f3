"""The boards that are open in this process: opened from the log, shared, kept as snapshots, and let go."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from aiokafka.errors import KafkaError

from dashboard.whiteboard.catalogue import ABOUT, Catalogue, Entry, Version
from dashboard.whiteboard.document import Document, Malformed
from dashboard.whiteboard.log import PATIENCE_SECONDS, PROCESS, Log, step_of
from dashboard.whiteboard.presence import BadPresence
from dashboard.whiteboard.room import Room
from dashboard.whiteboard.settings import WhiteboardSettings, whiteboards
from ingest.errors import IngestError
from ingest.settings import KafkaSettings
from ingest.whiteboards import TOPIC, Step, body, sealed

log = logging.getLogger(__name__)
LOOK_EVERY_SECONDS = 1.0
SNAPSHOT_SECONDS = 600.0
"""A board that is drawn on is kept whole at least this often."""


class Away(RuntimeError):
    """The log cannot be read just now."""


class Rooms:
    """All of them. `open` and `close` come in pairs."""

    def __init__(self, limits: WhiteboardSettings | None = None, settings: KafkaSettings | None = None) -> None:
        self.limits = limits or whiteboards()
        self.log = Log(self._heard, self._met, settings)
        self._rooms: dict[str, Room] = {}
        self._kept_at: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None
        self._preparing: set[asyncio.Task[None]] = set()

    @property
    def catalogue(self) -> Catalogue:
        return self.log.catalogue

    def start(self) -> None:
        """Follow the log, and look after what is open."""
        self.log.start()
        self._task = asyncio.create_task(self._look_after())

    async def stop(self) -> None:
        """Let everything go; what is not on the log yet is waited for a moment."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for room in tuple(self._rooms.values()):
            await room.end()
        self._rooms.clear()
        await self.log.stop()

    async def known(self, board_id: str) -> Entry | None:
        """A board of the catalogue. Raises `Away` while the log has not been read."""
        if not await self.log.caught_up():
            raise Away("the log of the whiteboards cannot be read yet")
        return self.catalogue.get(board_id)

    async def create(self, step: Step, draw: Callable[[Document], None]) -> None:
        """Make a board, with what is drawn on it from the start. Raises as `publish_sealed`, and TimeoutError."""
        document = Document(self.limits)
        draw(document)
        step = step.model_copy(update={"objects": len(document.elements())})
        await self.log.write(TOPIC, sealed(step, document.state()))
        await self.log.until_noted(step.board_id)

    async def open(self, board_id: str) -> Room:
        """The board in memory, whole. Raises `Away`."""
        room = self._rooms.get(board_id)
        if room is None:
            room = self._rooms[board_id] = Room(board_id, self.limits, self.log.write)
            try:
                # what comes from the log meanwhile is heard already
                entry = await self.known(board_id)
                for update in await self._updates(entry):
                    room.document.load(update)
                    await asyncio.sleep(0)
            except (KafkaError, OSError, Malformed, ValueError) as error:
                self._rooms.pop(board_id, None)
                raise Away(f"whiteboard {board_id} cannot be read from the log: {error}") from error
            except BaseException:
                self._rooms.pop(board_id, None)
                raise
            self._kept_at[board_id] = time.monotonic()
            room.begin()
            room.is_ready.set()
        if not room.is_ready.is_set():
            await asyncio.wait_for(room.is_ready.wait(), 2 * PATIENCE_SECONDS)
        # nothing may come between this and the guest's entering, or the room could be let go meanwhile
        return room if self._rooms.get(board_id) is room else await self.open(board_id)

    def prepare(self, board_id: str) -> None:
        """Begin to open a board that somebody is about to ask for: their browser has its scripts to load meanwhile."""
        if board_id not in self._rooms:
            task = asyncio.create_task(self._prepared(board_id))
            self._preparing.add(task)
            task.add_done_callback(self._preparing.discard)

    async def _prepared(self, board_id: str) -> None:
        with suppress(Away, TimeoutError):  # who asks for it is told
            await self.open(board_id)

    async def scene(self, board_id: str, version: Version) -> Document:
        """The board as it was."""
        entry = self.catalogue.get(board_id)
        between = [place for place in entry.since if place[1] < version.places[0][1]] if entry else []
        document = Document(self.limits)
        for step, raw in await self.log.bodies([*version.places, *between]):
            if step.board_id == board_id:
                document.load(raw)
        return document

    async def keep(self, room: Room) -> None:
        """Put a snapshot on the log. Raises as `Publisher.publish_sealed` does."""
        entry = self.catalogue.get(room.board_id)
        if entry is None or not room.is_saved:
            return
        room.put(room.document.sweep(time.time()))
        partition = (entry.since or [entry.versions[-1].places[0]])[0][0]
        about = room.document.map("about")
        step = step_of(
            room.board_id,
            "snapshot",
            covers=self.log.read_to.get(partition, -1),
            title=str(about.get("title") or entry.title),
            title_en=str(about.get("title_en") or ""),
            **{name: getattr(entry, name) for name in ABOUT},
            objects=len(room.document.elements()),
        )
        self._kept_at[room.board_id] = time.monotonic()
        state = room.document.state()
        records = await asyncio.to_thread(sealed, step, state)
        await self.log.write(TOPIC, records)

    async def _updates(self, entry: Entry | None) -> Iterable[bytes]:
        if entry is None:
            return ()
        return [raw for step, raw in await self.log.bodies(entry.places) if step.board_id == entry.board_id]

    def _heard(self, step: Step, packed: bytes) -> None:
        room = self._rooms.get(step.board_id)
        if room is not None and step.process != PROCESS and step.what != "snapshot":
            room.hear(body([packed]))

    def _met(self, board_id: str, update: bytes) -> None:
        if room := self._rooms.get(board_id):
            with suppress(BadPresence):
                room.meet(update)

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            for room in tuple(self._rooms.values()):
                if not room.is_ready.is_set():
                    continue
                try:
                    await self._look_at(room)
                except IngestError as error:
                    log.warning("whiteboard %s is not kept as a snapshot yet: %s", room.board_id, error)
                except Exception:  # one board that cannot be kept must not keep the others from it
                    log.exception("whiteboard %s cannot be looked after", room.board_id)

    async def _look_at(self, room: Room) -> None:
        entry, now = self.catalogue.get(room.board_id), time.monotonic()
        is_left = not room.guests and now - room.empty_since > self.limits.linger_seconds
        if entry is not None and entry.since and room.is_saved:
            is_due = now - self._kept_at[room.board_id] > SNAPSHOT_SECONDS
            if is_left or is_due or len(entry.since) >= self.limits.snapshot_every:
                await self.keep(room)
        if is_left and room.is_saved and not room.guests:
            self._rooms.pop(room.board_id, None)
            await room.end()
