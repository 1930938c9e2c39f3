"""What decides who is told: asked of the warehouse, the organisation again only when it moved."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dashboard.connection import connect, disconnect, go_on_in
from dashboard.notifications.content import ids_of
from dashboard.notifications.messages import Message
from dashboard.notifications.people import Directory, Post
from ingest.calendar import WorkingCalendar, business_day
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.meetings import Meeting
from warehouse.queries import org
from warehouse.queries.calendar import working_calendar
from warehouse.queries.findings import FindingCard, findings
from warehouse.queries.freshness import freshness
from warehouse.queries.meetings import meetings
from warehouse.queries.tasks import tasks
from warehouse.queries.visits import planned_visits
from warehouse.task_life import TaskCard
from warehouse.viewer import Viewer, viewer_for

_TABLES = ("finding_events", "action_events", "task_events", "check_events", "org_events")
Marks = Mapping[str, int]
CALLED_WITHIN = timedelta(days=60)
"""A meeting of which nothing was said for so long calls nobody any more."""


async def directory(warehouse: AsyncWarehouse, day: date) -> Directory:
    """Who leads whom and who is away, as of a day."""
    units, people = await asyncio.gather(org.units_as_of(warehouse, day), org.everybody(warehouse, day))
    rows = list(units.select("id", "path", "manager_id").iter_rows())
    posts = people.select("id", "unit_id", "status", "stand_in_id", "contact").iter_rows()
    return Directory(
        {unit: manager for unit, _, manager in rows},
        {unit: tuple(path) for unit, path, _ in rows},
        {person: Post(*post) for person, *post in posts},
    )


async def names_of(warehouse: AsyncWarehouse, ids: Collection[str], day: date) -> dict[str, tuple[str, str]]:
    """What these units, people and products are called: id → (Chinese, English)."""
    kinds: tuple[org.NameOf, ...] = ("unit", "person", "product")
    found = await asyncio.gather(*(org.names(warehouse, kind, ids, day) for kind in kinds))
    return {id: pair for one in found for id, pair in one.items() if pair != (id, id)}


@dataclass
class Sight:
    """The warehouse of the generation that is current, and what was seen there last."""

    warehouse: AsyncWarehouse = field(default_factory=connect)
    _org: tuple[tuple[int, date], Directory, WorkingCalendar] | None = None

    async def marks(self) -> Marks:
        """How far the tables are that decide; equal while nothing moved. Follows the current generation."""
        if await self.warehouse.current() != await self.warehouse.generation():
            self.warehouse, self._org = AsyncWarehouse(self.warehouse.settings), None
            await go_on_in(self.warehouse)
        rows = (await freshness(self.warehouse)).select("table", "watermark").iter_rows()
        return {table: mark for table, mark in rows if table in _TABLES}

    async def cards(self, now: datetime, also: Collection[str] = (), viewer: Viewer | None = None) -> list[FindingCard]:
        """The findings that are open, and those of these ids however they stand."""
        return await findings(self.warehouse, viewer or Viewer.system(), now, also=also)

    async def tasks(self, now: datetime) -> list[TaskCard]:
        """Every key task, as it stands."""
        return await tasks(self.warehouse, Viewer.system(), business_day(now, company().zone))

    async def organisation(self, marks: Marks, now: datetime) -> tuple[Directory, WorkingCalendar]:
        """Who leads whom, who is away, and the working days, as of today."""
        seen = marks.get("org_events", -1), business_day(now, company().zone)
        if self._org is None or self._org[0] != seen:
            found = await asyncio.gather(directory(self.warehouse, seen[1]), working_calendar(self.warehouse))
            self._org = seen, *found
        return self._org[1:]

    async def meetings(self, now: datetime) -> tuple[list[Meeting], frozenset[str]]:
        """The meetings of late, and who of those called is on a planned visit right now."""
        found = await meetings(self.warehouse, now - CALLED_WITHIN)
        people = {who for one in found if one.is_open for who in one.people}
        visits = await planned_visits(self.warehouse, people, now, now) if people else []
        return found, frozenset(one.person_id for one in visits)

    async def names(self, messages: Sequence[Message], now: datetime) -> dict[str, tuple[str, str]]:
        """Names of all that the messages speak of: id → (Chinese, English)."""
        cards = {id(item.card): item.card for message in messages for item in message.items}
        ids = frozenset(one.task.task.person_id or "" for message in messages for one in message.reminders)
        ids = ids.union(*(ids_of(card) for card in cards.values()))
        return await names_of(self.warehouse, ids, business_day(now, company().zone))

    async def may_see(self, person_id: str, finding_ids: Collection[str], now: datetime) -> bool:
        """Whether the person's own scope shows them all of these."""
        viewer = await viewer_for(self.warehouse, person_id, business_day(now, company().zone))
        return set(finding_ids) <= {card.finding.finding_id for card in await self.cards(now, finding_ids, viewer)}

    async def close(self) -> None:
        """Let go of the warehouse."""
        await disconnect()
