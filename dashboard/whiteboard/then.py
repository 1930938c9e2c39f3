"""What a meeting's whiteboard shows, as of an instant: for the minutes, and on the board itself once it is over.

Addresses alone, as on the board: whoever reads the minutes has the figures of that second drawn as far as *they* may
see them.
"""

import asyncio
import logging
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from dashboard.whiteboard.addresses import FINDING, board_at
from dashboard.whiteboard.rooms import Away, Rooms
from dashboard.whiteboard.watching import MOST_TILES
from ingest.settings import company

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 5.0
"""A meeting ends, whether its whiteboard can be read just now or not."""


def frozen_at(address: str, at: datetime) -> str:
    """The address of a tile as of an instant, as it was known then; one that is frozen already stays."""
    url = urlsplit(address)
    said = dict(parse_qsl(url.query))
    if "as_of" in said:
        return address
    local = at.astimezone(company().zone)
    return f"{url.path}?{urlencode({**said, 'as_of': f'{local:%Y-%m-%dT%H:%M:%S}', 'known': 'then'})}"


async def shown(rooms: Rooms, subject: str, meeting_id: str, at: datetime) -> tuple[str, ...]:
    """The tiles on the whiteboard of a meeting, frozen as of `at`, row by row; none where there is no whiteboard, or
    it cannot be read."""
    board_id = board_at(subject, meeting_id)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            if await rooms.known(board_id) is None:
                return ()
            elements = (await rooms.open(board_id)).document.elements().values()
    except (Away, TimeoutError) as error:
        log.warning("what whiteboard %s shows is in no minutes: %s", board_id, error or "it took too long")
        return ()
    tiles = sorted((one for one in elements if _address(one)), key=lambda one: (one["y"], one["x"]))
    return tuple(dict.fromkeys(frozen_at(_address(one), at) for one in tiles))[:MOST_TILES]


async def freeze(rooms: Rooms, subject: str, meeting_id: str, at: datetime) -> None:
    """Leave a meeting's own whiteboard as it was: its tiles show `at` from now on, until somebody thaws them. The board
    of a finding goes on moving, for the finding is not over."""
    board_id = board_at(subject, meeting_id)
    if subject.startswith(FINDING):
        return
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            if await rooms.known(board_id) is None:
                return
            room = await rooms.open(board_id)
    except (Away, TimeoutError) as error:
        log.warning("the tiles of whiteboard %s go on moving: %s", board_id, error or "it took too long")
        return
    tiles = {id: one for id, one in room.document.elements().items() if _address(one)}
    room.put(room.document.put("elements", {id: _frozen(one, at) for id, one in tiles.items()}))


def _address(element: dict[str, Any]) -> str:
    return str((element.get("customData") or {}).get("tile", ""))


def _frozen(one: dict[str, Any], at: datetime) -> dict[str, Any]:
    custom = {**one["customData"], "tile": frozen_at(_address(one), at)}
    return {**one, "customData": custom, "version": one["version"] + 1}
