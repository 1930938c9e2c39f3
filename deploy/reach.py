"""Whether Kafka and the warehouse are there, asked before a command begins: the parts wait for them, people do not."""

import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from deploy.errors import CannotRun
from deploy.settings import LocalSettings, local

WITHIN_SECONDS = 3.0
"""For all addresses of one engine together."""
_KAFKA_PORT, _HTTP_PORTS = 9092, {"http": 80, "https": 443}


@dataclass(frozen=True)
class Engine:
    """Kafka or the warehouse; `address` is shown and has no password, `is_ours` is what oneboard itself starts."""

    name: str
    address: str
    hosts: tuple[tuple[str, int], ...]
    setting: str
    is_ours: bool

    def is_there(self) -> bool:
        """Whether anything takes a connection at one of its addresses."""
        for host in self.hosts:
            with suppress(OSError), socket.create_connection(host, timeout=WITHIN_SECONDS / len(self.hosts)):
                return True
        return False


Which = Callable[[LocalSettings], Engine]


def kafka(settings: LocalSettings) -> Engine:
    """The log, by all of its bootstrap addresses."""
    found = [urlsplit(f"//{one.strip()}") for one in settings.bootstrap.split(",")]
    hosts = tuple(host for one in found for host in _host(one, _KAFKA_PORT))
    shown = ",".join(map(_shown, found))
    return Engine("Kafka", shown, hosts, "ONEBOARD_KAFKA_BOOTSTRAP", is_ours=settings.kafka_bootstrap is None)


def warehouse(settings: LocalSettings) -> Engine:
    """The warehouse, by its URL."""
    url = urlsplit(settings.warehouse)
    hosts = tuple(_host(url, _HTTP_PORTS.get(url.scheme, 0)))
    shown = f"{url.scheme}://{_shown(url)}"
    return Engine("the warehouse", shown, hosts, "ONEBOARD_WAREHOUSE_URL", is_ours=settings.warehouse_url is None)


def require(*which: Which) -> None:
    """`CannotRun`, in one line, where one of them is not there."""
    if said := away(local(), which):
        raise CannotRun(said)


def away(settings: LocalSettings, which: Iterable[Which]) -> str:
    """Which of them are not there, at which address, and what to do; "" where all are."""
    missing = [one for one in (find(settings) for find in which) if not one.is_there()]
    if not missing:
        return ""
    places = " and ".join(f"{one.name} at {one.address}" for one in missing)
    return f"Nothing answers as {places}: {todo(missing)}."


def todo(missing: Sequence[Engine]) -> str:
    """What to do where these do not answer."""
    settings = " and ".join(one.setting for one in missing)
    start = "start oneboard with `oneboard up` (`make up`), or " if any(one.is_ours for one in missing) else ""
    return f"{start}set {settings} to where {'it runs' if len(missing) == 1 else 'they run'}"


def _host(place: SplitResult, port: int) -> list[tuple[str, int]]:
    """Where to knock; nowhere when it is no address."""
    try:
        return [(place.hostname, place.port or port)] if place.hostname else []
    except ValueError:
        return []


def _shown(place: SplitResult) -> str:
    return place.netloc.rpartition("@")[2]
