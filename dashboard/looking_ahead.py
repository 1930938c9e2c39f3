"""A picture made before it is asked for: a link that a pointer rests on is likely to be clicked next."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query
from fastapi.responses import Response

from dashboard import live, session
from dashboard.address import Address
from warehouse.errors import WarehouseError
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
MOST_AT_ONCE = 2
"""Pictures made ahead at a time, whoever asks: nobody waits for one, and nobody shall wait because of one."""
_making: set["asyncio.Task[None]"] = set()


@router.get("/ahead")
async def ahead(
    path: Annotated[str, Query(max_length=200)] = "/", search: Annotated[str, Query(max_length=4000)] = ""
) -> Response:
    """Begin to make the picture of an address for who the cookie says; the answer does not wait for it."""
    if len(_making) < MOST_AT_ONCE:
        task = asyncio.create_task(_make(await session.viewer(), Address.of(path, search)))
        _making.add(task)
        task.add_done_callback(_making.discard)
    return Response(status_code=204, headers={"cache-control": "no-store"})


async def _make(viewer: Viewer, address: Address) -> None:
    try:
        await live.picture(viewer, address)
    except WarehouseError as error:
        log.debug("no picture is made ahead: %s", error)


def routes(app: FastAPI) -> None:
    """Make the app know it."""
    app.include_router(router)
