"""What is off, and what people did about it: the last word of each finding with its actions folded in."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ingest.calendar import WorkingCalendar, business_day
from ingest.events import Action, Finding
from ingest.settings import company
from warehouse.answers import ORG, Reads, ask, ask_of_ids
from warehouse.client import AsyncWarehouse
from warehouse.life import ActionRow, Part, Treatment, Word, folded, is_about
from warehouse.queries.calendar import working_calendar
from warehouse.queries.org import NameOf, names
from warehouse.reply_window import is_awaited, unnamed, without_names
from warehouse.viewer import OWN_ONLY, ScopeColumns, Viewer, scope_of

SUBJECTS_AT_ONCE = 2_000
EVER = datetime(1970, 1, 1, tzinfo=UTC)
Shows = Callable[[Finding, str], bool]
parsed = lru_cache(20_000)(Finding.model_validate_json)
"""A finding of its JSON; the same ones are read again and again."""


def everything(finding: Finding, home: str) -> bool:
    """Shows whatever there is."""
    return True


_LAST_WORDS = """
SELECT state, words, home FROM (
    SELECT finding_id, state, standing, said_at, words, newest.1 AS gap, newest.3 AS person_id, newest.4 AS product_id,
        newest.5 AS responsible_id,
        if(newest.2 = '' AND person_id != '', dictGet('people', 'unit_id', person_id, {day:Date}), newest.2) AS home
    FROM (SELECT finding_id, argMax(state, (version, offset)) AS state,
            argMax(finding_state, (version, offset)) AS standing,
            argMax((gap, unit_id, person_id, product_id, responsible_id), (version, offset)) AS newest,
            max(changed_at) AS said_at,
            arraySort(groupUniqArray((version, changed_at, finding_state, toString(gap), responsible_id))) AS words
        FROM (SELECT * FROM finding_events WHERE state != '' AND PAST) GROUP BY finding_id))
WHERE (standing IN {states:Array(String)}
        AND (standing = 'open' OR said_at >= parseDateTime64BestEffort({since:String}, 6, 'UTC'))
        OR finding_id IN {also:Array(String)})
    AND (SCOPE OR (responsible_id = {viewer:String} AND responsible_id != ''))
ORDER BY gap, finding_id
"""

_ACTIONS = """
SELECT event_id, subject, who, what, note, assignee_id, changed_at AS at,
    if(what IN ('snooze', 'merge'), state, '') AS said FROM action_events
WHERE subject IN {ids:Array(String)} AND what != '' AND PAST
ORDER BY changed_at, version, offset LIMIT 1 BY subject, event_id
"""

_CONTACTS = """
SELECT id, dictGet('people', 'contact', id, {day:Date}) FROM (SELECT arrayJoin({ids:Array(String)}) AS id)
"""


@dataclass(frozen=True)
class FindingCard:
    """A finding as a panel shows it; names fall back to ids, '' where the finding names nobody or nothing.

    `found_at` is the first word on it, by the clock of detection, `home` the unit it speaks of. While `is_awaited` the
    one named answers first: `is_masked` where its reader is not told the name.
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
    home: str = ""
    is_awaited: bool = False
    is_masked: bool = False
    hides_a_rep: bool = False

    @property
    def looks(self) -> dict[str, datetime]:
        """Who opened it, and when first."""
        found: dict[str, datetime] = {}
        for action in self.actions:
            if action.what == "look":
                found.setdefault(action.who, action.at)
        return found

    @property
    def speaks_of_a_rep(self) -> bool:
        """Whether it is about a rep's own figures, or a rep answers for it."""
        finding = self.finding
        return self.hides_a_rep or bool(finding.slice.person_id) or (finding.responsible_role or "").lower() in OWN_ONLY

    def is_about(self, person_id: str) -> bool:
        """Whether it names this person."""
        return is_about(self.finding, person_id)

    def parts_of(self, viewer: Viewer) -> frozenset[Part]:
        """Who `viewer`, who sees it, is to it: whoever it names leads nobody in it."""
        parts: set[Part] = {"named" if self.is_about(viewer.person_id) else "leader"}
        if viewer.is_ops:
            parts.add("ops")
        if viewer.person_id in (self.treatment.assignee_id, self.treatment.status_by):
            parts.add("holder")
        return frozenset(parts)

    def masked(self) -> "FindingCard":
        """The card as others than the one named see it during the reply window."""
        finding, treatment = without_names(self.finding, self.home), unnamed(self.treatment)
        return replace(
            self, finding=finding, treatment=treatment, actions=(), is_masked=True, hides_a_rep=self.speaks_of_a_rep,
            person_name="", responsible_name="", responsible_contact="", status_by_name="",
        )  # fmt: skip


async def actions_on(warehouse: AsyncWarehouse, *subjects: str, until: datetime | None = None) -> list[ActionRow]:
    """What was done to the subjects ("finding:<id>", "deal:<id>" …), oldest first; a repeated event counts once.

    With `until` only what was done by then.
    """
    past, values = happened_by(until)
    sql = _ACTIONS.replace("PAST", past)
    rows = await ask_of_ids(warehouse, sql, subjects, values, Reads("action_events"), SUBJECTS_AT_ONCE)
    return [action_row(**row) for row in rows.iter_rows(named=True)]


def action_row(said: str, **row: Any) -> ActionRow:
    """From a row of `action_events`; `said` is the event as JSON where more of it counts than the columns, else ''."""
    if not said:
        return ActionRow(**row)
    event = Action.model_validate_json(said)
    return ActionRow(
        **row, until=event.until, worse_by=event.worse_by, into=event.into or "", check=event.check or "",
        verdict=event.verdict or "",
    )  # fmt: skip


def happened_by(until: datetime | None) -> tuple[str, dict[str, str]]:
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
    since: datetime = EVER,
    shows: Shows = everything,
) -> list[FindingCard]:
    """The findings in those states within the viewer's scope, and those they answer for; the largest gap first.

    Of these the ones that `shows` says yes to, told the finding and the unit it speaks of.

    Those whose ids are in `also` whatever their state, else those that stand or ended from `since` on. With
    `until` as they stood then, with what was done by then. Where the one named answers first, others see no name.
    """
    day = business_day(now, company().zone)
    columns = ScopeColumns("home", "person_id", "product_id")
    scope, values = scope_of(viewer, columns, "{day:Date}")
    past, moment = happened_by(until)
    values |= {"day": day, "states": list(states), "also": sorted(also), "viewer": viewer.person_id, **moment}
    values["since"] = since.astimezone(UTC).isoformat()
    sql = _LAST_WORDS.replace("SCOPE", scope).replace("PAST", past)
    rows, calendar = await asyncio.gather(
        ask(warehouse, sql, values, Reads("finding_events")), working_calendar(warehouse)
    )
    listed = [
        (one, words, home)
        for state, words, home in rows.select("state", "words", "home").iter_rows()
        if shows(one := parsed(state), home)
    ]
    if not listed:
        return []
    found = [one for one, _, _ in listed]
    actions: dict[str, list[ActionRow]] = {subject(finding): [] for finding in found}
    for action in await actions_on(warehouse, *actions, until=until):
        actions[action.subject].append(action)
    known = await _names(warehouse, found, day, {action.who for done in actions.values() for action in done})
    cards = [_card(one, actions[subject(one)], _words(one, words), home, known) for one, words, home in listed]
    return [_as_seen(card, viewer, now, calendar) for card in cards]


def _words(finding: Finding, said: Sequence[Mapping[str, Any]]) -> list[Word]:
    """What was said of it, in the order of its versions; of what only the last word says, the last has it."""
    words = [Word(at, state, Decimal(gap), responsible) for _, at, state, gap, responsible in map(_values, said)]
    return [*words[:-1], replace(words[-1], into=finding.merged_into or "")]


def _values(row: Mapping[str, Any]) -> Sequence[Any]:
    return tuple(row.values())


def _as_seen(card: FindingCard, viewer: Viewer, now: datetime, calendar: WorkingCalendar) -> FindingCard:
    if not is_awaited(card.finding, card.treatment, now, calendar):
        return card
    awaited = replace(card, is_awaited=True)
    may_see = viewer.is_ops or viewer == Viewer.system() or card.is_about(viewer.person_id)
    return awaited if may_see else awaited.masked()


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
    contacts = await ask_of_ids(warehouse, _CONTACTS, responsible, {"day": day}, ORG)
    known: dict[str, dict[str, str]] = {
        kind: {key: name for key, (name, _) in answer.items()} for (kind, _), answer in zip(kinds, answers, strict=True)
    }
    return {**known, "contact": dict(contacts.iter_rows())}


def _card(
    finding: Finding, actions: Sequence[ActionRow], words: Sequence[Word], home: str,
    known: Mapping[Any, Mapping[str, str]],
) -> FindingCard:  # fmt: skip
    about, treatment = finding.slice, folded(actions, words, finding)

    def name(kind: str, key: str | None) -> str:
        return known[kind].get(key, key) if key else ""

    return FindingCard(
        finding,
        treatment,
        tuple(actions),
        words[0].at,
        home=home,
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
