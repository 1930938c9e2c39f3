"""Run a program so that it does not outlive the one who started it, and hold a lock for as long as it runs.

`python leash.py PARENT_PID LOCK PROGRAM ARGUMENT…`, where an empty LOCK means none. The program takes this process's
place, so its pid, its output and its exit code are its own, and a locked file it inherits stays locked until it ends,
however it ends. On Linux the kernel sends it SIGTERM when the parent ends; elsewhere the parent's own clean-up is all
there is. A program of its own rather than a `preexec_fn`, which may deadlock in a parent that has threads.
"""

import ctypes
import fcntl
import os
import signal
import sys

ALREADY_LOCKED = "already locked by another process: "
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for the signal, make sure the parent is still there, take the lock, become the program."""
    parent, lock, *argv = sys.argv[1:]
    end_with(int(parent))
    if lock:
        held = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
        os.set_inheritable(held, True)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(ALREADY_LOCKED + lock)
    os.execvp(argv[0], argv)


def end_with(parent: int) -> None:
    """Let this process end when its parent does, on Linux; at once where that has gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel knew of our wish
        sys.exit(1)


if __name__ == "__main__":
    main()
