"""How a live source is: one plain object a source, kept in a small file that `oneboard sources` and `doctor` read."""

import json
import threading
import time
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from ingest.sources.live import Mapped

STALE_AFTER_SECONDS = 30.0
"""A source that has not told anything for so long does not run."""
_SUFFIX = ".state.json"


@dataclass
class Counters:
    """`state` is running, waiting (tries again by itself), or stopped (somebody must do something).

    `rows` are rows looked at since `since`; of them `rejected` were put aside or refused, `unused` no rule is about.
    `lag` is how many rows of the source are still to come, None where that cannot be known.
    """

    name: str
    kind: str
    mapping: str
    state: str = "running"
    rows: int = 0
    events: int = 0
    rejected: int = 0
    unused: int = 0
    errors: int = 0
    lag: int | None = None
    last_row_at: float | None = None
    last_rejection: str | None = None
    last_error: str | None = None
    last_error_at: float | None = None
    notes: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    since: float = field(default_factory=time.time)
    told_at: float = 0.0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def took(self, mapped: Mapped, notes: list[str]) -> None:
        """Rows became events, and these are safe."""
        with self._lock:
            self.rows += mapped.rows
            self.events += mapped.events
            self.rejected += len(mapped.bad)
            self.unused += mapped.unused
            if mapped.rows:
                self.last_row_at = time.time()
            if mapped.rejected:
                self.last_rejection = mapped.rejected[-1].said()
            self.notes = notes
            self.state = "running"

    def failed(self, error: Exception, *, for_good: bool) -> None:
        """Something went wrong that is about the source as a whole."""
        with self._lock:
            self.errors += 1
            self.state = "stopped" if for_good else "waiting"
            self.last_error, self.last_error_at = str(error), time.time()

    def lost(self, message: str) -> None:
        """Rows will never come; this stays said while the source runs."""
        with self._lock:
            if message not in self.losses:
                self.errors += 1
                self.losses.append(message)

    def well(self, lag: int | None) -> None:
        """The source answers."""
        with self._lock:
            self.state, self.lag = "running", lag

    def save(self, folder: Path | None) -> None:
        """Tell how it is now."""
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}{_SUFFIX}"
        half = path.with_suffix(".half")
        with self._lock:
            self.told_at = time.time()
            half.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")
            half.replace(path)

    @classmethod
    def all_in(cls, folder: Path) -> list[Self]:
        """What every source of a folder told last, by name; a file of another version of oneboard is passed over."""
        known = {one.name for one in fields(cls)}
        found = []
        for path in sorted(folder.glob(f"*{_SUFFIX}")):
            told = json.loads(path.read_text(encoding="utf-8"))
            if told.keys() <= known:
                found.append(cls(**told))
        return found

    def is_alive(self, now: float) -> bool:
        """Whether whoever runs it still tells how it is."""
        return now - self.told_at < STALE_AFTER_SECONDS

    def said(self, now: float) -> str:
        """How it is, in one line."""
        state = self.state if self.is_alive(now) or self.state == "stopped" else "does not run"
        lag = "" if self.lag is None else f", {self.lag:,} still to come"
        last = "no row yet" if self.last_row_at is None else f"last row {_ago(now - self.last_row_at)}"
        aside = f", {self.rejected:,} that cannot be mapped" if self.rejected else ""
        unused = f", {self.unused:,} that no rule is about" if self.unused else ""
        return f"{state}: {self.rows:,} rows, {self.events:,} events{aside}{unused}{lag}; {last}"

    def worries(self, now: float) -> list[str]:
        """What somebody should look at, one line each."""
        found = []
        if not self.is_alive(now) and self.state != "stopped":
            told = datetime.fromtimestamp(self.told_at, UTC).isoformat(timespec="seconds")
            found.append(f"has told nothing since {told}")
        if self.last_error is not None and self.state != "running":
            found.append(self.last_error)
        if self.last_rejection is not None:
            found.append(f"the last row that cannot be mapped: {self.last_rejection}")
        return [*found, *self.losses, *self.notes]


def _ago(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return f"{max(0, int(seconds))} s ago"
