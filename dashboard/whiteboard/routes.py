"""The addresses of the whiteboards: of findings, of meetings, the page, its socket, what it was, and new ones."""

import logging
import secrets
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, FastAPI, Request, WebSocket
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field

from dashboard import session
from dashboard.components.tasks import FORM
from dashboard.connection import warehouse
from dashboard.live import Hub
from dashboard.locales import LANGS, Lang, every, t
from dashboard.meetings.offering import NotYours, desk_of
from dashboard.view_state import ViewState
from dashboard.whiteboard import evidence, page, scene, socket, templates
from dashboard.whiteboard.addresses import AT, FINDING, LIST, OF_FINDING, address_at, board_at, board_of
from dashboard.whiteboard.catalogue import Entry
from dashboard.whiteboard.log import step_of
from dashboard.whiteboard.meeting_board import beginning, meeting_of
from dashboard.whiteboard.rooms import Away, Rooms
from dashboard.whiteboard.watching import Watching
from ingest.errors import IngestError
from ingest.whiteboards import Step
from warehouse.errors import WarehouseError
from warehouse.queries.findings import findings
from warehouse.queries.meetings import meetings_on
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
_FRESH = {"cache-control": "no-store"}
MOST_CHARACTERS = 400
"""Of a subject."""
_serving: list[Rooms] = []


class Wanted(BaseModel):
    """A new board: what it is called, and what it begins with."""

    title: str = Field("", max_length=200)
    template: str = Field("", max_length=60)
    search: str = Field("", max_length=4_000)


def serve(app: FastAPI, hub: Hub) -> Rooms:
    """Make the app know its whiteboards; the rooms it gives are started and stopped by the server's lifespan."""
    rooms, watching = Rooms(), Watching(hub)
    router = APIRouter(include_in_schema=False)

    @router.get(OF_FINDING + "{finding_id:path}")
    async def of_finding(finding_id: str, request: Request) -> Response:
        """The board of a finding, made when there is none yet; for whom the finding is."""
        viewer, state = await session.viewer(), ViewState.from_query(request.url.query)
        board_id = board_of(finding_id)
        try:
            cards = await findings(warehouse(), viewer, datetime.now(UTC), also=(finding_id,))
            card = next((one for one in cards if one.finding.finding_id == finding_id), None)
            if card is None:
                return _words(state, "not_yours", 404)
            if await rooms.known(board_id) is None:
                named = await evidence.title(card)
                step = _created(board_id, viewer, named, finding_id=finding_id)
                await rooms.create(step, lambda document: evidence.lay_out(document, card.finding, named))
        except (Away, IngestError, WarehouseError, TimeoutError) as error:
            log.warning("the whiteboard of finding %s cannot be opened: %s", finding_id, error)
            return _words(state, "away", 503)
        return RedirectResponse(f"/whiteboard/{board_id}{_own(state)}", status_code=303)

    @router.get(AT + "{subject:path}")
    async def of_meeting(subject: str, request: Request) -> Response:
        """The board of a meeting about a subject, made when there is none yet; for whom that is, and who is called."""
        state = ViewState.from_query(request.url.query)
        if subject.startswith(FINDING):
            return RedirectResponse(address_at(subject) + _own(state), status_code=303)
        try:
            if len(subject) > MOST_CHARACTERS:
                raise NotYours(subject)
            desk = await desk_of(subject, state.lang, datetime.now(UTC))
            meeting_id = meeting_of(desk, state.meeting)
            board_id = board_at(desk.matter.subject, meeting_id)
            if await rooms.known(board_id) is None:
                begins = await beginning(desk)
                about = {"subject": desk.matter.subject, "meeting_id": meeting_id}
                step = _created(board_id, desk.viewer, begins.named, template=begins.template or None, **about)
                await rooms.create(step, begins.draw)
        except NotYours:
            return _words(state, "not_yours", 404)
        except (Away, IngestError, WarehouseError, TimeoutError) as error:
            log.warning("the whiteboard of a meeting about %s cannot be opened: %s", subject, error)
            return _words(state, "away", 503)
        return RedirectResponse(f"/whiteboard/{board_id}{_own(state)}", status_code=303)

    @router.get("/whiteboard/{board_id}")
    async def opened(board_id: str, request: Request) -> Response:
        """The page of a board."""
        viewer, state = await session.viewer(), ViewState.from_query(request.url.query)
        if viewer == Viewer.nobody(viewer.person_id):
            return _words(state, "not_yours", 403)
        if not page.is_built():
            return _words(state, "not_built", 503)
        try:
            entry = await rooms.known(board_id)
            if entry is None:
                return _words(state, "unknown", 404)
            rooms.prepare(board_id)
            boot = await _boot(entry, viewer, state)
        except (Away, WarehouseError):
            return _words(state, "away", 503)
        said = page.document(boot, rooms.limits, state.lang, state.theme)
        return HTMLResponse(said, headers={"content-security-policy": page.POLICY, **_FRESH})

    @router.websocket("/whiteboard/{board_id}/socket")
    async def speak(board_id: str, ws: WebSocket) -> None:
        await socket.serve(ws, board_id, rooms, watching)

    @router.get("/whiteboard/{board_id}/versions")
    async def versions(board_id: str, request: Request) -> Response:
        """What the board was, the newest first: [{id, at, who, objects}]."""
        entry, viewer = rooms.catalogue.get(board_id), await session.viewer()
        if entry is None or viewer == Viewer.nobody(viewer.person_id):
            return JSONResponse([])
        lang = ViewState.from_query(request.url.query).lang
        found = [
            {"id": one.id, "at": one.at.isoformat(), "who": await _called(one.who, lang), "objects": one.objects}
            for one in reversed(entry.versions)
        ]
        return JSONResponse(found, headers=_FRESH)

    @router.get("/whiteboard/{board_id}/versions/{version_id}")
    async def version(board_id: str, version_id: str, request: Request) -> Response:
        """The scene of one of them: {elements}."""
        entry, viewer = rooms.catalogue.get(board_id), await session.viewer()
        found = next((one for one in entry.versions if one.id == version_id), None) if entry else None
        state = ViewState.from_query(request.url.query)
        if found is None or viewer == Viewer.nobody(viewer.person_id):
            return PlainTextResponse(t("whiteboard.unknown", state.lang), status_code=404)
        then = await rooms.scene(board_id, found)
        return JSONResponse({"elements": list(then.elements().values())}, headers=_FRESH)

    @router.post(LIST)
    async def new(wanted: Wanted, request: Request) -> Response:
        """Make a board of one's own, from a template or empty; its path."""
        state = ViewState.from_query(wanted.search)
        if not session.from_here(request):
            return PlainTextResponse("this must be asked from the board's own page", status_code=403)
        viewer = await session.viewer()
        if viewer == Viewer.nobody(viewer.person_id):
            return PlainTextResponse(t("whiteboard.not_yours", state.lang), status_code=403)
        template = templates.found().get(wanted.template)
        named = template.called.words if template else every("whiteboard.untitled")
        if own := wanted.title.strip():
            named = dict.fromkeys(LANGS, own)
        step = _created(secrets.token_hex(8), viewer, named, template=wanted.template or None)
        try:
            place = await evidence.place_of(viewer)
            await rooms.create(step, lambda document: templates.draw(document, template, named, place))
        except (IngestError, WarehouseError, TimeoutError) as error:
            return PlainTextResponse(t("whiteboard.not_made", state.lang, why=error), status_code=409)
        return PlainTextResponse(f"/whiteboard/{step.board_id}{_own(state)}")

    app.include_router(router)
    app.mount(page.FILES, StaticFiles(directory=page.BUILT, check_dir=False), name="whiteboard-files")
    _serving[:] = [rooms]
    return rooms


def serving() -> Rooms:
    """The rooms of the app that serves."""
    return _serving[0]


def _created(board_id: str, viewer: Viewer, named: scene.Words, **about: str | None) -> Step:
    return step_of(board_id, "created", who=(viewer.person_id,), **scene.titles(named), **about)


async def _boot(entry: Entry, viewer: Viewer, state: ViewState) -> dict[str, Any]:
    return {
        "board": entry.board_id,
        "title": entry.called(state.lang),
        "finding": entry.finding_id,
        "person": {
            "id": viewer.person_id,
            "name": session.name_of(viewer, state.lang),
            "color": socket.color_of(viewer.person_id),
        },
        "place": await evidence.place_of(viewer),
        "met_at": await _met_at(entry, viewer),
        "action_form": f"{FORM}?what=add",
        "back": _back(entry, state),
    }


def _back(entry: Entry, state: ViewState) -> str:
    """Where the board was opened from, as far as it follows from what it is about."""
    own = ViewState(lang=state.lang, theme=state.theme)
    if entry.finding_id:
        return "/findings" + own.but(finding=entry.finding_id).to_query()
    if entry.meeting_id:
        return "/meetings" + own.but(meeting=entry.meeting_id).to_query()
    return LIST + _own(state)


async def _met_at(entry: Entry, viewer: Viewer) -> str | None:
    """When the meeting began, or the finding was last met about; None where it was not, or is not the viewer's."""
    if entry.meeting_id:
        held = await meetings_on(warehouse(), [entry.subject or ""])
        at = next((one.opened_at for one in held if one.id == entry.meeting_id), None)
    elif entry.finding_id:
        cards = await findings(warehouse(), viewer, datetime.now(UTC), also=(entry.finding_id,))
        at = next((one.treatment.met_at for one in cards if one.finding.finding_id == entry.finding_id), None)
    else:
        return None
    return at.isoformat() if at else None


async def _called(people: tuple[str, ...], lang: Lang) -> list[str]:
    return [session.name_of(await session.viewer_for_id(one), lang) for one in people]


def _own(state: ViewState) -> str:
    """Language and light, which go along from page to page."""
    return ViewState(lang=state.lang, theme=state.theme).to_query().removesuffix("?")


def _words(state: ViewState, key: str, status: int) -> HTMLResponse:
    title, said = t("whiteboard.whiteboard", state.lang), t(f"whiteboard.{key}", state.lang)
    return HTMLResponse(page.words(title, said, LIST + _own(state), state.lang, state.theme), status_code=status)
