"""Which units and products are the top of everything, the only root standing for the whole company, and when the trees
turned into others."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from warehouse.answers import ORG, held
from warehouse.client import AsyncWarehouse
from warehouse.queries.ranges import TREES, paths

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


def roots_from(trees: Iterable[pl.DataFrame], day: date) -> Roots:
    """The roots on that day, of the ranges of units and of products as `paths` gives them."""
    known = [frame.filter(pl.col("path").list.len() > 0) for frame in trees]
    unit, product = (_root(frame, day) for frame in known)
    return Roots(unit, product, tuple(pl.concat([_turns(frame) for frame in known]).unique().sort()))


def _root(ranges: pl.DataFrame, day: date) -> str:
    stood = ranges.filter(pl.lit(day).is_between("valid_from", "valid_to"))
    tops = set(stood["path"].list.first())
    return str(tops.pop()) if len(tops) == 1 else ""


def _turns(ranges: pl.DataFrame) -> pl.Series:
    """What changed but for its place (a manager, a supply) turns no tree."""
    way = pl.col("path").list.join("\n")
    beside = ranges.select("id", "valid_from", after=pl.col("valid_to") + _DAY, way=way).sort("id", "valid_from")
    stays = (pl.col("after").shift(1) == pl.col("valid_from")) & (pl.col("way").shift(1) == pl.col("way"))
    goes_on = (pl.col("valid_from").shift(-1) == pl.col("after")) & (pl.col("way").shift(-1) == pl.col("way"))
    marked = beside.with_columns(
        begins=~stays.over("id").fill_null(value=False), ends=~goes_on.over("id").fill_null(value=False)
    )
    ends = marked.filter("ends")["after"]
    return pl.concat([marked.filter("begins")["valid_from"], ends.filter(ends <= LAST_DAY)])


async def roots_on(warehouse: AsyncWarehouse, day: date) -> Roots:
    """The roots on that day."""

    async def read() -> Roots:
        return roots_from(await asyncio.gather(*(paths(warehouse, tree) for tree in TREES)), day)

    return await held(("roots", id(warehouse), day), (ORG,), read)
