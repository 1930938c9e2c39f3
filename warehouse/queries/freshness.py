"""How old the data is, and up to which position of each topic it stands."""

from collections.abc import Iterable

import polars as pl

from warehouse.client import AsyncWarehouse
from warehouse.measures import TABLES
from warehouse.projections import BY_POSITION
from warehouse.queries.sent import TABLES as TABLES_OF

POSITIONED = (
    *TABLES,
    *("org_events", "target_events", "task_events", "finding_events", "action_events", "notification_events"),
    *("control_totals", "verifications", "trial_events", "check_events", "baseline_events"),
)
"""Every table whose rows carry a position in the log."""

_POSITIONS = """
SELECT '{table}' AS table, topic_id, partition, max(offset) AS watermark, max(received_at) AS received_at,
    max(changed_at) AS changed_at
FROM {table} GROUP BY topic_id, partition
"""


_PLACE = ["topic_id", "partition", "watermark"]


async def freshness(warehouse: AsyncWarehouse) -> pl.DataFrame:
    """One row a table and partition: table, topic_id, partition, watermark (last offset), received_at, changed_at.

    Both times are UTC and the newest stored; a snapshot's partitions stand under its own topic id.
    """
    sql = " UNION ALL ".join(_POSITIONS.format(table=table) for table in POSITIONED)
    return (await warehouse.query(sql, settings=BY_POSITION)).sort("table", "topic_id", "partition")


def behind(ends: Iterable[tuple[tuple[str, str, int], int]], stood: pl.DataFrame) -> dict[str, int]:
    """Records of each topic that are not in the warehouse yet; `stood` is what `freshness` found.

    `ends` are pairs: (topic, topic id, partition), and how many records were ever written there. A topic made anew
    under the same name has another id, and nothing of it is here yet.
    """
    marks = {(topic_id, partition): mark for topic_id, partition, mark in stood[_PLACE].iter_rows()}
    lag: dict[str, int] = {}
    for (topic, topic_id, partition), end in ends:
        lag[topic] = lag.get(topic, 0) + max(0, end - 1 - marks.get((topic_id, partition), -1))
    return lag


def in_snapshots(stood: pl.DataFrame) -> dict[str, int]:
    """Events of each topic that came in files beside the log; `stood` is what `freshness` found. A file's rows count
    from 0, so that its watermark is the last of them."""
    files = stood.filter(pl.col("topic_id").cast(pl.String).str.starts_with("snapshot:"))
    rows = dict(files.group_by("table").agg((pl.col("watermark") + 1).sum()).iter_rows())
    return {topic: int(rows[table]) for topic, table in TABLES_OF.items() if table in rows}


async def is_new(warehouse: AsyncWarehouse) -> bool:
    """Whether nothing ever came: no fact, and no word about the organisation."""
    tables = (*TABLES, "org_events")
    any_row = " UNION ALL ".join(f"(SELECT 1 AS row FROM {table} LIMIT 1)" for table in tables)  # noqa: S608
    return bool((await warehouse.query(f"SELECT count() AS rows FROM ({any_row})"))["rows"].sum() == 0)  # noqa: S608
