"""What a slice shall reach, as of a day. A missing target is no target, never 0."""

from datetime import date
from typing import Any, Literal

import polars as pl

from ingest.calendar import Period
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, UNASSIGNED, Where, root_of
from warehouse.viewer import ScopeColumns, Viewer, scope_of

Split = Literal["unit", "rep", "product"]
SCHEMA = pl.Schema({"id": pl.String(), "target": pl.Decimal(38, 4)})

# Of one slice the statement valid last, and of those the latest version. A slice of a person alone belongs to the
# person's unit, and the only root is the company itself.
_CURRENT = """
SELECT period, {node} AS id, at_unit, person_id, value
FROM (
    SELECT entity_id, period, if(unit_id = {root}, '', unit_id) AS at_unit, person_id,
        if(product_id = {product_root}, '', product_id) AS of_product, route, segment, value,
        if(unit_id = '' AND person_id != '', dictGet('people', 'unit_id', person_id, {{as_of:Date}}), unit_id) AS home
    FROM target_events
    WHERE period IN {{periods:Array(String)}} AND metric = {{metric:String}} AND tier = {{tier:String}}
        AND valid_from <= {{as_of:Date}}
    ORDER BY entity_id, valid_from DESC, version DESC, offset DESC LIMIT 1 BY entity_id)
WHERE route = {{route:String}} AND segment = {{segment:String}} AND {only} AND {scope}
"""


def _question(viewer: Viewer, by: Split | None, where: Where, values: dict[str, Any]) -> str:
    """The SQL of the targets of the slices asked for; adds what it needs to `values`."""
    unit = "if({unit:String} = {root}, '', {unit:String})"
    product = "if({product:String} = {product_root}, '', {product:String})"
    values |= {"unit": where.unit_id or "", "product": where.product_id or "", "person": where.rep_id or ""}
    inside = "({unit:String} IN ('', {root}) OR has(dictGet('units', 'path', home, {as_of:Date}), {unit:String}))"
    only, node = {
        None: (f"at_unit = {unit} AND person_id = {{person:String}} AND of_product = {product}", "''"),
        "unit": (f"at_unit != '' AND person_id = {{person:String}} AND of_product = {product}", "at_unit"),
        "product": (f"at_unit = {unit} AND person_id = {{person:String}} AND of_product != ''", "of_product"),
        "rep": (f"person_id != '' AND of_product = {product} AND {inside}", "person_id"),
    }[by]
    if where.rep_id is not None and by is None:
        only = f"person_id = {{person:String}} AND of_product = {product} AND {inside}"
    scope, bound = scope_of(viewer, ScopeColumns("home", "person_id", "of_product"), "{as_of:Date}")
    values |= bound
    root, product_root = root_of("units", "{as_of:Date}"), root_of("products", "{as_of:Date}")
    return (
        _CURRENT.replace("{node}", node)
        .replace("{only}", only)
        .replace("{scope}", scope)
        .replace("{{", "{")
        .replace("}}", "}")
        .replace("{root}", root)
        .replace("{product_root}", product_root)
    )


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
    if UNASSIGNED in (where.unit_id, where.product_id, where.rep_id) or _beyond_a_slice(where):
        return pl.DataFrame(schema=SCHEMA)
    months = _months(period)
    values: dict[str, Any] = {
        "periods": [period.key, *months],
        "metric": metric,
        "tier": tier,
        "as_of": as_of,
        "route": where.route or "",
        "segment": where.segment or "",
    }
    rows = await warehouse.query(_question(viewer, by, where, values), values)
    rows = _without_doubles(rows).group_by("period", "id").agg(pl.col("value").sum())
    own = rows.filter(pl.col("period") == period.key)
    summed = (
        rows.filter(pl.col("period") != period.key)
        .group_by("id")
        .agg(pl.col("value").sum(), pl.len().alias("months"))
        .filter((pl.col("months") == len(months)) & ~pl.col("id").is_in(own["id"].implode()))
    )
    found = pl.concat([own.select("id", "value"), summed.select("id", "value")])
    return found.select("id", pl.col("value").cast(pl.Decimal(38, 4)).alias("target")).sort("id").cast(SCHEMA)


def _months(period: Period) -> list[str]:
    found, month = [], Period.containing(period.start, "month")
    while period.kind != "month" and month.start <= period.end:
        found.append(month.key)
        month = month.next()
    return found


def _beyond_a_slice(where: Where) -> bool:
    """Whether the question is narrowed by something no target is set on."""
    others = ("office_id", "customer_id", "kind", "stage", "outcome", "grade", "opportunity_id", "order_id")
    return any(getattr(where, name) is not None for name in others)


def _without_doubles(rows: pl.DataFrame) -> pl.DataFrame:
    """A person's target for all units stands above those for single units: they are its parts, not more of it."""
    whole = rows.filter((pl.col("person_id") != "") & (pl.col("at_unit") == "")).select("period", "id").unique()
    parts = rows.filter((pl.col("person_id") == "") | (pl.col("at_unit") != ""))
    return pl.concat(
        [
            rows.filter((pl.col("person_id") != "") & (pl.col("at_unit") == "")),
            parts.join(whole, on=["period", "id"], how="anti"),
        ]
    )
