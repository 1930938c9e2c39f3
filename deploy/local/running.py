"""One part while it runs: started, watched, started again after a pause when it dies."""

import subprocess
import time
from enum import Enum
from pathlib import Path

from deploy.local import children
from deploy.local.parts import Part
from deploy.local.symptoms import known, meaning

_PAUSES_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_STEADY_AFTER_SECONDS = 60.0


class State(Enum):
    """Where a part stands."""

    WAITING = "waits"
    STARTING = "starting"
    READY = "ready"
    PAUSING = "starts again soon"
    DONE = "done"
    FAILED = "failed"


class Running:
    """The process of one part; `step` moves it on and says in words what happened, if anything did."""

    def __init__(self, part: Part, logs: Path) -> None:
        self.part, self.log = part, logs / f"{part.name}.log"
        self.state = State.WAITING
        self.ready_after_seconds: float | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._began = self._resume_at = 0.0
        self._deaths = 0

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        child = self._child
        return child.pid if child and child.poll() is None else None

    @property
    def has_begun(self) -> bool:
        """Whether it was started at least once."""
        return self.state is not State.WAITING

    @property
    def is_up(self) -> bool:
        """Whether what needs this part may begin."""
        return self.state in (State.READY, State.DONE)

    def start(self) -> None:
        """Start the process; from the thread that will also stop it."""
        self._child = children.start(self.part.argv, self.log, self.part.env, self.part.lock)
        self._began, self.state = time.monotonic(), State.STARTING

    def stop(self) -> None:
        """Stop the process, gracefully and then by force."""
        if self._child:
            children.stop(self._child, self.part.stop_within_seconds)
        self._child = None

    def step(self) -> str | None:
        """Look once; a sentence when something happened that is not as it should be."""
        if self.state is State.PAUSING and time.monotonic() >= self._resume_at:
            self.start()
        if self._child is None or self.state not in (State.STARTING, State.READY):
            return None
        code = self._child.poll()
        if code is not None:
            return self._ended(code)
        if self.state is State.READY:
            return None
        elapsed = time.monotonic() - self._began
        if not self.part.once and self.part.is_ready():
            self.state = State.READY
            self.ready_after_seconds = self.ready_after_seconds or elapsed
        elif elapsed > self.part.ready_within_seconds:
            self.stop()
            words = children.last_words(self.log)
            return self._gone(f"did not answer within {self.part.ready_within_seconds:.0f} s", meaning(words))
        return None

    def _ended(self, code: int) -> str | None:
        self.stop()  # what it may have left behind
        if self.part.once and code == 0:
            self.state, self.ready_after_seconds = State.DONE, time.monotonic() - self._began
            return None
        words = children.last_words(self.log)
        if code < 0:  # from outside: what it said last has nothing to do with it, unless it is known to
            return self._gone(f"was killed by signal {-code}", known(words))
        return self._gone(f"ended with code {code}", meaning(words))

    def _gone(self, how: str, why: str | None) -> str:
        what = f"{self.part.name} {how}{f': {why}' if why else ''} (its log is {self.log})"
        if self.part.once or self.ready_after_seconds is None:
            self.state = State.FAILED
            return f"{what}."
        lived = time.monotonic() - self._began
        self._deaths = 1 if lived > _STEADY_AFTER_SECONDS else self._deaths + 1
        pause = _PAUSES_SECONDS[min(self._deaths, len(_PAUSES_SECONDS)) - 1]
        self.state, self._resume_at = State.PAUSING, time.monotonic() + pause
        return f"{what}; it starts again in {pause:g} s."
