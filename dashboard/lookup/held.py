"""The index as it is now: made when somebody first looks, anew when the organisation moved, the old one meanwhile."""

import asyncio
from dataclasses import dataclass

from dashboard import session
from dashboard.connection import answers, warehouse
from dashboard.lookup.index import Index, index_of
from warehouse.answers import ORG
from warehouse.queries.directory import directory

PATIENCE_SECONDS = 0.02
"""How long a new index is waited for while there is an older one."""


@dataclass
class _Held:
    index: Index | None = None


_held = _Held()


async def _make() -> Index:
    found = await directory(warehouse(), session.today())
    return await asyncio.to_thread(index_of, found)


async def index() -> Index:
    """What can be found. Raises what the warehouse raises while there is none at all."""
    making = asyncio.ensure_future(answers().hold(("lookup", id(warehouse()), session.today()), (ORG,), _make))
    if _held.index is not None:
        done, _ = await asyncio.wait({making}, timeout=PATIENCE_SECONDS)
        if not done or making.exception():
            return _held.index
    _held.index = await making
    return _held.index
