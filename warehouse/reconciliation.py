"""A source's own totals against what the warehouse holds of it: for each (source, day, topic) one verdict.

`day` is the business day the entities count for: orders by booking day, deals by the day they were opened, activities
by the day they were done, payments by the day they count as received. `count` are the source's entities of that day
(booked order lines, deals, done activities, payments), `amount` is their sum in the reporting currency; both as they
stood when the total was taken (its `occurred_at`), so that a cancellation of tomorrow does not make today's total wrong
afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from ingest.events import ControlTotal
from warehouse.client import AsyncWarehouse
from warehouse.measures import measure
from warehouse.retractions import stands
from warehouse.viewer import Viewer

DAYS = timedelta(days=35)
"""How far back totals are looked at where nothing else is said."""


@dataclass(frozen=True)
class Reconciled:
    """How a topic's totals are added up: the measures that count and sum, and which rows of them."""

    table: str
    count: str
    amount: str | None
    only: str = "1"


_PAYMENTS = f"uniqExactIf(c.entity_id, c.state != '' AND {stands('collection_changes')})"

RECONCILED: dict[str, Reconciled] = {
    "orders": Reconciled("order_changes", "lines", "booked_amount", "c.is_overlay = 0"),
    "opportunities": Reconciled("opportunity_changes", "opened_deals", "opened_amount", "c.is_overlay = 0"),
    "activities": Reconciled("activity_changes", "done", None),
    "collections": Reconciled("collection_changes", "", "received_amount"),
}
"""A topic that is not here is not compared."""

for _row in RECONCILED.values():
    for _column in (_row.count, _row.amount):
        if _column:
            measure(f"{_row.table}.{_column}")


@dataclass(frozen=True)
class Verdict:
    """A total beside what came. `newest_at` is when the last event of that source, topic and day was received."""

    total: ControlTotal
    count: int
    amount: Decimal
    newest_at: datetime | None

    @property
    def missing(self) -> int:
        """How many the source says it sent that did not come; negative where more came."""
        return self.total.count - self.count

    @property
    def amount_off(self) -> Decimal:
        """What came less what the source says; 0 where it says nothing of amounts."""
        return self.amount - self.total.amount if self.total.amount is not None else Decimal(0)

    @property
    def matches(self) -> bool:
        """Whether count and amount are the source's own."""
        return not self.missing and not self.amount_off


_TOTALS = """
SELECT state FROM control_totals WHERE state != '' AND day >= {since:Date} AND topic IN {topics:Array(String)}
ORDER BY source, day, topic, version DESC, offset DESC LIMIT 1 BY source, day, topic
"""

_CAME = """
SELECT c.source AS source, c.entity_day AS day, toInt64({count}) AS count, toDecimal128({amount}, 4) AS amount,
    maxIf(c.received_at, c.state != '') AS newest_at
FROM {table} AS c
INNER JOIN (SELECT source, day, max(changed_at) AS taken_at FROM control_totals
    WHERE topic = {{topic:String}} AND day >= {{since:Date}} AND state != '' GROUP BY source, day) AS t
    ON c.source = t.source AND c.entity_day = t.day
WHERE c.entity_day >= {{since:Date}} AND c.changed_at <= t.taken_at AND {only}
GROUP BY source, day
"""


async def reconciliation(warehouse: AsyncWarehouse, viewer: Viewer, since: date) -> list[Verdict]:
    """The last total of each (source, day, topic) from `since` on, the newest day first.

    Totals are of the whole company: who does not see everything gets none.
    """
    if not viewer.everything:
        return []
    rows = await warehouse.query(_TOTALS, {"since": since, "topics": list(RECONCILED)})
    totals = [ControlTotal.model_validate_json(state) for state in rows["state"]]
    came: dict[tuple[str, str, date], tuple[int, Decimal, datetime]] = {}
    for topic in sorted({total.topic for total in totals}):
        for source, day, count, amount, newest_at in await _came(warehouse, topic, since):
            came[topic, source, day] = count, amount, newest_at
    verdicts = [
        Verdict(total, *came.get((total.topic, total.source, total.day), (0, Decimal(0), None))) for total in totals
    ]
    return sorted(verdicts, key=lambda one: (-one.total.day.toordinal(), one.matches, one.total.source))


async def _came(
    warehouse: AsyncWarehouse, topic: str, since: date
) -> Sequence[tuple[str, date, int, Decimal, datetime]]:
    how = RECONCILED[topic]
    sql = _CAME.format(
        table=how.table,
        count=f"sum(c.{how.count})" if how.count else _PAYMENTS,
        amount=f"sum(c.{how.amount})" if how.amount else "0",
        only=how.only,
    )
    return (await warehouse.query(sql, {"topic": topic, "since": since})).rows()
