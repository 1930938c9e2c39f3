"""The process table of oneboard on one machine: what runs, what each part needs, how it is known to answer."""

import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.errors import CannotRun
from deploy.local import disk, kafka, ports, readiness
from deploy.local.kafka import EmbeddedKafka
from deploy.local.parts import Part
from deploy.settings import LocalSettings

PYTHON = (sys.executable, "-m")
HISTORY_SECONDS = 4 * 3600.0
"""A full-size company is written and entered within this on a slow machine."""
OF_SMALL_FRAMES = {"POLARS_MAX_THREADS": "1"}
"""What works on many small frames takes a sixth less with one thread: to wake others takes as long as they do."""


def oneboard(command: str, *arguments: str) -> tuple[str, ...]:
    """What runs a command of ours in a process of its own."""
    return (*PYTHON, "deploy.cli", command, *arguments)


def parts(settings: LocalSettings, history: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """Everything that runs here, in the order of its needs; what the settings say runs elsewhere is left out.

    `history` is the command that enters history before the worker begins; without it, snapshots that are there are.
    `CannotRun` when a port is taken, the disk is full, or Kafka's jars cannot be had: nothing has been started then.
    """
    disk.require_room(settings.data_dir)
    _require_ports(settings)
    embedded = (*kafka_part(settings), *warehouse_part(settings))
    engines = tuple(part.name for part in embedded)
    env = settings.environment()
    is_first_start = not warehouse_folder(settings).exists()
    if not history and (settings.data_dir / "snapshots").exists():
        history = ("snapshot", "load")
    entering = _history(history, env) if history else ()
    return (
        *embedded,
        Part("migrate", oneboard("migrate"), needs=engines, env=env, once=True),
        # What is looked at comes first, beside the migrations, which are done before it has loaded where they have been
        # before; then one after the other what moves it: two cores load two parts at a time as quickly as they can.
        Part(
            "dashboard",
            oneboard("dashboard"),
            readiness.http(f"http://{ports.LOOPBACK}:{settings.dashboard_port}/healthz"),
            needs=("migrate",) if is_first_start else engines,
            env={**env, **OF_SMALL_FRAMES},
            says=f"The board is at http://{ports.LOOPBACK}:{settings.dashboard_port} (this machine only).",
        ),
        *entering,
        Part(
            "worker",
            oneboard("worker"),
            needs=("migrate", "dashboard", *(part.name for part in entering)),
            env={
                "ONEBOARD_WORKER_INSTANCE": "local",
                **env,
                "ONEBOARD_METRICS_PORT": str(settings.worker_metrics_port),
            },
            stop_within_seconds=30,
        ),
        Part(
            "ingest",
            oneboard("ingest"),
            readiness.http(f"http://{ports.LOOPBACK}:{settings.ingest_port}/health"),
            needs=("migrate", "dashboard"),
            env=env,
            says=f"Events go to http://{ports.LOOPBACK}:{settings.ingest_port}/docs.",
        ),
        *(_verify_part(env) if settings.verify_every_minutes else ()),
        Part("tell", oneboard("tell"), needs=("worker", "ingest"), env=env),
        *(_digest_part(env) if settings.mail_host and settings.digest_recipients else ()),
    )


def _verify_part(env: Mapping[str, str]) -> tuple[Part, ...]:
    return (Part("verify", oneboard("verify", "--repeat"), needs=("worker", "ingest"), env=env),)


def _digest_part(env: Mapping[str, str]) -> tuple[Part, ...]:
    return (Part("digest", oneboard("digest"), needs=("dashboard",), env=env),)


def _history(command: tuple[str, ...], env: Mapping[str, str]) -> tuple[Part, ...]:
    """What enters history, before any worker runs."""
    argv = (*PYTHON, "deploy.cli", *command)
    return (Part("history", argv, needs=("migrate",), env=env, once=True, ready_within_seconds=HISTORY_SECONDS),)


def kafka_part(settings: LocalSettings) -> tuple[Part, ...]:
    """The embedded broker, its storage ready; nothing when the settings name an outside one."""
    if settings.kafka_bootstrap:
        return ()
    broker = EmbeddedKafka(settings.data_dir / "kafka", settings.kafka_port, settings)
    return (
        Part(
            "kafka",
            broker.command(),
            readiness.embedded_kafka(settings.kafka_port),
            env=kafka.ENVIRONMENT,
            lock=broker.lock,
        ),
    )


def warehouse_part(settings: LocalSettings) -> tuple[Part, ...]:
    """The embedded engine; nothing when the settings name an outside server."""
    if settings.warehouse_url:
        return ()
    folder, port = warehouse_folder(settings), settings.warehouse_port
    folder.parent.mkdir(parents=True, exist_ok=True)
    return (
        Part(
            "warehouse",
            (*PYTHON, "warehouse.embedded", "--path", str(folder), "--port", str(port)),
            readiness.http(f"http://{ports.LOOPBACK}:{port}/ping"),
        ),
    )


def warehouse_folder(settings: LocalSettings) -> Path:
    """Where the embedded engine keeps its tables: there from its first start on, never where one runs elsewhere."""
    return settings.data_dir / "warehouse"


def listening(settings: LocalSettings) -> tuple[tuple[int, str, str], ...]:
    """Every port that this oneboard listens on: the port, whose it is, and the setting that moves it."""
    return (
        (settings.dashboard_port, "the board", "ONEBOARD_DASHBOARD_PORT"),
        (settings.ingest_port, "the door for events", "ONEBOARD_INGEST_PORT"),
        *(() if settings.warehouse_url else ((settings.warehouse_port, "the warehouse", "ONEBOARD_WAREHOUSE_PORT"),)),
        *(() if settings.kafka_bootstrap else ((settings.kafka_port, "Kafka", "ONEBOARD_KAFKA_PORT"),)),
    )


def _require_ports(settings: LocalSettings) -> None:
    chosen = listening(settings)
    for port, whose, setting in chosen:
        if others := [other for number, other, _ in chosen if number == port and other != whose]:
            raise CannotRun(f"Port {port} is given to {whose} and to {others[0]}: choose another one with {setting}.")
        ports.require_free(port, whose, setting)
