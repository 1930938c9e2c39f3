"""A tab without a browser that follows the board through everything and notes what it is shown."""

import base64
import json
import re
import threading
import time
import zlib
from decimal import Decimal
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from dashboard.live.screen import CONTACT, LIVE
from dashboard.plain import CARRIER, HTML, PLACES
from tests.push_request import push_request

AGAIN_SECONDS, SILENCE_SECONDS = 0.2, 1.0
_BOOKINGS = re.compile(r'class="tile-middle"[^>]*title="([\d,.]+)"|title="([\d,.]+)"[^>]*class="tile-middle"')


def places_of(told: str) -> dict[str, Any]:
    """What the carrier brought, as `assets/plain.js` reads it."""
    places: dict[str, Any] = json.loads(told if told.startswith("{") else zlib.decompress(base64.b64decode(told)))
    return places


class Tab(threading.Thread):
    """Connects, answers, and connects again when the connection breaks; `went_back` is what must stay empty."""

    def __init__(self, url: str, search: str = "?lang=en") -> None:
        super().__init__(daemon=True)
        self._url, self._search = url, search
        self._over = threading.Event()
        self.seq = 0
        self.pictures = 0
        self.bookings: Decimal | None = None
        """The exact amount of the first tile."""
        self.trouble = ""
        """Why it was last not connected."""
        self.went_back: list[tuple[int, int]] = []

    def run(self) -> None:
        while not self._over.is_set():
            try:
                request = push_request(self._url, self._search)
                address = self._url.replace("http", "ws", 1) + "/_dash-ws-callback"
                with connect(address, origin=self._url, max_size=None, open_timeout=10) as socket:  # type: ignore[arg-type]
                    socket.send(json.dumps(request))
                    self._follow(socket)
            except (OSError, WebSocketException, ValueError, StopIteration, KeyError) as error:
                self.trouble = repr(error)
                time.sleep(AGAIN_SECONDS)

    def ask_to_stop(self) -> None:
        """It ends within a second."""
        self._over.set()

    def _follow(self, socket: ClientConnection) -> None:
        beat = "{}"
        while not self._over.is_set():
            try:
                messages = json.loads(socket.recv(timeout=SILENCE_SECONDS))
            except TimeoutError:
                continue
            for message in messages if isinstance(messages, list) else [messages]:
                payload = message.get("payload", {})
                if message["type"] == "get_props_request":
                    answer = {"requestId": message["requestId"], "payload": {LIVE: beat}}
                    socket.send(json.dumps({"type": "get_props_response", "rendererId": "raw", **answer}))
                elif message["type"] == "set_props":
                    beat = payload["props"].get(LIVE, beat)
                    self._see(payload["componentId"], payload["props"])

    def _see(self, component: str, props: dict[str, Any]) -> None:
        if component == CONTACT:
            self._note(json.loads(props[LIVE])["seq"])
        elif component == CARRIER:
            tiles = places_of(props[PLACES]).get("tiles--row", {}).get(HTML, "")
            if found := _BOOKINGS.search(tiles):
                self.bookings = Decimal((found[1] or found[2]).replace(",", ""))

    def _note(self, seq: int | None) -> None:
        if not seq:
            return
        if seq < self.seq:
            self.went_back.append((self.seq, seq))
        self.pictures += seq != self.seq
        self.seq = seq
