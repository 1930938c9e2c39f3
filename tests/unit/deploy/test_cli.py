"""The command line: what it offers, and that what its user can put right is one sentence and no traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import ports

COMMANDS = (
    *("up", "demo", "doctor", "migrate", "import", "listen", "sources", "simulate", "verify", "retract", "retractions"),
    *("ingest", "worker", "dashboard", "kafka", "warehouse", "version", "dead-letters"),
)


def oneboard(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    argv = (sys.executable, "-m", "deploy.cli", *arguments)
    return subprocess.run(
        argv, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200", **env}, timeout=120
    )


def test_help_lists_what_can_be_done_in_the_order_of_use() -> None:
    said = oneboard("--help").stdout
    places = [said.find(f"│ {command} ") for command in COMMANDS]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("demo", "--size", "huge"), "There is no company size 'huge': choose small, medium, full, broad."),
        (("import", "nowhere.toml", "."), "nowhere.toml"),
    ],
)
def test_what_its_user_can_put_right_is_one_sentence(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = oneboard(*arguments, ONEBOARD_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_stops_up_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as taken:
        port = str(taken.getsockname()[1])
        done = oneboard("up", ONEBOARD_DATA_DIR=str(tmp_path), ONEBOARD_DASHBOARD_PORT=port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port}, which the board wants, is taken by another program:")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting_is_named() -> None:
    done = oneboard("doctor", ONEBOARD_KAFKA_PORT="ninety")
    assert done.returncode == 1
    assert done.stderr.startswith("ONEBOARD_KAFKA_PORT is 'ninety': input should be a valid integer")
    assert done.stderr.count("\n") == 1
