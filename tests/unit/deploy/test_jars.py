"""Kafka's jars: the lock is whole, and only the right bytes ever get onto the class path."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from jgo.env import LockedDependency, LockFile

from deploy.errors import CannotRun
from deploy.local.fetching import COORDINATES
from deploy.local.jars import LOCK, are_present, class_path

JAR = b"PK\x03\x04 not much of a jar"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A Maven repository of our own: its folder and its URL."""
    root = tmp_path / "repository"
    (root / "org/example/one/1.0").mkdir(parents=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield root / "org/example/one/1.0/one-1.0.jar", f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    digest = hashlib.sha256(JAR).hexdigest()
    LockFile([LockedDependency("org.example", "one", "1.0", sha256=digest)]).save(tmp_path / "lock.toml")
    return tmp_path / "lock.toml"


def test_the_committed_lock_names_every_jar_once_with_its_hash_and_no_host() -> None:
    locked = LockFile.load(LOCK).dependencies
    names = [f"{one.groupId}:{one.artifactId}" for one in locked]
    assert len(names) == len(set(names)) > 40
    assert all(one.sha256 and len(one.sha256) == 64 for one in locked)
    assert "://" not in LOCK.read_text()
    asked = {tuple(coordinate.rstrip("!").split(":")) for coordinate in COORDINATES}
    assert asked <= {(one.groupId, one.artifactId, one.version) for one in locked}


def test_every_jar_of_kafka_is_of_one_version() -> None:
    assert {one.version for one in LockFile.load(LOCK).dependencies if one.groupId == "org.apache.kafka"} == {"4.4.0"}


def test_a_jar_is_fetched_once_and_kept(repository: tuple[Path, str], lock: Path, tmp_path: Path) -> None:
    file, url = repository
    file.write_bytes(JAR)
    (jar,) = class_path(tmp_path / "cache", lambda: [url], lock)
    assert jar.read_bytes() == JAR
    file.unlink()
    assert class_path(tmp_path / "cache", lambda: [], lock) == (jar,)


def test_a_damaged_jar_is_fetched_again(repository: tuple[Path, str], lock: Path, tmp_path: Path) -> None:
    file, url = repository
    file.write_bytes(JAR)
    (jar,) = class_path(tmp_path / "cache", lambda: [url], lock)
    jar.write_bytes(JAR[:5])
    assert not are_present(tmp_path / "cache", lock)
    assert class_path(tmp_path / "cache", lambda: [url], lock)[0].read_bytes() == JAR


def test_what_a_mirror_lacks_or_falsifies_comes_from_the_next(
    repository: tuple[Path, str], lock: Path, tmp_path: Path
) -> None:
    file, url = repository
    file.write_bytes(JAR)
    away = "http://127.0.0.1:1"
    assert class_path(tmp_path / "cache", lambda: [away, f"{url}/elsewhere", url], lock)[0].read_bytes() == JAR


def test_other_bytes_than_the_lock_says_never_get_onto_the_class_path(
    repository: tuple[Path, str], lock: Path, tmp_path: Path
) -> None:
    file, url = repository
    file.write_bytes(JAR + b" and a little more")
    with pytest.raises(CannotRun, match=r"one 1\.0 could not be downloaded \(what came does not have the SHA-256"):
        class_path(tmp_path / "cache", lambda: [url], lock)
    assert not list((tmp_path / "cache").rglob("*.jar"))


def test_no_network_says_what_to_do(lock: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"check the network .* ONEBOARD_MAVEN_REPOSITORY\.$"):
        class_path(tmp_path / "cache", lambda: ["http://127.0.0.1:1"], lock)
