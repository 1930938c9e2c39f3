"""How old the data is, and up to which position of each topic it stands."""

import polars as pl

from warehouse.client import AsyncWarehouse
from warehouse.measures import TABLES

POSITIONED = (*TABLES, "org_events", "target_events", "finding_events", "action_events", "control_totals")
"""Every table whose rows carry a position in the log."""

_POSITIONS = """
SELECT '{table}' AS table, topic_id, partition, max(offset) AS watermark, max(received_at) AS received_at,
    max(changed_at) AS changed_at
FROM {table} GROUP BY topic_id, partition
"""


async def freshness(warehouse: AsyncWarehouse) -> pl.DataFrame:
    """One row a table and partition: table, topic_id, partition, watermark (last offset), received_at, changed_at.

    Both times are UTC and the newest stored; a snapshot's partitions stand under its own topic id.
    """
    sql = " UNION ALL ".join(_POSITIONS.format(table=table) for table in POSITIONED)
    return (await warehouse.query(sql)).sort("table", "topic_id", "partition")
