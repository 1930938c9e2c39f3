"""Key tasks: what was stated of each, with what people did about it folded in, as far as a viewer may see."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import polars as pl

from ingest.calendar import business_day
from ingest.events import Task
from ingest.fields import TaskStatus
from ingest.settings import company
from warehouse.answers import ORG, Reads, ask, held
from warehouse.client import AsyncWarehouse
from warehouse.life import ActionRow
from warehouse.queries.org import names
from warehouse.retractions import stands
from warehouse.viewer import ScopeColumns, Viewer, scope_of

Standing = Literal["open", "overdue", "done", "cancelled"]

# Who was given a task sees it, wherever it belongs.
_WORDS = f"""
SELECT state, home, path FROM (
    SELECT task_id, version, offset, state, person_id,
        dictGet('units', 'path', home, {{day:Date}}) AS path,
        if(unit_id = '', dictGet('people', 'unit_id', person_id, {{day:Date}}), unit_id) AS home
    FROM task_events WHERE state != '' AND {stands("task_events")})
WHERE SCOPE OR task_id IN (
    SELECT substring(subject, 6) FROM action_events WHERE what = 'assign' AND assignee_id = {{viewer:String}})
ORDER BY task_id, version, offset
"""  # noqa: S608

_ACTIONS = """
SELECT event_id, subject, who, what, note, assignee_id, changed_at AS at FROM action_events
WHERE startsWith(subject, 'task:') AND what IN ('done', 'reopen', 'assign')
ORDER BY changed_at, version, offset LIMIT 1 BY subject, event_id
"""


@dataclass(frozen=True)
class TaskCard:
    """A task as it stands: `task` holds status, person and day done with what people did folded in; `path` are the
    units it belongs to, root first. `changed_by` is who spoke last of it, '' where a source did."""

    task: Task
    path: tuple[str, ...] = ()
    changed_by: str = ""
    changed_at: datetime | None = None
    person_name: tuple[str, str] = ("", "")
    unit_name: tuple[str, str] = ("", "")

    def standing(self, today: date) -> Standing:
        """How it stands on a day; overdue from the day after it was due."""
        match self.task.status:
            case TaskStatus.DONE:
                return "done"
            case TaskStatus.CANCELLED:
                return "cancelled"
        return "overdue" if self.task.due_on < today else "open"


def subject(task_id: str) -> str:
    """What actions on a task call it."""
    return f"task:{task_id}"


def folded(words: Sequence[Task], actions: Sequence[ActionRow]) -> TaskCard:
    """One task: its words in the order of their versions, and what people did, the oldest first; one word at least.

    A word changes what it says otherwise than the word before: a source that repeats itself undoes nothing.
    """
    zone, merged = company().zone, words[-1]
    status, person, done_on = words[0].status, words[0].person_id, words[0].done_on
    by, at = words[0].who or "", words[0].occurred_at
    waiting = list(actions)

    def act(until: datetime | None) -> None:
        nonlocal status, person, done_on, by, at
        while waiting and (until is None or waiting[0].at < until):
            done = waiting.pop(0)
            by, at = done.who, done.at
            match done.what:
                case "done":
                    status, done_on = TaskStatus.DONE, business_day(done.at, zone)
                case "reopen":
                    status, done_on = TaskStatus.OPEN, None
                case "assign":
                    person = done.assignee_id or person

    for before, word in zip([None, *words], words, strict=False):
        if before is not None:
            act(word.occurred_at)
        if before is None or word.status != before.status or word.done_on != before.done_on:
            is_done = word.status is TaskStatus.DONE
            status, done_on = word.status, (word.done_on or business_day(word.occurred_at, zone)) if is_done else None
            by, at = word.who or "", word.occurred_at
        if before is not None and word.person_id != before.person_id:
            person, by, at = word.person_id, word.who or "", word.occurred_at
    act(None)
    task = merged.model_copy(update={"status": status, "person_id": person, "done_on": done_on})
    return TaskCard(task, changed_by=by, changed_at=at)


async def tasks(warehouse: AsyncWarehouse, viewer: Viewer, day: date) -> list[TaskCard]:
    """Every task within the viewer's scope and every one given to them, those due first in front; names as of `day`."""
    reads = (Reads("task_events"), Reads("action_events"), ORG)
    return await held(("tasks", id(warehouse), viewer, day), reads, lambda: _tasks(warehouse, viewer, day))


async def _tasks(warehouse: AsyncWarehouse, viewer: Viewer, day: date) -> list[TaskCard]:
    scope, values = scope_of(viewer, ScopeColumns("home", "person_id"), "{day:Date}")
    values |= {"day": day, "viewer": viewer.person_id}
    words, actions = await asyncio.gather(
        ask(warehouse, _WORDS.replace("SCOPE", scope), values, Reads("task_events")),
        ask(warehouse, _ACTIONS, {}, Reads("action_events")),
    )
    stated: dict[str, list[Task]] = {}
    paths: dict[str, tuple[str, ...]] = {}
    for state, _, path in words.iter_rows():
        word = Task.model_validate_json(state)
        stated.setdefault(word.task_id, []).append(word)
        paths[word.task_id] = tuple(path)
    done = _by_subject(actions)
    cards = [folded(said, done.get(subject(id), [])) for id, said in stated.items()]
    people, units = await asyncio.gather(
        names(warehouse, "person", (card.task.person_id or "" for card in cards), day),
        names(warehouse, "unit", (path[-1] for path in paths.values() if path), day),
    )
    found = [_named(card, paths[card.task.task_id], people, units) for card in cards]
    return sorted(found, key=lambda card: (card.task.due_on, card.task.task_id))


def _by_subject(actions: pl.DataFrame) -> dict[str, list[ActionRow]]:
    found: dict[str, list[ActionRow]] = {}
    for row in actions.iter_rows(named=True):
        found.setdefault(row["subject"], []).append(ActionRow(**row))
    return found


def _named(card: TaskCard, path: tuple[str, ...], people: dict[str, Any], units: dict[str, Any]) -> TaskCard:
    person = card.task.person_id or ""
    return TaskCard(
        card.task,
        path,
        card.changed_by,
        card.changed_at,
        people.get(person, (person, person)),
        units.get(path[-1] if path else "", ("", "")),
    )


@dataclass(frozen=True)
class Counts:
    """Tasks that count in a period: those due in it, and those of before that are still open. `due` is all of them but
    the cancelled ones, `done` and `overdue` are among them."""

    due: int = 0
    done: int = 0
    overdue: int = 0


def counting(cards: Iterable[TaskCard], start: date, end: date, today: date) -> list[TaskCard]:
    """Of these the tasks of the period, cancelled ones included."""
    return [
        card
        for card in cards
        if start <= card.task.due_on <= end or (card.task.due_on < start and card.standing(today) == "overdue")
    ]


def counted(cards: Iterable[TaskCard], start: date, end: date, today: date) -> Counts:
    """How many of the period's tasks there are, and how they stand."""
    how = [card.standing(today) for card in counting(cards, start, end, today)]
    return Counts(len(how) - how.count("cancelled"), how.count("done"), how.count("overdue"))
