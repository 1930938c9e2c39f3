"""Where people meet about a finding: one file a provider, found by the folder's pattern.

A provider's file has `PROVIDER`, an object with `name`, `room` and `advice`. Which one is used is a setting.
"""

import pkgutil
from functools import cache
from importlib import import_module

from dashboard.meetings.room import Provider, Room
from dashboard.meetings.settings import meetings
from ingest.errors import did_you_mean

__all__ = ["Provider", "Room", "UnknownProvider", "provider", "providers"]


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
