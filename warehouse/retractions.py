"""What is taken back: which events still stand, what a source said, and what was retracted by whom and why."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.measures import TABLES
from warehouse.viewer import Viewer

STATED = {"org": "org_events", "targets": "target_events", "tasks": "task_events"}
"""By topic the tables of statements that can be taken back."""
_DAYS = {**dict.fromkeys(STATED, "valid_from"), "tasks": "due_on"}
SUMMED = {
    "orders": "order_changes",
    "opportunities": "opportunity_changes",
    "activities": "activity_changes",
    "collections": "collection_changes",
}
PAGE = 50_000

_STANDS = """retraction_id = '' AND (entity_id, version, {id}) NOT IN
    (SELECT entity_id, version, JSONExtractString(state, 'retracts') FROM {table}
     WHERE retraction_id != '' AND state != '')"""


def stands(table: str) -> str:
    """The condition under which a row with an event counts: nothing takes that event back."""
    return _STANDS.format(table=table, id="JSONExtractString(state, 'event_id')" if table in TABLES else "event_id")


@dataclass(frozen=True)
class Which:
    """Events of a source, as they were received (UTC, `until` excluded) and from which file they came."""

    source: str
    since: datetime | None = None
    until: datetime | None = None
    file: str | None = None

    def condition(self) -> tuple[str, dict[str, Any]]:
        """SQL and its values."""
        given: dict[str, tuple[str, Any]] = {
            "since": ("received_at >= {since:DateTime64(3, 'UTC')}", self.since),
            "until": ("received_at < {until:DateTime64(3, 'UTC')}", self.until),
            "file": ("JSONExtractString(state, 'imported_from') = {file:String}", self.file),
        }
        asked = {name: one for name, one in given.items() if one[1] is not None}
        parts = ["source = {source:String}", *(sql for sql, _ in asked.values())]
        return " AND ".join(parts), {"source": self.source, **{name: value for name, (_, value) in asked.items()}}


@dataclass(frozen=True)
class Standing:
    """An event that counts; `day` is the one it counts for, of a statement the one it holds from or is due."""

    entity_id: str
    version: int
    day: date
    state: str


def standing(warehouse: Warehouse, topic: str, which: Which) -> Iterator[Standing]:
    """The events of a topic that are meant and stand, by entity and version; read a page at a time."""
    table = (SUMMED | STATED)[topic]
    condition, values = which.condition()
    sql = (
        f"SELECT entity_id, version, {_DAYS.get(topic, 'entity_day')}, state FROM {table}"  # noqa: S608
        f" WHERE entity_id > {{after:String}} AND state != '' AND {condition} AND {stands(table)}"
        f" ORDER BY entity_id LIMIT {PAGE} WITH TIES"
    )
    after = ""
    while rows := warehouse.rows(sql, {**values, "after": after}):
        yield from (Standing(*row) for row in sorted(rows, key=lambda row: row[:2]))
        after = str(rows[-1][0])


@dataclass(frozen=True)
class Retracted:
    """One retraction and how many events of a topic it took back so far."""

    id: str
    topic: str
    source: str
    who: str
    why: str
    at: datetime
    events: int


_RETRACTED = """
SELECT '{topic}' AS topic, retraction_id, any(state) AS said, count() AS events FROM {table}
WHERE retraction_id != '' AND state != '' GROUP BY retraction_id
"""


async def retracted(warehouse: AsyncWarehouse, viewer: Viewer) -> list[Retracted]:
    """Every retraction, the newest first, a row for each topic it touched; none for who does not see everything."""
    if not viewer.everything:
        return []
    sql = " UNION ALL ".join(_RETRACTED.format(topic=topic, table=table) for topic, table in (SUMMED | STATED).items())
    found = []
    for topic, id, state, events in await warehouse.rows(sql):
        said = json.loads(state)
        at = datetime.fromisoformat(said["occurred_at"])
        found.append(Retracted(id, topic, said["source"], said["who"], said["why"], at, int(events)))
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)
