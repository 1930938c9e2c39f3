"""Whether the open pipeline is enough for what is missing to the target."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import polars as pl

from ingest.calendar import Period, business_day
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.standing import MONEY
from warehouse.targets import Split, targets
from warehouse.viewer import Viewer

FOUR_QUARTERS = timedelta(days=365)
SCHEMA = pl.Schema(
    {
        "id": pl.String(),
        "open": MONEY,
        "booked": MONEY,
        "target": MONEY,
        "coverage": pl.Float64(),
        "needed": pl.Float64(),
        "reason": pl.String(),
    }
)


async def coverage(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    period: Period,
    now: datetime,
    by: Split | Literal["office"] | None = None,
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """Open pipeline expected to close in the period over (target − booked), a row a node ('' without `by`).

    By office of each office of the credits, whatever stands above it; by unit of those directly below that of `where`.

    `needed` is 1 over the node's own win rate by amount of the last four quarters. Where coverage is null, `reason`
    says why: "no_target", or "met" where the target is booked already.
    """
    today = min(business_day(now, company().zone), period.end)
    split: tuple[str, ...] = (by,) if by else ()
    closing = Where(**{**vars(where), "expected_from": period.start, "expected_to": period.end})
    asked = (
        MetricQuery(("open_pipeline",), today, by=split, where=closing),
        MetricQuery(("bookings",), today, period.start, split, where),
        MetricQuery(("win_rate_amount",), today, _year_before(today), split, where),
    )
    *frames, aims = await asyncio.gather(
        *(measure(warehouse, query, viewer) for query in asked),
        targets(
            warehouse,
            viewer,
            metric="bookings",
            period=period,
            by="unit" if by == "office" else by,
            where=where,
            as_of=max(today, period.start),
        ),
    )
    opened, booked, rates = (_by_id(frame, by) for frame in frames)
    target = dict(aims.iter_rows())
    keys = sorted(opened.keys() | booked.keys() | target.keys()) if by else [""]
    rows = [_row(key, opened.get(key), booked.get(key), target.get(key), rates.get(key)) for key in keys]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _year_before(day: date) -> date:
    return day - FOUR_QUARTERS


def _by_id(frame: pl.DataFrame, by: str | None) -> dict[str, Any]:
    value = frame.columns[1 if by else 0]
    return dict(zip(frame[by] if by else [""], frame[value], strict=True))


def _row(
    key: str, opened: Decimal | None, booked: Decimal | None, target: Decimal | None, rate: float | None
) -> dict[str, Any]:
    opened, booked = opened or Decimal(0), booked or Decimal(0)
    row: dict[str, Any] = {"id": key, "open": opened, "booked": booked, "target": target}
    row |= {"coverage": None, "needed": 1 / rate if rate else None, "reason": None}
    if target is None:
        return row | {"reason": "no_target"}
    if booked >= target:
        return row | {"reason": "met"}
    return row | {"coverage": float(opened) / float(target - booked)}
