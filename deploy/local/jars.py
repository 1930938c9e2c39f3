"""Apache Kafka's jars: a committed lock with SHA-256s, and the folder that holds exactly what it says.

The lock is written by `deploy.local.fetching`, which also downloads what is missing; it is loaded only then.
"""

import hashlib
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import CannotRun

LOCK = Path(__file__).with_name("kafka.lock.toml")


@dataclass(frozen=True)
class Jar:
    """One artifact of the lock, by Maven's coordinates."""

    group: str
    artifact: str
    version: str
    packaging: str
    classifier: str
    sha256: str

    def path(self, folder: Path) -> Path:
        """Where Maven's own layout has it."""
        classifier = f"-{self.classifier}" if self.classifier else ""
        name = f"{self.artifact}-{self.version}{classifier}.{self.packaging}"
        return folder.joinpath(*self.group.split("."), self.artifact, self.version, name)

    def is_intact(self, folder: Path) -> bool:
        """Whether it is there, and is what the lock says."""
        try:
            with self.path(folder).open("rb") as jar:
                return hashlib.file_digest(jar, "sha256").hexdigest() == self.sha256
        except FileNotFoundError:
            return False


def locked(lock: Path = LOCK) -> tuple[Jar, ...]:
    """Every jar of the lock."""
    rows = tomllib.loads(lock.read_text())["dependencies"]
    return tuple(_jar(row) for row in rows)


def class_path(cache_dir: Path, repositories: Callable[[], Sequence[str]], lock: Path = LOCK) -> tuple[Path, ...]:
    """Every jar of the lock, downloaded where it was missing or damaged; `CannotRun` when one cannot be had.

    `repositories` is asked only then. A jar appears under its name only when its SHA-256 is right, so a download that
    was cut off leaves nothing behind.
    """
    folder, jars = cache_dir / "maven", locked(lock)
    if wanting := [jar for jar in jars if not jar.is_intact(folder)]:
        from deploy.local.fetching import download

        download(wanting, folder, repositories())
    return tuple(jar.path(folder) for jar in jars)


def are_present(cache_dir: Path, lock: Path = LOCK) -> bool:
    """Whether every jar of the lock is there, and is what the lock says."""
    return all(jar.is_intact(cache_dir / "maven") for jar in locked(lock))


def _jar(row: dict[str, str]) -> Jar:
    if not row.get("sha256"):
        raise CannotRun(f"The lock of Kafka's jars has no SHA-256 for {row['artifactId']}: write it anew.")
    return Jar(
        row["groupId"],
        row["artifactId"],
        row["version"],
        row.get("packaging", "jar"),
        row.get("classifier", ""),
        row["sha256"],
    )
