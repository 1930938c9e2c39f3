"""The dashboard's one way to the warehouse: opened in the loop that serves, shared by all who ask."""

from dataclasses import dataclass, field

from warehouse.answers import Answers
from warehouse.client import AsyncWarehouse


@dataclass
class _Connection:
    warehouse: AsyncWarehouse = field(default_factory=AsyncWarehouse)
    answers: Answers = field(default_factory=lambda: Answers(lasts=True))


_open: list[_Connection] = []
_left: list[AsyncWarehouse] = []
"""Those of earlier generations: a question that began there is still answered."""


def connect() -> AsyncWarehouse:
    """Open it, in the loop that will use it; nothing is sent yet."""
    _open[:] = [_Connection()]
    return _open[0].warehouse


def warehouse() -> AsyncWarehouse:
    """The open one; RuntimeError before `connect` and after `disconnect`."""
    return _connection().warehouse


def answers() -> Answers:
    """The answers that still hold; whoever hears that something moved says so to them."""
    return _connection().answers


async def go_on_in(generation: AsyncWarehouse) -> None:
    """Ask this one from now on; what was answered by another no longer holds."""
    before, _open[0] = _open[0].warehouse, _Connection(generation)
    while _left:
        await _left.pop().close()
    _left.append(before)


async def disconnect() -> None:
    """Let its connections go."""
    for warehouse in (*_left, *(one.warehouse for one in _open)):
        await warehouse.close()
    _left.clear()
    _open.clear()


def _connection() -> _Connection:
    if not _open:
        raise RuntimeError("the dashboard has no connection to the warehouse: it is opened when the server starts")
    return _open[0]
