"""What the two of a coaching do: note something, or say that they have spoken. Each an event; others are refused."""

import logging
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field

from dashboard import session
from dashboard.actions import publish
from dashboard.coaching.pair import pair_of, subject
from dashboard.components.coaching import ACT, FORM
from dashboard.components.form import form, lines
from dashboard.connection import warehouse
from dashboard.locales import t
from dashboard.reason import reason
from dashboard.task_wishes import MOST_CHARACTERS
from dashboard.view_state import ViewState
from ingest.errors import IngestError
from ingest.events import Action
from warehouse.errors import WarehouseError
from warehouse.tree import company_as_of

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
What = Literal["comment", "talk"]


class Wanted(BaseModel):
    """What somebody does in the coaching of a person or a unit."""

    what: What
    of: Annotated[str, Field(min_length=1, max_length=200)]
    note: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    search: Annotated[str, Field(max_length=4_000)] = ""


@router.get(FORM)
async def asked(what: What, of: str, search: str = "") -> HTMLResponse:
    """The form of a note; with "talk" of what was spoken of."""
    lang = ViewState.from_query(search).lang
    note = lines("note", t(f"coaching.note_{what}", lang), t("coaching.note_hint", lang), MOST_CHARACTERS,
                 required=what == "comment")  # fmt: skip
    words = t(f"coaching.do_{what}", lang), t("targets.send", lang), t("targets.cancel", lang)
    return HTMLResponse(form(words[0], ACT, [note], words[1], words[2], {"what": what, "of": of}))


@router.post(ACT)
async def acted(wanted: Wanted, request: Request) -> Response:
    """Do it, or say why not (409). Only the board's own pages may ask, and only one of the two."""
    if not session.from_here(request):
        return PlainTextResponse("this must be asked from the board's own page", status_code=403)
    lang, note = ViewState.from_query(wanted.search).lang, wanted.note.strip()
    try:
        viewer = await session.viewer()
        pair = pair_of(wanted.of, await company_as_of(warehouse(), session.today()))
        if pair is None or not pair.has(viewer):
            return PlainTextResponse(t("coaching.not_yours", lang), status_code=409)
        if wanted.what == "comment" and not note:
            return PlainTextResponse(t("coaching.note_required", lang), status_code=409)
        event = Action(
            occurred_at=datetime.now(UTC), source="dashboard", subject=subject(wanted.of), who=viewer.person_id,
            what=wanted.what, note=note or None,
        )  # fmt: skip
        await publish([event])
        return PlainTextResponse("")
    except (IngestError, WarehouseError) as error:
        log.warning("%s of %s was not published: %s", wanted.what, session.person_id(), error)
        return PlainTextResponse(t("targets.task_not_sent", lang, error=reason(error, lang)), status_code=409)
