"""Where people meet about what the board shows: one file a provider, found by the folder's pattern.

A provider's file has `PROVIDER`, as `room.Provider` says. Which one is used is a setting; when it fails, hangs or
answers nonsense, the room is one of Jitsi's, and that is said.
"""

import asyncio
import logging
import pkgutil
import time
from functools import cache
from importlib import import_module

from dashboard.meetings.room import Meant, Provider, Room, RoomFault
from dashboard.meetings.settings import meetings
from ingest.errors import nearest

__all__ = [
    "Meant",
    "Provider",
    "Room",
    "RoomFault",
    "UnknownProvider",
    "door",
    "provider",
    "providers",
    "room_for",
    "tried",
]
log = logging.getLogger(__name__)
FALLBACK = "jitsi"
_rests: dict[str, float] = {}
"""Until when (monotonic seconds) a provider that wants to be left alone is not asked."""


class UnknownProvider(RoomFault):
    """ONEBOARD_MEETINGS_PROVIDER names none that there is."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__("unknown", name=repr(name), known=", ".join(known), near=nearest(name, known))


@cache
def providers() -> dict[str, Provider]:
    """Every provider by its name."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found: list[Provider] = [module.PROVIDER for module in modules if hasattr(module, "PROVIDER")]
    return {one.name: one for one in found}


def provider() -> Provider:
    """The provider of the settings."""
    name = meetings().provider
    try:
        return providers()[name]
    except KeyError:
        raise UnknownProvider(name, sorted(providers())) from None


async def tried(meant: Meant) -> Room:
    """A room of the provider that is set, and of no other. Raises `RoomFault`."""
    chosen = provider()
    if (rest := _rests.get(chosen.name, 0.0) - time.monotonic()) > 0:
        raise RoomFault("rests", vendor=chosen.name, seconds=f"{rest:.0f}")
    try:
        return await asyncio.wait_for(chosen.room(meant), meetings().answer_seconds)
    except TimeoutError:
        raise RoomFault("no_answer", vendor=chosen.name, seconds=f"{meetings().answer_seconds:g}") from None
    except RoomFault as fault:
        _rests[chosen.name] = time.monotonic() + fault.after_seconds
        raise


def door(provider_name: str, url: str) -> str:
    """The address by which somebody is led into a room, with what lets them in where the provider asks for it."""
    opens = getattr(providers().get(provider_name), "door", None)
    return str(opens(url)) if opens else url


async def room_for(meant: Meant) -> Room:
    """A room for the meeting, in any case: of the provider that is set, else of Jitsi, with what went wrong."""
    try:
        return await tried(meant)
    except RoomFault as fault:
        log.warning("the room of %s is one of Jitsi's: %s", meant.meeting_id, fault)
        why = fault.code
    room = await providers()[FALLBACK].room(meant)
    return Room(room.url, room.provider, why)
