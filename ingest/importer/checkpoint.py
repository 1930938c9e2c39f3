"""How far an import has come, so that it goes on there; only ever a saving of time, never of correctness.

The file belongs to one mapping, one content of the files and one set of options, and to one log: when Kafka's topics
have been made anew, what was sent is gone and the checkpoint is forgotten.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self


def key_of(mapping_text: str, paths: Iterable[Path], options: object) -> str:
    """Digest of everything the events follow from."""
    digest = hashlib.sha256(json.dumps([mapping_text, options], sort_keys=True, default=str).encode())
    for path in paths:
        digest.update(path.name.encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:32]


@dataclass
class Checkpoint:
    """Rows done by rule, and by how many days this import moves its dates (kept after its end)."""

    path: Path | None
    log: Mapping[str, str]
    rows: dict[str, int] = field(default_factory=dict)
    shift_days: int | None = None

    @classmethod
    def open(cls, folder: Path | None, key: str, log: Mapping[str, str]) -> Self:
        """What is remembered for `key`; nothing when `folder` is None or the log is another one."""
        path = None if folder is None else folder / f"{key}.json"
        if path is None or not path.exists():
            return cls(path, log)
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["log"] != dict(log):
            return cls(path, log)
        return cls(path, log, kept["rows"], kept["shift_days"])

    def advance(self, rule: str, rows: int) -> None:
        """`rows` more rows of the rule are safe."""
        self.rows[rule] = self.rows.get(rule, 0) + rows
        self.save()

    def finish(self) -> None:
        """The next import begins at the first row again, with the same moved dates."""
        self.rows.clear()
        if self.shift_days is None and self.path is not None:
            self.path.unlink(missing_ok=True)
        else:
            self.save()

    def save(self) -> None:
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        half = self.path.with_suffix(".half")
        half.write_text(json.dumps({"log": dict(self.log), "rows": self.rows, "shift_days": self.shift_days}))
        half.replace(self.path)
