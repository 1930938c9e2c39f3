"""Coaching: a person or an office beside their peers, what the two agreed and noted, and the agenda of next time."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dashboard import coaching_actions
from dashboard.board_state import BoardState
from dashboard.coaching.agenda import Point, agenda
from dashboard.coaching.pair import Pair, pair_of, subject
from dashboard.coaching.skill_rows import SkillRow, rows_of
from dashboard.components import Drawn, coaching_team
from dashboard.components import coaching as drawn
from dashboard.components.coaching_team import Member
from dashboard.look import Lane, Look
from dashboard.pages import Page
from dashboard.view_state import ViewState
from dashboard.words import called
from ingest.calendar import Period, business_day
from ingest.settings import company
from warehouse.clock import clock_at
from warehouse.dimensions import EVERYWHERE
from warehouse.life import ActionRow
from warehouse.measures import TABLES
from warehouse.pace import standings
from warehouse.peers import peers_of
from warehouse.queries.findings import actions_on, findings
from warehouse.queries.skills import Of, skills
from warehouse.queries.tasks import tasks
from warehouse.task_life import TaskCard
from warehouse.tree import Company, company_as_of
from warehouse.viewer import OWN_ONLY, Viewer

FIRST_TIME = timedelta(days=90)
"""How far the first agenda looks back."""


@dataclass(frozen=True)
class Team:
    """Whom the head of a place has to coach."""

    place: tuple[str, str]
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Coaching:
    """Everything of one coaching. `notes` are None for whoever is not one of the two; names are of people and of units
    and products. Who leads other leaders has no skills to compare, but a `team`: those they lead in their turn."""

    pair: Pair
    of: Of
    skills: tuple[SkillRow, ...]
    tasks: tuple[TaskCard, ...]
    points: tuple[Point, ...]
    since: datetime
    is_first: bool
    notes: tuple[ActionRow, ...] | None
    names: dict[str, tuple[str, str]]
    team: tuple[Member, ...] = ()


def ask(look: Look) -> dict[str, Awaitable[Any]]:
    """The coaching of the place looked at."""
    return {"coaching": _coaching(look)}


async def _coaching(look: Look) -> Coaching | Team | None:
    asked, today, zone = look.asked, look.today, company().zone
    org = await company_as_of(asked, today)
    id = look.place.rep or look.place.unit or ""
    if not look.place.is_allowed:
        return None
    pair, of, team = pair_of(id, org), _kind(id, org), await _team(look, org)
    if pair is None or (team.members and look.viewer.person_id != pair.leader):
        return team
    if of is None and not team.members:
        return None
    did = await actions_on(asked, subject(id))
    last = max((one.at for one in did if one.what == "talk"), default=None)
    since = last or look.now - FIRST_TIME
    clock = await clock_at(asked, ("bookings",), Period.containing(today, "month"), look.now)
    of = of or "office"
    nodes, now, before, agreed, cards = await asyncio.gather(
        peers_of(asked, Viewer.system(), "reps" if of == "rep" else "units", "bookings", clock, EVERYWHERE),
        skills(asked, of, look.now, today),
        skills(asked, of, since, business_day(since, zone)),
        tasks(asked, look.viewer, today),
        findings(asked, look.viewer, look.now),
    )
    own = nodes.filter(nodes["id"] == id)
    peers = nodes.filter(nodes["cohort"] == own["cohort"][0], nodes["mark"] == "")["id"].to_list() if len(own) else []
    rows = [] if team.members else rows_of(id, peers, now, before)
    mine = [one for one in agreed if id in (one.task.person_id, *one.path[-1:])]
    points = agenda(pair.coached, cards, mine, rows, since, today)
    notes = tuple(did) if pair.has(look.viewer) else None
    return Coaching(
        pair, of, tuple(rows), tuple(mine), tuple(points), since, last is None, notes, _names(org), team.members
    )


async def _team(look: Look, org: Company) -> Team:
    """Who leads the units right below the place; nobody where there are none."""
    place = look.place
    if place.rep or place.by != "unit":
        return Team(("", ""), ())
    below, names = await standings(look.asked, look.viewer, where=look.here, **look.when), _names(org)
    members = [
        Member(id, names[id], names.get(leader, ("", "")), pace, gap)
        for id, leader, pace, gap in below.select("id", "manager_id", "pace", "gap").rows()
        if id in org.units and place.path and id != place.path[-1].id
    ]
    return Team(names[place.path[-1].id] if place.path else ("", ""), tuple(members))


def _kind(id: str, org: Company) -> Of | None:
    """What is coached: a rep, or a unit with reps of its own; None for what has no numbers of that kind."""
    if id in org.people:
        return "rep" if str(org.people[id]["role"]).lower() in OWN_ONLY else None
    has_reps = any(row["unit_id"] == id for row in org.people.values() if str(row["role"]).lower() in OWN_ONLY)
    return "office" if has_reps else None


def _names(org: Company) -> dict[str, tuple[str, str]]:
    every = (org.units, org.products, org.people)
    return {id: (row["name"], row["name_en"]) for rows in every for id, row in rows.items()}


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Whom to choose, where nobody who can be coached is looked at."""
    if "coaching" not in board.parts:
        return {}
    found = board.parts["coaching"]
    if isinstance(found, Team) and found.members:
        return coaching_team.draw(called(found.place[0], *found.place, state.lang), found.members, state)
    if not isinstance(found, Coaching):
        return drawn.nobody(state)
    shown = drawn.draw(
        found.pair, found.skills, found.tasks, found.points, found.notes, found.names,
        drawn.When(found.since, found.is_first, board.today, board.viewer), state,
    )  # fmt: skip
    return shown | coaching_team.beside(found.team, state) if found.team else shown


READS = {*TABLES, "target_events", "task_events", "action_events", "check_events", "finding_events"}
LANE = Lane(ask, draw, frozenset(READS))
PAGE = Page(
    "/coaching", "⇄", "coaching.title", 4, drawn.layout, shows="coaching", lanes={"coaching": LANE},
    router=coaching_actions.router,
)  # fmt: skip
