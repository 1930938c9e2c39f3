"""Who was told of which finding, and when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse

_FIRST_TOLD = """
SELECT finding_id, recipient, min(changed_at) AS at FROM notification_events ARRAY JOIN finding_ids AS finding_id
WHERE notification_state = 'sent' AND has({ids:Array(String)}, finding_id)
    AND changed_at <= {until:DateTime64(6, 'UTC')}
GROUP BY finding_id, recipient ORDER BY at, recipient
"""


@dataclass(frozen=True)
class ToldRow:
    """That `recipient` (a person id, or "room:<channel>") was first told, and when."""

    finding_id: str
    recipient: str
    at: datetime


async def first_told(
    warehouse: AsyncWarehouse, finding_ids: Collection[str], until: datetime | None = None
) -> list[ToldRow]:
    """Everybody who was told of these findings, the first ones first; with `until` only who had been by then.

    Whom a viewer may ask this for are the findings that they see.
    """
    if not finding_ids:
        return []
    values = {"ids": sorted(finding_ids), "until": (until or datetime.now(UTC)).astimezone(UTC)}
    rows = await ask(warehouse, _FIRST_TOLD, values, Reads("notification_events"))
    return [ToldRow(**row) for row in rows.iter_rows(named=True)]
