"""What a snapshot consists of. Its identity is what its files say: another content is another snapshot."""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

MANIFEST = "manifest.json"
_PIECE = 2**20


class SnapshotBroken(RuntimeError):
    """The files are not what the manifest says."""


class SnapshotFile(BaseModel):
    """One Parquet file: events of one topic, sorted by entity and version; no entity is in two files."""

    model_config = ConfigDict(frozen=True)

    topic: str
    name: str
    rows: int
    sha256: str


class Manifest(BaseModel):
    """The files of a snapshot in their order: a file's place is its partition, an event's row its offset."""

    model_config = ConfigDict(frozen=True)

    written_at: datetime
    files: tuple[SnapshotFile, ...]

    @property
    def identity(self) -> str:
        """32 hex digits that follow from the content."""
        content = "\n".join(f"{file.topic} {file.rows} {file.sha256}" for file in self.files)
        return hashlib.sha256(f"{self.written_at.isoformat()}\n{content}".encode()).hexdigest()[:32]

    @property
    def topic_id(self) -> str:
        """What stands in the warehouse where a topic's id would."""
        return f"snapshot:{self.identity}"

    @property
    def events(self) -> int:
        return sum(file.rows for file in self.files)

    def of_topic(self, topic: str) -> Iterator[tuple[int, SnapshotFile]]:
        """Partition and file."""
        return ((place, file) for place, file in enumerate(self.files) if file.topic == topic)

    def save(self, folder: Path) -> None:
        """Written last, aside and moved into place: a folder with a manifest is whole."""
        aside = folder / f"{MANIFEST}.new"
        aside.write_text(self.model_dump_json(indent=2))
        os.replace(aside, folder / MANIFEST)


def load(folder: Path) -> Manifest:
    """The manifest of a snapshot's folder. Raises `SnapshotBroken`."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise SnapshotBroken(f"{folder} holds no {MANIFEST}: it is no snapshot, or one that was not finished") from None
    except ValidationError as error:
        raise SnapshotBroken(f"{folder / MANIFEST} cannot be read: {error}") from error


def check(folder: Path, file: SnapshotFile) -> Path:
    """The path of a file that is what the manifest says. Raises `SnapshotBroken`."""
    path = folder / file.name
    try:
        found = sha256(path)
    except FileNotFoundError:
        raise SnapshotBroken(f"{path} is missing: put it back, or write the snapshot again") from None
    if found != file.sha256:
        raise SnapshotBroken(f"{path} was changed after it was written: put it back, or write the snapshot again")
    return path


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def snapshots(folder: Path) -> Iterator[tuple[Path, Manifest]]:
    """Every finished snapshot below a folder, by name."""
    for path in sorted(folder.glob(f"*/{MANIFEST}")):
        yield path.parent, load(path.parent)
