"""What stands under ids that the organisation does not know on the day it counts for: which, how much, since when.

Such events are kept as they came: the organisation may be told later. Then they stand where they belong, and here no
more; likewise when the event is corrected, for what is reversed is nothing.
"""

import asyncio
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from warehouse.answers import ORG, Reads, ask, ask_of_ids
from warehouse.client import AsyncWarehouse
from warehouse.measures import TABLES
from warehouse.projections import serving
from warehouse.viewer import ScopeColumns, Viewer, scope_of

Kind = Literal["unit", "product", "person"]
_IDS: dict[Kind, tuple[str, str, str]] = {
    "unit": ("office_id", "units", "empty(dictGet('units', 'path', id, day))"),
    "product": ("product_id", "products", "empty(dictGet('products', 'path', id, day))"),
    "person": ("rep_id", "people", "id != '' AND NOT dictHas('people', id, day)"),
}
"""What an id names: its column, its dictionary, and when it is unknown. An event needs no person."""
_COUNTED = {
    "orders": ("order_changes", "lines", "booked_amount"),
    "opportunities": ("opportunity_changes", "opened_deals", "opened_amount"),
    "activities": ("activity_changes", "done", "0"),
}
"""By topic: its table, what counts its events, and their money."""
_STANDING = """
SELECT id, sumIf(events, day = {today:Date}) AS events_today, sumIf(money, day = {today:Date}) AS amount_today,
    sum(events) AS count, sum(money) AS amount
FROM (SELECT day, COLUMN AS id, sum(EVENTS) AS events, SUM_OF_MONEY AS money FROM TABLE
    WHERE day >= {since:Date} AND day <= {today:Date} AND WHICH GROUP BY day, COLUMN)
WHERE UNKNOWN GROUP BY id HAVING count != 0 OR amount != 0
"""
_SINCE = """
SELECT id, min(day) AS first_on FROM (SELECT day, COLUMN AS id, sum(EVENTS) AS events, SUM_OF_MONEY AS money FROM TABLE
    WHERE day <= {today:Date} AND COLUMN IN {ids:Array(String)} AND WHICH GROUP BY day, COLUMN)
WHERE UNKNOWN AND (events != 0 OR money != 0) GROUP BY id ORDER BY id
"""
_KNOWN = "SELECT id, min(valid_from) AS known_from FROM dictionary('OF') WHERE id IN {ids:Array(String)} GROUP BY id"


@dataclass(frozen=True)
class Unassigned:
    """An id that the organisation does not know, "" where an event names none; amounts in the reporting currency.

    `count` are order lines, deals opened or activities done of the month so far, `since` the first day of any month on
    which one stands so, `known_from` the day from which on the organisation does know the id, later than they are.
    """

    kind: Kind
    id: str
    topic: str
    count_today: int
    amount_today: Decimal
    count: int
    amount: Decimal
    since: date
    known_from: date | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether somebody has to mend it: what names no product is only less told."""
        return bool(self.id) or self.kind == "unit"


async def unassigned(warehouse: AsyncWarehouse, viewer: Viewer, today: date) -> list[Unassigned]:
    """What of this month up to today stands so in the viewer's scope, the most money first."""
    found = await asyncio.gather(
        *(
            _of(warehouse, viewer, today, kind, topic)
            for kind, (column, *_) in _IDS.items()
            for topic, (table, *_) in _COUNTED.items()
            if column in TABLES[table].columns
        )
    )
    every = [one for some in found for one in some]
    return sorted(every, key=lambda one: (-abs(one.amount), -one.count, one.kind, one.id, one.topic))


async def _of(warehouse: AsyncWarehouse, viewer: Viewer, today: date, kind: Kind, topic: str) -> list[Unassigned]:
    column, dictionary, is_unknown = _IDS[kind]
    table, events, money = _COUNTED[topic]
    columns = TABLES[table].columns
    has = [name if name in columns else None for name in ("office_id", "rep_id", "product_id")]
    scope, values = scope_of(viewer, ScopeColumns(*has), "day")
    # an overlay counts for its person alone
    which = f"is_overlay = 0 AND {scope}" if "is_overlay" in columns and kind != "person" else scope

    def told(sql: str) -> str:
        words = {"COLUMN": column, "EVENTS": events, "TABLE": table, "WHICH": which, "UNKNOWN": is_unknown}
        words["SUM_OF_MONEY"] = "toDecimal128(0, 4)" if money == "0" else f"sum({money})"
        for word, meaning in words.items():
            sql = sql.replace(word, meaning)
        return sql

    month = today.replace(day=1)
    standing = told(_STANDING)
    rows = await ask(
        warehouse, standing, {**values, "since": month, "today": today}, Reads(table, month, today),
        serving(table, standing),
    )  # fmt: skip
    if rows.is_empty():
        return []
    ids, since = [str(id) for id in rows["id"]], told(_SINCE)
    first, known = await asyncio.gather(
        ask_of_ids(warehouse, since, ids, {**values, "today": today}, Reads(table, None, today)),
        ask_of_ids(warehouse, _KNOWN.replace("OF", dictionary), ids, {}, ORG),
    )
    firsts, knows = (dict(frame.iter_rows()) for frame in (first, known))
    return [
        Unassigned(kind, str(id), topic, int(events_today), amount_today, int(count), amount, firsts[id], knows.get(id))
        for id, events_today, amount_today, count, amount in rows.iter_rows()
    ]
