"""Rows onto the log: the events of a batch, and a dead letter for every row that cannot become one."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from ingest.dead_letters import Letter
from ingest.errors import Terminal
from ingest.intake import MAX_EVENT_BYTES, Sealed
from ingest.sources.bodies import Row
from ingest.sources.counters import Counters
from ingest.sources.live import LiveTable

REASON = "cannot-be-mapped"
"""The `exception.class.name` of rows put aside."""


class Log(Protocol):
    """A publisher, or what stands for one."""

    def publish_many(self, topic: str, sealed: Iterable[Sealed | Letter]) -> int:
        """Return when all are safe."""
        ...


class TooManyBad(Terminal):
    """So much cannot be mapped that the mapping, or the source, must be wrong."""


class Delivery:
    """Delivers the rows of one live table; `most_bad` rows in a row without a good one stop it."""

    def __init__(self, live: LiveTable, log: Log, counters: Counters, most_bad: int) -> None:
        self._live, self._log, self._counters, self._most_bad = live, log, counters, most_bad
        self._bad_in_a_row = 0

    def deliver(
        self,
        rows: Sequence[Row],
        origin: str,
        letter: Callable[[int, str], Letter],
        typed: frozenset[str] = frozenset(),
    ) -> None:
        """Return when every row is an event or a dead letter on the log; raises as the publisher does.

        `letter` makes the dead letter of the row at a place from what is wrong with it.
        """
        mapped = self._live.mapped(rows, origin, typed)
        reasons: dict[int, list[str]] = {}
        for rejection in mapped.rejected:
            reasons.setdefault(rejection.place, []).append(rejection.said())
        bad_in_a_row = self._refuse_a_flood(rows, reasons)
        for topic, events in mapped.sealed.items():
            self._log.publish_many(topic, events)
        if reasons:
            letters = [letter(place, "; ".join(said[:5])) for place, said in sorted(reasons.items())]
            self._log.publish_many("dead-letters", letters)
        self._bad_in_a_row = bad_in_a_row
        self._counters.took(mapped, self._live.notes())

    def _refuse_a_flood(self, rows: Sequence[Row], reasons: dict[int, list[str]]) -> int:
        bad = self._bad_in_a_row
        for place in range(len(rows)):
            bad = bad + 1 if place in reasons else 0
            if bad >= self._most_bad:
                raise TooManyBad(
                    f"{bad} rows in a row cannot be mapped, the last one because of: {reasons[place][0]}. "
                    "Mend the mapping or the source and start again: it goes on before them. "
                    "ONEBOARD_INGEST_BAD_ROWS_IN_A_ROW says how many are let pass."
                )
        return bad


def whole_or_cut(value: bytes | None, message: str) -> tuple[bytes | None, str]:
    """A letter's value and reason; what Kafka would not take is cut, and the reason says so."""
    if value is None or len(value) <= MAX_EVENT_BYTES:
        return value, message
    return value[:MAX_EVENT_BYTES], f"{message} (cut: it has {len(value):,} bytes)"
