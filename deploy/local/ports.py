"""Ports on loopback: is one free, and which one is."""

import random
import socket
from itertools import count

from deploy.errors import CannotRun

LOOPBACK = "127.0.0.1"
_GIVEN = range(16_384, 32_768)
"""Below those that systems take for outgoing connections: what is stopped finds its port still free when it returns."""
_turn = count(random.randrange(len(_GIVEN)))


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
    """A loopback port that was free a moment ago, and another one every time until all have had their turn."""
    while not is_free(port := _GIVEN[next(_turn) % len(_GIVEN)]):
        pass
    return port


def answers(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True
