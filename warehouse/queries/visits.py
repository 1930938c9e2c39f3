"""Planned visits that say when they begin: while one lasts, who makes it is not called away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from warehouse.answers import Reads, ask_of_ids
from warehouse.client import AsyncWarehouse
from warehouse.retractions import stands

USUAL_MINUTES = 60
_MOST = timedelta(days=1)

_PLANNED = f"""
SELECT person_id, starts_at, minutes, customer_id FROM (
    SELECT entity_id, newest.1 AS standing, newest.2 AS person_id, newest.3 AS customer_id,
        parseDateTime64BestEffortOrNull(JSONExtractString(newest.4, 'planned_at'), 3, 'UTC') AS starts_at,
        JSONExtractUInt(newest.4, 'duration_minutes') AS minutes
    FROM (SELECT entity_id, argMax((status, rep_id, customer_id, state), (version, offset)) AS newest
        FROM activity_changes WHERE state != '' AND {stands("activity_changes")}
            AND entity_id IN (SELECT entity_id FROM activity_changes
                WHERE rep_id IN {{ids:Array(String)}} AND status = 'planned' AND day >= {{day:Date}})
        GROUP BY entity_id))
WHERE standing = 'planned' AND starts_at IS NOT NULL AND person_id IN {{ids:Array(String)}}
    AND starts_at > {{since:DateTime64(3, 'UTC')}} AND starts_at < {{until:DateTime64(3, 'UTC')}}
ORDER BY person_id, starts_at
"""  # noqa: S608
_PLANNED_BEFORE = timedelta(days=30)
"""A visit is planned no longer ahead than this."""


@dataclass(frozen=True)
class Visit:
    """A planned visit of somebody to a customer."""

    person_id: str
    starts_at: datetime
    ends_at: datetime
    customer_id: str = ""


async def planned_visits(
    warehouse: AsyncWarehouse, people: Iterable[str], since: datetime, until: datetime
) -> list[Visit]:
    """The visits of these people that last at any time from `since` to `until`."""
    values = {"since": since - _MOST, "until": until, "day": (since - _PLANNED_BEFORE).date()}
    rows = await ask_of_ids(warehouse, _PLANNED, people, values, Reads("activity_changes"))
    found = [
        Visit(person, starts, starts + timedelta(minutes=minutes or USUAL_MINUTES), customer)
        for person, starts, minutes, customer in rows.iter_rows()
    ]
    return [one for one in found if one.ends_at > since]
