"""Which units and products are the top of everything, the only root standing for the whole company, and when the trees
turned into others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from warehouse.answers import ORG, ask, held
from warehouse.client import AsyncWarehouse

ROOTS = """
SELECT DISTINCT 'units' AS tree, path[1] AS id, valid_from, valid_to FROM dictionary('units') WHERE notEmpty(path)
UNION ALL
SELECT DISTINCT 'products', path[1], valid_from, valid_to FROM dictionary('products') WHERE notEmpty(path)
"""
"""Every top there ever was, and when something stood below it."""

LAST_DAY = date(2149, 6, 6)
"""The last that the engine's Date holds: what stands until then stands for ever."""


@dataclass(frozen=True)
class Roots:
    """The id of the only root of each tree, '' where there are several or none."""

    unit: str = ""
    product: str = ""
    turns: tuple[date, ...] = ()
    """The days from which on something of either tree was another than the day before, in order."""


def roots_from(rows: pl.DataFrame, day: date) -> Roots:
    """The roots on that day, of the answer to `ROOTS`."""
    stood = rows.filter(pl.lit(day).is_between("valid_from", "valid_to"))
    unit, product = (_only(stood.filter(tree=tree)["id"]) for tree in ("units", "products"))
    ends = rows["valid_to"].filter(rows["valid_to"] < LAST_DAY) + timedelta(days=1)
    return Roots(unit, product, tuple(pl.concat([rows["valid_from"], ends]).unique().sort()))


def _only(tops: Iterable[str]) -> str:
    found = set(tops)
    return found.pop() if len(found) == 1 else ""


async def roots_on(warehouse: AsyncWarehouse, day: date) -> Roots:
    """The roots on that day."""

    async def read() -> Roots:
        return roots_from(await ask(warehouse, ROOTS, {}, ORG), day)

    return await held(("roots", id(warehouse), day), (ORG,), read)
