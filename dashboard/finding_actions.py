"""What the buttons of a finding do: put an action on the log. What follows is pushed to every screen from there."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field

from dashboard import session
from dashboard.actions import NobodyActs, ReasonMissing, publish
from dashboard.components import finding_forms
from dashboard.components.finding_forms import ACT, FORM, MOST_CHARACTERS
from dashboard.connection import warehouse
from dashboard.finding_steps import Pause, Refused, Wish, event
from dashboard.locales import t
from dashboard.notifications.seeing import names_of
from dashboard.reason import reason
from dashboard.view_state import ViewState
from ingest.errors import IngestError
from ingest.events import Action
from warehouse.errors import WarehouseError
from warehouse.queries.calendar import working_calendar
from warehouse.queries.findings import findings as all_seen

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)


class Wanted(BaseModel):
    """What somebody does about a finding, or many (`findings`), on the page whose query is `search`."""

    what: Literal[
        "acknowledge", "take", "release", "not_a_problem", "look", "answer",
        "treat", "verify", "close", "snooze", "rearm", "merge", "split", "reopen", "judge",
    ]  # fmt: skip
    finding: Annotated[str, Field(max_length=200)] = ""
    findings: Annotated[str, Field(max_length=40_000, description="ids, apart by commas")] = ""
    reason: Annotated[str | None, Field(max_length=MOST_CHARACTERS)] = None
    pause: Pause = ""
    worse: Annotated[str, Field(max_length=10)] = ""
    into: Annotated[str, Field(max_length=200)] = ""
    search: Annotated[str, Field(max_length=4_000)] = ""

    @property
    def ids(self) -> list[str]:
        """Every finding it is done about, once."""
        return list(dict.fromkeys(id for id in (self.finding, *self.findings.split(",")) if id))

    @property
    def wish(self) -> Wish:
        return Wish(self.what, self.reason or "", self.pause, self.worse, self.into)


@router.get(FORM)
async def asked(what: str, finding: str = "", findings: str = "", search: str = "") -> HTMLResponse:
    """The form that asks for the reason, the time or the finding that a step needs."""
    lang = ViewState.from_query(search).lang
    hidden = {"what": what, "finding": finding, "findings": findings}
    if what not in finding_forms.ASKED:
        return HTMLResponse("", status_code=404)
    into: list[tuple[str, str]] = []
    if what == "merge":
        seen = await all_seen(warehouse(), await session.viewer(), datetime.now(UTC))
        open_ones = [one for one in seen if one.treatment.is_active]
        slices = [one.finding.slice for one in open_ones]
        ids = {id for of in slices for id in (of.unit_id, of.product_id, of.person_id) if id}
        names = await names_of(warehouse(), ids, session.today())
        into = [(one.finding.finding_id, finding_forms.called(one, names, lang)) for one in open_ones]
    return HTMLResponse(finding_forms.form_of(what, hidden, into, lang))


@router.post(ACT)
async def acted(wanted: Wanted, request: Request) -> Response:
    """Do it: what was done of many, else nothing to say, or what went wrong (409). Asked by the board's own pages."""
    if not session.from_here(request):
        return PlainTextResponse("this must be asked from the board's own page", status_code=403)
    lang = ViewState.from_query(wanted.search).lang
    try:
        done, faults = await _done(wanted)
    except (IngestError, WarehouseError, NobodyActs) as error:
        log.warning("%s by %s was not published: %s", wanted.what, session.person_id(), error)
        return PlainTextResponse(t("findings.not_sent", lang, error=reason(error, lang)), status_code=409)
    said = faults[0].said(lang) if faults else ""
    if wanted.findings:
        words = {"done": done, "refused": len(faults), "why": said}
        said = t("life.bulk", lang, **words) if faults else t("life.all", lang, done=done)
    return PlainTextResponse(said, status_code=409 if faults and not done else 200)


async def _done(wanted: Wanted) -> tuple[int, list[Refused]]:
    """Act as the viewer of this request on what they may see of it: how much was done, and why the rest was not."""
    viewer, now = await session.viewer(), datetime.now(UTC)
    seen, calendar = await asyncio.gather(
        all_seen(warehouse(), viewer, now, also=wanted.ids), working_calendar(warehouse())
    )
    cards = {card.finding.finding_id: card for card in seen}
    events: list[Action] = []
    faults: list[Refused] = []
    for id in wanted.ids:
        try:
            if (card := cards.get(id)) is None:
                raise Refused("not_yours")
            if wanted.what != "look" or not (card.is_about(viewer.person_id) or viewer.person_id in card.looks):
                events.append(event(viewer, card, wanted.wish, now, calendar, cards))
        except Refused as why:
            faults += [why] if wanted.what != "look" else []
        except ReasonMissing:
            faults.append(Refused("needs_note"))
    if events:
        await publish(events)
    return len(events), faults


def routes(app: FastAPI) -> None:
    """Make the app know it."""
    app.include_router(router)
