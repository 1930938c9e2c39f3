"""The company on one day as this process holds it: which children a node has, what they are called, whose they are."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from warehouse.answers import ORG, held
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.queries.org import leaders, people_of, products_as_of, units_as_of
from warehouse.targets import Split
from warehouse.viewer import OWN_ONLY, Viewer

Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Company:
    """Units, products and people (who have not left) by id; see `company_as_of` for which."""

    units: Rows
    products: Rows
    people: Rows

    def node_of(self, where: Where) -> tuple[Split, str]:
        """What the question is about: a rep, else a product, else a unit ('' for the whole company without a root)."""
        if where.rep_id is not None:
            return "rep", where.rep_id
        if where.product_id is not None:
            return "product", where.product_id
        return "unit", where.unit_id or _only_root(self.units)

    def words(self, kind: Split, key: str) -> dict[str, str]:
        """Name, tier and manager of a node, for a row of a frame; ids where there is no name."""
        row = self._rows(kind).get(key, {})
        manager = str(row.get("manager_id", ""))
        if kind == "rep" and row:
            manager = str(self.units.get(row["unit_id"], {}).get("manager_id", ""))
        leader = self.people.get(manager, {})
        return {
            "name": str(row.get("name", key)),
            "name_en": str(row.get("name_en", key)),
            "tier": str(row.get("tier", row.get("role", ""))),
            "manager_id": manager,
            "manager_name": str(leader.get("name", manager)),
            "manager_name_en": str(leader.get("name_en", manager)),
        }

    def path_of(self, kind: Split, key: str, where: Where) -> tuple[str, ...]:
        """The units above a node (itself included), whose working days are the node's."""
        unit = where.unit_id or ""
        if kind == "unit":
            unit = key
        elif kind == "rep" and key in self.people:
            unit = self.people[key]["unit_id"]
        return tuple(self.units.get(unit, {}).get("path", ()))

    def listed(self, by: Split, where: Where, viewer: Viewer) -> Iterable[str]:
        """The children that are shown though nothing may stand under them, as far as the viewer may know of them."""
        if by == "unit":
            found = _children(self.units, where.unit_id)
            return [key for key in found if not self.units[key]["closed"] and self._may_see(viewer, self.units[key])]
        if by == "product":
            found = _children(self.products, where.product_id)
            scoped = viewer.product_ids and not (viewer.everything or viewer.unit_ids)
            return [key for key in found if not scoped or viewer.product_ids & set(self.products[key]["path"])]
        return [key for key, row in self.people.items() if self._is_rep_here(key, row, where, viewer)]

    def _is_rep_here(self, key: str, row: dict[str, Any], where: Where, viewer: Viewer) -> bool:
        unit = self.units.get(row["unit_id"], {"path": []})
        inside = where.unit_id is None or where.unit_id in unit["path"]
        mine = viewer.everything or bool(viewer.unit_ids & set(unit["path"])) or key == viewer.person_id
        return inside and mine and row["role"].lower() in OWN_ONLY and where.rep_id in (None, key)

    def _may_see(self, viewer: Viewer, unit: dict[str, Any]) -> bool:
        if viewer.everything or viewer.product_ids or viewer.unit_ids & set(unit["path"]):
            return True
        return any(unit["id"] in self.units[own]["path"] for own in viewer.unit_ids if own in self.units)

    def _rows(self, kind: Split) -> Rows:
        return {"unit": self.units, "product": self.products, "rep": self.people}[kind]


def _only_root(rows: Rows) -> str:
    tops = [key for key, row in rows.items() if len(row["path"]) == 1]
    return tops[0] if len(tops) == 1 else ""


def _children(rows: Rows, node: str | None) -> list[str]:
    above = node or _only_root(rows)
    if not above:
        return [key for key, row in rows.items() if len(row["path"]) == 1]
    return [key for key, row in rows.items() if len(row["path"]) > 1 and row["path"][-2] == above]


def _rows(frame: pl.DataFrame) -> Rows:
    return {row["id"]: row for row in frame.iter_rows(named=True)}


async def company_as_of(warehouse: AsyncWarehouse, day: date, *, everybody: bool = True) -> Company:
    """Everything the board names on that day; without `everybody` of the people only those who lead something."""

    async def read() -> Company:
        found = await asyncio.gather(
            units_as_of(warehouse, day),
            products_as_of(warehouse, day),
            people_of(warehouse, None, day) if everybody else leaders(warehouse, day),
        )
        return Company(*map(_rows, found))

    return await held(("company", id(warehouse), day, everybody), (ORG,), read)
