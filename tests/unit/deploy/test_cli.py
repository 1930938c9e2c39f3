"""The command line: what it offers, and that what its user can put right is one sentence and no traceback."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from deploy import cli, reach
from deploy.local import ports
from deploy.settings import LocalSettings

COMMANDS = (
    *("up", "demo", "doctor", "migrate", "version"),
    *("import", "listen", "sources", "simulate", "verify", "retract", "retractions"),
    *("ingest", "worker", "dashboard", "kafka", "warehouse", "dead-letters"),
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
        (("import", "nowhere.toml", ".", "--dry-run"), "nowhere.toml"),
        (("import", "m.toml", ".", "--replay", "fast"), "--replay 'fast': write how many times faster, as 600x."),
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


LOG, WAREHOUSE = "Kafka at 127.0.0.1:1", "the warehouse at http://127.0.0.1:2"
IN_NEED = {
    "baseline": WAREHOUSE,
    "baseline --build": LOG,
    "migrate": f"{LOG} and {WAREHOUSE}",
    "import m.toml .": LOG,
    "listen m.toml": LOG,
    "simulate": LOG,
    "snapshot load": f"{LOG} and {WAREHOUSE}",
    "snapshot simulate": f"{LOG} and {WAREHOUSE}",
    "verify": f"{LOG} and {WAREHOUSE}",
    "verify --patient": f"{LOG} and {WAREHOUSE}",
    "verify --prepare": WAREHOUSE,
    "rebuild": f"{WAREHOUSE} and {LOG}",
    "rebuild --forget-old": WAREHOUSE,
    "dead-letters list": LOG,
    "dead-letters show 0:1": LOG,
    "dead-letters replay 0:1": LOG,
    "dead-letters dismiss 0:1": LOG,
    "dead-letters let-through orders:0:1": LOG,
    "retract --source erp --why wrong": f"{LOG} and {WAREHOUSE}",
    "retractions": WAREHOUSE,
    "digest --now": f"{LOG} and {WAREHOUSE}",
    "tell --test north": LOG,
}
WAITING = {"ingest", "worker", "dashboard"}
"""They run on and wait for both."""
WITHOUT = {"up", "demo", "doctor", "sources", "kafka", "warehouse", "version"}


ONE_AFTER_THE_OTHER = """
import json, sys
from typer.testing import CliRunner
from deploy.cli import app
runs = {line: CliRunner().invoke(app, line.split()) for line in json.load(sys.stdin)}
json.dump({line: [run.exit_code, run.output] for line, run in runs.items()}, sys.stdout)
"""


@pytest.fixture(scope="module")
def down() -> dict[str, tuple[int, str]]:
    """What the commands end with and say where neither Kafka nor a warehouse is."""
    env = {
        "ONEBOARD_KAFKA_PORT": "1",
        "ONEBOARD_WAREHOUSE_PORT": "2",
        "ONEBOARD_MAIL_HOST": "127.0.0.1",
        "ONEBOARD_DIGEST_RECIPIENTS": "p1=a@example.com",
    }
    argv, lines = (sys.executable, "-c", ONE_AFTER_THE_OTHER), json.dumps(list(IN_NEED))
    done = subprocess.run(
        argv, input=lines, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **env}, timeout=120
    )
    said: dict[str, tuple[int, str]] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize("line", IN_NEED)
def test_a_command_says_at_once_what_does_not_answer_where_and_what_to_do(
    line: str, down: dict[str, tuple[int, str]]
) -> None:
    settings = {"Kafka at": "ONEBOARD_KAFKA_BOOTSTRAP", "the warehouse": "ONEBOARD_WAREHOUSE_URL"}
    named = [setting for name, setting in settings.items() if name in IN_NEED[line]]
    code, said = down[line]
    assert code == 1
    assert said.startswith(f"Nothing answers as {IN_NEED[line]}: start oneboard with `oneboard up` (`make up`), or set")
    assert all(setting in said for setting in named)
    assert said.count("\n") == 1


def test_of_every_command_it_is_known_whether_it_needs_anything() -> None:
    listed = {line.split()[0] for line in IN_NEED} | WAITING | WITHOUT
    assert set(typer.main.get_group(cli.app).commands) == listed


def test_every_command_and_every_option_says_what_it_is_for() -> None:
    def silent(command: Any, path: str) -> Iterator[str]:
        if not str(command.help).split("\n\n")[0].endswith((".", ")")):
            yield path
        yield from (f"{path} {one.name}" for one in command.params if not one.help)
        for name, inner in getattr(command, "commands", {}).items():
            yield from silent(inner, f"{path} {name}")

    assert list(silent(typer.main.get_group(cli.app), "oneboard")) == []


def test_an_address_is_shown_without_its_password() -> None:
    chosen = LocalSettings(kafka_bootstrap="u:secret@one:9092, two", warehouse_url="https://u:secret@store:8443/x")
    log, store = reach.kafka(chosen), reach.warehouse(chosen)
    assert (log.address, log.hosts) == ("one:9092,two", (("one", 9092), ("two", 9092)))
    assert (store.address, store.hosts) == ("https://store:8443", (("store", 8443),))
    assert reach.todo([log, store]) == "set ONEBOARD_KAFKA_BOOTSTRAP and ONEBOARD_WAREHOUSE_URL to where they run"


def test_one_of_several_brokers_that_listens_is_enough() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as broker:
        there = f"{ports.LOOPBACK}:{broker.getsockname()[1]}"
        assert reach.away(LocalSettings(kafka_bootstrap=f"127.0.0.1:1,{there}"), [reach.kafka]) == ""
    assert reach.away(LocalSettings(kafka_bootstrap="no:port:at:all"), [reach.kafka]).endswith("to where it runs.")
