"""What the buttons of a finding do: put an action on the log. What follows is pushed to every screen from there."""

import logging
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field

from dashboard import session
from dashboard.actions import NobodyActs, ReasonMissing, act
from dashboard.components.finding_card import ACT, WHY
from dashboard.components.form import form, lines
from dashboard.connection import warehouse
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from ingest.errors import IngestError
from warehouse.errors import WarehouseError
from warehouse.queries.findings import REPLIES, findings

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
MOST_CHARACTERS = 2_000


class Wanted(BaseModel):
    """What somebody does about a finding, on the page whose query is `search`."""

    what: Literal["acknowledge", "take", "release", "not_a_problem", "meet", "look", "answer"]
    finding: Annotated[str, Field(max_length=200)]
    reason: Annotated[str | None, Field(max_length=MOST_CHARACTERS)] = None
    search: Annotated[str, Field(max_length=4_000)] = ""


@router.get(WHY)
async def why(finding: str, search: str = "") -> HTMLResponse:
    """The form that asks why it is not a problem."""
    lang = ViewState.from_query(search).lang
    words = {key: t(f"findings.{key}", lang) for key in ("reason_title", "send", "cancel")}
    reason = lines("reason", t("findings.reason_hint", lang), t("findings.reason_placeholder", lang), MOST_CHARACTERS)
    hidden = {"what": "not_a_problem", "finding": finding}
    return HTMLResponse(form(words["reason_title"], ACT, [reason], words["send"], words["cancel"], hidden))


@router.post(ACT)
async def acted(wanted: Wanted, request: Request) -> Response:
    """Do it: nothing to say when it is on the log, else what went wrong (409). Only the board's own pages may ask."""
    if not session.from_here(request):
        return PlainTextResponse("this must be asked from the board's own page", status_code=403)
    wrong = await _fault(wanted, ViewState.from_query(wanted.search).lang)
    return PlainTextResponse(wrong or "", status_code=409 if wrong else 200)


async def _fault(wanted: Wanted, lang: Lang) -> str | None:
    """Act as the viewer of this request, on a finding they may see; what went wrong, or None."""
    try:
        viewer = await session.viewer()
        seen = await findings(warehouse(), viewer, datetime.now(UTC))
        card = next((one for one in seen if one.finding.finding_id == wanted.finding), None)
        if card is None:
            return None if wanted.what == "look" else t("findings.not_yours", lang)
        if wanted.what == "answer" and not (card.is_about(viewer.person_id) and wanted.reason in REPLIES):
            return t("findings.not_your_answer", lang)
        if wanted.what == "look" and (card.is_about(viewer.person_id) or viewer.person_id in card.looks):
            return None
        await act(viewer, wanted.what, wanted.finding, wanted.reason)
    except (IngestError, WarehouseError, ReasonMissing, NobodyActs) as error:
        log.warning("%s on %s by %s was not published: %s", wanted.what, wanted.finding, session.person_id(), error)
        return t("findings.not_sent", lang, error=error)
    return None


def routes(app: FastAPI) -> None:
    """Make the app know it."""
    app.include_router(router)
