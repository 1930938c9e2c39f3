"""`python -m warehouse.embedded --path DIR --port N`: the warehouse as one small process, on loopback."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from telemetry import exposition, logs
from telemetry.settings import telemetry
from warehouse.embedded.engine import Engine, FolderInUse, memory_share
from warehouse.embedded.refusals import Refusal
from warehouse.embedded.room import RESERVE_BYTES
from warehouse.embedded.server import WarehouseApp

HOST = "127.0.0.1"  # there are no users and no passwords here: nothing but this machine may ask


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; 1 with one sentence if it cannot start."""
    options = _options().parse_args(arguments)
    logs.begin("warehouse", telemetry())
    try:
        listener = socket.create_server((HOST, options.port), backlog=256)
    except OSError as error:
        return _sorry(f"The warehouse cannot listen on {HOST}:{options.port}: {error.strerror}. Choose another --port.")
    os.environ["TZ"] = "UTC"  # before the engine loads: its days must not depend on where the machine stands
    try:
        engine = Engine(
            options.path,
            database=options.database,
            threads=options.threads,
            memory_bytes=int(options.memory_gb * 2**30),
            kept_free_bytes=int(options.keep_free_gb * 2**30),
        )
    except FolderInUse:
        return _sorry(f"Another process has the warehouse in {options.path} open: stop it, or choose another --path.")
    except (Refusal, OSError) as error:
        return _sorry(f"The warehouse in {options.path} cannot be opened: {error}")
    port = listener.getsockname()[1]
    print(f"warehouse ready: ClickHouse {engine.version} on http://{HOST}:{port}, data in {options.path}", flush=True)
    exposition.serve(telemetry())
    config = uvicorn.Config(
        WarehouseApp(engine),
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=0.5,  # type: ignore[arg-type]  # a wait_for() timeout: parts of a second are fine
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    with contextlib.suppress(SystemExit):  # uvicorn raises the signal once more when it has shut down
        uvicorn.Server(config).run(sockets=[listener])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # the end has begun: a second Ctrl-C must not cut the flush short
    engine.close()
    sys.stdout.flush()
    os._exit(0)  # a query still running in a thread must not hold the process; what was acknowledged is on disk


def _stop(number: int, frame: object) -> None:
    raise SystemExit(0)


def _options() -> argparse.ArgumentParser:
    cores = os.cpu_count() or 2
    parser = argparse.ArgumentParser(prog="python -m warehouse.embedded", description=__doc__)
    parser.add_argument("--path", type=Path, required=True, help="folder of the data; one process a folder")
    parser.add_argument("--port", type=int, default=8123, help="port on loopback; 0 takes a free one (default 8123)")
    parser.add_argument("--database", default="oneboard", help="Atomic database to make sure of (default oneboard)")
    parser.add_argument(
        "--threads", type=int, default=max(2, min(4, cores)), help="threads of one query (default: cores, 2 to 4)"
    )
    parser.add_argument(
        "--memory-gb",
        type=float,
        default=memory_share() / 2**30,
        help="what the engine may use (default: half, at most 4)",
    )
    parser.add_argument(
        "--keep-free-gb",
        type=float,
        default=RESERVE_BYTES / 2**30,
        help="with less than this left on the disk nothing is written (default 1)",
    )
    return parser


def _sorry(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
