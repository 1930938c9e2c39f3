"""What the buttons of the key tasks do: done, opened again, given to somebody, or a new one; each an event."""

import asyncio
import logging
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import uuid4

from dash import Input, Output, State, callback, clientside_callback, no_update
from dash.exceptions import PreventUpdate

from dashboard import session
from dashboard.actions import publisher
from dashboard.components.said import said
from dashboard.components.tasks import ABOUT, CANCEL, DIALOG, DO, DUE, KIND, SAID, SEND, TITLE, WHO
from dashboard.connection import warehouse
from dashboard.locales import Lang, t
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
HIDDEN, SHOWN = {"display": "none"}, {"display": "block"}
What = Literal["done", "reopen", "assign"]


class NotAllowed(ValueError):
    """A task that the viewer may not change, or does not know of: `key` is what to say, in the catalogue "targets"."""

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


async def _do(what: What, task_id: str, lang: Lang, assignee_id: str | None = None) -> str:
    """Act as the viewer of this request on a task they may see; what to say of it."""
    viewer = await session.viewer()
    try:
        known = {card.task.task_id: card for card in await tasks(warehouse(), viewer, session.today())}
        if task_id not in known:
            raise NotAllowed("task_gone")
        event = action(viewer, what, known[task_id], datetime.now(UTC), assignee_id)
        await asyncio.to_thread(publisher().publish, "actions", [event])
    except NotAllowed as why:
        return t(f"targets.{why.key}", lang)
    except (IngestError, WarehouseError) as error:
        log.warning("%s on task %s by %s was not published: %s", what, task_id, viewer.person_id, error)
        return t("targets.task_not_sent", lang, error=error)
    return ""


@callback(
    Output(SAID, "children", allow_duplicate=True),
    Output(DIALOG, "opened", allow_duplicate=True),
    Output(DIALOG, "title"),
    Output(ABOUT, "data"),
    Output(TITLE, "style"),
    Output(KIND, "style"),
    Output(DUE, "style"),
    Output(KIND, "data"),
    Output(WHO, "data"),
    Output(WHO, "value"),
    Output(TITLE, "value"),
    Output(TITLE, "label"),
    Output(KIND, "label"),
    Output(DUE, "label"),
    Output(WHO, "label"),
    Output(SEND, "children"),
    Output(CANCEL, "children"),
    Input(DO, "data"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def pressed(do: dict[str, Any] | None, search: str | None) -> tuple[Any, ...]:
    """Done and reopened at once; whom to give it to, and what a new one is, is asked first."""
    if not do:
        raise PreventUpdate
    state = ViewState.from_query(search)
    lang, what = state.lang, do["what"]
    if what in ("done", "reopen"):
        return said(await _do(what, do["task"], lang)), *(no_update,) * 16
    place = await place_of(warehouse(), await session.viewer(), state, session.today())
    found = await people_of(warehouse(), place.unit, session.today())
    people = [
        {"value": id, "label": f"{en if lang == 'en' else name} · {id}"}
        for id, name, en in found.select("id", "name", "name_en").iter_rows()
    ]
    kinds = [{"value": kind.value, "label": t(f"targets.kind_{kind.value}", lang)} for kind in TaskKind]
    style = SHOWN if what == "add" else HIDDEN
    words = [
        t(f"targets.{key}", lang) for key in ("field_title", "field_kind", "field_due", "field_who", "send", "cancel")
    ]
    title = t("targets.dialog_add" if what == "add" else "targets.dialog_assign", lang)
    about = {"what": what, "task": do["task"]}
    return None, True, title, about, style, style, style, kinds, people, None, "", *words


@callback(
    Output(SAID, "children", allow_duplicate=True),
    Output(DIALOG, "opened", allow_duplicate=True),
    Output(TITLE, "error"),
    Output(DUE, "error"),
    Output(WHO, "error"),
    Input(SEND, "n_clicks"),
    State(ABOUT, "data"),
    State(TITLE, "value"),
    State(KIND, "value"),
    State(DUE, "value"),
    State(WHO, "value"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def send(
    _clicks: int | None,
    about: dict[str, Any] | None,
    title: str | None,
    kind: str | None,
    due: str | None,
    who: str | None,
    search: str | None,
) -> tuple[Any, ...]:
    """What the dialog asked for; it stays open where something is missing."""
    if not about:
        raise PreventUpdate
    state = ViewState.from_query(search)
    lang = state.lang
    if about["what"] == "assign":
        if not who:
            return no_update, no_update, None, None, t("targets.who_required", lang)
        return said(await _do("assign", about["task"], lang, who)), False, None, None, None
    missing = [
        t(f"targets.{key}", lang) if not value else None
        for key, value in (("title_required", (title or "").strip()), ("due_required", due))
    ]
    if any(missing) or not title or not due:
        return no_update, no_update, *missing, None
    word = await _added(state, title.strip(), TaskKind(kind or "win"), due[:10], who)
    return said(word), False, None, None, None


async def _added(state: ViewState, title: str, kind: TaskKind, due: str, who: str | None) -> str:
    lang, viewer, today = state.lang, await session.viewer(), session.today()
    place = await place_of(warehouse(), viewer, state, today)
    org = await company_as_of(warehouse(), today)
    who = who or place.rep
    unit = str(org.people.get(who or "", {}).get("unit_id", "")) if who else place.path[-1].id if place.path else ""
    if not may_change_task(viewer, org.units.get(unit, {}).get("path", ()), who):
        return t("targets.task_refused", lang)
    event = Task(
        occurred_at=datetime.now(UTC), source="dashboard", task_id=f"task-{uuid4().hex[:12]}", title=title, kind=kind,
        unit_id=None if who else unit or None, person_id=who, due_on=date.fromisoformat(due), who=viewer.person_id,
    )  # fmt: skip
    try:
        await asyncio.to_thread(publisher().publish, "tasks", [event])
    except IngestError as error:
        log.warning("a task of %s was not published: %s", viewer.person_id, error)
        return t("targets.task_not_sent", lang, error=error)
    return t("targets.task_sent", lang)


clientside_callback(
    "() => false",
    Output(DIALOG, "opened", allow_duplicate=True),
    Input(CANCEL, "n_clicks"),
    prevent_initial_call=True,
)
