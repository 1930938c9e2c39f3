"""What is off, and what people did about it: the last word of each finding with its actions folded in."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args

from ingest.calendar import business_day
from ingest.events import Finding
from ingest.settings import company
from warehouse.answers import ORG, Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.queries.org import NameOf, names
from warehouse.viewer import ScopeColumns, Viewer, scope_of

Status = Literal["open", "acknowledged", "taken", "not_a_problem"]
Reply = Literal["known", "stock_out", "customer_postponed", "not_mine", "wrong_data"]
REPLIES: tuple[Reply, ...] = get_args(Reply)
"""What the person named says with one tap."""

_LAST_WORDS = """
SELECT state, found_at FROM (
    SELECT state, finding_state, gap, finding_id, unit_id, person_id, product_id, responsible_id,
        min(changed_at) OVER (PARTITION BY finding_id) AS found_at,
        if(unit_id = '' AND person_id != '', dictGet('people', 'unit_id', person_id, {day:Date}), unit_id) AS home
    FROM finding_events WHERE state != '' AND PAST
    ORDER BY finding_id, version DESC, offset DESC LIMIT 1 BY finding_id)
WHERE (finding_state IN {states:Array(String)} OR finding_id IN {also:Array(String)})
    AND (SCOPE OR (responsible_id = {viewer:String} AND responsible_id != ''))
ORDER BY gap, finding_id
"""

_ACTIONS = """
SELECT event_id, subject, who, what, note, assignee_id, changed_at AS at FROM action_events
WHERE subject IN {subjects:Array(String)} AND what != '' AND PAST
ORDER BY changed_at, version, offset LIMIT 1 BY subject, event_id
"""

_CONTACTS = """
SELECT id, dictGet('people', 'contact', id, {day:Date}) FROM (SELECT arrayJoin({ids:Array(String)}) AS id)
"""


@dataclass(frozen=True)
class ActionRow:
    """What somebody did, and when by the business's clock."""

    event_id: str
    subject: str
    who: str
    what: str
    note: str
    assignee_id: str
    at: datetime


@dataclass(frozen=True)
class Treatment:
    """Where a finding stands with people: who has it, since when, and whether they met about it."""

    status: Status = "open"
    status_by: str = ""
    status_at: datetime | None = None
    reason: str = ""
    assignee_id: str = ""
    met_by: str = ""
    met_at: datetime | None = None
    reply: str = ""
    reply_by: str = ""
    reply_at: datetime | None = None


@dataclass(frozen=True)
class FindingCard:
    """A finding as a panel shows it; names fall back to ids, '' where the finding names nobody or nothing.

    `found_at` is the first word on it, by the clock of detection.
    """

    finding: Finding
    treatment: Treatment
    actions: tuple[ActionRow, ...]
    found_at: datetime | None = None
    unit_name: str = ""
    product_name: str = ""
    person_name: str = ""
    responsible_name: str = ""
    responsible_contact: str = ""
    status_by_name: str = ""

    @property
    def looks(self) -> dict[str, datetime]:
        """Who opened it, and when first."""
        found: dict[str, datetime] = {}
        for action in self.actions:
            if action.what == "look":
                found.setdefault(action.who, action.at)
        return found

    def is_about(self, person_id: str) -> bool:
        """Whether it names this person: who answers for it, for whom they stand in, or of whose figures it speaks."""
        finding = self.finding
        return person_id in {finding.responsible_id, finding.stand_in_for_id, finding.slice.person_id} - {None, ""}


def folded(actions: Sequence[ActionRow]) -> Treatment:
    """The actions on one subject, oldest first, folded to where it stands.

    A release undoes what was taken, assigned or denied; to acknowledge does not take anything out of other hands.
    """
    found = Treatment()
    for action in actions:
        mine = replace(found, status_by=action.who, status_at=action.at, reason="", assignee_id="")
        match action.what:
            case "acknowledge" if found.status == "open":
                found = replace(mine, status="acknowledged")
            case "take":
                found = replace(mine, status="taken", assignee_id=action.who)
            case "assign":
                found = replace(mine, status="taken", assignee_id=action.assignee_id)
            case "not_a_problem":
                found = replace(mine, status="not_a_problem", reason=action.note)
            case "release":
                found = replace(found, status="open", status_by="", status_at=None, reason="", assignee_id="")
            case "answer":
                found = replace(found, reply=action.note, reply_by=action.who, reply_at=action.at)
            case "meet":
                found = replace(found, met_by=action.who, met_at=action.at)
    return found


async def actions_on(warehouse: AsyncWarehouse, *subjects: str, until: datetime | None = None) -> list[ActionRow]:
    """What was done to the subjects ("finding:<id>", "deal:<id>" …), oldest first; a repeated event counts once.

    With `until` only what was done by then.
    """
    past, values = _past(until)
    sql = _ACTIONS.replace("PAST", past)
    rows = await ask(warehouse, sql, {"subjects": list(subjects), **values}, Reads("action_events"))
    return [ActionRow(**row) for row in rows.iter_rows(named=True)]


def _past(until: datetime | None) -> tuple[str, dict[str, str]]:
    """The condition that keeps what had happened by `until` (None: all), and its parameter."""
    if until is None:
        return "1", {}
    text = until.astimezone(UTC).isoformat()
    return "changed_at <= parseDateTime64BestEffort({until:String}, 6, 'UTC')", {"until": text}


async def findings(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    now: datetime,
    *,
    states: Sequence[str] = ("open",),
    also: Collection[str] = (),
    until: datetime | None = None,
) -> list[FindingCard]:
    """The findings in those states within the viewer's scope, and those they answer for; the largest gap first.

    Those whose ids are in `also` whatever their state. With `until` as they stood then, with what was done by then.
    """
    day = business_day(now, company().zone)
    columns = ScopeColumns("home", "person_id", "product_id")
    scope, values = scope_of(viewer, columns, "{day:Date}")
    past, moment = _past(until)
    values |= {"day": day, "states": list(states), "also": sorted(also), "viewer": viewer.person_id, **moment}
    sql = _LAST_WORDS.replace("SCOPE", scope).replace("PAST", past)
    rows = await ask(warehouse, sql, values, Reads("finding_events"))
    found = [Finding.model_validate_json(state) for state in rows["state"]]
    if not found:
        return []
    actions: dict[str, list[ActionRow]] = {subject(finding): [] for finding in found}
    for action in await actions_on(warehouse, *actions, until=until):
        actions[action.subject].append(action)
    known = await _names(warehouse, found, day, {action.who for done in actions.values() for action in done})
    times = rows["found_at"]
    return [_card(one, actions[subject(one)], at, known) for one, at in zip(found, times, strict=True)]


async def _names(
    warehouse: AsyncWarehouse, found: Sequence[Finding], day: date, actors: set[str]
) -> dict[str, dict[str, str]]:
    """Names of all that the findings speak of, by kind and id, and the contacts of who answers for them."""
    units = {finding.slice.unit_id or "" for finding in found}
    products = {finding.slice.product_id or "" for finding in found}
    responsible = {finding.responsible_id or "" for finding in found}
    people = {finding.slice.person_id or "" for finding in found} | responsible | actors
    kinds: tuple[tuple[NameOf, set[str]], ...] = (("unit", units), ("product", products), ("person", people))
    answers = await asyncio.gather(*(names(warehouse, kind, ids, day) for kind, ids in kinds))
    contacts = await ask(warehouse, _CONTACTS, {"ids": sorted(responsible), "day": day}, ORG)
    known: dict[str, dict[str, str]] = {
        kind: {key: name for key, (name, _) in answer.items()} for (kind, _), answer in zip(kinds, answers, strict=True)
    }
    return {**known, "contact": dict(contacts.iter_rows())}


def _card(
    finding: Finding, actions: Sequence[ActionRow], found_at: datetime, known: Mapping[Any, Mapping[str, str]]
) -> FindingCard:
    about, treatment = finding.slice, folded(actions)

    def name(kind: str, key: str | None) -> str:
        return known[kind].get(key, key) if key else ""

    return FindingCard(
        finding,
        treatment,
        tuple(actions),
        found_at,
        unit_name=name("unit", about.unit_id),
        product_name=name("product", about.product_id),
        person_name=name("person", about.person_id),
        responsible_name=name("person", finding.responsible_id),
        responsible_contact=known["contact"].get(finding.responsible_id or "", ""),
        status_by_name=name("person", treatment.status_by),
    )


def subject(finding: Finding) -> str:
    """What actions on this finding call it."""
    return f"finding:{finding.finding_id}"
