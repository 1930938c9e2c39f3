"""A stack in the foreground: shown while it starts, kept running until Ctrl-C, stopped whole."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy.errors import CannotRun
from deploy.local import children, stack
from deploy.local.parts import Part
from deploy.local.processes import Supervisor
from deploy.local.running import Running, State
from deploy.settings import LocalSettings

_MOST_SAID = 60
"""Letters of a part's own words that have room in its line."""


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def up(settings: LocalSettings, console: Console) -> None:
    """Everything, until Ctrl-C or SIGTERM."""
    with stopped_quietly(console), everything(settings, console) as supervisor:
        supervisor.wait()


def alone(settings: LocalSettings, console: Console, which: Callable[[LocalSettings], tuple[Part, ...]]) -> None:
    """One engine, until Ctrl-C or SIGTERM."""
    parts = which(settings)
    if not parts:
        raise CannotRun("The settings name one that runs elsewhere: there is nothing to start here.")
    with stopped_quietly(console), running(parts, settings.data_dir / "logs", console) as supervisor:
        supervisor.wait()


@contextmanager
def everything(settings: LocalSettings, console: Console, history: tuple[str, ...] = ()) -> Iterator[Supervisor]:
    """The whole stack, ready, each address said as it answers; Ctrl-C leaves it as `KeyboardInterrupt`, all stopped.

    `history` is the command that enters history before the worker begins.
    """
    console.print(f"Data and logs are in {settings.data_dir}.", highlight=False, soft_wrap=True)
    parts = stack.parts(settings, history)
    with running(parts, settings.data_dir / "logs", console) as supervisor:
        console.print("Ctrl-C stops everything.")
        yield supervisor


def until_interrupted(work: Callable[[Callable[[float], bool]], None]) -> None:
    """Do `work`, which waits with what it is given, until Ctrl-C or SIGTERM."""
    over = threading.Event()
    with stopping_at_interrupts(over):
        work(over.wait)


@contextmanager
def stopping_at_interrupts(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM set `stop` while the block runs."""
    with _interruptible(lambda number, frame: stop.set()):
        yield


@contextmanager
def stopped_quietly(console: Console) -> Iterator[None]:
    """A block that Ctrl-C may end at any time, while it is still being set up as well."""
    try:
        yield
    except KeyboardInterrupt:
        console.print("Everything has stopped; the data are kept.")


@contextmanager
def running(parts: Sequence[Part], logs: Path, console: Console) -> Iterator[Supervisor]:
    """The parts, ready; on leaving, however it happens, they are stopped.

    Ctrl-C and SIGTERM leave the block as `KeyboardInterrupt`; while the parts stop, more of them are not heard, so that
    an impatient finger leaves no orphan (each part has its own time limit).
    """
    with _interruptible():
        supervisor = Supervisor(parts, logs, lambda sentence: console.print(sentence, style="yellow"))
        try:
            supervisor.start()
            _show_start(supervisor, console)
            yield supervisor
        finally:
            _ignore_interrupts()
            with console.status("Stopping"):
                supervisor.stop()


def _said(one: Running) -> str:
    """A part and where it stands; of one that works for a while, how far it is."""
    far = children.last_words(one.log, 1) if one.part.once and one.state is State.STARTING else ""
    return f"{one.part.name:<10} {escape(far[:_MOST_SAID]) or one.state.value}"


def _show_start(supervisor: Supervisor, console: Console) -> None:
    columns = (SpinnerColumn(finished_text="[green]✓"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        told: set[str] = set()
        tasks = {one.part.name: progress.add_task(one.part.name, start=False, total=1) for one in supervisor.running}

        def draw() -> None:
            for one in supervisor.running:
                task = tasks[one.part.name]
                if one.has_begun and not progress.tasks[task].started:
                    progress.start_task(task)
                if one.is_up and one.part.says and one.part.name not in told:
                    told.add(one.part.name)
                    console.print(one.part.says, highlight=False, soft_wrap=True)
                progress.update(task, description=_said(one), completed=int(one.is_up))

        supervisor.wait_ready(draw)


@contextmanager
def _interruptible(handler: Callable[[int, FrameType | None], None] = _interrupt) -> Iterator[None]:
    """SIGTERM counts as Ctrl-C; both as they were before, afterwards. Signals are the main thread's only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, handler) for number in numbers]
    try:
        yield
    finally:
        for number, former in zip(numbers, before, strict=True):
            signal.signal(number, former)


def _ignore_interrupts() -> None:
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
