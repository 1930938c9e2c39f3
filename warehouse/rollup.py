"""Sums of a node are made of sums of its leaves, which are asked once for everybody who looks at whichever node.

A region's month by product and its neighbour's are the same statement, by office and product of the whole company; who
may see what, which node is meant and where each leaf stood on its day is applied to its answer, here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from warehouse.answers import ORG, held
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import UNASSIGNED
from warehouse.queries.ranges import paths
from warehouse.roots import LAST_DAY
from warehouse.selects import Flow
from warehouse.together import DAY, FIRST_DAY

Tree = Literal["unit", "product"]
TREES: Mapping[Tree, Literal["units", "products"]] = {"unit": "units", "product": "products"}
"""The dictionary that holds each tree."""
LEAVES: Mapping[Tree, str] = {"unit": "office_id", "product": "product_id"}
"""The column of the change tables with the leaf of each tree."""
LOOKED_UP = "looked_up"
"""The column with the day on which the leaves of a row are looked up."""


_FROM: Mapping[str, pl.Expr] = {
    "by_day": pl.col(LOOKED_UP).alias("by_day"),
    "by_month": pl.col(LOOKED_UP).dt.truncate("1mo").alias("by_month"),
    **{f"by_{name}": pl.col(leaf).replace("", UNASSIGNED).alias(f"by_{name}")
       for name, leaf in (("office", LEAVES["unit"]), ("leaf_product", LEAVES["product"]))},
}  # fmt: skip
"""What a fine base is split by that it has no column of."""


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
    seen that any of the climbs allows. Of a base that is finer than that, rows with these values in these columns are
    meant.
    """

    base: Flow
    climbs: tuple[Climb, ...]
    by: tuple[str, ...]
    day: date | None
    sees_all: bool
    equal: tuple[tuple[str, str | int], ...] = ()


async def climbed(warehouse: AsyncWarehouse, rollup: Rollup) -> list[pl.DataFrame]:
    """The ranges of every climb of the roll-up, as `folded` takes them."""
    return [await _ranges(warehouse, climb) for climb in rollup.climbs]


async def _ranges(warehouse: AsyncWarehouse, climb: Climb) -> pl.DataFrame:
    async def read() -> pl.DataFrame:
        return _climbed(await paths(warehouse, TREES[climb.tree]), climb)

    return await held(("climb", id(warehouse), climb), (ORG,), read)


def _climbed(ranges: pl.DataFrame, climb: Climb) -> pl.DataFrame:
    """By leaf and days (`first` to `last`, all there are): `is_seen`, and the `child` below which it stands.
    Narrowed to a node, only what lies in it."""
    spans: dict[str, list[tuple[date, date, list[str]]]] = {}
    for leaf, first, last, path in ranges.select("id", "valid_from", "valid_to", "path").iter_rows():
        spans.setdefault(leaf, []).append((first, last, path))
    if climb.tree == "product" and climb.node:
        spans.setdefault(climb.node, [])  # one that nobody declared can still be asked for by its id
    rows = [
        (leaf, first, last, not climb.allowed.isdisjoint(path), _child(path, climb.top))
        for leaf, known in spans.items()
        for first, last, path in _all_days(known)
        if climb.node is None or _is_in(climb, leaf, path)
    ]
    schema = {"leaf": pl.String, "first": pl.Date, "last": pl.Date, "is_seen": pl.Boolean, "child": pl.String}
    return pl.DataFrame(rows, schema, orient="row")


def _all_days(known: list[tuple[date, date, list[str]]]) -> Iterator[tuple[date, date, list[str]]]:
    """The spans in order, and those between in which it stands nowhere."""
    reached = FIRST_DAY
    for first, last, path in known:
        if reached < first:
            yield reached, first - DAY, []
        yield first, last, path
        reached = last + DAY
    if reached <= LAST_DAY:
        yield reached, LAST_DAY, []


def _is_in(climb: Climb, leaf: str, path: list[str]) -> bool:
    if climb.node == UNASSIGNED:
        return not path
    return climb.node in path or (climb.tree == "product" and leaf == climb.node)


def _child(path: list[str], top: str) -> str:
    """Direct children of `top`; what hangs on it itself stands under its own id."""
    if not path:
        return UNASSIGNED
    place = path.index(top) + 1 if top in path else 0
    return path[place] if place < len(path) else top


def narrowed(frame: pl.DataFrame, rollup: Rollup, climbs: list[pl.DataFrame]) -> pl.DataFrame:
    """The rows of a fine base that can count for the question, whichever way it is split and whoever sees it."""
    kept = [pl.col(column) == value for column, value in rollup.equal]
    for climb, ranges in zip(rollup.climbs, climbs, strict=True):
        if climb.node not in (None, UNASSIGNED):
            kept.append(pl.col(LEAVES[climb.tree]).is_in(ranges["leaf"].unique().implode()))
    return frame.filter(*kept) if kept else frame


def folded(frame: pl.DataFrame, rollup: Rollup, climbs: list[pl.DataFrame]) -> pl.DataFrame:
    """The answer to the base as that of the question: `by` and the sums, one row without `by`."""
    found, seen = frame.lazy(), list[pl.Expr]()
    if rollup.day is not None:
        found = found.with_columns(pl.lit(rollup.day).alias(LOOKED_UP))
    for climb, ranges in zip(rollup.climbs, climbs, strict=True):
        # Leaves that the tree does not know belong to the whole, and to what is unassigned.
        knows_all = climb.node not in (None, UNASSIGNED)
        found = found.join(
            ranges.lazy(), left_on=LEAVES[climb.tree], right_on="leaf", how="inner" if knows_all else "left"
        )
        found = found.filter(pl.col("first").is_null() | pl.col(LOOKED_UP).is_between("first", "last")).select(
            pl.exclude("first", "last", "is_seen", "child"),
            pl.col("is_seen").fill_null(value=False).alias(f"seen_{climb.tree}"),
            pl.col("child").fill_null(UNASSIGNED).alias(f"by_{climb.tree}"),
        )
        seen.append(pl.col(f"seen_{climb.tree}"))
    if not rollup.sees_all:
        found = found.filter(pl.any_horizontal(seen) if seen else pl.lit(value=False))
    sums = pl.col([f"sum_{column}" for column in rollup.base.columns]).sum()
    found = found.with_columns(_FROM[name] for name in rollup.by if name in _FROM and name not in frame.columns)
    return (found.group_by(rollup.by).agg(sums) if rollup.by else found.select(sums)).collect()
