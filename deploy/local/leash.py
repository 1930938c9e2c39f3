"""Run a program so that it does not outlive the one who started it: `python leash.py PARENT_PID PROGRAM ARGUMENT…`.

The program takes this process's place, so its pid, its output and its exit code are its own. On Linux the kernel sends
it SIGTERM when the parent ends, however it ends; elsewhere the parent's own clean-up is all there is. A program of its
own rather than a `preexec_fn`, which may deadlock in a parent that has threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for the signal, make sure the parent is still there, become the program."""
    parent, *argv = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(parent):  # it died before the kernel knew of our wish
        sys.exit(1)
    os.execvp(argv[0], argv)


if __name__ == "__main__":
    main()
