"""`oneboard import` at the terminal: the import with a bar that moves, stopped by Ctrl-C so that it can go on."""

import math
import signal
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from deploy.errors import CannotRun
from ingest.importer.report import ImportReport
from ingest.importer.run import Progress as Step
from ingest.importer.run import run_import


def times(text: str) -> float:
    """How many times faster, written as 600x."""
    with suppress(ValueError):
        if 0 < (factor := float(text.removesuffix("x"))) < math.inf:
            return factor
    raise CannotRun(f"--replay {text!r}: write how many times faster, as 600x.")


def import_folder(mapping: Path, folder: Path, console: Console, **options: Any) -> ImportReport:
    """`run_import` with `options`, shown on `console`."""
    stop = threading.Event()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def show(step: Step) -> None:
            if step.label not in tasks:
                tasks[step.label] = bars.add_task(step.label, total=None)
            bars.update(tasks[step.label], completed=step.done, total=step.total)

        def interrupted(number: int, frame: FrameType | None) -> None:
            console.print("Stopping after what is on its way…")
            stop.set()

        before = signal.signal(signal.SIGINT, interrupted)
        try:
            return run_import(mapping, folder, progress=show, stop=stop, **options)
        finally:
            signal.signal(signal.SIGINT, before)
