"""Ports, disk, locks, mirrors and the browser: what is right is found, what is wrong is one sentence."""

import os
import socket
import sys
from pathlib import Path

import pytest

from deploy.doctor import examine
from deploy.errors import CannotRun
from deploy.local import children, chromium, disk, ports, stack
from deploy.local.forget import forget
from deploy.local.mirrors import repositories
from deploy.settings import LocalSettings


def settings(folder: Path, **chosen: object) -> LocalSettings:
    free = {f"{name}_port": ports.free_port() for name in ("dashboard", "ingest", "warehouse", "kafka")}
    return LocalSettings(data_dir=folder, cache_dir=folder / "cache", **{**free, **chosen})  # type: ignore[arg-type]


def test_a_taken_port_says_whose_it_was_to_be_and_what_moves_it() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        with pytest.raises(CannotRun, match=f"^Port {port}, which the board wants, .* ONEBOARD_DASHBOARD_PORT\\.$"):
            ports.require_free(port, "the board", "ONEBOARD_DASHBOARD_PORT")
    assert ports.is_free(port)


def test_a_port_is_given_once_and_never_one_that_a_client_may_take() -> None:
    given = [ports.free_port() for _ in range(50)]
    assert len(set(given)) == len(given)
    assert max(given) < 32_768


def test_two_parts_on_one_port_are_refused_before_anything_starts(tmp_path: Path) -> None:
    port = ports.free_port()
    with pytest.raises(CannotRun, match=f"Port {port} is given to the board and to the door for events"):
        stack.parts(settings(tmp_path, dashboard_port=port, ingest_port=port))


def test_a_full_disk_is_said_with_how_much_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "NEEDED_BYTES", 10**18)
    with pytest.raises(CannotRun, match=r"GB free and oneboard needs .* ONEBOARD_DATA_DIR\.$"):
        disk.require_room(tmp_path / "not" / "made" / "yet")


def test_outside_engines_are_not_started_and_everybody_is_told_of_them(tmp_path: Path) -> None:
    chosen = settings(tmp_path, kafka_bootstrap="broker:9092", warehouse_url="https://clickhouse:8443")
    parts = {part.name: part for part in stack.parts(chosen)}
    assert list(parts) == ["migrate", "dashboard", "worker", "ingest", "verify", "tell"]
    assert parts["migrate"].needs == ()
    assert parts["worker"].env["ONEBOARD_KAFKA_BOOTSTRAP"] == "broker:9092"
    assert parts["worker"].env["ONEBOARD_WAREHOUSE_URL"] == "https://clickhouse:8443"


def test_the_board_begins_beside_the_migrations_only_where_they_have_been_before(tmp_path: Path) -> None:
    chosen = settings(tmp_path, kafka_bootstrap="broker:9092")

    def needed() -> tuple[str, ...]:
        return next(part.needs for part in stack.parts(chosen) if part.name == "dashboard")

    assert needed() == ("migrate",)
    stack.warehouse_folder(chosen).mkdir()
    assert needed() == ("warehouse",)


def test_settings_are_read_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEBOARD_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ONEBOARD_KAFKA_PORT", "9999")
    monkeypatch.setenv("CHROMIUM", "/opt/chrome")
    read = LocalSettings()
    assert (read.data_dir, read.bootstrap, read.chromium) == (tmp_path, "127.0.0.1:9999", Path("/opt/chrome"))


def test_a_lock_is_held_for_as_long_as_the_child_runs(tmp_path: Path) -> None:
    lock, log = tmp_path / "lock", tmp_path / "log"
    argv = (sys.executable, "-c", "print('holds', flush=True); import signal; signal.pause()")
    assert not children.is_locked(lock)
    first = children.start(argv, log, lock=lock)
    while "holds" not in children.last_words(log):
        assert first.poll() is None
    assert children.is_locked(lock)
    second = children.start(argv, tmp_path / "second", lock=lock)
    assert second.wait(20) == 1
    assert "already locked by another process" in children.last_words(tmp_path / "second")
    first.kill()
    first.wait()
    assert not children.is_locked(lock)


def test_mirrors_of_the_machine_are_asked_before_maven_central(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JGO_CONFIG_FILE", str(tmp_path / "jgo.conf"))
    (tmp_path / ".m2").mkdir()
    (tmp_path / ".m2" / "settings.xml").write_text(
        """<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0"><mirrors>
          <mirror><id>all</id><mirrorOf>*,!internal</mirrorOf><url>https://mirror.example/maven/</url></mirror>
          <mirror><id>other</id><mirrorOf>snapshots</mirrorOf><url>https://other.example</url></mirror>
          <mirror><id>not</id><mirrorOf>*,!central</mirrorOf><url>https://not.example</url></mirror>
          <mirror><id>blocked</id><mirrorOf>central</mirrorOf><url>https://no.example</url><blocked>true</blocked></mirror>
        </mirrors></settings>"""
    )
    (tmp_path / "jgo.conf").write_text("[repositories]\nours = https://ours.example\n")
    *ours, central = repositories("https://chosen.example/")
    assert ours == ["https://chosen.example", "https://mirror.example/maven", "https://ours.example"]
    assert repositories(None, tmp_path / "none.xml") == ("https://ours.example", central)


def test_the_browser_is_the_chosen_one_or_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "chromium"
    with pytest.raises(CannotRun, match=f"no browser at {browser}, where CHROMIUM points"):
        chromium.require(settings(tmp_path, CHROMIUM=browser))
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    assert chromium.require(settings(tmp_path, CHROMIUM=browser)) == browser
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.require(settings(tmp_path)) == browser
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    if sys.platform == "linux":
        with pytest.raises(CannotRun, match="apt-get install chromium"):
            chromium.require(settings(tmp_path))


def test_forgetting_takes_what_is_ours_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "kafka" / "log").mkdir(parents=True)
    (tmp_path / "snapshots" / "full-7").mkdir(parents=True)
    (tmp_path / "verify" / "orders-1").mkdir(parents=True)
    (tmp_path / "simulation.json").write_text("{}")
    (tmp_path / "thesis.docx").write_text("not ours")
    assert forget(tmp_path) == [tmp_path / one for one in ("kafka", "snapshots", "verify", "simulation.json")]
    assert os.listdir(tmp_path) == ["thesis.docx"]
    assert forget(tmp_path) == []


def test_the_doctor_names_what_is_wrong_and_that_the_public_server_asks_to_log_in(tmp_path: Path) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        found = {one.subject: one for one in examine(settings(tmp_path, dashboard_port=port))}
    assert found["Python"].ok
    assert not found[f"port {port}"].ok
    assert "ONEBOARD_DASHBOARD_PORT" in found[f"port {port}"].what
    assert not found["Kafka"].ok
    assert "make up" in found["Kafka"].what
    assert not found["Kafka's jars"].ok
    assert "asks the first person in a room to log in" in found["Meet"].what
    own = {one.subject: one for one in examine(settings(tmp_path, meet_base_url="https://meet.our-company.cn"))}
    assert own["Meet"].what == "rooms open on https://meet.our-company.cn"
    wrong = {one.subject: one for one in examine(settings(tmp_path, meet_base_url="meet"))}
    assert not wrong["Meet"].ok
