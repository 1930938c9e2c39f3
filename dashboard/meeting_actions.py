"""What the buttons of a meeting do: the click that leads into the room, and the gentler ways of the dialog."""

import asyncio
import logging
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from dash import Input, Output, callback
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import ValidationError

from dashboard import session
from dashboard.actions import NobodyActs, publisher
from dashboard.components import meet_ops
from dashboard.components.meet import ACT, FORM, MEET
from dashboard.components.meet_form import dialog, end_form, task_form, word_form
from dashboard.components.small_page import small_page
from dashboard.connection import warehouse
from dashboard.locales import t
from dashboard.meetings import Meant, RoomFault, UnknownProvider, door, provider, tried
from dashboard.meetings.entering import enter
from dashboard.meetings.minutes import has_outcome
from dashboard.meetings.offering import Desk, NotYours, desk_of, offer
from dashboard.meetings.saying import Refused, Wish, said_by
from dashboard.meetings.settings import meetings
from dashboard.notifications.seeing import names_of
from dashboard.reason import reason
from dashboard.view_state import ViewState
from dashboard.whiteboard import then
from dashboard.whiteboard.routes import serving
from dashboard.words import enumerated
from ingest.errors import IngestError
from ingest.events import Action, Task
from ingest.settings import company
from warehouse.errors import WarehouseError
from warehouse.queries.tasks import tasks

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
MOST_BYTES = 40_000
HERE = "this must be asked from the board's own page"
_FRESH = {"cache-control": "no-store"}


@callback(Output(meet_ops.PLACE, "children"), Input("url", "search"))
async def show(search: str | None) -> Any:
    state, viewer = ViewState.from_query(search), await session.viewer()
    if not viewer.is_ops:
        return None
    try:
        chosen = provider()
    except UnknownProvider as fault:
        return meet_ops.listed(meetings().provider, fault.words(state.lang), state)
    return meet_ops.listed(chosen.name, chosen.advice(state.lang), state)


@router.post(MEET)
async def meet(request: Request) -> Response:
    """Lead whoever clicked into the room. The fields are those of a `Wish`; `sure` where it is no office hour."""
    if not session.from_here(request):
        return PlainTextResponse(HERE, status_code=403)
    body = (await request.body())[:MOST_BYTES].decode(errors="replace")
    state = ViewState.from_query(request.url.query)
    now, lang = datetime.now(UTC), state.lang
    try:
        wish = Wish.model_validate({"edited": "", **dict(parse_qsl(body))})
        desk = await desk_of(wish.subject, lang, now)
        if desk.current is None and desk.is_after_hours and not wish.sure:
            return await _asks(wish, desk, state)
        found = await enter(warehouse(), desk.viewer, desk.matter, wish.call(desk), now)
    except NotYours:
        return _page(t("meet.not_yours", lang), t("meet.not_yours_hint", lang), state, 403)
    except (Refused, ValidationError) as why:
        said = why.said(lang) if isinstance(why, Refused) else t("meet.too_long", lang)
        return _page(t("meet.not_opened", lang), said, state, 409)
    except (IngestError, WarehouseError, NobodyActs) as error:
        log.warning("no meeting for %s: %s", session.person_id(), error)
        return _page(
            t("meet.not_opened", lang),
            t("meet.not_opened_hint", lang, error=reason(error, lang)),
            state,
            503,
            _again(wish, state),
        )
    # nothing of the board's address goes along to whoever runs the room
    return RedirectResponse(
        door(found.provider, found.url), status_code=303, headers={"referrer-policy": "no-referrer"}
    )


@router.get(MEET)
async def offered(subject: str, lang: str = "zh") -> HTMLResponse:
    """A page with the button: where the code on a wall leads. To look at it opens nothing."""
    state = ViewState.from_query(f"?lang={lang}")
    try:
        desk = await desk_of(subject, state.lang, datetime.now(UTC))
    except NotYours:
        return _page(t("meet.not_yours", state.lang), t("meet.not_yours_hint", state.lang), state, 403)
    except (IngestError, WarehouseError) as error:
        return _page(t("meet.not_opened", state.lang), str(error), state, 503)
    text = t("meet.join" if desk.current else "findings.meet", state.lang)
    inside = (
        f"<h1>{escape(desk.matter.title)}</h1>{''.join(f'<p>{escape(line)}</p>' for line in desk.matter.lines)}"
        f'<form method=post action="{escape(MEET + state.to_query())}"><button name=subject '
        f'value="{escape(desk.matter.subject)}">{escape(text)}</button></form>'
    )
    return HTMLResponse(small_page(inside, state.lang), headers=_FRESH)


async def _asks(wish: Wish, desk: Desk, state: ViewState) -> HTMLResponse:
    """Nobody is called outside office hours unless that is meant; who would be is said, and the way back."""
    lang, local = state.lang, desk.now.astimezone(company().zone)
    called = [one.person_id for one in wish.call(desk).called]
    names = await names_of(warehouse(), called, session.today())
    who = t("meet.would_call", lang, who=enumerated((names[id][lang == "en"] for id in called), lang))
    said = t("meet.after_hours", lang, at=f"{local:%H:%M}", zone=str(company().zone))
    lines = (desk.matter.title, *([who] if called else ()), t("meet.after_hours_hint", lang))
    inside = (
        f"<h1>{escape(said)}</h1>{''.join(f'<p>{escape(line)}</p>' for line in lines)}"
        + _kept(wish, f"<button name=sure value=yes>{escape(t('meet.now_anyway', lang))}</button>", state)
        + f'<p><a href="{escape(desk.matter.address.link(""))}">{escape(t("meet.back_to_it", lang))}</a></p>'
    )
    return HTMLResponse(small_page(inside, lang, state.theme == "dark"), headers=_FRESH)


def _again(wish: Wish, state: ViewState) -> str:
    """The same click once more, with all that was typed before it."""
    sure = " name=sure value=yes" if wish.sure else ""
    return _kept(wish, f"<button{sure}>{escape(t('meet.again', state.lang))}</button>", state)


def _kept(wish: Wish, button: str, state: ViewState) -> str:
    fields = wish.fields().items()
    kept = "".join(f'<input type=hidden name="{escape(name)}" value="{escape(value)}">' for name, value in fields)
    return f'<form method=post action="{escape(MEET + state.to_query())}">{kept}{button}</form>'


def _page(title: str, hint: str, state: ViewState, status: int, further: str = "") -> HTMLResponse:
    inside = f"<h1>{escape(title)}</h1><p>{escape(hint)}</p>{further}"
    return HTMLResponse(small_page(inside, state.lang, state.theme == "dark"), status_code=status, headers=_FRESH)


@router.get(FORM)
async def asked(way: str, subject: str, meeting: str = "", search: str = "") -> Response:
    """The dialog beside the button, or the one in which somebody answers."""
    state = ViewState.from_query(search)
    try:
        desk = await desk_of(subject, state.lang, datetime.now(UTC))
        if way not in ("reply", "minute", "task", "adjourn"):
            return HTMLResponse(dialog(await offer(desk), state), headers=_FRESH)
        known = next((one for one in desk.about if one.id == meeting), None)
        if known is None:
            raise NotYours(meeting)
        if way == "adjourn" and has_outcome(known, await tasks(warehouse(), desk.viewer, session.today())):
            return HTMLResponse("", headers=_FRESH)
        if way in ("task", "adjourn"):
            people, drawn = (await offer(desk)).everybody, {"task": task_form, "adjourn": end_form}[way]
            return HTMLResponse(drawn(known, people, state.lang), headers=_FRESH)
        return HTMLResponse(word_form(way, known, state.lang), headers=_FRESH)
    except NotYours:
        return PlainTextResponse(t("meet.not_yours", state.lang), status_code=409)
    except (IngestError, WarehouseError) as error:
        log.warning("the ways to meet about %s cannot be offered: %s", subject, error)
        return PlainTextResponse(t("findings.not_sent", state.lang, error=reason(error, state.lang)), status_code=409)


@router.post(ACT)
async def acted(wish: Wish, request: Request) -> Response:
    """Do it: what was done, or what went wrong (409). Only the board's own pages may ask."""
    if not session.from_here(request):
        return PlainTextResponse(HERE, status_code=403)
    lang = ViewState.from_query(wish.search).lang
    try:
        said = await said_by(wish, await desk_of(wish.subject, lang, datetime.now(UTC)))
        if agreed := [one for one in said if isinstance(one, Task)]:
            await asyncio.to_thread(publisher().publish, "tasks", agreed)
        if done := [await _with_what_was_shown(one) for one in said if isinstance(one, Action)]:
            await asyncio.to_thread(publisher().publish, "actions", done)
        if done and done[-1].what == "adjourn" and done[-1].meeting:
            await then.freeze(serving(), done[-1].subject, done[-1].meeting.meeting_id, done[-1].occurred_at)
    except NotYours:
        return PlainTextResponse(t("meet.not_yours", lang), status_code=409)
    except Refused as why:
        return PlainTextResponse(why.said(lang), status_code=409)
    except (IngestError, WarehouseError, NobodyActs) as error:
        log.warning("%s by %s was not published: %s", wish.way, session.person_id(), error)
        return PlainTextResponse(t("findings.not_sent", lang, error=reason(error, lang)), status_code=409)
    return PlainTextResponse(t(f"meet.did_{wish.way}", lang))


async def _with_what_was_shown(said: Action) -> Action:
    """The end of a meeting, or its brief, with the tiles that stand on its whiteboard as of this second; others as they
    are."""
    if said.what not in ("adjourn", "brief") or said.meeting is None:
        return said
    shown = await then.shown(serving(), said.subject, said.meeting.meeting_id, said.occurred_at)
    return said.model_copy(update={"meeting": said.meeting.model_copy(update={"shown": shown})})


@router.post(meet_ops.TEST)
async def fired(wish: Wish, request: Request) -> Response:
    """Make a room at the provider that is set and say what came of it; 409 where none did. Only sales operations."""
    lang = ViewState.from_query(wish.search).lang
    if not session.from_here(request) or not (await session.viewer()).is_ops:
        return PlainTextResponse(t("ops.only_ops", lang), status_code=403)
    try:
        room = await tried(Meant(f"test-{uuid4().hex}", t("meet.test_subject", lang), minutes=5))
    except RoomFault as fault:
        return PlainTextResponse(t("meet.test_failed", lang, why=fault.words(lang)), status_code=409)
    return PlainTextResponse(t("meet.test_made", lang, provider=room.provider, url=room.url.partition("#")[0]))


def routes(app: FastAPI) -> None:
    """Make the app know it."""
    app.include_router(router)
