"""Who is asking, and what they may see: the one place where rows are scoped. Without a scope nothing is seen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from warehouse.client import AsyncWarehouse
from warehouse.dimensions import ever_below, path_of

SEE_ALL = frozenset({"ops", "executive", "company_manager", "sales_director", "finance", "hq"})
"""Roles that see the whole company."""

OWN_ONLY = frozenset({"rep", "ar", "solution", "sr", "fulfilment", "fr"})
"""Roles that see the rows credited to themselves."""


@dataclass(frozen=True)
class Viewer:
    """A person with the scope they hold: units and products with all below them, their own rows, or everything."""

    person_id: str
    role: str = ""
    unit_ids: frozenset[str] = frozenset()
    product_ids: frozenset[str] = frozenset()
    own_rows: bool = False
    everything: bool = False
    is_ops: bool = False
    """Of sales operations: may see events in full, and send dead letters back."""

    @classmethod
    def system(cls) -> "Viewer":
        """The worker, which sees everything."""
        return cls("system", "system", everything=True)

    @classmethod
    def nobody(cls, person_id: str = "") -> "Viewer":
        """Somebody without any scope."""
        return cls(person_id)

    @property
    def only_own(self) -> bool:
        """Whether all this viewer sees is credited to themselves, so that every question is about a person."""
        return self.own_rows and not (self.everything or self.unit_ids or self.product_ids)

    @property
    def home_unit(self) -> str | None:
        """The unit to open the board at; None for the whole company."""
        return min(self.unit_ids) if self.unit_ids and not self.everything else None

    @property
    def cache_key(self) -> str:
        """Equal exactly for viewers who see the same rows."""
        if self.everything:
            return "everything"
        own = self.person_id if self.own_rows else ""
        return f"units={sorted(self.unit_ids)} products={sorted(self.product_ids)} own={own!r}"


@dataclass(frozen=True)
class ScopeColumns:
    """The SQL of the columns a scope is checked on; None where the table has no such column."""

    unit: str | None = None
    person: str | None = None
    product: str | None = None


def scope_of(viewer: Viewer, columns: ScopeColumns, day: str) -> tuple[str, dict[str, Any]]:
    """The condition that keeps what `viewer` may see, and its parameters; organisation as of `day`, given as SQL."""
    if viewer.everything:
        return "1", {}
    allowed: list[str] = []
    parameters: dict[str, Any] = {}
    for ids, column, dictionary in (
        (viewer.unit_ids, columns.unit, "units"),
        (viewer.product_ids, columns.product, "products"),
    ):
        if ids and column:
            name, nodes = f"scope_{dictionary}", f"{{scope_{dictionary}:Array(String)}}"
            path = path_of(dictionary, column).format(day=day)
            allowed.append(f"({ever_below(dictionary, column, nodes)} AND hasAny({path}, {nodes}))")
            parameters[name] = sorted(ids)
    if viewer.own_rows and columns.person:
        allowed.append(f"{columns.person} = {{scope_person:String}}")
        parameters["scope_person"] = viewer.person_id
    return f"({' OR '.join(allowed)})" if allowed else "0", parameters


def in_scope(viewer: Viewer, unit_path: Collection[str]) -> bool:
    """Whether the viewer may know of the unit with that path at all: it is in, or above, what they see."""
    return viewer.everything or bool(viewer.unit_ids & set(unit_path))


def viewer_from(person_id: str, found: Mapping[str, Any]) -> Viewer:
    """The scope that follows from a person's status, role@unit pairs, and the units and products they manage."""
    if not found or found["status"] == "left":
        return Viewer.nobody(person_id)
    roles: dict[str, set[str]] = {}
    for text in (*found["roles"], f"{found['role']}@{found['unit_id']}"):
        role, _, unit = text.partition("@")
        if role:
            roles.setdefault(role.lower(), set()).add(unit)
    units, products = set(found["managed_units"]), set(found["managed_products"])
    for role, held in roles.items():
        if role.startswith("product"):
            products |= held & set(found["known_products"])
        elif role not in SEE_ALL and role.endswith(("_manager", "_lead", "_director")):
            units |= held - {""}
    return Viewer(
        person_id,
        role=found["role"] or next(iter(roles), ""),
        unit_ids=frozenset(units),
        product_ids=frozenset(products),
        own_rows=(not units and not products) or bool(roles.keys() & OWN_ONLY),
        everything=bool(roles.keys() & SEE_ALL) or bool(units & set(found["roots"])),
        is_ops="ops" in roles,
    )


_FOUND = """
SELECT status, role, unit_id, roles,
    (SELECT groupArray(id) FROM (SELECT DISTINCT id FROM dictionary('units'))
        WHERE dictGet('units', 'manager_id', id, {day:Date}) = {person:String}) AS managed_units,
    (SELECT groupArray(id) FROM (SELECT DISTINCT id FROM dictionary('products'))
        WHERE dictGet('products', 'manager_id', id, {day:Date}) = {person:String}) AS managed_products,
    (SELECT groupUniqArray(id) FROM dictionary('products')) AS known_products,
    (SELECT if(uniqExact(path[1]) = 1, groupUniqArray(path[1]), []) FROM dictionary('units')
        WHERE valid_from <= {day:Date} AND valid_to >= {day:Date}) AS roots
FROM person_ranges
WHERE edition = (SELECT max(edition) FROM person_ranges) AND id = {person:String}
    AND valid_from <= {day:Date} AND valid_to >= {day:Date}
ORDER BY valid_from DESC LIMIT 1
"""


async def viewer_for(warehouse: AsyncWarehouse, person_id: str, day: date) -> Viewer:
    """The scope a person holds on `day`; nobody's for one who is unknown or has left."""
    rows = await warehouse.query(_FOUND, {"person": person_id, "day": day})
    return viewer_from(person_id, rows.row(0, named=True) if len(rows) else {})
