"""Meetings as the warehouse knows them, and when a room was first open about something."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime

from ingest.events import Action, Behind
from warehouse.answers import Reads, ask, ask_of_ids
from warehouse.client import AsyncWarehouse
from warehouse.meetings import OPENS, Meeting, folded

_WORDS = """
SELECT state FROM action_events
WHERE SUBJECTS AND what IN {whats:Array(String)} AND state LIKE '%"meeting"%'
ORDER BY subject, topic_id, partition, offset LIMIT 1 BY subject, event_id
"""
_MOVED = """subject IN (SELECT subject FROM action_events
    WHERE what IN {whats:Array(String)} AND changed_at >= {since:DateTime64(6, 'UTC')})"""
_WHATS = {"whats": list(OPENS)}

_OWNERS = """
SELECT opportunity_id AS id, argMax(rep_id, (version, offset)) AS owner FROM opportunity_changes
WHERE entity_id IN {ids:Array(String)} GROUP BY id
UNION ALL
SELECT order_id AS id, argMax(rep_id, (version, offset)) AS owner FROM order_changes
WHERE order_id IN {ids:Array(String)} GROUP BY id
UNION ALL
SELECT id, dictGet('customers', 'owner_id', id, {day:Date}) AS owner FROM (SELECT arrayJoin({ids:Array(String)}) AS id)
"""

_OPENED = """
SELECT subject, min(changed_at) AS opened_at FROM action_events
WHERE subject IN {ids:Array(String)} AND what = 'meet' GROUP BY subject
"""


async def words_on(warehouse: AsyncWarehouse, subjects: Iterable[str]) -> list[Action]:
    """Everything said of meetings about these subjects ("finding:<id>", "deal:<id>" …), in the order of the log."""
    sql = _WORDS.replace("SUBJECTS", "subject IN {ids:Array(String)}")
    rows = await ask_of_ids(warehouse, sql, subjects, _WHATS, Reads("action_events"))
    return [Action.model_validate_json(state) for state in rows["state"]]


async def meetings_on(warehouse: AsyncWarehouse, subjects: Iterable[str]) -> list[Meeting]:
    """Every meeting about these subjects."""
    return folded(await words_on(warehouse, subjects))


async def meetings(warehouse: AsyncWarehouse, since: datetime) -> list[Meeting]:
    """Every meeting about anything of which a word was said from `since` on."""
    sql = _WORDS.replace("SUBJECTS", _MOVED)
    rows = await ask(warehouse, sql, {**_WHATS, "since": since.astimezone(UTC)}, Reads("action_events"))
    return folded(Action.model_validate_json(state) for state in rows["state"])


async def rooms_opened(warehouse: AsyncWarehouse, subjects: Collection[str]) -> dict[str, datetime]:
    """When people first met about each of these subjects; those about which nobody met are left out."""
    rows = await ask_of_ids(warehouse, _OPENED, subjects, {}, Reads("action_events"))
    return {subject: at for subject, at in rows.iter_rows()}


async def owners_of(warehouse: AsyncWarehouse, things: Iterable[Behind], day: date) -> dict[str, str]:
    """Whose these deals and orders are, and the customers they are about: id → person."""
    ids = {one.id for one in things} | {one.customer_id for one in things if one.customer_id}
    if not ids:
        return {}
    rows = await ask(warehouse, _OWNERS, {"ids": sorted(ids), "day": day}, Reads("opportunity_changes"))
    return {id: owner for id, owner in rows.iter_rows() if owner}
