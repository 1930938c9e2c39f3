"""Everything that can be looked for by name as of a day, and deals and orders by the beginning of their id."""

import asyncio
from dataclasses import dataclass
from datetime import date

import polars as pl

from warehouse.answers import ORG, Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.queries import org
from warehouse.viewer import ScopeColumns, Viewer, scope_of

_CUSTOMERS = """
SELECT id, if(name = '', id, name) AS name, multiIf(name_en != '', name_en, name != '', name, id) AS name_en, owner_id
FROM dictionary('customers')
WHERE valid_from <= {day:Date} AND valid_to >= {day:Date}
ORDER BY id, valid_from DESC LIMIT 1 BY id
"""

# The keys of both tables begin with the entity's id, so that few granules are read.
_BY_ID = """
SELECT id, kind, argMax(customer_id, version) AS customer_id FROM (
    SELECT opportunity_id AS id, 'deal' AS kind, customer_id, version FROM opportunity_changes
    WHERE entity_id >= {first:String} AND entity_id < {last:String} AND {deals}
    UNION ALL
    SELECT order_id AS id, 'order' AS kind, customer_id, version FROM order_changes
    WHERE entity_id >= {first:String} AND entity_id < {last:String} AND {orders})
WHERE id != '' GROUP BY id, kind ORDER BY length(id), id LIMIT {most:UInt8}
"""
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Directory:
    """The organisation by name: frames of id, name, name_en and more, as `queries.org` and `customers` give them."""

    day: date
    units: pl.DataFrame
    products: pl.DataFrame
    people: pl.DataFrame
    customers: pl.DataFrame


async def directory(warehouse: AsyncWarehouse, day: date) -> Directory:
    """All of it, whoever asks: who shows it keeps it to the viewer's scope."""
    units, products, people, customers = await asyncio.gather(
        org.units_as_of(warehouse, day),
        org.products_as_of(warehouse, day),
        org.people_of(warehouse, None, day),
        ask(warehouse, _CUSTOMERS, {"day": day}, ORG),
    )
    return Directory(day, units, products, people, customers)


async def by_id(warehouse: AsyncWarehouse, viewer: Viewer, beginning: str, most: int = 5) -> pl.DataFrame:
    """Deals and orders in the viewer's scope whose id begins so: id, kind ("deal" or "order"), customer_id."""
    scope, values = scope_of(viewer, ScopeColumns("office_id", "rep_id", "product_id"), "day")
    sql = _BY_ID.replace("{deals}", scope).replace("{orders}", scope)
    values |= {"first": beginning, "last": beginning + _LAST, "most": most}
    return await ask(warehouse, sql, values, Reads("opportunity_changes"))
