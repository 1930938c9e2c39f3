"""`oneboard demo`: everything, with a fictional company whose problems are known, alive for as long as it runs."""

import os
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.errors import CannotRun
from deploy.local import foreground
from deploy.settings import LocalSettings
from deploy.told import Told
from ingest.settings import KafkaSettings, company
from ingest.simulator.sizes import SIZES

if TYPE_CHECKING:
    from deploy.simulation import Simulation
    from ingest.publisher import Publisher


def demo(settings: LocalSettings, console: Console, size: str, seed: int) -> None:
    """The stack and the company, until Ctrl-C or SIGTERM."""
    _require_size(size)
    Told.load(settings.data_dir / "simulation.json", size, seed, datetime.now(UTC).date())
    os.environ.setdefault("ONEBOARD_COMPANY_REPLY_WINDOW_MINUTES", "0")  # nobody made up answers: names at once
    history = ("snapshot", "simulate", "--size", size, "--seed", str(seed))
    with foreground.stopped_quietly(console), foreground.everything(settings, console, history) as supervisor:
        _stand_back()
        with closing(_publisher(settings)) as publisher:
            simulation = _caught_up(settings, console, size, seed, publisher)
            console.print("The company is alive: the board moves by itself.")
            simulation.live(supervisor.wait)


def simulate(settings: LocalSettings, console: Console, size: str, seed: int, *, live: bool) -> None:
    """The company on the log of a stack that runs already."""
    _require_size(size)
    with closing(_publisher(settings)) as publisher:
        simulation = _caught_up(settings, console, size, seed, publisher)
        if live:
            foreground.until_interrupted(simulation.live)


def _caught_up(settings: LocalSettings, console: Console, size: str, seed: int, publisher: "Publisher") -> "Simulation":
    from deploy.simulation import Simulation  # a second to load: the parts began meanwhile

    now = datetime.now(UTC)
    state: Path = settings.data_dir / "simulation.json"
    with console.status("Founding the company"):
        simulation = Simulation(size, seed, publisher, state, now.astimezone(company().zone).date())
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        what = f"{SIZES[size].months} months of history" if simulation.is_new else "What happened meanwhile"
        task = progress.add_task(what, total=None, said="")
        began: list[datetime] = []

        def show(reached: datetime, sent: int) -> None:
            began.append(reached)
            progress.update(
                task,
                total=max((now - began[0]) / timedelta(seconds=1), 1),
                completed=(reached - began[0]) / timedelta(seconds=1),
                said=f"{sent:,} events, {reached:%Y-%m-%d}",
            )

        sent = simulation.catch_up(now, show)
        progress.update(task, total=1, completed=1, said=f"{sent:,} events")
    return simulation


def _stand_back() -> None:
    """Let the parts, and whoever opens the board, go before the company: this thread yields to them from now on."""
    with suppress(AttributeError, OSError):  # no such thing as a thread's priority here
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _publisher(settings: LocalSettings) -> "Publisher":
    from ingest.publisher import Publisher

    return Publisher(KafkaSettings(bootstrap=settings.bootstrap), bulk=True)


def _require_size(size: str) -> None:
    if size not in SIZES:
        raise CannotRun(f"There is no company size {size!r}: choose {', '.join(SIZES)}.")
