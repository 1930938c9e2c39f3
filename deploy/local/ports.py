"""Ports on loopback: is one free, and which one is."""

import socket

from deploy.errors import CannotRun

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now; one just left (TIME_WAIT) counts as free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def require_free(port: int, whose: str, setting: str) -> None:
    """`CannotRun` when another program listens on `port`; `whose` and `setting` name the part and what moves it."""
    if not is_free(port):
        raise CannotRun(
            f"Port {port}, which {whose} wants, is taken by another program: "
            f"stop that program, or choose another port with {setting}."
        )


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True
