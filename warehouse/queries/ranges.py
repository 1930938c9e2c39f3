"""Where units and products stood day by day: figures of the leaves added up to every node above them."""

from typing import Literal

import polars as pl

from warehouse.answers import ORG, ask
from warehouse.client import AsyncWarehouse

Tree = Literal["units", "products"]


TREES: tuple[Tree, ...] = ("units", "products")


def paths_of(tree: Tree) -> str:
    """The statement of `paths`."""
    return f"SELECT id, valid_from, valid_to, path FROM dictionary('{tree}') ORDER BY valid_from, id"  # noqa: S608


async def paths(warehouse: AsyncWarehouse, tree: Tree) -> pl.DataFrame:
    """Every range of every node: id, valid_from, valid_to, path (root first); sorted by valid_from."""
    return await ask(warehouse, paths_of(tree), {}, ORG)


def rolled_up(amounts: pl.DataFrame, ranges: pl.DataFrame, keep: tuple[str, ...] = ()) -> pl.DataFrame:
    """`amounts` (id, day, amount, and `keep`) of leaves as those of every node above and of themselves, each day by
    the tree of that day: id, `keep`, amount. What the tree does not know belongs to nobody."""
    placed = amounts.sort("day").join_asof(
        ranges, left_on="day", right_on="valid_from", by="id", strategy="backward", check_sortedness=False
    )
    placed = placed.filter(pl.col("day") <= pl.col("valid_to"))
    nodes = placed.select(*keep, "amount", pl.col("path").alias("id")).explode("id")
    return nodes.group_by("id", *keep).agg(pl.col("amount").sum())
