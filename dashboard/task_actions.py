"""What the buttons of the key tasks do: a new one from wherever it was agreed, and what people do about one; each an
event."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from dashboard import session, task_forms
from dashboard.actions import action as finding_action
from dashboard.actions import publish, publisher
from dashboard.components.tasks import ACT, FORM
from dashboard.connection import warehouse
from dashboard.finding_steps import may
from dashboard.locales import t
from dashboard.place import place_of
from dashboard.reason import reason
from dashboard.task_wishes import About, NotAllowed, Wanted, What, added, done
from dashboard.view_state import ViewState
from ingest.calendar import business_day
from ingest.errors import IngestError
from ingest.events import Opportunity, Slice
from ingest.settings import company
from warehouse.errors import WarehouseError
from warehouse.queries.calendar import working_calendar
from warehouse.queries.deals import entity_history
from warehouse.queries.findings import FindingCard, findings
from warehouse.queries.org import people_of
from warehouse.queries.tasks import tasks
from warehouse.tree import company_as_of
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)


@router.get(FORM)
async def asked(
    what: What | Literal["add"], task: str = "", origin: str = "", finding: str = "", title: str = "", search: str = ""
) -> Response:
    """The form of a new task agreed at `origin`, about a finding where one is named; or of what is asked about one."""
    state = ViewState.from_query(search)
    lang, day = state.lang, session.today()
    try:
        viewer = await session.viewer()
        if what == "add":
            about, _ = await _about(viewer, origin, finding, state)
            found, calendar = await asyncio.gather(
                people_of(warehouse(), about.unit_id, day), working_calendar(warehouse())
            )
            hidden = {"origin": origin, "finding": about.finding_id or ""}
            people = list(found.select("name_en" if lang == "en" else "name", "id").iter_rows())
            return HTMLResponse(task_forms.new(about, hidden, title, people, day, calendar, lang))
        known = {card.task.task_id: card for card in await tasks(warehouse(), viewer, day)}
        if task not in known:
            raise NotAllowed("task_gone")
        place = await place_of(warehouse(), viewer, state, day)
        found = await people_of(warehouse(), place.unit, day)
        people = list(found.select("name_en" if lang == "en" else "name", "id").iter_rows())
        others = (card for card in known.values() if card.column in ("todo", "doing"))
        return HTMLResponse(task_forms.of_task(what, known[task], people, others, lang))
    except NotAllowed as why:
        return PlainTextResponse(t(f"targets.{why.key}", lang), status_code=409)
    except WarehouseError as error:
        return PlainTextResponse(t("targets.task_not_sent", lang, error=reason(error, lang)), status_code=409)


@router.post(ACT)
async def acted(wanted: Wanted, request: Request) -> Response:
    """Do it and say so, else what went wrong (409). Only the board's own pages may ask."""
    if not session.from_here(request):
        return PlainTextResponse("this must be asked from the board's own page", status_code=403)
    state = ViewState.from_query(wanted.search)
    try:
        said = await (_added(state, wanted) if wanted.what == "add" else _done(wanted))
        return PlainTextResponse(t(said, state.lang) if said else "")
    except NotAllowed as why:
        return PlainTextResponse(t(f"targets.{why.key}", state.lang), status_code=409)
    except (IngestError, WarehouseError) as error:
        log.warning("%s on task %s by %s was not published: %s", wanted.what, wanted.task, session.person_id(), error)
        return PlainTextResponse(
            t("targets.task_not_sent", state.lang, error=reason(error, state.lang)), status_code=409
        )


async def _done(wanted: Wanted) -> str:
    """Act as the viewer of this request on a task they may see; nothing to say of it. Raises `NotAllowed`."""
    viewer = await session.viewer()
    known = {card.task.task_id: card for card in await tasks(warehouse(), viewer, session.today())}
    await publish([done(viewer, wanted, known, datetime.now(UTC))])
    return ""


async def _added(state: ViewState, wanted: Wanted) -> str:
    """Add it as the viewer of this request; the key of what to say. Raises `NotAllowed`.

    A finding about which something is agreed is in treatment from then on.
    """
    viewer, now = await session.viewer(), datetime.now(UTC)
    about, card = await _about(viewer, wanted.origin, wanted.finding, state)
    event = added(viewer, wanted, about, await company_as_of(warehouse(), session.today()), now)
    await asyncio.to_thread(publisher().publish, "tasks", [event])
    if card and may(card, viewer, "treat"):
        await publish([finding_action(viewer, "treat", card.finding.finding_id, event.title, now)])
    return "targets.task_sent"


async def _about(viewer: Viewer, origin: str, finding_id: str, state: ViewState) -> tuple[About, FindingCard | None]:
    """What a new task is about: the finding or the deal it comes from, else the place looked at."""
    kind, _, id = origin.partition(":")
    if finding_id := finding_id or (id if kind == "finding" else ""):
        seen = await findings(warehouse(), viewer, datetime.now(UTC), also=[finding_id])
        card = next((one for one in seen if one.finding.finding_id == finding_id), None)
        if card is None:
            raise NotAllowed("finding_gone")
        finding = card.finding
        zone = company().zone
        return About(
            finding_id, None, None, card.home or finding.slice.unit_id, finding.responsible_id, finding.metric,
            finding.slice, None if finding.behind_count else -finding.gap, business_day(finding.since, zone),
            business_day(finding.as_of, zone),
        ), card  # fmt: skip
    if kind == "deal":
        versions = await entity_history(warehouse(), viewer, "opportunities", id)
        if versions.is_empty():
            raise NotAllowed("deal_gone")
        deal = Opportunity.model_validate_json(versions["state"][-1])
        slice = Slice(person_id=deal.rep_id) if deal.rep_id else Slice(unit_id=deal.office_id)
        return About(None, id, deal.customer_id, deal.office_id, deal.rep_id, slice=slice), None
    if kind == "coaching":
        org = await company_as_of(warehouse(), session.today())
        if id in org.people:
            return About(unit_id=org.people[id]["unit_id"], person_id=id, slice=Slice(person_id=id)), None
        manager = org.units.get(id, {}).get("manager_id") or None
        return About(unit_id=id, person_id=manager, slice=Slice(unit_id=id)), None
    place = await place_of(warehouse(), viewer, state, session.today())
    here = place.path[-1].id if place.path else place.unit
    return About(unit_id=here, person_id=place.rep), None
