"""What a slice shall reach, as of a day. A missing target is no target, never 0."""

from collections.abc import Sequence
from datetime import UTC, date
from typing import Literal

import polars as pl

from ingest.calendar import Period
from warehouse.answers import ORG, Reads, ask, held
from warehouse.client import AsyncWarehouse
from warehouse.curve import months_of
from warehouse.dimensions import EVERYWHERE, UNASSIGNED, Where
from warehouse.metrics import METRICS
from warehouse.retractions import stands
from warehouse.roots import roots_on
from warehouse.viewer import ScopeColumns, Viewer, scope_of

Split = Literal["unit", "rep", "product"]
Aimed = Split | Literal["cross"]
"""What targets are told by; a cross is of a unit and a product."""

CROSS = " × "
"""What stands between the ids of a unit and a product in that of their cross."""
SCHEMA = pl.Schema({"metric": pl.String(), "id": pl.String(), "target": pl.Decimal(38, 4)})

# Of one slice the statement valid last, and of those the latest version. The only root is the company itself, however
# it was written. A slice of a person alone belongs to the person's unit.
_CURRENT = """
SELECT metric, period, split, at_unit, person_id, value,
    multiIf(split = 'unit', at_unit, split = 'product', of_product, split = 'rep', person_id,
        split = 'cross', concat(at_unit, '{cross}', of_product), '') AS id
FROM (
    SELECT metric, period, if(unit_id = {{root:String}}, '', unit_id) AS at_unit, person_id,
        if(product_id = {{product_root:String}}, '', product_id) AS of_product, route, segment, value,
        if(unit_id = '' AND person_id != '', dictGet('people', 'unit_id', person_id, {{as_of:Date}}), unit_id) AS home,
        arrayFilter(one -> one != '', [{splits}]) AS splits
    FROM target_events
    WHERE period IN {{periods:Array(String)}} AND metric IN {{metrics:Array(String)}} AND tier = {{tier:String}}
        AND {stands} AND valid_from <= {{as_of:Date}} AND route = {{route:String}} AND segment = {{segment:String}}
        AND notEmpty(splits)
    ORDER BY valid_from DESC, version DESC, offset DESC
    LIMIT 1 BY metric, period, at_unit, person_id, of_product, route, segment)
ARRAY JOIN splits AS split
WHERE {scope}
"""
_THE_UNIT, _THE_PRODUCT = "at_unit = {unit:String}", "of_product = {product:String}"
_THE_PERSON = "person_id = {person:String}"
_IN_THE_UNIT = "({unit:String} = '' OR has(dictGet('units', 'path', home, {as_of:Date}), {unit:String}))"
_NODE = "node"
_SLICES = {
    _NODE: (_THE_UNIT, _THE_PERSON, _THE_PRODUCT),
    "unit": ("at_unit != ''", _THE_PERSON, _THE_PRODUCT),
    "product": (_THE_UNIT, _THE_PERSON, "of_product != ''"),
    "rep": ("person_id != ''", _THE_PRODUCT),
    "cross": ("at_unit != ''", _THE_PERSON, "of_product != ''"),
}
"""What a split takes of the slices. They are told apart by these columns, so that only those taken are sorted."""


async def targets(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metric: str,
    period: Period,
    by: Split | None = None,
    where: Where = EVERYWHERE,
    tier: str = "base",
    as_of: date,
) -> pl.DataFrame:
    """Targets in force on `as_of`: `id` (unit, person or product; '' for the node of `where` itself) and `target`.

    By unit and by product every node's own, whatever its level. A quarter or year without a target of its own has the
    sum of its months' when all of them have one.
    """
    found = await targets_of(warehouse, viewer, (metric,), period=period, by=by, where=where, tier=tier, as_of=as_of)
    return found.drop("metric")


async def targets_of(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    metrics: Sequence[str],
    *,
    period: Period,
    by: Aimed | None = None,
    where: Where = EVERYWHERE,
    tier: str = "base",
    as_of: date,
) -> pl.DataFrame:
    """The same for several metrics at once, with a column `metric` before; by "cross" of every unit × product there is,
    wherever the question is asked, the two ids with `CROSS` between them."""
    asked = (tuple(metrics), period, by, where, tier, as_of)
    return await held(
        ("targets", id(warehouse), viewer, *asked),
        (Reads("target_events"), ORG),
        lambda: _targets_of(warehouse, viewer, *asked),
    )


async def _targets_of(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    metrics: Sequence[str],
    period: Period,
    by: Aimed | None,
    where: Where,
    tier: str,
    as_of: date,
) -> pl.DataFrame:
    if UNASSIGNED in (where.unit_id, where.product_id, where.rep_id) or _beyond_a_slice(where):
        return pl.DataFrame(schema=SCHEMA)
    months = [month.key for month in months_of(period)] if period.kind != "month" else []
    # Nodes are few: all metrics and splits of them and all periods of a year at once. People and crosses are many: no
    # more than is asked for.
    are_many = by in ("rep", "cross") or where.rep_id is not None
    splits = (by or _NODE,) if are_many else (_NODE, "unit", "product")
    wanted = [period.key, *months]
    periods = wanted if are_many else sorted({*wanted, *_year_around(period)})
    stated = (tuple(metrics) if are_many else tuple(METRICS), splits, tuple(periods), where, tier, as_of)
    reads, key = (Reads("target_events"), ORG), ("stated", id(warehouse), viewer, *stated)

    async def of_the_period() -> pl.DataFrame:
        rows = await held(key, reads, lambda: _stated(warehouse, viewer, *stated))
        return _of_period(_without_parts(rows.filter(pl.col("period").is_in(wanted))), period.key, len(months))

    found = await held((*key, period), reads, of_the_period)
    return found.filter(pl.col("metric").is_in(metrics), split=by or _NODE).select(SCHEMA.names())


async def _stated(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    metrics: Sequence[str],
    splits: Sequence[str],
    periods: Sequence[str],
    where: Where,
    tier: str,
    as_of: date,
) -> pl.DataFrame:
    """What is in force of the slices of these splits: metric, period, split, id, at_unit, person_id, value."""
    roots = await roots_on(warehouse, as_of)
    scope, values = scope_of(viewer, ScopeColumns("home", "person_id", "of_product"), "{as_of:Date}")
    values |= {
        "periods": list(periods),
        "metrics": list(metrics),
        "tier": tier,
        "as_of": as_of,
        "route": where.route or "",
        "segment": where.segment or "",
        "unit": "" if where.unit_id in (None, roots.unit) else where.unit_id,
        "product": "" if where.product_id in (None, roots.product) else where.product_id,
        "person": where.rep_id or "",
        "root": roots.unit,
        "product_root": roots.product,
    }
    known = stands("target_events")
    if where.as_of and where.as_of.known == "then":
        known += " AND received_at <= parseDateTime64BestEffort({received_by:String}, 3, 'UTC')"
        values["received_by"] = where.as_of.at.astimezone(UTC).isoformat()
    of_a_person = splits == (_NODE,)  # any other node comes with its splits
    slices = {_NODE: (_THE_PERSON, _THE_PRODUCT)} if of_a_person else _SLICES
    taken = ", ".join(f"if({' AND '.join(slices[split])}, '{split}', '')" for split in splits)
    if of_a_person or "rep" in splits:
        scope = f"{_IN_THE_UNIT} AND {scope}"
    sql = _CURRENT.format(stands=known, splits=taken, scope=scope, cross=CROSS)
    return await ask(warehouse, sql, values, Reads("target_events"))


def _year_around(period: Period) -> set[str]:
    """All that is planned for in the fiscal year in which the period begins."""
    year = Period.containing(period.start, "year")
    months = months_of(year)
    return {year.key, *(month.key for month in months), *(Period.containing(m.start, "quarter").key for m in months)}


def _of_period(rows: pl.DataFrame, key: str, months: int) -> pl.DataFrame:
    """A row a split, metric and id: the target of the period itself, else its months' sum when none is missing."""
    of = ["split", "metric", "id"]
    rows = rows.group_by(*of, "period").agg(pl.col("value").sum())
    own = rows.filter(pl.col("period") == key)
    parts = rows.filter(pl.col("period") != key).join(own, on=of, how="anti")
    summed = parts.group_by(of).agg(pl.col("value").sum(), pl.len()).filter(pl.col("len") == months)
    found = pl.concat(
        frame.select(*of, pl.col("value").alias("target").cast(SCHEMA["target"])) for frame in (own, summed)
    )
    return found.with_columns(pl.col("metric", "id").cast(pl.String)).sort("metric", "id")


def _beyond_a_slice(where: Where) -> bool:
    """Whether the question is narrowed by something no target is set on."""
    others = ("office_id", "customer_id", "kind", "stage", "outcome", "grade", "opportunity_id", "order_id")
    return any(getattr(where, name) is not None for name in others)


def _without_parts(rows: pl.DataFrame) -> pl.DataFrame:
    """A person's target for all units stands above those for single units: they are its parts, not more of it."""
    is_whole = (pl.col("person_id") != "") & (pl.col("at_unit") == "")
    key = ["split", "metric", "period", "id", "person_id"]
    parts = rows.filter(~is_whole).join(rows.filter(is_whole), on=key, how="anti")
    return pl.concat([rows.filter(is_whole), parts])
