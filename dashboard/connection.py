"""The dashboard's one way to the warehouse: opened in the loop that serves, shared by all who ask."""

from warehouse.client import AsyncWarehouse

_open: list[AsyncWarehouse] = []


def connect() -> AsyncWarehouse:
    """Open it, in the loop that will use it; nothing is sent yet."""
    _open[:] = [AsyncWarehouse()]
    return _open[0]


def warehouse() -> AsyncWarehouse:
    """The open one; RuntimeError before `connect` and after `disconnect`."""
    if not _open:
        raise RuntimeError("the dashboard has no connection to the warehouse: it is opened when the server starts")
    return _open[0]


async def disconnect() -> None:
    """Let its connections go."""
    while _open:
        await _open.pop().close()
