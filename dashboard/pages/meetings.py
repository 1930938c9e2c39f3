"""Meetings: what is on, what comes, the kinds that the trade knows, and the minutes of each."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Any

from dashboard.board_state import BoardState
from dashboard.components import Drawn, meetings
from dashboard.look import Lane, Look
from dashboard.meetings.minutes import minutes_of
from dashboard.meetings.trade import kinds
from dashboard.own_file import FileFault
from dashboard.pages import Page
from dashboard.rights import may_see_meeting
from dashboard.view_state import ViewState
from dashboard.whiteboard import then
from dashboard.whiteboard.face import Face
from dashboard.whiteboard.faces import faces_of
from dashboard.whiteboard.routes import serving
from ingest.settings import company
from warehouse.queries import org
from warehouse.queries.calendar import working_calendar
from warehouse.queries.meetings import meetings as all_of
from warehouse.queries.tasks import tasks

BACK = timedelta(days=120)


def ask(look: Look) -> dict[str, Awaitable[Any]]:
    """Every meeting that the viewer may see, and the minutes of the one that is open."""
    return {"meetings": _meetings(look)}


def ask_shown(look: Look) -> dict[str, Awaitable[Any]]:
    """What the whiteboard showed of the meeting whose minutes are open, once it is over."""
    return {"shown": _shown(look)}


async def _shown(look: Look) -> list[Face]:
    found, paths = await asyncio.gather(all_of(look.asked, _since(look)), _paths(look))
    over = next((one for one in found if one.id == look.state.meeting and one.ended_at), None)
    if over is None or over.ended_at is None or not may_see_meeting(look.viewer, over, paths.get(over.unit_id, ())):
        return []
    # a meeting that nobody ended has what its whiteboard holds when its minutes are read
    addresses = over.shown or await then.shown(serving(), over.subject, over.id, over.ended_at)
    return await faces_of(look.viewer, addresses, look.state.lang)


def _since(look: Look) -> datetime:
    return look.now.replace(minute=0, second=0, microsecond=0) - BACK


async def _paths(look: Look) -> dict[str, tuple[str, ...]]:
    units = await org.units_as_of(look.asked, look.today)
    return {id: tuple(path) for id, path in units.select("id", "path").iter_rows()}


async def _meetings(look: Look) -> meetings.Meetings | FileFault:
    """What the page shows; a file of kinds that cannot be used is what there is to say."""
    try:
        known = list(kinds().values())
    except FileFault as fault:
        return fault
    found, paths, calendar, cards = await asyncio.gather(
        all_of(look.asked, _since(look)),
        _paths(look),
        working_calendar(look.asked),
        tasks(look.asked, look.viewer, look.today),
    )
    seen = [
        one
        for one in found
        if one.kind in ("meeting", "series") and may_see_meeting(look.viewer, one, paths.get(one.unit_id, ()))
    ]
    unit, zone = look.place.unit or (look.place.path[-1].id if look.place.path else None), company().zone
    here = meetings.of_place(known, unit, look.state.deal)
    coming = [
        (kind, subject, kind.begins(calendar, paths.get(unit or "", ()), zone, look.now)) for kind, subject in here
    ]
    names = await org.names(look.asked, "person", frozenset[str]().union(*(one.people for one in seen)), look.today)
    opened = next((one for one in seen if one.id == look.state.meeting), None)
    about = [one for one in seen if opened and one.subject == opened.subject]
    minutes = await minutes_of(look.asked, look.viewer, opened, about, look.today) if opened else None
    agreed = [one for one in cards if (one.task.origin or "").startswith("meeting:")]
    left = sum(one.standing(look.today) in ("open", "overdue") for one in agreed)
    return meetings.Meetings(seen, coming, names, minutes, left)


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Nothing where they could not be asked: the frame says so."""
    found = board.parts.get("meetings")
    if isinstance(found, FileFault):
        return meetings.broken(found.words(state.lang), state)
    return meetings.draw(found, board.today, state) if isinstance(found, meetings.Meetings) else {}


def draw_shown(board: BoardState, state: ViewState) -> Drawn:
    """The tiles as pictures."""
    return meetings.draw_shown(board.parts.get("shown", ()), state)


def layout(state: ViewState) -> Sequence[Any]:
    """The page with every place kept."""
    return meetings.layout(state)


LANES = {
    "meetings": Lane(ask, draw, frozenset({"action_events", "task_events", "finding_events"})),
    "shown": Lane(ask_shown, draw_shown, frozenset({"action_events"})),
}
PAGE = Page("/meetings", "◍", "meet.page", 7, layout, shows="meetings", lanes=LANES)
