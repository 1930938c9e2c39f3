"""What the buttons of a meeting do: the click that leads into the room, and the words that end it or call others."""

import logging
from datetime import UTC, datetime
from html import escape
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from dashboard import session
from dashboard.actions import NobodyActs, publish
from dashboard.components.meet import ACT, MEET
from dashboard.components.small_page import small_page
from dashboard.connection import warehouse
from dashboard.locales import t
from dashboard.meetings.entering import Call, book, enter, word
from dashboard.meetings.matter import Matter, agenda_of, matter_of
from dashboard.meetings.people import remembered
from dashboard.notifications.seeing import directory
from dashboard.view_state import ViewState
from ingest.errors import IngestError
from ingest.events import MeetingSaid
from ingest.settings import company
from warehouse.errors import WarehouseError
from warehouse.meetings import open_one
from warehouse.queries.calendar import working_calendar
from warehouse.queries.meetings import meetings_on
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
MOST_BYTES = 20_000
HERE = "this must be asked from the board's own page"


@router.post(MEET)
async def meet(request: Request) -> Response:
    """Lead whoever clicked into the room. Form fields: `subject`, and `sure` where it is no office hour."""
    if not session.from_here(request):
        return PlainTextResponse(HERE, status_code=403)
    body = (await request.body())[:MOST_BYTES].decode(errors="replace")
    fields, state = dict(parse_qsl(body)), ViewState.from_query(request.url.query)
    now, lang = datetime.now(UTC), state.lang
    try:
        viewer = await session.viewer()
        org = await directory(warehouse(), session.today())
        matter = await matter_of(warehouse(), viewer, fields.get("subject", ""), lang, org, now)
        if matter is None:
            return _page(t("meet.not_yours", lang), t("meet.not_yours_hint", lang), state, 403)
        known = await book().on(warehouse(), matter.subject)
        is_open = open_one(known, now) is not None
        if not is_open and not fields.get("sure") and await _is_after_hours(matter, org.paths, now):
            return _asks(matter, state, now)
        found = await enter(
            warehouse(), viewer, matter, await _call(viewer, matter, lang, bool(fields.get("sure"))), now
        )
    except (IngestError, WarehouseError, NobodyActs) as error:
        log.warning("no meeting for %s: %s", session.person_id(), error)
        return _page(t("meet.not_opened", lang), t("meet.not_opened_hint", lang, error=error), state, 503)
    # nothing of the board's address goes along to whoever runs the room
    return RedirectResponse(found.url, status_code=303, headers={"referrer-policy": "no-referrer"})


async def _call(viewer: Viewer, matter: Matter, lang: str, at_once: bool) -> Call:
    about = await meetings_on(warehouse(), [matter.subject])
    offered, out = remembered(matter.proposed, about, (), matter.unit_id)
    called = [one for one in offered if one.person_id not in out]
    return Call(called, sorted(out), agenda_of(matter.subject, "en" if lang == "en" else "zh"), at_once)


async def _is_after_hours(matter: Matter, paths: object, now: datetime) -> bool:
    assert isinstance(paths, dict)
    calendar = await working_calendar(warehouse())
    return not calendar.is_office_hour(now, company().zone, paths.get(matter.unit_id, ()))


def _asks(matter: Matter, state: ViewState, now: datetime) -> HTMLResponse:
    """Nobody is called outside office hours unless that is meant."""
    lang, local = state.lang, now.astimezone(company().zone)
    said = t("meet.after_hours", lang, at=f"{local:%H:%M}", zone=str(company().zone))
    inside = (
        f"<h1>{escape(said)}</h1><p>{escape(matter.title)}</p><p>{escape(t('meet.after_hours_hint', lang))}</p>"
        f'<form method=post action="{escape(MEET + state.to_query())}"><input type=hidden name=sure value=yes>'
        f'<button name=subject value="{escape(matter.subject)}">{escape(t("meet.now_anyway", lang))}</button></form>'
    )
    return HTMLResponse(small_page(inside, lang, state.theme == "dark"), headers={"cache-control": "no-store"})


def _page(title: str, hint: str, state: ViewState, status: int) -> HTMLResponse:
    inside = f"<h1>{escape(title)}</h1><p>{escape(hint)}</p>"
    return HTMLResponse(small_page(inside, state.lang, state.theme == "dark"), status_code=status)


class Wanted(BaseModel):
    """What somebody does about a meeting, on the page whose query is `search`."""

    what: Literal["adjourn"]
    subject: Annotated[str, Field(max_length=200)]
    meeting: Annotated[str, Field(max_length=200)]
    search: Annotated[str, Field(max_length=4_000)] = ""


@router.post(ACT)
async def acted(wanted: Wanted, request: Request) -> Response:
    """Do it: nothing to say, or what went wrong (409). Only the board's own pages may ask."""
    if not session.from_here(request):
        return PlainTextResponse(HERE, status_code=403)
    lang, now = ViewState.from_query(wanted.search).lang, datetime.now(UTC)
    try:
        viewer = await session.viewer()
        org = await directory(warehouse(), session.today())
        if await matter_of(warehouse(), viewer, wanted.subject, lang, org, now) is None:
            return PlainTextResponse(t("meet.not_yours", lang), status_code=409)
        said = MeetingSaid(meeting_id=wanted.meeting)
        await publish([word(viewer, wanted.what, wanted.subject, said, now)])
    except (IngestError, WarehouseError, NobodyActs) as error:
        log.warning("%s by %s was not published: %s", wanted.what, session.person_id(), error)
        return PlainTextResponse(t("findings.not_sent", lang, error=error), status_code=409)
    return PlainTextResponse("")


def routes(app: FastAPI) -> None:
    """Make the app know it."""
    app.include_router(router)
