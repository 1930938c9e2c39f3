"""What was said of targets: every statement of a period that stands, who made it when, and what it replaced."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ingest.calendar import Period
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.queries.org import names
from warehouse.retractions import stands
from warehouse.roots import roots_on
from warehouse.viewer import ScopeColumns, Viewer, scope_of

MOST = 200
"""Statements that are shown of a page's nodes; a single node's are fewer."""

_WORDS = f"""
SELECT at_unit AS unit_id, person_id, at_product AS product_id, route, segment, tier, value, before, valid_from, who,
    source, at
FROM (
    SELECT if(unit_id = {{root:String}}, '', unit_id) AS at_unit, person_id,
        if(product_id = {{product_root:String}}, '', product_id) AS at_product, route, segment, tier, value, valid_from,
        source, changed_at AS at, version, offset, JSONExtractString(state, 'who') AS who,
        if(unit_id = '' AND person_id != '', dictGet('people', 'unit_id', person_id, {{day:Date}}), unit_id) AS home,
        lagInFrame(toNullable(value)) OVER (
            PARTITION BY at_unit, person_id, at_product, route, segment, tier ORDER BY version, offset
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS before
    FROM target_events
    WHERE period = {{period:String}} AND metric = {{metric:String}} AND state != '' AND {stands("target_events")})
WHERE route = '' AND segment = '' AND NODES AND SCOPE
ORDER BY at DESC, version DESC, offset DESC LIMIT {{most:UInt32}}
"""  # noqa: S608


@dataclass(frozen=True)
class TargetWord:
    """One statement: `value` from `valid_from` on, said at `at` by `who` ('' where a source did); `before` is the value
    that the statement before it gave the same slice and tier, None for the first."""

    unit_id: str
    person_id: str
    product_id: str
    tier: str
    value: Decimal
    before: Decimal | None
    valid_from: date
    who: str
    source: str
    at: datetime
    who_name: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Nodes:
    """Whose targets are meant: one of the three holds ids, and what else a slice says is exactly this."""

    unit_ids: Collection[str] | None = None
    person_ids: Collection[str] | None = None
    product_ids: Collection[str] | None = None
    unit_id: str = ""
    person_id: str = ""
    product_id: str = ""


async def target_words(
    warehouse: AsyncWarehouse, viewer: Viewer, *, metric: str, period: Period, nodes: Nodes, day: date
) -> list[TargetWord]:
    """What was said of the targets of these nodes, the newest first, at most `MOST`; of the period itself only."""
    roots = await roots_on(warehouse, day)
    conditions, values = [], dict[str, Any]()
    for column, ids, id, root in (
        ("at_unit", nodes.unit_ids, nodes.unit_id, roots.unit),
        ("person_id", nodes.person_ids, nodes.person_id, ""),
        ("at_product", nodes.product_ids, nodes.product_id, roots.product),
    ):
        if ids is None and column == "at_unit" and nodes.person_ids is not None:
            continue  # a person's targets are shown whichever unit they name
        name = f"of_{column}"
        conditions.append(f"{column} IN {{{name}:Array(String)}}")
        values[name] = sorted("" if one == root else one for one in (ids if ids is not None else [id]))
    scope, allowed = scope_of(viewer, ScopeColumns("home", "person_id", "at_product"), "{day:Date}")
    values |= allowed | {
        "root": roots.unit, "product_root": roots.product, "period": period.key, "metric": metric, "day": day,
        "most": MOST,
    }  # fmt: skip
    sql = _WORDS.replace("NODES", " AND ".join(conditions)).replace("SCOPE", scope)
    rows = await ask(warehouse, sql, values, Reads("target_events"))
    people = await names(warehouse, "person", rows["who"], day)
    return [
        TargetWord(**row, who_name=people.get(row["who"], (row["who"], row["who"])))
        for row in rows.drop("route", "segment").iter_rows(named=True)
    ]
