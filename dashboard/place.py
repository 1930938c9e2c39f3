"""Where the board looks: a unit or a rep, a product, and what stands below them, as of a day."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dashboard.unknown import unknown_in
from dashboard.view_state import ViewState
from warehouse.client import AsyncWarehouse
from warehouse.queries import org
from warehouse.tree import company_as_of
from warehouse.viewer import Viewer, in_scope


@dataclass(frozen=True)
class Place:
    """Where in the organisation and in the products a question is asked, names and children included.

    `unknown` are the fields of the state that name what there is not.
    """

    day: date
    unit: str | None
    rep: str | None
    path: tuple[org.Node, ...]
    product_path: tuple[org.Node, ...]
    columns_of: str | None
    by: Literal["unit", "rep"]
    rep_name: tuple[str, str]
    customer_name: tuple[str, str]
    offices: frozenset[str] | None
    is_allowed: bool
    has_peers: bool = True
    """Whether a rep stands beside the others of a unit; one whom no unit knows stands alone."""
    unknown: tuple[str, ...] = ()


async def place_of(asked: AsyncWarehouse, viewer: Viewer, state: ViewState, day: date) -> Place:
    """The place `state` speaks of, as of `day`; without a unit it is the top of what the viewer may see."""
    rep = state.rep or (viewer.person_id if viewer.only_own else None)
    unit = state.unit or viewer.home_unit
    person = await org.person(asked, rep, day) if rep else None
    if unit is None and person is not None:
        unit = person.unit_id or None
    company, customers = await asyncio.gather(
        company_as_of(asked, day, everybody=False), org.names(asked, "customer", [state.customer or ""], day)
    )
    nodes, goods = company.units, company.products
    path = _chain(nodes, unit)
    roots = [id for id, row in nodes.items() if len(row["path"]) == 1]
    if unit is None and len(roots) == 1:
        path = _chain(nodes, roots[0])
    here = path[-1].id if path else None
    below = [row for row in nodes.values() if row["parent_id"] == (here or "") and not row["closed"]]
    product = state.product or _only_product(viewer, goods)
    product_path = _chain(goods, product)
    is_leaf = product is not None and not any(row["parent_id"] == product for row in goods.values())
    columns_of = product_path[-1].parent_id or None if is_leaf and product_path else product
    return Place(
        day=day,
        unit=unit,
        rep=rep,
        path=_from_the_top(viewer, path),
        product_path=product_path,
        columns_of=columns_of,
        by="rep" if rep or not below else "unit",
        rep_name=(person.name, person.name_en) if person else (rep or "", ""),
        customer_name=customers.get(state.customer or "", ("", "")),
        offices=None if here in (None, *roots) else frozenset(id for id, row in nodes.items() if here in row["path"]),
        is_allowed=_is_allowed(viewer, path, rep),
        has_peers=rep is None or unit is not None,
        unknown=await unknown_in(asked, viewer, state, company, day),
    )


def _only_product(viewer: Viewer, goods: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The product that all a viewer sees is of, where there is one."""
    if viewer.everything or viewer.unit_ids or viewer.own_rows:
        return None
    mine = viewer.product_ids & goods.keys()
    top = [id for id in mine if mine.isdisjoint(goods[id]["path"][:-1])]
    return top[0] if len(top) == 1 else None


def _is_allowed(viewer: Viewer, path: tuple[org.Node, ...], rep: str | None) -> bool:
    """Whether the place may be shown at all; the rows are scoped by the warehouse in any case."""
    if viewer.everything:
        return True
    if viewer.only_own:
        return rep == viewer.person_id
    return bool(viewer.product_ids) or in_scope(viewer, [node.id for node in path])


def _from_the_top(viewer: Viewer, path: tuple[org.Node, ...]) -> tuple[org.Node, ...]:
    """The path without the units above what the viewer may see."""
    if viewer.everything or viewer.product_ids:
        return path
    return tuple(node for node in path if in_scope(viewer, node.path)) or path[-1:]


def _chain(nodes: Mapping[str, Mapping[str, Any]], id: str | None) -> tuple[org.Node, ...]:
    row = nodes.get(id or "")
    if row is None:
        return ()
    fields = ("id", "name", "name_en", "tier", "parent_id", "manager_id")
    steps = [nodes[step] for step in row["path"] if step in nodes]
    return tuple(org.Node(**{name: step[name] for name in fields}, path=tuple(step["path"])) for step in steps)
