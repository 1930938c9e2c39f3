"""Keeps the `*_ranges` tables and their dictionaries in step with what is stated about the organisation."""

import time
from collections.abc import Iterable

from ingest.events import ORG, Event, OrgEvent
from ingest.retractions import Retraction
from streams.batches import table as arrow_table
from streams.org import RANGES
from warehouse.client import AsyncWarehouse
from warehouse.retractions import stands

DICTIONARIES = {"unit": "units", "product": "products", "person": "people", "customer": "customers"}


class Editions:
    """Holds every statement that stands (thousands, not millions) and writes a new edition of what it changed.

    Once something was taken back, what stands is asked of the warehouse each time.
    """

    def __init__(self, warehouse: AsyncWarehouse) -> None:
        self._warehouse = warehouse
        self._events: dict[str, list[OrgEvent]] = {}
        self._has_retractions = False

    async def begin(self) -> None:
        """Read every statement from the warehouse and write all editions: a crash may have come between the two."""
        await self._read()
        await self._write(kind for kind, events in self._events.items() if events or self._has_retractions)

    async def stored(self, events: Iterable[Event]) -> None:
        """Take new statements in; an edition is written of each kind they speak of."""
        touched: set[str] = set()
        for event in events:
            self._has_retractions |= isinstance(event, Retraction)
            touched.add(event.entity_id.partition(":")[0])
            if isinstance(event, OrgEvent):
                self._events.setdefault(event.kind, []).append(event)
        if self._has_retractions and touched:
            await self._read()
        await self._write(sorted(touched & RANGES.keys()))

    async def _read(self) -> None:
        self._events = {kind: [] for kind in RANGES}
        sql = f"SELECT state FROM org_events WHERE state != '' AND {stands('org_events')}"  # noqa: S608
        for (state,) in await self._warehouse.rows(sql):
            event = ORG.validate_json(state)
            self._events[event.kind].append(event)
        any_back = await self._warehouse.rows("SELECT 1 FROM org_events WHERE retraction_id != '' LIMIT 1")
        self._has_retractions = bool(any_back)

    async def _write(self, kinds: Iterable[str]) -> None:
        for kind in kinds:
            table, columns, rows_of = RANGES[kind]
            edition = time.time_ns() // 1_000
            rows = [(edition, *row) for row in rows_of(self._events[kind])]
            if rows:
                await self._warehouse.insert(table, arrow_table(("edition", *columns), rows))
            else:
                await self._warehouse.command(f"TRUNCATE TABLE {table}")
            if kind in DICTIONARIES:
                await self._warehouse.command(f"SYSTEM RELOAD DICTIONARY {DICTIONARIES[kind]}")
            await self._forget_before(table, edition)

    async def _forget_before(self, table: str, edition: int) -> None:
        """Keep the newest edition and the one before it, which a query under way may still read."""
        old = await self._warehouse.rows(
            f"SELECT DISTINCT edition FROM {table} WHERE edition < {{edition:UInt64}}"  # noqa: S608
            " ORDER BY edition DESC LIMIT 100 OFFSET 1",
            {"edition": edition},
        )
        for (one,) in old:
            await self._warehouse.command(f"ALTER TABLE {table} DROP PARTITION {int(one)}")
