"""Verify by itself: beside the stack, at the lowest priority, now and then.

Each round is a process of its own, so that nothing of it stays in memory, and the next one waits at least twenty times
as long as it took: however large the log has become, at most a twentieth of one core goes into it. Summing up snapshots
takes long, but once, and counts for nothing in that. What waits in between imports next to nothing.
"""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil

from deploy.local import foreground

log = logging.getLogger(__name__)

FIRST_AFTER_SECONDS = 180.0
"""What starts together is busy for a while; the board is not kept waiting for a verdict by a whole period."""
REST = 20.0
"""A round that took a minute is not followed by another for twenty."""
LOWEST = 19
VERIFY = (sys.executable, "-m", "deploy.cli", "verify", "--patient")
PREPARE = (*VERIFY, "--prepare")


def again_and_again(every_minutes: float) -> None:
    """Verify every so many minutes until Ctrl-C or SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    step_back()
    both = partial(one, PREPARE), partial(one, VERIFY)
    foreground.until_interrupted(lambda wait: rounds(every_minutes * 60, wait, *both))


def step_back() -> None:
    """Let everything else on this machine go first, from now on and with all that is started from here."""
    os.nice(LOWEST)
    if os.getsid(0) == os.getpid():  # where Linux shares out by session, a nice value counts within one alone
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(LOWEST))
    with suppress(psutil.Error, AttributeError, OSError):  # priorities of the disk are Linux's
        psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)


def pause(every_seconds: float, took_seconds: float) -> float:
    """How long to wait after a round."""
    return max(every_seconds - took_seconds, REST * took_seconds)


Wait = Callable[[float], bool]
"""Given seconds, it waits as long and says whether it is over."""


def rounds(
    every_seconds: float,
    wait: Wait,
    prepare: Callable[[Wait], int],
    verify: Callable[[Wait], int],
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Both again and again, until `wait` says that it is over."""
    seconds = min(FIRST_AFTER_SECONDS, every_seconds)
    while not wait(seconds):
        prepare(wait)
        began = clock()
        code = verify(wait)
        took = clock() - began
        seconds = pause(every_seconds, took)
        log.info("verify ended with code %s after %.0f s; again in %.0f s", code, took, seconds)


def one(command: Sequence[str], wait: Wait) -> int:
    """A process of its own, which ends with us; its exit code."""
    child = subprocess.Popen(command, env={**os.environ, "POLARS_MAX_THREADS": "1"})
    while child.poll() is None:
        if wait(0.5):
            child.terminate()
            break
    return child.wait()
