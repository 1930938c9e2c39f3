"""What was seen of the system, look by look: who is up since when, and how fast the log grows and is stored."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

PARTS = ("kafka", "warehouse", "worker", "ingest", "dashboard")
"""What runs, in the order in which it needs each other."""
KEPT = 180
"""Looks that are kept: a quarter of an hour, five seconds apart."""


@dataclass(frozen=True)
class Flow:
    """The events of a topic: `came` = `stored` + `aside` + `waiting`; of what came `snapshots` are of files beside the
    log. What is sent again, or said twice, came twice. Where not all is known, `came` is what is on the log."""

    came: int
    snapshots: int | None = None
    stored: int | None = None
    aside: int | None = None
    waiting: int | None = None


@dataclass(frozen=True)
class Sample:
    """One look. None stands for what could not be asked; `written`, `lag` and `snapshots` are records, by topic.

    `workers` says how many partitions each holds; `letters` are the dead letters that nobody has sent again. `aside`
    are all dead letters, each event once, by the topic they name; `unlogged` those of them that never were on the log.
    """

    at: datetime
    is_up: Mapping[str, bool]
    written: Mapping[str, int] | None = None
    lag: Mapping[str, int] | None = None
    workers: Mapping[str, int] | None = None
    letters: int | None = None
    newest_at: datetime | None = None
    screens: int = 0
    snapshots: Mapping[str, int] | None = None
    aside: Mapping[str, int] | None = None
    unlogged: Mapping[str, int] | None = None

    @property
    def flows(self) -> dict[str, Flow]:
        """What became of the events of each topic, and of what was refused under the name of another."""
        written, lag, snapshots, aside, unlogged = self.written, self.lag, self.snapshots, self.aside, self.unlogged
        if lag is None or snapshots is None or aside is None or unlogged is None:
            return {topic: Flow(count, waiting=(lag or {}).get(topic)) for topic, count in (written or {}).items()}
        found = {}
        for topic in dict.fromkeys((*(written or {}), *aside)):
            beside, refused, waiting = snapshots.get(topic, 0), aside.get(topic, 0), lag.get(topic, 0)
            came = (written or {}).get(topic, 0) + beside + unlogged.get(topic, 0)
            found[topic] = Flow(came, beside, came - refused - waiting, refused, waiting)
        return found

    @property
    def total_lag(self) -> int | None:
        """Records that are on the log and not in the warehouse."""
        return None if self.lag is None else sum(self.lag.values())

    @property
    def total_written(self) -> int | None:
        """Records ever written to the log that belong into the warehouse."""
        return None if self.written is None else sum(self.written.values())

    @property
    def stored(self) -> int | None:
        """Events that are in the warehouse, of the log and of snapshots."""
        stored = [one.stored for one in self.flows.values()]
        return sum(one or 0 for one in stored) if stored and None not in stored else None

    @property
    def age_seconds(self) -> float | None:
        """How old the newest event in the warehouse was at the look."""
        return None if self.newest_at is None else max(0.0, (self.at - self.newest_at).total_seconds())


@dataclass(frozen=True)
class Standing:
    """Whether a part is up, since when, and whether that was seen to begin or only found so at the first look."""

    is_up: bool
    since: datetime
    was_seen: bool


class Record:
    """The looks of the last quarter of an hour, oldest first."""

    def __init__(self) -> None:
        self.samples: deque[Sample] = deque(maxlen=KEPT)
        self.standings: dict[str, Standing] = {}

    def add(self, sample: Sample) -> None:
        """Take a look into the record."""
        for part, is_up in sample.is_up.items():
            before = self.standings.get(part)
            if before is None or before.is_up != is_up:
                self.standings[part] = Standing(is_up, sample.at, before is not None)
        self.samples.append(sample)

    @property
    def last(self) -> Sample | None:
        """The newest look."""
        return self.samples[-1] if self.samples else None

    def rates(self, what: Callable[[Sample], int | None]) -> list[float]:
        """Records a second between each two looks that could ask for `what`."""
        seen = [(one.at, count) for one in self.samples if (count := what(one)) is not None]
        return [
            max(0.0, (after - before) / max((later - earlier).total_seconds(), 1e-3))
            for (earlier, before), (later, after) in pairwise(seen)
        ]

    def values(self, what: Callable[[Sample], float | None]) -> list[float]:
        """A number of every look that could ask for it."""
        return [float(value) for one in self.samples if (value := what(one)) is not None]
