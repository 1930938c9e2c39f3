"""The supervisor: starts the parts in the order of their needs, keeps them running, stops them all."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.errors import CannotRun
from deploy.local.parts import Part, check
from deploy.local.running import Running, State

_LOOK_EVERY_SECONDS = 0.1
Say = Callable[[str], None]


class Supervisor:
    """Runs `parts`, each with its output in `logs/<name>.log`, until `stop`, and leaves no process behind.

    A part that dies after it was ready is started again after a growing pause, and `say` gets a sentence; one that
    dies or stays silent before it was ever ready stops everything, and `wait_ready` raises `CannotRun`. One thread
    starts and watches all children, so that their leash holds as long as it does, and the caller's stays free.
    """

    def __init__(self, parts: Sequence[Part], logs: Path, say: Say = lambda sentence: None) -> None:
        check(tuple(parts))
        self.running = tuple(Running(part, logs) for part in parts)
        self._logs, self._say = logs, say
        self._stopping, self._changed = threading.Event(), threading.Condition()
        # Asked instead of the thread: one whose `join` Ctrl-C broke off counts as ended (CPython 3.11, bpo-45274).
        self._all_gone = threading.Event()
        self._failure: str | None = None
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._logs.mkdir(parents=True, exist_ok=True)
        for one in self.running:
            one.log.unlink(missing_ok=True)
        self._thread.start()

    def wait_ready(self, on_look: Callable[[], None] = lambda: None) -> None:
        """Wait until every part is ready, calling `on_look` now and then; `CannotRun` when one cannot be."""
        while not all(one.is_up for one in self.running):
            on_look()
            with self._changed:
                self._changed.wait(_LOOK_EVERY_SECONDS)
            if self._all_gone.is_set():
                raise CannotRun(self._failure or "oneboard was stopped while it was starting.")
        on_look()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until everything has stopped, at most so long; whether it has. `CannotRun` when a part gave up."""
        is_over = self._all_gone.wait(seconds)
        if self._failure:
            raise CannotRun(self._failure)
        return is_over

    def ask_to_stop(self) -> None:
        """Begin to stop and return at once; safe in a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop every part, the last one first, and wait until all are gone."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._all_gone.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _watch(self) -> None:
        try:
            while not self._stopping.is_set():
                self._look()
                self._stopping.wait(_LOOK_EVERY_SECONDS)
        except OSError as error:
            self._failure = f"A part could not be started: {error}."
        finally:
            try:
                for one in reversed(self.running):
                    one.stop()
            finally:
                self._all_gone.set()

    def _look(self) -> None:
        up = {one.part.name for one in self.running if one.is_up}
        for one in self.running:
            before = one.state
            if one.state is State.WAITING and up.issuperset(one.part.needs):
                one.start()
            if sentence := one.step():
                self._say(sentence)
            if one.state is State.FAILED:
                self._failure = sentence
                self._stopping.set()
                return
            if one.state is not before:
                with self._changed:
                    self._changed.notify_all()
