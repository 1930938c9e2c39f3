"""Who is unlike all others by more than chance has it."""

from math import comb

import polars as pl

BY_CHANCE = 0.005
"""Owners that may be told by chance, of all of them."""
AT_LEAST = 2
"""Things of one owner that must be off: one alone is no pattern."""


def unlike_others(things: pl.DataFrame, is_off: str, looks: int = 1) -> list[str]:
    """Owners (`rep_id`) of whose things more are off than the rate of all others lets expect (binomial), in order.

    `looks` is how many such questions are asked of the same owners: chance may speak no more often for that.
    """
    of_all, off = things.height, int(things[is_off].sum())
    by_owner = things.group_by("rep_id", maintain_order=True).agg(pl.len().alias("count"), pl.col(is_off).sum())
    found = []
    for owner, count, gone in by_owner.iter_rows():
        rate = (off - gone + 1) / (of_all - count + 2)
        if gone >= AT_LEAST and _at_least(gone, count, rate) * len(by_owner) * looks < BY_CHANCE:
            found.append(str(owner))
    return sorted(found)


def _at_least(count: int, of: int, rate: float) -> float:
    """P(at least `count` of `of`) at a rate."""
    return sum(comb(of, n) * rate**n * (1 - rate) ** (of - n) for n in range(count, of + 1))
