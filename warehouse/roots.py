"""Which units and products are the top of everything: the only root stands for the whole company."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from warehouse.answers import ORG, ask
from warehouse.client import AsyncWarehouse

ROOTS = """
SELECT 'units' AS tree, groupUniqArray(path[1]) AS ids FROM dictionary('units')
WHERE valid_from <= {day:Date} AND valid_to >= {day:Date} AND notEmpty(path)
UNION ALL
SELECT 'products', groupUniqArray(path[1]) FROM dictionary('products')
WHERE valid_from <= {day:Date} AND valid_to >= {day:Date} AND notEmpty(path)
"""


@dataclass(frozen=True)
class Roots:
    """The id of the only root of each tree, '' where there are several or none."""

    unit: str = ""
    product: str = ""


def roots_from(rows: pl.DataFrame) -> Roots:
    """What the answer to `ROOTS` says."""
    tops = dict(rows.iter_rows())
    return Roots(_only(tops.get("units", ())), _only(tops.get("products", ())))


def _only(tops: Iterable[str]) -> str:
    found = list(tops)
    return found[0] if len(found) == 1 else ""


async def roots_on(warehouse: AsyncWarehouse, day: date) -> Roots:
    """The roots on that day."""
    return roots_from(await ask(warehouse, ROOTS, {"day": day}, ORG))
