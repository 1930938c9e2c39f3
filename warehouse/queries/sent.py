"""What came from where: events by source and hour, bookings by channel and day, and money of no office we know."""

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl

from ingest.settings import company
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.kept_rows import Ids

_TABLE = "order_changes"
TABLES = {
    "orders": _TABLE, "opportunities": "opportunity_changes", "activities": "activity_changes",
    "collections": "collection_changes",
}  # fmt: skip
"""By topic, where its changes are."""
HOUR = "toUnixTimestamp(toStartOfHour(changed_at, {zone:String}))"
"""The beginning of the hour, by the clock of the zone, in which a row came about."""
_SENT = f"""
SELECT source, toString(at) AS hour, uniqExact(entity_id, version) AS count FROM (
    SELECT source, {HOUR} AS at, entity_id, version
    FROM TABLE WHERE day >= {{since:Date}} AND changed_at <= {{now:DateTime64(6, 'UTC')}} AND source != '' AND AMONG)
GROUP BY source, at
"""  # noqa: S608
_OF_HOURS = "at IN {hours:Array(UInt32)}"
_FED = """
SELECT office_id, uniqExact(entity_id) AS things, uniqExactIf(entity_id, has({sources:Array(String)}, source)) AS theirs
FROM TABLE WHERE day >= {since:Date} AND office_id != '' GROUP BY office_id ORDER BY office_id
"""
_UNASSIGNED = """
SELECT source, sum(booked) AS amount,
    sumIf(booked, empty(dictGet('units', 'path', office_id, {end:Date}))) AS unassigned
FROM (SELECT source, office_id, sum(booked_amount) AS booked FROM order_changes
    WHERE day >= {since:Date} AND day <= {end:Date} AND is_overlay = 0 GROUP BY source, office_id)
GROUP BY source ORDER BY source
"""
_CHANNEL = """
SELECT office_id, day, sum(booked_amount - returned_amount) AS amount, sumIf(booked_amount, booked_amount > 0
    AND toStartOfMonth(day) < toStartOfMonth(told_on) AND told_on > day + 3) AS back_dated
FROM (SELECT office_id, day, booked_amount, returned_amount, toDate(toTimeZone(changed_at, {zone:String})) AS told_on
    FROM order_changes WHERE day >= {since:Date} AND day <= {end:Date} AND is_overlay = 0
        AND (route = 'distributor' OR NOT {by_channel:Bool}))
GROUP BY office_id, day ORDER BY office_id, day
"""
_HAS_CHANNEL = "SELECT count() > 0 FROM order_changes WHERE day >= {since:Date} AND route = 'distributor'"


async def sent(warehouse: AsyncWarehouse, table: str, since: date, now: datetime, of: Ids = None) -> pl.DataFrame:
    """source, hour (as `HOUR`), count of the versions of a table that came about in it; `of` some hours alone."""
    values = {"since": since, "now": now, "zone": company().zone.key, "hours": [int(one) for one in of or ()]}
    sql = _SENT.replace("TABLE", table).replace("AMONG", "1" if of is None else _OF_HOURS)
    return await ask(warehouse, sql, values, Reads(table, since, None))


def by_the_clock(counts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`sent` by topic: topic, source, hour (its beginning, local, without a zone), count; in order."""
    began = pl.from_epoch(pl.col("hour").cast(pl.Int64)).cast(pl.Datetime("us", "UTC"))
    local = began.dt.convert_time_zone(company().zone.key).dt.replace_time_zone(None)
    frames = [
        frame.select(pl.lit(topic).alias("topic"), pl.col("source").cast(pl.String), local.alias("hour"), "count")
        for topic, frame in counts.items()
    ]
    return pl.concat(frames).sort("topic", "source", "hour")


async def fed(warehouse: AsyncWarehouse, topic: str, sources: list[str], since: date) -> pl.DataFrame:
    """office_id, things (orders, deals …) that were heard of since a day, and how many of them by these sources.

    Payments belong to no office: nothing is known of where those come from.
    """
    table = TABLES[topic]
    if topic == "collections":
        return pl.DataFrame(schema={"office_id": pl.String, "things": pl.Int64, "theirs": pl.Int64})
    found = await ask(
        warehouse, _FED.replace("TABLE", table), {"since": since, "sources": sources}, Reads(table, since, None)
    )
    return found.with_columns(pl.col("office_id").cast(pl.String))


async def unassigned(warehouse: AsyncWarehouse, since: date, end: date) -> pl.DataFrame:
    """source, amount booked, and the part of it whose office the organisation does not know."""
    found = await ask(warehouse, _UNASSIGNED, {"since": since, "end": end}, Reads(_TABLE, since, end))
    return found.with_columns(pl.col("source").cast(pl.String))


async def channel(warehouse: AsyncWarehouse, since: date, end: date) -> pl.DataFrame:
    """office_id, day, amount booked by distributors (by everybody where there are none), and back_dated: what of it was
    told more than 3 days later, in a later month."""
    reads = Reads(_TABLE, since, end)
    has = await ask(warehouse, _HAS_CHANNEL, {"since": since}, reads)
    values = {"since": since, "end": end, "zone": company().zone.key, "by_channel": bool(has.item(0, 0))}
    found = await ask(warehouse, _CHANNEL, values, reads)
    return found.with_columns(pl.col("office_id").cast(pl.String), pl.col("day").cast(pl.Date))
