"""`oneboard listen` and `oneboard sources` at the terminal."""

import logging
import threading
import time
from pathlib import Path

from rich.console import Console

from deploy.local.foreground import stopping_at_interrupts
from ingest.publisher import Publisher
from ingest.settings import ingest, kafka
from ingest.sources.counters import Counters
from ingest.sources.listening import listen
from ingest.sources.preview import preview
from telemetry import exposition, logs
from telemetry.settings import telemetry


def listen_to(mappings: list[Path], console: Console) -> int:
    """Read until Ctrl-C or SIGTERM; returns the exit code."""
    logs.begin("listen", telemetry(), kafka())
    exposition.serve(telemetry())
    stop = threading.Event()
    with stopping_at_interrupts(stop), Publisher(kafka(), bulk=True, timeout_seconds=30) as publisher:
        console.print("Listening until Ctrl-C; `oneboard sources` says how it goes.", highlight=False)
        return 0 if listen(mappings, ingest(), publisher, stop) else 1


def look_at(mappings: list[Path], rows: int, console: Console) -> int:
    """Show what the first rows would become."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    for line in preview(mappings, ingest(), rows):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0


def show_sources(console: Console) -> None:
    """A line a source, and under it what somebody should look at."""
    folder, now = ingest().state_dir, time.time()
    told = [] if folder is None else Counters.all_in(folder)
    if not told:
        console.print("No live source has told anything yet: docs/sources.md says how to connect one.", highlight=False)
    for one in told:
        console.print(
            f"{one.name} ({one.kind} of {one.mapping}) {one.said(now)}", markup=False, highlight=False, soft_wrap=True
        )
        for worry in one.worries(now):
            console.print(f"  {worry}", style="yellow", markup=False, highlight=False, soft_wrap=True)
