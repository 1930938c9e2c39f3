"""Which units and products are the top of everything, the only root standing for the whole company, and when the trees
turned into others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from warehouse.answers import ORG, ask, held
from warehouse.client import AsyncWarehouse

ROOTS = """
SELECT 'units' AS tree, id, path, valid_from, valid_to FROM dictionary('units') WHERE notEmpty(path)
UNION ALL
SELECT 'products', id, path, valid_from, valid_to FROM dictionary('products') WHERE notEmpty(path)
"""
"""Where everything ever stood, and from when to when."""

LAST_DAY = date(2149, 6, 6)
"""The last that the engine's Date holds: what stands until then stands for ever."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Roots:
    """The id of the only root of each tree, '' where there are several or none."""

    unit: str = ""
    product: str = ""
    turns: tuple[date, ...] = ()
    """The days from which on something of either tree stood elsewhere than the day before, in order."""


def roots_from(rows: pl.DataFrame, day: date) -> Roots:
    """The roots on that day, of the answer to `ROOTS`."""
    stood = rows.filter(pl.lit(day).is_between("valid_from", "valid_to")).with_columns(top=pl.col("path").list.first())
    unit, product = (_only(stood.filter(tree=tree)["top"]) for tree in ("units", "products"))
    return Roots(unit, product, _turns(rows))


def _turns(rows: pl.DataFrame) -> tuple[date, ...]:
    """What changed but for its place (a manager, a supply) turns no tree."""
    node, way = ["tree", "id"], pl.col("path").list.join("\n")
    beside = rows.select(*node, "valid_from", after=pl.col("valid_to") + _DAY, way=way).sort(*node, "valid_from")
    stays = (pl.col("after").shift(1) == pl.col("valid_from")) & (pl.col("way").shift(1) == pl.col("way"))
    goes_on = (pl.col("valid_from").shift(-1) == pl.col("after")) & (pl.col("way").shift(-1) == pl.col("way"))
    marked = beside.with_columns(
        begins=~stays.over(node).fill_null(value=False), ends=~goes_on.over(node).fill_null(value=False)
    )
    ends = marked.filter("ends")["after"]
    return tuple(pl.concat([marked.filter("begins")["valid_from"], ends.filter(ends <= LAST_DAY)]).unique().sort())


def _only(tops: Iterable[str]) -> str:
    found = set(tops)
    return found.pop() if len(found) == 1 else ""


async def roots_on(warehouse: AsyncWarehouse, day: date) -> Roots:
    """The roots on that day."""

    async def read() -> Roots:
        return roots_from(await ask(warehouse, ROOTS, {}, ORG), day)

    return await held(("roots", id(warehouse), day), (ORG,), read)
