"""What the buttons of the key tasks do: done, opened again, given to somebody, or a new one; each an event."""

import asyncio
import logging
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field

from dashboard import session
from dashboard.actions import publisher
from dashboard.components.form import form, line, one_of, one_of_many
from dashboard.components.tasks import ACT, FORM
from dashboard.connection import warehouse
from dashboard.locales import t
from dashboard.place import place_of
from dashboard.rights import may_change_task
from dashboard.view_state import ViewState
from ingest.errors import IngestError
from ingest.events import Action, Task
from ingest.fields import TaskKind
from warehouse.errors import WarehouseError
from warehouse.queries.org import people_of
from warehouse.queries.tasks import TaskCard, subject, tasks
from warehouse.tree import company_as_of
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
BETWEEN = " · "
What = Literal["done", "reopen", "assign"]


class NotAllowed(ValueError):
    """What the viewer may not do, or has not said enough for: `key` is what to say, in the catalogue "targets"."""

    def __init__(self, key: str = "task_refused") -> None:
        super().__init__(key)
        self.key = key


def action(viewer: Viewer, what: What, task: TaskCard, now: datetime, assignee_id: str | None = None) -> Action:
    """The event of `viewer` doing `what` about a task. Raises `NotAllowed`."""
    if not may_change_task(viewer, task.path, task.task.person_id):
        raise NotAllowed
    return Action(
        occurred_at=now, source="dashboard", subject=subject(task.task.task_id), who=viewer.person_id, what=what,
        assignee_id=assignee_id,
    )  # fmt: skip


class Wanted(BaseModel):
    """What somebody does about a task, or the one they add, on the page whose query is `search`; `who` as offered."""

    what: Literal["done", "reopen", "assign", "add"]
    task: Annotated[str, Field(max_length=200)] = ""
    title: Annotated[str, Field(max_length=200)] = ""
    kind: TaskKind = TaskKind.WIN
    due: date | Literal[""] = ""
    who: Annotated[str, Field(max_length=400)] = ""
    search: Annotated[str, Field(max_length=4_000)] = ""

    @property
    def person_id(self) -> str | None:
        """The id at the end of what was offered."""
        return self.who.rpartition(BETWEEN)[2].strip() or None


@router.get(FORM)
async def asked(what: Literal["add", "assign"], task: str = "", search: str = "") -> Response:
    """The form for a new task, or for whom to give one to."""
    state = ViewState.from_query(search)
    lang = state.lang
    try:
        place = await place_of(warehouse(), await session.viewer(), state, session.today())
        found = await people_of(warehouse(), place.unit, session.today())
    except WarehouseError as error:
        return PlainTextResponse(t("targets.task_not_sent", lang, error=error), status_code=409)
    word = {key: t(f"targets.{key}", lang) for key in
            ("field_title", "field_kind", "field_due", "field_who", "send", "cancel", f"dialog_{what}")}  # fmt: skip
    named = found.select("name_en" if lang == "en" else "name", "id").iter_rows()
    people = [f"{name}{BETWEEN}{id}" for name, id in named]
    who = one_of_many("who", word["field_who"], people, required=what == "assign")
    kinds = [(kind.value, t(f"targets.kind_{kind.value}", lang)) for kind in TaskKind]
    new = [
        line("title", word["field_title"]),
        one_of("kind", word["field_kind"], kinds),
        line("due", word["field_due"], kind="date"),
    ]
    fields = [*new, who] if what == "add" else [who]
    hidden = {"what": what, "task": task}
    return HTMLResponse(form(word[f"dialog_{what}"], ACT, fields, word["send"], word["cancel"], hidden))


@router.post(ACT)
async def acted(wanted: Wanted, request: Request) -> Response:
    """Do it and say so, else what went wrong (409). Only the board's own pages may ask."""
    if not session.from_here(request):
        return PlainTextResponse("this must be asked from the board's own page", status_code=403)
    state = ViewState.from_query(wanted.search)
    try:
        said = await (_added(state, wanted) if wanted.what == "add" else _done(wanted.what, wanted))
        return PlainTextResponse(t(said, state.lang) if said else "")
    except NotAllowed as why:
        return PlainTextResponse(t(f"targets.{why.key}", state.lang), status_code=409)
    except (IngestError, WarehouseError) as error:
        log.warning("%s on task %s by %s was not published: %s", wanted.what, wanted.task, session.person_id(), error)
        return PlainTextResponse(t("targets.task_not_sent", state.lang, error=error), status_code=409)


async def _done(what: What, wanted: Wanted) -> str:
    """Act as the viewer of this request on a task they may see; nothing to say of it. Raises `NotAllowed`."""
    if what == "assign" and not wanted.person_id:
        raise NotAllowed("who_required")
    viewer = await session.viewer()
    known = {card.task.task_id: card for card in await tasks(warehouse(), viewer, session.today())}
    if wanted.task not in known:
        raise NotAllowed("task_gone")
    event = action(viewer, what, known[wanted.task], datetime.now(UTC), wanted.person_id)
    await asyncio.to_thread(publisher().publish, "actions", [event])
    return ""


async def _added(state: ViewState, wanted: Wanted) -> str:
    """Add it as the viewer of this request, at the place they look at; the key of what to say. Raises `NotAllowed`."""
    title = wanted.title.strip()
    if not title or not wanted.due:
        raise NotAllowed("due_required" if title else "title_required")
    viewer, today = await session.viewer(), session.today()
    place = await place_of(warehouse(), viewer, state, today)
    org = await company_as_of(warehouse(), today)
    who = wanted.person_id or place.rep
    unit = str(org.people.get(who or "", {}).get("unit_id", "")) if who else place.path[-1].id if place.path else ""
    if not may_change_task(viewer, org.units.get(unit, {}).get("path", ()), who):
        raise NotAllowed
    event = Task(
        occurred_at=datetime.now(UTC), source="dashboard", task_id=f"task-{uuid4().hex[:12]}", title=title,
        kind=wanted.kind, unit_id=None if who else unit or None, person_id=who, due_on=wanted.due,
        who=viewer.person_id,
    )  # fmt: skip
    await asyncio.to_thread(publisher().publish, "tasks", [event])
    return "targets.task_sent"
