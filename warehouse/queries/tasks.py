"""Key tasks as far as a viewer may see: what was stated of each, what people did about it, what was measured of it."""

import asyncio
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, Literal

import polars as pl

from ingest.events import Check, Task
from warehouse.answers import ORG, Reads, ask, held
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import AsOf
from warehouse.life import ActionRow
from warehouse.queries.findings import action_row, happened_by
from warehouse.queries.org import names
from warehouse.retractions import stands
from warehouse.task_life import TaskCard, folded, subject
from warehouse.viewer import ScopeColumns, Viewer, scope_of

Saying = Literal["finding_id", "expects"]
parsed = lru_cache(20_000)(Task.model_validate_json)
"""A word on a task of its JSON; the same ones are read again and again."""

# Who was given a task sees it, and who set it, wherever it belongs.
_WORDS = f"""
SELECT state, home, path FROM (
    SELECT task_id, version, offset, state, person_id,
        dictGet('units', 'path', home, {{day:Date}}) AS path,
        if(unit_id = '', dictGet('people', 'unit_id', person_id, {{day:Date}}), unit_id) AS home
    FROM task_events WHERE state != '' AND ONLY AND PAST AND {stands("task_events")})
WHERE SCOPE OR {{viewer:String}} != '' AND task_id IN (
    SELECT task_id FROM task_events
    WHERE person_id = {{viewer:String}} OR JSONExtractString(state, 'who') = {{viewer:String}}
    UNION ALL
    SELECT substring(subject, 6) FROM action_events WHERE what = 'assign' AND assignee_id = {{viewer:String}})
ORDER BY task_id, version, offset
"""  # noqa: S608

_ACTIONS = """
SELECT event_id, subject, who, what, note, assignee_id, changed_at AS at,
    if(what IN ('move', 'wait_for', 'wait_no_more', 'check'), state, '') AS said FROM action_events
WHERE startsWith(subject, 'task:') AND PAST
ORDER BY changed_at, version, offset LIMIT 1 BY subject, event_id
"""

_CHECKS = """
SELECT task_id, argMax(state, (version, offset)) AS said FROM check_events WHERE state != '' AND PAST
GROUP BY task_id, check_id ORDER BY task_id, max(day)
"""


async def tasks(
    warehouse: AsyncWarehouse, viewer: Viewer, day: date, saying: Saying | None = None, moment: AsOf | None = None
) -> list[TaskCard]:
    """Every task within the viewer's scope and every one they were given or set, those due first in front; names as of
    `day`.

    With `saying` only those that say this: of thousands of key tasks a few are about findings, or to be checked. With
    `moment` as they stood then.
    """
    reads = (Reads("task_events"), Reads("action_events"), Reads("check_events"), ORG)
    key = ("tasks", id(warehouse), viewer, day, saying, moment)
    return await held(key, reads, lambda: _tasks(warehouse, viewer, day, saying, moment))


async def _tasks(
    warehouse: AsyncWarehouse, viewer: Viewer, day: date, saying: Saying | None, moment: AsOf | None
) -> list[TaskCard]:
    scope, values = scope_of(viewer, ScopeColumns("home", "person_id"), "{day:Date}")
    past, until = happened_by(moment.at if moment else None)
    values |= {"day": day, "viewer": viewer.person_id, **until}
    only = f"JSONHas(state, '{saying}')" if saying else "1"
    words, actions, checks = await asyncio.gather(
        ask(
            warehouse,
            _WORDS.replace("SCOPE", scope).replace("ONLY", only).replace("PAST", past),
            values,
            Reads("task_events"),
        ),
        ask(warehouse, _ACTIONS.replace("PAST", past), until, Reads("action_events")),
        ask(warehouse, _CHECKS.replace("PAST", past), until, Reads("check_events")),
    )
    stated: dict[str, list[Task]] = {}
    paths: dict[str, tuple[str, ...]] = {}
    for state, _, path in words.iter_rows():
        word = parsed(state)
        stated.setdefault(word.task_id, []).append(word)
        paths[word.task_id] = tuple(path)
    done, measured = _by_subject(actions), dict[str, list[Check]]()
    for id, state in checks.iter_rows():
        if id in stated:
            measured.setdefault(id, []).append(Check.model_validate_json(state))
    cards = [folded(said, done.get(subject(id), []), measured.get(id, [])) for id, said in stated.items()]
    people, units = await asyncio.gather(
        names(warehouse, "person", (card.task.person_id or "" for card in cards), day),
        names(warehouse, "unit", (path[-1] for path in paths.values() if path), day),
    )
    found = [_named(card, paths[card.task.task_id], people, units) for card in cards]
    return sorted(found, key=lambda card: (card.task.due_on, card.task.task_id))


def _by_subject(actions: pl.DataFrame) -> dict[str, list[ActionRow]]:
    found: dict[str, list[ActionRow]] = {}
    for row in actions.iter_rows(named=True):
        found.setdefault(row["subject"], []).append(action_row(**row))
    return found


def _named(card: TaskCard, path: tuple[str, ...], people: dict[str, Any], units: dict[str, Any]) -> TaskCard:
    person = card.task.person_id or ""
    return replace(
        card,
        path=path,
        person_name=people.get(person, (person, person)),
        unit_name=units.get(path[-1] if path else "", ("", "")),
    )
