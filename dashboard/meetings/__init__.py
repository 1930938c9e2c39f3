"""Where people meet about what the board shows: one file a provider, found by the folder's pattern.

A provider's file has `PROVIDER`, as `room.Provider` says. Which one is used is a setting; when it fails, hangs or
answers nonsense, the room is one of Jitsi's, and that is said.
"""

import asyncio
import logging
import pkgutil
from functools import cache
from importlib import import_module

from dashboard.meetings.room import Meant, Provider, Room, RoomFault
from dashboard.meetings.settings import meetings
from ingest.errors import did_you_mean

__all__ = ["Meant", "Provider", "Room", "RoomFault", "UnknownProvider", "provider", "providers", "room_for"]
log = logging.getLogger(__name__)
FALLBACK = "jitsi"


class UnknownProvider(LookupError):
    """ONEBOARD_MEETINGS_PROVIDER names none that there is."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"no meeting provider {name!r}; there are {', '.join(known)}.{did_you_mean(name, known)}")


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


async def room_for(meant: Meant) -> Room:
    """A room for the meeting, in any case: of the provider that is set, else of Jitsi, with what went wrong."""
    try:
        chosen = provider()
        return await asyncio.wait_for(chosen.room(meant), meetings().answer_seconds)
    except TimeoutError:
        why = f"{meetings().provider}: no answer within {meetings().answer_seconds:g} s"
    except (RoomFault, UnknownProvider) as fault:
        why = str(fault)
    log.warning("the room of %s is one of Jitsi's: %s", meant.meeting_id, why)
    room = await providers()[FALLBACK].room(meant)
    return Room(room.url, room.provider, why)
