"""Apache Kafka's jars: a committed lock with SHA-256s, and the folder that holds exactly what it says.

`python -m deploy.local.jars` (part of `make lock`) resolves the coordinates below anew and rewrites the lock.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from jgo.env import LockedDependency, LockFile
from jgo.maven import MavenContext
from requests import RequestException
from rich.console import Console
from rich.progress import track

from deploy.errors import CannotRun

LOCK = Path(__file__).with_name("kafka.lock.toml")
COORDINATES = (
    "org.apache.kafka:kafka_2.13:4.4.0",
    # Kafka leaves the choice of a logger open, and says nothing at all without one. Raw (!), because log4j's own
    # dependency management would otherwise put an older kafka-clients under the broker.
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5!",
)
_ATTEMPTS = 3
_AT_ONCE = 6


def class_path(cache_dir: Path, repositories: Sequence[str], lock: Path = LOCK) -> tuple[Path, ...]:
    """Every jar of the lock, downloaded where it was missing or damaged; `CannotRun` when one cannot be had.

    A jar appears under its name only when its SHA-256 is right, so a download that was cut off leaves nothing behind.
    """
    folder = cache_dir / "maven"
    dependencies = LockFile.load(lock).dependencies
    wanting = [dependency for dependency in dependencies if not _is_intact(dependency, folder)]
    if wanting:
        _download(wanting, folder, repositories)
    return tuple(_path(dependency, folder) for dependency in dependencies)


def are_present(cache_dir: Path, lock: Path = LOCK) -> bool:
    """Whether every jar of the lock is there, and is what the lock says."""
    return all(_is_intact(dependency, cache_dir / "maven") for dependency in LockFile.load(lock).dependencies)


def _download(wanting: Sequence[LockedDependency], folder: Path, repositories: Sequence[str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".incoming-") as incoming, ThreadPoolExecutor(_AT_ONCE) as pool:
            fetched = pool.map(lambda one: _fetch(one, folder, Path(incoming), repositories), wanting)
            for _ in track(
                fetched, "Downloading Apache Kafka", len(wanting), console=Console(stderr=True), transient=True
            ):
                pass
    except OSError as error:  # of the disk: those of the network are dealt with jar by jar
        raise CannotRun(f"Kafka's jars cannot be written to {folder} ({error.strerror or error}).") from error


def _fetch(dependency: LockedDependency, folder: Path, incoming: Path, repositories: Sequence[str]) -> None:
    """Ask every repository in turn, and all of them again, until the right bytes are in `folder`."""
    reason = "no repository was asked"
    for attempt in range(_ATTEMPTS):
        for number, repository in enumerate(repositories):
            tray = incoming / f"{attempt}-{number}"
            context = MavenContext(repo_cache=tray, remote_repos={"asked": repository}, timeout=30)
            component = context.project(dependency.groupId, dependency.artifactId).at_version(dependency.version)
            try:
                component.artifact(dependency.classifier or "", dependency.packaging).resolve()
            except (RequestException, RuntimeError) as error:  # RuntimeError: this repository does not have it
                reason = str(error)
                continue
            if _is_intact(dependency, tray):
                target = _path(dependency, folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(_path(dependency, tray), target)
                return
            reason = "what came does not have the SHA-256 of the lock"
    raise CannotRun(
        f"{dependency.artifactId} {dependency.version} could not be downloaded ({reason}): check the network and run "
        "this again, or name a Maven mirror with ONEBOARD_MAVEN_REPOSITORY."
    )


def _path(dependency: LockedDependency, folder: Path) -> Path:
    """Where Maven's own layout has this artifact."""
    classifier = f"-{dependency.classifier}" if dependency.classifier else ""
    name = f"{dependency.artifactId}-{dependency.version}{classifier}.{dependency.packaging}"
    return folder.joinpath(*dependency.groupId.split("."), dependency.artifactId, dependency.version, name)


def _is_intact(dependency: LockedDependency, folder: Path) -> bool:
    if not dependency.sha256:
        raise CannotRun(f"The lock of Kafka's jars has no SHA-256 for {dependency.artifactId}: write it anew.")
    try:
        with _path(dependency, folder).open("rb") as jar:
            return hashlib.file_digest(jar, "sha256").hexdigest() == dependency.sha256
    except FileNotFoundError:
        return False


def write_lock(lock: Path = LOCK) -> None:
    """Resolve `COORDINATES` and everything they need from Maven Central, and write down what came."""
    with TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder))
        # without the mark "!" of a raw coordinate, jgo lets the artifact manage the versions of all the others
        asked = [context.create_dependency(coordinate) for coordinate in COORDINATES]
        inputs, needed = context.resolver.resolve(asked)
        LockFile.from_resolved_dependencies([*inputs, *needed], "kafka").save(lock)


if __name__ == "__main__":
    write_lock()
