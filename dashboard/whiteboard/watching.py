"""The live tiles a browser has before it: each is a view of the live loop, shared by all who see the same."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from dashboard.address import Address
from dashboard.live import Hub
from dashboard.locales import Lang
from dashboard.whiteboard import protocol
from dashboard.whiteboard.review import TILE
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
MOST_TILES = 60
COMPONENT, SVG, WORDS = "tile--face", "data-svg", "data-words"
"""Where a tile's page shows it."""


class Wire:
    """The live loop's way to one tile of one browser (`dashboard.live.screen.Wire`)."""

    def __init__(self, address: str, send: Callable[[bytes], None]) -> None:
        self._address, self._send = address, send
        self._shown: dict[str, Any] = {}

    def set_props(self, component_id: str, props: Mapping[str, Any]) -> None:
        if component_id == COMPONENT:
            self._shown.update(props)
            self._send(protocol.say("tile", address=self._address, svg=self._shown[SVG], words=self._shown[WORDS]))

    async def answer(self) -> object:
        return None  # what waits for the browser is bounded by its own box


class Watching:
    """Gives each browser eyes of its own on one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    class Eyes:
        """What one browser looks at."""

        def __init__(self, hub: Hub, viewer: Viewer, lang: Lang, send: Callable[[bytes], None]) -> None:
            self._hub, self._viewer, self._send = hub, viewer, send
            # a dark canvas inverts what is drawn in SVG
            self._own: dict[str, Any] = {"lang": lang, "theme": "light"}
            self._tasks: dict[str, asyncio.Task[None]] = {}

        def look(self, addresses: object) -> None:
            """Look at these and no others; what is no address of a tile, and what is too much, is left out."""
            wanted = (
                [one for one in addresses if isinstance(one, str) and TILE.fullmatch(one)]
                if isinstance(addresses, list)
                else []
            )
            wanted = wanted[:MOST_TILES]
            for address in set(self._tasks) - set(wanted):
                self._tasks.pop(address).cancel()
            for address in wanted:
                if address not in self._tasks:
                    self._tasks[address] = asyncio.create_task(self._push(address))

        def end(self) -> None:
            """Look at nothing any more."""
            for task in self._tasks.values():
                task.cancel()
            self._tasks.clear()

        async def _push(self, said: str) -> None:
            url = urlsplit(said)
            plain = Address.of(url.path, url.query)
            address = Address(plain.path, plain.state.but(**self._own))
            await self._hub.push(f"tile-{secrets.token_hex(8)}", self._viewer, address, Wire(said, self._send), {})

    def of(self, viewer: Viewer, lang: Lang, send: Callable[[bytes], None]) -> "Watching.Eyes":
        """The eyes of one browser."""
        return Watching.Eyes(self._hub, viewer, lang, send)
