"""How far a table has been read, kept on disk: the newest row taken, and what is needed to know it again.

Like an import's checkpoint it only ever saves work: without it the table is read again, and gives the same events.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any, Self
from uuid import UUID

SECONDS_BEHIND, IDS_BEHIND = 300, 1_000
"""How far behind the newest row late ones are looked for when the mapping does not say."""
_KEPT_AT_MOST = 10_000
_READERS: dict[str, Any] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "int": int,
    "float": float,
    "Decimal": Decimal,
    "str": str,
    "UUID": UUID,
    "bytes": bytes.fromhex,
}


@dataclass(frozen=True)
class Told:
    """A row as it was taken: its cursor, a digest of it, and how often it changed without its cursor moving."""

    cursor: Any
    digest: str
    changes: int


@dataclass
class Cursor:
    """`at` is cursor and key of the newest row taken, `told` the rows taken since the overlap began, by key."""

    path: Path | None
    identity: str
    at: tuple[Any, ...] | None = None
    told: dict[str, Told] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path | None, identity: str) -> Self:
        """What is remembered; nothing when it is of another table, cursor or key."""
        if path is None or not path.exists():
            return cls(path, identity)
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["identity"] != identity:
            return cls(path, identity)
        told = {key: Told(restored(at), digest, changes) for key, at, digest, changes in kept["told"]}
        return cls(path, identity, None if kept["at"] is None else tuple(map(restored, kept["at"])), told)

    def changes_of(self, key: str, cursor: Any, digest: str) -> int | None:
        """How often the row changed under this cursor, None when it was taken just so."""
        before = self.told.get(key)
        if before is None or before.cursor != cursor:
            return 0
        return None if before.digest == digest else before.changes + 1

    def forget_before(self, horizon: Any) -> None:
        """Rows behind the overlap are not asked for again."""
        self.told = {key: one for key, one in self.told.items() if not one.cursor < horizon}

    def save(self) -> None:
        """Keep what a restart needs: of the rows told, those that may still change under the cursor they have."""
        if self.path is None:
            return
        newest = None if self.at is None else self.at[0]
        kept = [(key, one) for key, one in self.told.items() if one.changes or one.cursor == newest][-_KEPT_AT_MOST:]
        text = json.dumps(
            {
                "identity": self.identity,
                "at": None if self.at is None else [written(value) for value in self.at],
                "told": [[key, written(one.cursor), one.digest, one.changes] for key, one in kept],
            }
        )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        half = self.path.with_suffix(".half")
        half.write_text(text, encoding="utf-8")
        half.replace(self.path)


def written(value: Any) -> list[str]:
    """A value of a database as JSON that `restored` gives back as the same type."""
    kind = type(value).__name__
    if kind not in _READERS:
        raise TypeError(f"a {kind} cannot be a cursor or a key")
    text = value.isoformat() if isinstance(value, date) else value.hex() if isinstance(value, bytes) else str(value)
    return [kind, text]


def restored(kept: list[str]) -> Any:
    """The value that `written` wrote."""
    return _READERS[kept[0]](kept[1])


def behind(value: Any, overlap: int | None) -> Any:
    """The value of the cursor from which late rows are looked for: so many seconds, or ids, before `value`.

    Of a text that is no time nothing can be subtracted: from itself on, so that only its ties are seen.
    """
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value).replace(tzinfo=None)
        except ValueError:
            return value
        earlier = behind(moment, overlap).replace(microsecond=0)
        return earlier.isoformat(sep=value[10] if len(value) > 10 else "T")[: max(10, min(19, len(value)))]
    if isinstance(value, datetime):
        return value - timedelta(seconds=SECONDS_BEHIND if overlap is None else overlap)
    if isinstance(value, date):
        return value - timedelta(days=ceil((SECONDS_BEHIND if overlap is None else overlap) / 86_400))
    if isinstance(value, int | float | Decimal):
        return value - (IDS_BEHIND if overlap is None else overlap)
    return value


def place_in_time(value: Any) -> int | None:
    """A whole number that grows with the cursor: microseconds since 1970 of a time, a number itself; else None."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return int(moment.timestamp()) * 1_000_000 + moment.microsecond
    if isinstance(value, date):
        return (value - date(1970, 1, 1)).days * 86_400_000_000
    if isinstance(value, int | Decimal) and value == int(value):
        return int(value)
    return None
