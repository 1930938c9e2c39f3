"""Keeps the `*_ranges` tables and their dictionaries in step with what is stated about the organisation."""

import time
from collections.abc import Iterable

from ingest.events import ORG, Event, OrgEvent
from streams.batches import table as arrow_table
from streams.org import RANGES
from warehouse.client import AsyncWarehouse

DICTIONARIES = {"unit": "units", "product": "products", "person": "people", "customer": "customers"}


class Editions:
    """Holds every statement in memory (thousands, not millions) and writes a new edition of what it changed."""

    def __init__(self, warehouse: AsyncWarehouse) -> None:
        self._warehouse = warehouse
        self._events: dict[str, list[OrgEvent]] = {}

    async def begin(self) -> None:
        """Read every statement from the warehouse and write all editions: a crash may have come between the two."""
        self._events = {kind: [] for kind in RANGES}
        for (state,) in await self._warehouse.rows("SELECT state FROM org_events WHERE state != ''"):
            event = ORG.validate_json(state)
            self._events[event.kind].append(event)
        await self._write(kind for kind, events in self._events.items() if events)

    async def stored(self, events: Iterable[Event]) -> None:
        """Take new statements in; an edition is written of each kind they speak of."""
        touched: set[str] = set()
        for event in events:
            if isinstance(event, OrgEvent):
                self._events.setdefault(event.kind, []).append(event)
                touched.add(event.kind)
        await self._write(sorted(touched))

    async def _write(self, kinds: Iterable[str]) -> None:
        for kind in kinds:
            table, columns, rows_of = RANGES[kind]
            edition = time.time_ns() // 1_000
            rows = [(edition, *row) for row in rows_of(self._events[kind])]
            await self._warehouse.insert(table, arrow_table(("edition", *columns), rows))
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
