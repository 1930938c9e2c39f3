"""Which fictional company stands in the data of this machine, and how much of its life was told."""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path

from deploy.errors import CannotRun


@dataclass(frozen=True)
class Told:
    """Which company it is, and up to which instant (UTC, seconds) its events are on the log; kept in a file.

    `history_until` is where its history ends, once that is under way.
    """

    size: str
    seed: int
    founded_on: str
    until: str | None = None
    history_until: str | None = None

    @classmethod
    def load(cls, file: Path, size: str, seed: int, today: date) -> "Told":
        """What the file says of this company; a new one, as of `today`, when there is none.

        `CannotRun` when it speaks of another: two on one log would be one board of both.
        """
        try:
            told = cls(**json.loads(file.read_text()))
        except FileNotFoundError:
            return cls(size, seed, today.isoformat())
        if (told.size, told.seed) != (size, seed):
            raise CannotRun(
                f"{file.parent} holds another company (--size {told.size} --seed {told.seed}): go on with that one,"
                " forget it with `make clean`, or set ONEBOARD_DATA_DIR to another folder."
            )
        return told

    def begun(self, now: datetime) -> "Told":
        """The same company, its history under way: up to `now`, or where one that was broken off was to end."""
        return self if self.history_until else replace(self, history_until=now.replace(microsecond=0).isoformat())

    @property
    def ends_at(self) -> datetime:
        """Where its history ends, or will. Raises `ValueError` before it has begun."""
        if self.history_until is None:
            raise ValueError("this history has not begun")
        return datetime.fromisoformat(self.history_until)

    def reached(self, until: datetime) -> "Told":
        """The same company, told up to another instant."""
        return replace(self, until=until.replace(microsecond=0).isoformat())

    def save(self, file: Path) -> None:
        """Written aside and moved into place, so that a kill leaves the former one."""
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_suffix(".new")
        aside.write_text(json.dumps(asdict(self)))
        os.replace(aside, file)
