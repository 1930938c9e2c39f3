"""On the page for ops: the routes by which people are told, and a test shot by each."""

import asyncio
import logging
from typing import Annotated, Any

from dash import Input, Output, callback
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field

from dashboard import session
from dashboard.actions import publisher
from dashboard.components import routes as drawn
from dashboard.connection import warehouse
from dashboard.locales import Lang, t
from dashboard.notifications import routes as rows
from dashboard.notifications.outbox import TOPIC
from dashboard.notifications.trial import Shot, fire
from dashboard.own_file import FileFault
from dashboard.reason import reason
from dashboard.view_state import ViewState
from ingest.errors import IngestError
from warehouse.errors import WarehouseError
from warehouse.queries import org

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)


class Wanted(BaseModel):
    """A test shot of one route, from the page whose query is `search`."""

    route: Annotated[str, Field(max_length=60)]
    search: Annotated[str, Field(max_length=4_000)] = ""


@callback(Output(drawn.PLACE, "children"), Input("url", "search"))
async def show(search: str | None) -> Any:
    state, viewer = ViewState.from_query(search), await session.viewer()
    if not viewer.is_ops:
        return None
    try:
        return drawn.listed(rows.routes(), state)
    except FileFault as fault:
        return drawn.broken(fault.words(state.lang), state)


@router.post(drawn.FIRE)
async def fired(wanted: Wanted, request: Request) -> Response:
    """Fire it: what every channel answered; 409 where one did not take it. Only sales operations, from the board."""
    lang = ViewState.from_query(wanted.search).lang
    viewer = await session.viewer()
    if not session.from_here(request) or not viewer.is_ops:
        return PlainTextResponse(t("ops.only_ops", lang), status_code=403)
    try:
        person = await org.person(warehouse(), viewer.person_id, session.today())
        shots = await fire(wanted.route, viewer.person_id, person.contact if person else "")
        await asyncio.to_thread(publisher().publish, TOPIC, [shot.word for shot in shots])
    except (IngestError, WarehouseError) as error:
        log.warning("no test of the route %s: %s", wanted.route, error)
        return PlainTextResponse(t("ops.not_done", lang, error=reason(error, lang)), status_code=409)
    has_arrived = all(shot.has_arrived for shot in shots)
    return PlainTextResponse(" · ".join(_said(shot, lang) for shot in shots), status_code=200 if has_arrived else 409)


def _said(shot: Shot, lang: Lang) -> str:
    key = "routes.arrived" if shot.has_arrived else "routes.not_arrived"
    return t(key, lang, channel=drawn.channel_name(shot.channel, lang), answer=shot.answer)


def routes(app: FastAPI) -> None:
    """Make the app know it."""
    app.include_router(router)
