"""Sums of a node are made of sums of its leaves, which are asked once for everybody who looks at whichever node.

A region's month by product and its neighbour's are the same statement, by office and product of the whole company; who
may see what, which node is meant and where each leaf stood on its day is applied to its answer, here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from warehouse.answers import ORG, held
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import UNASSIGNED
from warehouse.queries.ranges import paths
from warehouse.selects import Flow

Tree = Literal["unit", "product"]
TREES: Mapping[Tree, Literal["units", "products"]] = {"unit": "units", "product": "products"}
"""The dictionary that holds each tree."""
LEAVES: Mapping[Tree, str] = {"unit": "office_id", "product": "product_id"}
"""The column of the change tables with the leaf of each tree."""
LOOKED_UP = "looked_up"
"""The column with the day on which the leaves of a row are looked up."""


@dataclass(frozen=True)
class Climb:
    """One tree in a question: narrowed to `node` (None: not), split below `top` ('': at the roots), seen of it
    `allowed` and what is below."""

    tree: Tree
    node: str | None
    top: str
    allowed: frozenset[str]


@dataclass(frozen=True)
class Rollup:
    """How `base`, sums by leaves for nobody in particular, becomes what was asked: split by columns of the base or, as
    `by_unit` and `by_product`, by the children of a node.

    Leaves stood where they stood on `day`; None: on that of the base's column `LOOKED_UP`. Without `sees_all` a row is
    seen that any of the climbs allows.
    """

    base: Flow
    climbs: tuple[Climb, ...]
    by: tuple[str, ...]
    day: date | None
    sees_all: bool


async def climbed(warehouse: AsyncWarehouse, rollup: Rollup) -> list[pl.DataFrame]:
    """The ranges of every climb of the roll-up, as `folded` takes them."""
    return [await _ranges(warehouse, climb) for climb in rollup.climbs]


async def _ranges(warehouse: AsyncWarehouse, climb: Climb) -> pl.DataFrame:
    async def read() -> pl.DataFrame:
        return _climbed(await paths(warehouse, TREES[climb.tree]), climb)

    return await held(("climb", id(warehouse), climb), (ORG,), read)


def _climbed(ranges: pl.DataFrame, climb: Climb) -> pl.DataFrame:
    """By leaf and range of days, sorted by valid_from: is it in the node, is it seen, below which child it stands."""
    found: list[tuple[Any, ...]] = []
    for leaf, first, last, path in ranges.select("id", "valid_from", "valid_to", "path").iter_rows():
        in_node = climb.node is None or climb.node in path
        if climb.node == UNASSIGNED:
            in_node = not path
        found.append((leaf, first, last, in_node, not climb.allowed.isdisjoint(path), _child(path, climb.top)))
    schema = {"leaf": pl.String, "valid_from": pl.Date, "valid_to": pl.Date, "in_node": pl.Boolean}
    return pl.DataFrame(found, schema | {"is_seen": pl.Boolean, "child": pl.String}, orient="row")


def _child(path: list[str], top: str) -> str:
    """Direct children of `top`; what hangs on it itself stands under its own id."""
    if not path:
        return UNASSIGNED
    place = path.index(top) + 1 if top in path else 0
    return path[place] if place < len(path) else top


def folded(frame: pl.DataFrame, rollup: Rollup, climbs: list[pl.DataFrame]) -> pl.DataFrame:
    """The answer to the base as that of the question: `by` and the sums, one row without `by`."""
    sums = [f"sum_{column}" for column in rollup.base.columns]
    keeps, seen = [], list[pl.Expr]()
    if rollup.day is not None:
        frame = frame.with_columns(pl.lit(rollup.day).alias(LOOKED_UP))
    for climb, ranges in zip(rollup.climbs, climbs, strict=True):
        frame = _placed(frame, climb, ranges)
        keeps.append(pl.col(f"in_{climb.tree}"))
        if climb.allowed:
            seen.append(pl.col(f"seen_{climb.tree}"))
    if not rollup.sees_all:
        keeps.append(pl.any_horizontal(seen) if seen else pl.lit(value=False))
    frame = frame.filter(*keeps)
    return frame.group_by(rollup.by).agg(pl.col(sums).sum()) if rollup.by else frame.select(pl.col(sums).sum())


def _placed(frame: pl.DataFrame, climb: Climb, ranges: pl.DataFrame) -> pl.DataFrame:
    """With, of every row, whether it lies in the node, whether it is seen, and below which child of the top."""
    key = [LEAVES[climb.tree], LOOKED_UP]
    stood = frame.select(key).unique().sort(LOOKED_UP)
    stood = stood.join_asof(
        ranges, left_on=LOOKED_UP, right_on="valid_from", by_left=key[0], by_right="leaf", check_sortedness=False
    )
    stands = pl.col(LOOKED_UP) <= pl.col("valid_to")
    nowhere = pl.lit(climb.node in (None, UNASSIGNED))
    if climb.tree == "product":  # one that nobody declared can still be asked for by its id
        nowhere = nowhere | (pl.col(key[0]) == (climb.node or ""))
    placed = stood.select(
        *key,
        pl.when(stands).then("in_node").otherwise(nowhere).alias(f"in_{climb.tree}"),
        (stands & pl.col("is_seen")).fill_null(value=False).alias(f"seen_{climb.tree}"),
        pl.when(stands).then("child").otherwise(pl.lit(UNASSIGNED)).alias(f"by_{climb.tree}"),
    )
    return frame.join(placed, on=key, how="left")
