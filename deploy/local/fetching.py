"""Getting Kafka's jars: downloaded from Maven repositories and held against the lock, or resolved anew.

`python -m deploy.local.fetching` (part of `make lock`) resolves the coordinates below and rewrites the lock.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from jgo.env import LockFile
from jgo.maven import MavenContext
from requests import RequestException
from rich.console import Console
from rich.progress import track

from deploy.errors import CannotRun
from deploy.local.jars import LOCK, Jar

COORDINATES = (
    "org.apache.kafka:kafka_2.13:4.4.0",
    # Kafka leaves the choice of a logger open, and says nothing at all without one. Raw (!), because log4j's own
    # dependency management would otherwise put an older kafka-clients under the broker.
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5!",
)
_ATTEMPTS = 3
_AT_ONCE = 6


def download(wanting: Sequence[Jar], folder: Path, repositories: Sequence[str]) -> None:
    """Fetch these jars into `folder`; `CannotRun` when one cannot be had or written."""
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


def _fetch(jar: Jar, folder: Path, incoming: Path, repositories: Sequence[str]) -> None:
    """Ask every repository in turn, and all of them again, until the right bytes are in `folder`."""
    reason = "no repository was asked"
    for attempt in range(_ATTEMPTS):
        for number, repository in enumerate(repositories):
            tray = incoming / f"{attempt}-{number}"
            context = MavenContext(repo_cache=tray, remote_repos={"asked": repository}, timeout=30)
            component = context.project(jar.group, jar.artifact).at_version(jar.version)
            try:
                component.artifact(jar.classifier, jar.packaging).resolve()
            except (RequestException, RuntimeError) as error:  # RuntimeError: this repository does not have it
                reason = str(error)
                continue
            if jar.is_intact(tray):
                target = jar.path(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(jar.path(tray), target)
                return
            reason = "what came does not have the SHA-256 of the lock"
    raise CannotRun(
        f"{jar.artifact} {jar.version} could not be downloaded ({reason}): check the network and run "
        "this again, or name a Maven mirror with ONEBOARD_MAVEN_REPOSITORY."
    )


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
