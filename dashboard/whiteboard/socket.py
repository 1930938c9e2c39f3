"""A browser's websocket to its board: `/whiteboard/<id>/socket`."""

import asyncio
import hashlib
import logging
import time
from contextlib import suppress
from urllib.parse import urlsplit

from fastapi import WebSocket, WebSocketDisconnect

from dashboard import session
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from dashboard.whiteboard import protocol
from dashboard.whiteboard.document import Malformed, TooLarge
from dashboard.whiteboard.presence import BadPresence
from dashboard.whiteboard.protocol import BadMessage
from dashboard.whiteboard.room import Room
from dashboard.whiteboard.rooms import Away, Rooms
from dashboard.whiteboard.watching import Watching
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
MOST_BEHIND_BYTES = 16_000_000
"""What may wait for a browser that does not read; then it is let go, and asks for what it lacks when it comes back."""
MOST_FAULTS = 5
"""So many messages that cannot be read end a connection."""
REFUSED, GONE, FOREIGN = 4400, 4404, 4403
_COLORS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#7a5195", "#b8860b", "#56b4e9", "#6b6b6b")


def color_of(person: str) -> str:
    """The colour of somebody's cursor, always the same."""
    return _COLORS[hashlib.blake2b(person.encode(), digest_size=2).digest()[0] % len(_COLORS)]


class Tab:
    """One browser at a board (`room.Guest`), and what waits to be sent to it."""

    def __init__(self, socket: WebSocket, viewer: Viewer, lang: Lang) -> None:
        self.person_id, self._socket, self._lang = viewer.person_id, socket, lang
        self.user = {"id": viewer.person_id, "name": session.name_of(viewer, lang), "color": color_of(viewer.person_id)}
        self.ids: set[int] = set()
        self._box: list[bytes] = []
        self._behind = self._saved = self.faults = 0
        self._filled = asyncio.Event()
        self._ends = False
        self.is_gone = False

    def send(self, message: bytes) -> None:
        self._behind += len(message)
        self._box.append(message)
        self.is_gone |= self._behind > MOST_BEHIND_BYTES
        self._filled.set()

    async def received(self) -> bytes | None:
        """The next message; None when the browser is gone, or speaks in text."""
        try:
            return await self._socket.receive_bytes()
        except (WebSocketDisconnect, KeyError, RuntimeError):
            return None

    def saved(self, count: int) -> None:
        self._saved += count
        self.send(protocol.say("saved", count=self._saved))

    def refuse(self, *keys: str, is_apart: bool, **args: object) -> None:
        """Say in words what was not taken."""
        said = " · ".join(t(f"whiteboard.{key}", self._lang, **args) for key in keys)
        self.send(protocol.say("refused", text=said, is_apart=is_apart))

    def end(self) -> None:
        """Send what waits, and no more."""
        self._ends = True
        self._filled.set()

    async def write_for_ever(self) -> None:
        """Send what waits; ends when the browser is gone, or too far behind."""
        while not self.is_gone and (self._box or not self._ends):
            await self._filled.wait()
            self._filled.clear()
            box, self._box = self._box, []
            for message in box:
                await self._socket.send_bytes(message)
                self._behind -= len(message)


async def serve(socket: WebSocket, board_id: str, rooms: Rooms, watching: Watching) -> None:
    """Speak with a browser until it goes."""
    origin = socket.headers.get("origin")
    viewer = await session.viewer()
    if not origin or urlsplit(origin).netloc != socket.headers.get("host") or viewer == Viewer.nobody(viewer.person_id):
        await socket.close(FOREIGN)
        return
    lang = ViewState.from_query(socket.url.query).lang
    await socket.accept()
    try:
        if await rooms.known(board_id) is None:
            await socket.close(GONE)
            return
        room = await rooms.open(board_id)
    except (Away, TimeoutError) as error:
        log.warning("%s", error)
        await socket.close(1013)
        return
    tab = Tab(socket, viewer, lang)
    writer = asyncio.create_task(tab.write_for_ever())
    watched = watching.of(viewer, lang, tab.send)
    room.enter(tab)
    tab.send(protocol.say("hello", now=time.time() * 1000))
    reader = asyncio.create_task(_read_for_ever(tab, room, watched, rooms.limits.message_bytes))
    try:
        await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
        if reader.done():
            reader.result()
    finally:
        reader.cancel()
        room.leave(tab, tab.ids)
        watched.end()
        tab.end()
        await asyncio.wait({writer}, timeout=1.0)
        writer.cancel()
        await asyncio.gather(reader, writer, return_exceptions=True)
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(REFUSED if tab.faults else 1000)


async def _read_for_ever(tab: Tab, room: Room, watched: "Watching.Eyes", most: int) -> None:
    """Take what comes; ends when the browser is gone, or is let go."""
    while (raw := await tab.received()) is not None and _take(raw, tab, room, watched, most):
        pass


def _take(raw: bytes, tab: Tab, room: Room, watched: "Watching.Eyes", most: int) -> bool:
    """One message; False ends the connection."""
    if len(raw) > most:
        tab.refuse("refused_message", is_apart=True, size=_megabytes(len(raw)), most=_megabytes(most))
        log.warning("a message of %s bytes of %s was not taken", f"{len(raw):,}", tab.person_id)
        tab.faults += 1
        return False
    try:
        message = protocol.read(raw)
        if message.kind == "vector":
            tab.send(protocol.answer(room.document.beyond(message.body)))
        elif message.kind == "update":
            if faults := dict.fromkeys(room.take(tab, message.body)):
                tab.refuse(*(f"fault_{fault}" for fault in faults), is_apart=False)
        elif message.kind == "presence":
            tab.ids |= room.presence.take(message.body, tab.user)
        else:
            watched.look(message.said.get("addresses"))
    except TooLarge as error:
        tab.refuse("refused_board", is_apart=True, most=_megabytes(error.most))
        tab.faults += 1
        log.warning("whiteboard %s is full: an update of %s was not taken", room.board_id, tab.person_id)
        return False
    except (BadMessage, Malformed, BadPresence) as error:
        tab.faults += 1
        log.warning("a message of %s to whiteboard %s was not taken: %s", tab.person_id, room.board_id, error)
        tab.refuse("refused_form", is_apart=isinstance(error, Malformed))
        return tab.faults < MOST_FAULTS
    return True


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
