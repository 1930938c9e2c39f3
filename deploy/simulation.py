"""The fictional company on the log: its history once, then its life as it happens."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

from deploy.told import Told
from ingest.errors import Transient
from ingest.events import Event
from ingest.publisher import Publisher
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.live import live as life
from ingest.simulator.sizes import SIZES

_AT_ONCE = 5_000
_LOOK_AHEAD = timedelta(days=2)
_SECOND = timedelta(seconds=1)
RATE = 0.5
"""Events a second beside the company's own days."""


def company_of(told: Told) -> Company:
    """The company that is told of."""
    return Company.make(told.seed, SIZES[told.size], date.fromisoformat(told.founded_on))


class _Peeked:
    """Events of which one was looked at and not taken."""

    def __init__(self, events: Iterator[tuple[str, Event]]) -> None:
        self._events = events
        self._waiting = next(events, None)

    def __iter__(self) -> Iterator[tuple[str, Event]]:
        return self

    def __next__(self) -> tuple[str, Event]:
        if self._waiting is None:
            raise StopIteration
        taken, self._waiting = self._waiting, next(self._events, None)
        return taken

    def up_to(self, until: datetime) -> Iterator[tuple[str, Event]]:
        """Those that happened by then; the others stay."""
        while self._waiting and self._waiting[1].occurred_at <= until:
            yield next(self)


class Simulation:
    """Sends what the company has not yet told; after a kill it goes on where it was.

    Some events may then be sent again: they are the same to the byte, and change nothing.
    """

    def __init__(self, size: str, seed: int, publisher: Publisher, state: Path, today: date) -> None:
        self.told = Told.load(state, size, seed, today)
        self._publisher, self._state = publisher, state
        self._company = company_of(self.told)
        self._going_on: tuple[datetime, Iterator[tuple[str, Event]]] | None = None

    @property
    def is_new(self) -> bool:
        """Whether nothing of this company is on the log yet."""
        return self.told.until is None

    def catch_up(self, until: datetime, progress: Callable[[datetime, int], None]) -> int:
        """Send everything up to `until`; how many events. `progress` is told the instant reached and events sent."""
        end, sent = until + _LOOK_AHEAD, 0
        events = _Peeked(history(self._company, end, self._since()))
        while chunk := list(islice(events.up_to(until), _AT_ONCE)):
            self._send(chunk)
            sent += len(chunk)
            progress(chunk[-1][1].occurred_at, sent)
        self._remember(until)
        self._going_on = end, events
        return sent

    def live(self, wait: Callable[[float], bool]) -> None:
        """Send every event when its time has come, until `wait(seconds)` says that it is over.

        Something happens at night and on Sundays too: about `RATE` events a second. While Kafka is away they wait.
        """
        while True:
            now = datetime.now(UTC)
            end, going_on = self._going_on or self._anew(now)
            self._going_on = None
            for topic, event in life(self._company, now, RATE, going_on):
                if event.occurred_at > end:
                    break
                while (ahead := (event.occurred_at - datetime.now(UTC)).total_seconds()) > 0:
                    if wait(min(ahead, 1.0)):
                        return
                while not self._was_sent(topic, event):
                    if wait(1.0):
                        return
            self._remember(end)

    def _anew(self, now: datetime) -> tuple[datetime, Iterator[tuple[str, Event]]]:
        end = now + _LOOK_AHEAD
        return end, history(self._company, end, self._since() or now)

    def _was_sent(self, topic: str, event: Event) -> bool:
        try:
            self._send([(topic, event)])
        except Transient:
            return False
        return True

    def _send(self, chunk: Iterable[tuple[str, Event]]) -> None:
        by_topic: dict[str, list[Event | bytes]] = {}
        reached = self._since() or datetime.min.replace(tzinfo=UTC)
        for topic, event in chunk:
            by_topic.setdefault(topic, []).append(event)
            reached = max(reached, event.occurred_at - _SECOND)  # the rest of its second may be in the next chunk
        for topic, events in by_topic.items():
            self._publisher.publish(topic, events)
        self._remember(reached)

    def _since(self) -> datetime | None:
        return datetime.fromisoformat(self.told.until) if self.told.until else None

    def _remember(self, until: datetime) -> None:
        self.told = self.told.reached(until)
        self.told.save(self._state)
