"""The dashboard's one way to the warehouse: opened in the loop that serves, shared by all who ask."""

from dataclasses import dataclass, field

from warehouse.answers import Answers
from warehouse.client import AsyncWarehouse


@dataclass
class _Connection:
    warehouse: AsyncWarehouse = field(default_factory=AsyncWarehouse)
    answers: Answers = field(default_factory=Answers)


_open: list[_Connection] = []


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


async def disconnect() -> None:
    """Let its connections go."""
    while _open:
        await _open.pop().warehouse.close()


def _connection() -> _Connection:
    if not _open:
        raise RuntimeError("the dashboard has no connection to the warehouse: it is opened when the server starts")
    return _open[0]
