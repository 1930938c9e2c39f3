"""The menu of saved views, and what is done with them: `/views`, for who the cookie says."""

import logging
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ValidationError

from dashboard import session
from dashboard.actions import NobodyActs
from dashboard.address import Address
from dashboard.connection import warehouse
from dashboard.locales import t
from dashboard.reason import reason
from dashboard.saved_views.menu import menu
from dashboard.saved_views.saving import forgetting, kept, now, saving, tell
from dashboard.view_state import ViewState
from ingest.errors import IngestError
from ingest.events import Action, SavedView
from warehouse.errors import WarehouseError
from warehouse.queries import org
from warehouse.queries.views import View, views
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
_FRESH = {"cache-control": "no-store"}


class Wanted(BaseModel):
    """What somebody wants done: `id` is the view's, but for a new one."""

    do: Literal["save", "rename", "share", "private", "forget"]
    id: str = ""
    name: str = ""
    is_shared: bool = False
    path: str = "/"
    search: str = ""


@router.get("/views")
async def listed(search: Annotated[str, Query(max_length=4000)] = "") -> HTMLResponse:
    """The menu; `search` is the query of the page it opens on."""
    viewer, state = await session.viewer(), ViewState.from_query(search)
    return await _menu(viewer, state)


@router.post("/views")
async def change(wanted: Wanted, request: Request) -> HTMLResponse:
    """Do it, and the menu as it is then; what went wrong is said in it. Only the board's own pages may ask."""
    if not session.from_here(request):
        return HTMLResponse("this must be asked from the board's own page", status_code=403)
    viewer, state = await session.viewer(), ViewState.from_query(wanted.search)
    found = await views(warehouse(), viewer)
    mine = next((view for view in found if view.id == wanted.id and view.owner_id == viewer.person_id), None)
    try:
        event = _event(viewer, wanted, mine)
        await tell(event)
    except ValidationError:
        return await _menu(viewer, state, t("views.bad_name", state.lang))
    except (IngestError, NobodyActs, LookupError) as error:
        log.warning("%s of a view by %s was not published: %s", wanted.do, viewer.person_id, error)
        return await _menu(viewer, state, t("views.not_saved", state.lang, error=reason(error, state.lang)))
    return await _menu(viewer, state, event=event)


def _event(viewer: Viewer, wanted: Wanted, mine: View | None) -> Action:
    if wanted.do == "save":
        return saving(
            viewer, kept(Address.of(wanted.path, wanted.search), wanted.name, is_shared=wanted.is_shared), now()
        )
    if mine is None:
        raise LookupError("it is not yours, or no longer there")
    if wanted.do == "forget":
        return forgetting(viewer, mine, now())
    view = SavedView(
        name=wanted.name.strip() if wanted.do == "rename" else mine.name,
        path=mine.path,
        query=mine.query,
        is_shared=mine.is_shared if wanted.do == "rename" else wanted.do == "share",
    )
    return saving(viewer, view, now(), mine.id)


async def _menu(viewer: Viewer, state: ViewState, said: str = "", event: Action | None = None) -> HTMLResponse:
    """The menu as the warehouse knows it, with what was just put on the log and is on its way there."""
    try:
        found = after(await views(warehouse(), viewer), event)
        owners = await org.names(warehouse(), "person", [view.owner_id for view in found], session.today())
    except WarehouseError as error:
        return HTMLResponse(t("views.unreachable", state.lang, error=reason(error, state.lang)), headers=_FRESH)
    names = {id: pair[1 if state.lang == "en" else 0] for id, pair in owners.items()}
    return HTMLResponse(menu(found, viewer, names, state, said), headers=_FRESH)


def after(found: list[View], event: Action | None) -> list[View]:
    """The views once the event has arrived."""
    if event is None:
        return found
    id = event.subject.partition(":")[2]
    rest = [view for view in found if view.id != id]
    if event.view is None:
        return rest
    said = event.view
    return [View(id, said.name, said.path, said.query, event.who, said.is_shared), *rest]


def routes(app: FastAPI) -> None:
    """Make the app know them."""
    app.include_router(router)
