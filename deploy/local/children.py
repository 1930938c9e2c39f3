"""Child processes that end with us: started on a leash, each in a session of its own, stopped by pid."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_LEASH = Path(__file__).with_name("leash.py")


def start(
    argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None, lock: Path | None = None
) -> "subprocess.Popen[bytes]":
    """Start `argv` with its output appended to `log`; `env` is put over our own environment.

    While the child runs, and not a moment longer, it holds `lock`; where another holds it, it ends with code 1.
    Its own session keeps a Ctrl-C meant for us away from it. The leash is bound to the calling *thread*: start
    children from one that lives until they are stopped.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), str(lock or ""), *argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )


def stop(child: "subprocess.Popen[bytes]", within_seconds: float) -> int:
    """Ask the child to end, kill it when it has not after `within_seconds`; its exit code.

    Whatever it started itself and left behind in its session's group is killed as well.
    """
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        child.wait(within_seconds)
    except subprocess.TimeoutExpired:
        child.kill()
    with suppress(ProcessLookupError, PermissionError):  # macOS refuses where Linux finds nobody
        os.killpg(child.pid, signal.SIGKILL)
    return child.wait()


def is_locked(lock: Path) -> bool:
    """Whether a child started with this lock is running, whoever started it."""
    try:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def last_words(log: Path, lines: int = 200) -> str:
    """The end of a log, at most 64 kB of it; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 2**16))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""
