"""Targets in three tiers down the tree, floor 保底, base and stretch 挑战, and how much more the parts shall reach."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from ingest.calendar import Period
from ingest.fields import TargetTier
from warehouse.answers import one_picture
from warehouse.client import AsyncWarehouse
from warehouse.clock import clock_at
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.pace import headline, standings
from warehouse.standing import MONEY, SCHEMA
from warehouse.targets import Split, targets
from warehouse.tree import Company, company_as_of
from warehouse.viewer import OWN_ONLY, Viewer

TIERS = tuple(TargetTier)
BESIDE = tuple(tier for tier in TIERS if tier is not TargetTier.BASE)
"""The tiers that stand beside the base one, whose target is `target`."""
TIER_SCHEMA = pl.Schema(
    {
        **SCHEMA,
        "floor": MONEY,
        "stretch": MONEY,
        "floor_attainment": pl.Float64(),
        "stretch_attainment": pl.Float64(),
        "parts_target": MONEY,
        "factor": pl.Float64(),
    }
)
"""Standings, with the other tiers and what the parts of each node shall reach together; see `with_tiers`."""

Aims = Mapping[str, Decimal]


async def tiered(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metric: str,
    period: Period,
    now: datetime,
    by: Split,
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """`standings` with the other tiers and the over-assignment factor of each node: columns of `TIER_SCHEMA`."""
    with one_picture():
        clock = await clock_at(warehouse, (metric,), period, now)
        rows, aims, org = await asyncio.gather(
            standings(warehouse, viewer, metric=metric, period=period, now=now, by=by, where=where),
            _aims(warehouse, viewer, by, metric=metric, period=period, where=where, as_of=clock.target_day),
            company_as_of(warehouse, clock.today),
        )
    parts = parts_of(by, rows["id"], org, aims.base, aims.reps)
    return with_tiers(rows, aims.floor, aims.stretch, parts)


async def of_node(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metric: str,
    period: Period,
    now: datetime,
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """The node of `where` itself: one row with the columns of `TIER_SCHEMA`."""
    with one_picture():
        clock = await clock_at(warehouse, (metric,), period, now)
        row, aims, org = await asyncio.gather(
            headline(warehouse, viewer, metric=metric, period=period, now=now, where=where),
            _aims(warehouse, viewer, None, metric=metric, period=period, where=where, as_of=clock.target_day),
            company_as_of(warehouse, clock.today),
        )
    node = row["id"][0]
    floor, stretch = ({node: aim[""]} if aim else {} for aim in (aims.floor, aims.stretch))
    below = row["children_target"][0]
    if below is None and where.rep_id is None and not _below(org, node):
        below = _sum(_at(org, node, aims.reps))
    return with_tiers(row.drop("children_target"), floor, stretch, {node: below} if below is not None else {})


@dataclass(frozen=True)
class _Aims:
    floor: Aims
    stretch: Aims
    base: Aims
    reps: Aims


async def _aims(warehouse: AsyncWarehouse, viewer: Viewer, by: Split | None, **asked: Any) -> _Aims:
    """The targets of a split in every tier, and the base ones of people."""
    splits = (*((by, tier) for tier in (*BESIDE, TargetTier.BASE)), ("rep", TargetTier.BASE))
    found = await asyncio.gather(*(targets(warehouse, viewer, by=split, tier=tier, **asked) for split, tier in splits))
    return _Aims(*(dict(frame.iter_rows()) for frame in found))


def parts_of(by: Split, ids: Iterable[str], org: Company, base: Aims, reps: Aims) -> dict[str, Decimal]:
    """What the direct parts of each node shall reach together: units below a unit, else its people; products below one.

    `base` are the targets of all nodes of the split, `reps` those of people. A node none of whose parts has a target
    is left out.
    """
    found: dict[str, Decimal] = {}
    for id in ids:
        aims = _of_children(org.products if by == "product" else org.units, id, base) if by != "rep" else []
        if by == "unit" and not _below(org, id):
            aims = _at(org, id, reps)
        if (total := _sum(aims)) is not None:
            found[id] = total
    return found


def with_tiers(rows: pl.DataFrame, floor: Aims, stretch: Aims, parts: Aims) -> pl.DataFrame:
    """`rows` (standings) with `floor` and `stretch` and the attainment of each, `parts_target` and `factor`.

    A factor of 1.08 says that the parts shall reach 8 % more than the whole (加码): a policy, not an error.
    """

    def column(name: str, values: Aims) -> pl.Series:
        return pl.Series(name, [values.get(id) for id in rows["id"]], dtype=MONEY)

    def over(value: str, aim: str) -> pl.Expr:
        target = pl.col(aim).cast(pl.Float64)
        return pl.when(target > 0).then(pl.col(value).cast(pl.Float64) / target)

    return (
        rows.with_columns(column("floor", floor), column("stretch", stretch), column("parts_target", parts))
        .with_columns(
            over("actual", "floor").alias("floor_attainment"),
            over("actual", "stretch").alias("stretch_attainment"),
            over("parts_target", "target").alias("factor"),
        )
        .select(TIER_SCHEMA.names())
        .cast(TIER_SCHEMA)
    )


def _below(org: Company, unit: str) -> bool:
    return any(row["parent_id"] == unit and not row["closed"] for row in org.units.values())


def _of_children(rows: Mapping[str, Mapping[str, Any]], node: str, aims: Aims) -> list[Decimal]:
    return [aims[id] for id, row in rows.items() if row["parent_id"] == node and id in aims]


def _at(org: Company, unit: str, reps: Aims) -> list[Decimal]:
    """The targets of the people whose unit it is."""
    here = {id for id, row in org.people.items() if row["unit_id"] == unit and row["role"].lower() in OWN_ONLY}
    return [aim for id, aim in reps.items() if id in here]


def _sum(aims: Iterable[Decimal]) -> Decimal | None:
    found = list(aims)
    return sum(found, Decimal(0)) if found else None


def kinds_of(day: date, period: Period) -> tuple[Period, ...]:
    """The month, the quarter and the year that hold `day`, of which `period` is one or lies in it."""
    kinds = (Period.containing(day, kind) for kind in ("month", "quarter", "year"))
    return tuple(period if one.kind == period.kind else one for one in kinds)
