"""What the watch keeps from one look to the next: rows by deal, order, customer and hour, and how far the tables were.

A look that is asked otherwise (another day, another calendar, an earlier instant), one after a failure, and one of
tables that went back reads everything.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Hashable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.kept_rows import KeptRows
from warehouse.positions import Marks, marks_of, went_back, within
from warehouse.queries.sent import HOUR, TABLES

Moved = Collection[str] | None
"""Things of which something came since the last look; None when all have to be asked for."""

_SAYS = {
    "orders": "order_id AS thing, opportunity_id AS deal, customer_id AS buyer",
    "opportunities": "entity_id AS thing",
    "activities": "if(kind = 'complaint', entity_id, '') AS thing",
    "collections": "order_id AS thing",
}
_CAME = f"SELECT DISTINCT SAYS, {HOUR} AS at FROM TABLE WHERE WITHIN"  # noqa: S608
_HOUR_SECONDS = 3_600


@dataclass(frozen=True)
class Look:
    """One look. `booked` are orders, `orders` also those that were paid, `ordered` the deals and `buyers` the customers
    that orders name, `hours` those of each topic as `sent` has them; `activities`: where their table was, and is."""

    orders: Moved = None
    booked: Moved = None
    ordered: Moved = None
    buyers: Moved = None
    deals: Moved = None
    complaints: Moved = None
    hours: Mapping[str, Moved] = field(default_factory=lambda: dict.fromkeys(TABLES))
    activities: tuple[Marks, Marks] | None = None


class KeptFacts:
    """Of one warehouse, a look after the other."""

    def __init__(self) -> None:
        self.rows: defaultdict[str, KeptRows] = defaultdict(KeptRows)
        self.contacts = pl.DataFrame()
        self._asked: Hashable = None
        self._marks: dict[str, Marks] = {}
        self._now: datetime | None = None
        self._busy = asyncio.Lock()

    @asynccontextmanager
    async def looking(self, warehouse: AsyncWarehouse, asked: Hashable, now: datetime) -> AsyncIterator[Look]:
        """What moved since the last look that was `asked` alike; what is read within is kept when all of it was."""
        async with self._busy:
            there = await asyncio.gather(*(marks_of(warehouse, table) for table in TABLES.values()))
            high: dict[str, Marks] = dict(zip(TABLES, there, strict=True))
            low, before, look = self._marks, self._now, Look()
            holds = asked == self._asked and not any(went_back(high[topic], low[topic]) for topic in TABLES)
            if holds and before is not None and now >= before:
                look = await _moved(warehouse, low, high, before, now)
            self._asked = None
            yield look
            self._asked, self._marks, self._now = asked, high, now


async def _moved(
    warehouse: AsyncWarehouse, low: Mapping[str, Marks], high: Mapping[str, Marks], before: datetime, now: datetime
) -> Look:
    async def came(topic: str) -> pl.DataFrame:
        text, bound = within(low[topic], high[topic])
        sql = _CAME.replace("SAYS", _SAYS[topic]).replace("TABLE", TABLES[topic]).replace("WITHIN", text)
        return await warehouse.query(sql, {**bound, "zone": company().zone.key})

    on = [topic for topic in TABLES if high[topic] != low[topic]]
    found = dict(zip(on, await asyncio.gather(*map(came, on)), strict=True))
    first, last = (int(at.timestamp()) // _HOUR_SECONDS * _HOUR_SECONDS for at in (before, now))
    # what came about after the last look, by its own words, counts from now on; half hours are of some zones
    open_hours = {str(at) for at in range(first - _HOUR_SECONDS, last + 1, _HOUR_SECONDS // 4)}
    things = {topic: _values(found, topic, "thing") for topic in TABLES}
    return Look(
        orders=things["orders"] | things["collections"],
        booked=things["orders"],
        ordered=_values(found, "orders", "deal"),
        buyers=_values(found, "orders", "buyer"),
        deals=things["opportunities"],
        complaints=things["activities"],
        hours={topic: open_hours | _values(found, topic, "at") for topic in TABLES},
        activities=(low["activities"], high["activities"]),
    )


def _values(found: Mapping[str, pl.DataFrame], topic: str, column: str) -> set[str]:
    frame = found.get(topic)
    return set() if frame is None else set(frame[column].cast(pl.String)) - {""}
