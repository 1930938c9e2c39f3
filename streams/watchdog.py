"""A worker that neither stores what waits nor tries to is ended, so that whoever started it starts it again.

A consumer can hang without dying: then Kafka hears its heartbeats and gives its partitions to nobody. What it held is
read again from the warehouse's watermarks, as after any other end.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

log = logging.getLogger(__name__)
EXIT_CODE = 70
"""`EX_SOFTWARE` of sysexits.h."""
Place = TypeVar("Place", bound=Hashable)


@dataclass
class Progress:
    """What was last seen of each place, and since when it has not changed though something waits there."""

    patience_seconds: float
    _seen: dict[Hashable, tuple[object, float]] = field(default_factory=dict)

    def stuck(self, waiting: Mapping[Place, int], signs: Mapping[Place, object], now: float) -> list[Place]:
        """The places where something waits and no sign has changed for longer than patience has it.

        `waiting` are records by place, `signs` whatever changes while somebody works there; `now` in seconds.
        """
        before, self._seen = self._seen, {}
        found: list[Place] = []
        for place, sign in signs.items():
            sign_before, since = before.get(place, (None, now))
            if not waiting.get(place) or sign != sign_before:
                since = now
            self._seen[place] = (sign, since)
            if now - since > self.patience_seconds:
                found.append(place)
        return found


class Watchdog:
    """Ends the process when it has not heard `well` for longer than patience has it, a blocked loop included."""

    def __init__(self, patience_seconds: float, end: Callable[[int], object] = os._exit) -> None:
        self._patience, self._end = patience_seconds, end
        self._heard = time.monotonic()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def well(self) -> None:
        """All that waits is being worked at. It watches from the first such word on."""
        self._heard = time.monotonic()
        if self._thread.ident is None:
            self._thread.start()

    def stop(self) -> None:
        self._is_over.set()

    def _watch(self) -> None:
        while not self._is_over.wait(self._patience / 10):
            silent = time.monotonic() - self._heard
            if silent > self._patience:
                log.critical("nothing has moved for %.0f s: this worker ends, to be started again", silent)
                logging.shutdown()
                self._end(EXIT_CODE)
                return
