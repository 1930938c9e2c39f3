"""The organisation as of a day: units, products and people, by id. Names fall back to ids."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from warehouse.answers import ORG, Reads, ask, ask_of_ids, held
from warehouse.client import AsyncWarehouse

Tree = Literal["units", "products"]
NameOf = Literal["unit", "person", "product", "customer"]
_DICTIONARIES: dict[str, str] = {"unit": "units", "person": "people", "product": "products", "customer": "customers"}

# Of several ranges that hold the day, the one that began last: what the dictionaries answer too.
_AS_OF = """
SELECT id, parent_id, tier, if(name = '', id, name) AS name,
    multiIf(name_en != '', name_en, name != '', name, id) AS name_en, manager_id, {extra} path
FROM dictionary('{tree}')
WHERE valid_from <= {{day:Date}} AND valid_to >= {{day:Date}} {only}
ORDER BY id, valid_from DESC LIMIT 1 BY id
"""

_PEOPLE = """
SELECT id, if(name = '', id, name) AS name, multiIf(name_en != '', name_en, name != '', name, id) AS name_en,
    unit_id, role, status, stand_in_id, contact
FROM (SELECT id, valid_from, name, name_en, unit_id, role, status, stand_in_id, contact FROM dictionary('people')
    WHERE valid_from <= {{day:Date}} AND valid_to >= {{day:Date}}
    ORDER BY id, valid_from DESC LIMIT 1 BY id)
WHERE {only}
"""

_LEADS = (
    "status != 'left' AND (id IN (SELECT manager_id FROM dictionary('units'))"
    " OR id IN (SELECT manager_id FROM dictionary('products')))"
)
_NAMES = """
SELECT id, dictGet('{d}', 'name', id, {{day:Date}}) AS name, dictGet('{d}', 'name_en', id, {{day:Date}}) AS name_en
FROM (SELECT arrayJoin({{ids:Array(String)}}) AS id)
"""


@dataclass(frozen=True)
class Node:
    """A unit or a product; `path` leads from the root down to it, itself included."""

    id: str
    name: str
    name_en: str
    tier: str
    parent_id: str
    manager_id: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """Somebody of the company as of a day; `status` active, leave or left."""

    id: str
    name: str
    name_en: str
    unit_id: str
    role: str
    status: str
    stand_in_id: str
    contact: str


def _node(row: dict[str, Any]) -> Node:
    words = {name: row[name] for name in ("id", "name", "name_en", "tier", "parent_id", "manager_id")}
    return Node(**words, path=tuple(row["path"]))


async def _nodes(warehouse: AsyncWarehouse, tree: Tree, day: date, only: str = "", **values: Any) -> list[Node]:
    sql = _AS_OF.format(tree=tree, extra="", only=only)
    return [_node(row) for row in (await ask(warehouse, sql, {"day": day, **values}, ORG)).iter_rows(named=True)]


async def units_as_of(warehouse: AsyncWarehouse, day: date) -> pl.DataFrame:
    """Every unit: id, parent_id, tier, name, name_en, manager_id, closed, path (root first); sorted by id."""
    return await ask(warehouse, _AS_OF.format(tree="units", extra="closed,", only=""), {"day": day}, ORG)


async def products_as_of(warehouse: AsyncWarehouse, day: date) -> pl.DataFrame:
    """Every product: id, parent_id, tier, name, name_en, manager_id, supply, successor_id, path; sorted by id."""
    return await ask(
        warehouse, _AS_OF.format(tree="products", extra="supply, successor_id,", only=""), {"day": day}, ORG
    )


async def roots(warehouse: AsyncWarehouse, day: date, tree: Tree = "units") -> list[Node]:
    """The nodes without a parent."""
    return await _nodes(warehouse, tree, day, "AND length(path) = 1")


async def node(warehouse: AsyncWarehouse, tree: Tree, node_id: str, day: date) -> Node | None:
    """The unit or product of that id; None when nobody knows it on that day."""
    found = await _nodes(warehouse, tree, day, "AND id = {id:String}", id=node_id)
    return found[0] if found else None


async def unit(warehouse: AsyncWarehouse, unit_id: str, day: date) -> Node | None:
    """The unit of that id; None when nobody knows it on that day."""
    return await node(warehouse, "units", unit_id, day)


async def path(warehouse: AsyncWarehouse, tree: Tree, node_id: str, day: date) -> list[Node]:
    """The nodes from the root down to this one; empty when it is unknown."""
    chain = "AND has(dictGet({tree:String}, 'path', {id:String}, {day:Date}), id)"
    found = await _nodes(warehouse, tree, day, chain.replace("{tree:String}", f"'{tree}'"), id=node_id)
    return sorted(found, key=lambda step: len(step.path))


async def unit_path(warehouse: AsyncWarehouse, unit_id: str, day: date) -> list[Node]:
    """The units from the root down to this one, for a breadcrumb; empty when it is unknown."""
    return await path(warehouse, "units", unit_id, day)


async def product_path(warehouse: AsyncWarehouse, product_id: str, day: date) -> list[Node]:
    """The products from the root down to this one; empty when it is unknown."""
    return await path(warehouse, "products", product_id, day)


async def children(warehouse: AsyncWarehouse, tree: Tree, node_id: str | None, day: date) -> list[Node]:
    """The direct children on that day; of None those of the only root, or the roots where there are several."""
    if node_id is None:
        tops = await roots(warehouse, day, tree)
        if len(tops) != 1:
            return tops
        node_id = tops[0].id
    return await _nodes(warehouse, tree, day, "AND parent_id = {parent:String}", parent=node_id)


async def unit_children(warehouse: AsyncWarehouse, unit_id: str | None, day: date) -> list[Node]:
    """The units directly below this one, or below the company for None."""
    return await children(warehouse, "units", unit_id, day)


async def product_children(warehouse: AsyncWarehouse, product_id: str | None, day: date) -> list[Node]:
    """The products directly below this one, or the top of the tree for None."""
    return await children(warehouse, "products", product_id, day)


async def person(warehouse: AsyncWarehouse, person_id: str, day: date) -> Person | None:
    """The person of that id as of the day; None when unknown."""
    rows = await ask(warehouse, _PEOPLE.format(only="id = {id:String}"), {"day": day, "id": person_id}, ORG)
    return Person(**rows.row(0, named=True)) if len(rows) else None


async def people_of(warehouse: AsyncWarehouse, unit_id: str | None, day: date) -> pl.DataFrame:
    """Who is in the unit or below it and has not left; one row a person with the fields of `Person`, sorted by id."""
    only = "status != 'left'"
    if unit_id is not None:
        only += " AND has(dictGet('units', 'path', unit_id, {day:Date}), {unit:String})"
    return await ask(warehouse, _PEOPLE.format(only=only) + "ORDER BY id", {"day": day, "unit": unit_id or ""}, ORG)


async def everybody(warehouse: AsyncWarehouse, day: date) -> pl.DataFrame:
    """The same of all whom the organisation knows, those who have left too."""
    return await ask(warehouse, _PEOPLE.format(only="1") + "ORDER BY id", {"day": day}, ORG)


async def leaders(warehouse: AsyncWarehouse, day: date) -> pl.DataFrame:
    """The same of those who manage a unit or a product."""
    return await ask(warehouse, _PEOPLE.format(only=_LEADS) + "ORDER BY id", {"day": day}, ORG)


async def names(warehouse: AsyncWarehouse, kind: NameOf, ids: Iterable[str], day: date) -> dict[str, tuple[str, str]]:
    """(name, name_en) of each id; the id itself where there is no name."""
    wanted = sorted(set(ids) - {""})
    if not wanted:
        return {}
    if kind in ("unit", "product"):
        known = await _called(warehouse, kind, day)
        return {key: known.get(key, (key, key)) for key in wanted}
    known = await held(("names", id(warehouse), kind, day), (ORG,), _nobody)
    if unknown := [key for key in wanted if key not in known]:
        rows = await ask_of_ids(warehouse, _NAMES.format(d=_DICTIONARIES[kind]), unknown, {"day": day}, ORG)
        known |= {key: (name or key, english or name or key) for key, name, english in rows.iter_rows()}
    return {key: known[key] for key in wanted}


async def _nobody() -> dict[str, tuple[str, str]]:
    """Names as they are learned, until the organisation moves."""
    return {}


async def _called(warehouse: AsyncWarehouse, kind: NameOf, day: date) -> dict[str, tuple[str, str]]:
    """The names of every unit or product: few, and asked for by every page in any case."""

    async def read() -> dict[str, tuple[str, str]]:
        rows = await (units_as_of if kind == "unit" else products_as_of)(warehouse, day)
        return {key: (name, english) for key, name, english in rows.select("id", "name", "name_en").iter_rows()}

    return await held(("called", id(warehouse), kind, day), (ORG,), read)


_VIEWERS = """
SELECT id AS person_id, if(name = '', id, name) AS name,
    multiIf(name_en != '', name_en, name != '', name, id) AS name_en, role, unit_id,
    if(dictGet('units', 'name', unit_id, {day:Date}) = '', unit_id, dictGet('units', 'name', unit_id, {day:Date}))
        AS unit_name,
    if(dictGet('units', 'name_en', unit_id, {day:Date}) = '', unit_name,
        dictGet('units', 'name_en', unit_id, {day:Date})) AS unit_name_en,
    length(dictGet('units', 'path', unit_id, {day:Date})) AS depth,
    id IN (SELECT manager_id FROM dictionary('units')) OR id IN (SELECT manager_id FROM dictionary('products'))
        OR NOT role IN ('', 'rep', 'ar', 'solution', 'sr', 'fulfilment', 'fr') AS leads
FROM (SELECT * FROM dictionary('people') WHERE valid_from <= {day:Date} AND valid_to >= {day:Date}
    ORDER BY id, valid_from DESC LIMIT 1 BY id)
WHERE status != 'left'
ORDER BY leads DESC, depth, unit_id, id
"""


_NAMED = """
SELECT who FROM (SELECT argMax((finding_state, responsible_id, gap), (version, offset)) AS last,
        last.1 AS standing, last.2 AS who, last.3 AS short
    FROM finding_events WHERE state != '' GROUP BY finding_id)
WHERE standing = 'open' AND who != '' GROUP BY who ORDER BY min(short), who
"""


async def viewers(warehouse: AsyncWarehouse, day: date) -> pl.DataFrame:
    """Everybody one may look as: who leads something or is of ops, top first, then the others, of whom reps are first,
    and of these the ones that a finding names, the largest gap first.

    Columns person_id, name, name_en, role, unit_id, unit_name, unit_name_en, leads (0 or 1), is_named.
    """
    rows, named = await asyncio.gather(
        ask(warehouse, _VIEWERS, {"day": day}, ORG), ask(warehouse, _NAMED, {}, Reads("finding_events"))
    )
    places = {who: place for place, who in enumerate(named["who"])}
    place = pl.col("person_id").replace_strict(places, default=len(places), return_dtype=pl.Int64)
    found = rows.with_columns(
        is_named=place < len(places),
        is_other=pl.when(pl.col("leads") == 1).then(0).when(pl.col("role") == "rep").then(1).otherwise(2),
        place=pl.when(pl.col("leads") == 1).then(0).otherwise(place),
    )
    return found.sort("is_other", "place", maintain_order=True).drop("depth", "is_other", "place")
