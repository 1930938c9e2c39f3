"""What can be planted in booked changes: each a pure function from the frame to the frame as it would have been."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from ingest.simulator.pace import opening


def fewer(rows: pl.DataFrame, inside: pl.Expr, since: date, size: float, rng: np.random.Generator) -> pl.DataFrame:
    """Exactly `size` of what the orders begun from `since` on book inside is missing (to 1/10,000 CNY).

    Whole orders stay away, in random order, as long as they fit; what is still to go comes off the others evenly.
    """
    here = _mask(rows, inside & (pl.col("begun") >= opening(since)) & ~pl.col("overlay"))
    amount, listed, lines = (rows[name].to_numpy().copy() for name in ("amount", "list_amount", "lines"))
    orders, of_row = np.unique(rows["order"].to_numpy()[here], return_inverse=True)
    sums = np.bincount(of_row, amount[here].astype(np.float64), len(orders))
    wanted = round(size * int(amount[here].sum()))
    away = np.zeros(len(orders), dtype=bool)
    gone = 0
    for one in rng.permutation(len(orders)):
        if 0 < sums[one] <= wanted - gone:
            away[one], gone = True, gone + int(sums[one])
    at = np.flatnonzero(here)
    lost, kept = at[away[of_row]], at[~away[of_row]]
    wanted -= int(amount[lost].sum())
    amount[lost], listed[lost], lines[lost] = 0, 0, 0
    if len(kept) and (whole := int(amount[kept].sum())):
        taken = amount[kept] * wanted // whole
        taken[np.argmax(amount[kept])] += wanted - int(taken.sum())
        listed[kept] = listed[kept].astype(object) * (whole - wanted) // whole  # beyond 64 bits on the way
        amount[kept] -= taken
    return rows.with_columns(amount=amount, list_amount=listed, lines=lines)


def instead(
    rows: pl.DataFrame, inside: pl.Expr, product: str, since: date, size: float, rng: np.random.Generator
) -> pl.DataFrame:
    """`size` of what is sold inside is sold as another product; nothing is missing in all. To the nearest order."""
    return rows.with_columns(
        product=pl.when(_some(rows, inside, since, size, rng)).then(pl.lit(product)).otherwise("product")
    )


def credited(
    rows: pl.DataFrame, rep: str, colleague: str, since: date, size: float, rng: np.random.Generator
) -> pl.DataFrame:
    """`size` of a rep's business counts for a colleague of the same office. To the nearest order."""
    moved = _some(rows, pl.col("rep") == rep, since, size, rng)
    return rows.with_columns(rep=pl.when(moved).then(pl.lit(colleague)).otherwise("rep"))


def later(rows: pl.DataFrame, inside: pl.Expr, first: date, last: date, when: int) -> pl.DataFrame:
    """Everything of those days is booked only at the instant `when`, as call-offs under an agreement are."""
    moved = _between(rows, inside, first, last)
    return rows.with_columns(
        pl.when(moved).then(pl.lit(when)).otherwise(name).alias(name) for name in ("begun", "at", "told")
    )


def crammed(
    rows: pl.DataFrame, inside: pl.Expr, first: date, last: date, when: list[int], size: float, rng: np.random.Generator
) -> pl.DataFrame:
    """`size` of the orders of those days is booked only at one of the instants `when`. To the nearest order."""
    moved = _between(rows, inside, first, last).to_numpy() & _some(rows, inside, first, size, rng).to_numpy()
    order = rows["order"].to_numpy()
    chosen = rng.choice(when, int(order.max()) + 1)[order]
    return rows.with_columns(
        **{name: np.where(moved, chosen, rows[name].to_numpy()) for name in ("begun", "at", "told")}
    )


def taken_back(
    rows: pl.DataFrame, inside: pl.Expr, since: date, days: Sequence[date], times: float, product: str | None = None
) -> pl.DataFrame:
    """`times` what was booked inside from `since` to the last of `days` comes back, in equal parts on each of them; of
    what was sold, or all of one product. Rows are added at the end."""
    until = opening(days[-1]) + 9 * 3_600
    sold = rows.filter(inside & (pl.col("at") >= opening(since)) & (pl.col("at") <= until) & ~pl.col("overlay"))
    if product:
        sold = sold.with_columns(product=pl.lit(product))
    back = sold.with_columns(
        amount=(pl.col("amount") * (-times / len(days))).round().cast(pl.Int64),
        list_amount=pl.lit(0, pl.Int64), lines=pl.lit(0, pl.Int64),
    )  # fmt: skip
    each = [
        back.with_columns(at=pl.lit(opening(day) + 4 * 3_600), told=pl.lit(opening(day) + 4 * 3_600)) for day in days
    ]
    return pl.concat([rows, *(one.cast(dict(rows.schema)) for one in each)])


def silent(rows: pl.DataFrame, inside: pl.Expr, first: date, last: date, until: int) -> pl.DataFrame:
    """What was booked on those days is known only from the instant `until` on; it counts for its own days."""
    moved = _mask(rows, inside & (pl.col("at") >= opening(first)) & (pl.col("at") < opening(last) + 86_400 - 9 * 3600))
    return rows.with_columns(told=np.where(moved, until, rows["told"].to_numpy()))


def cheaper(rows: pl.DataFrame, inside: pl.Expr, since: date, size: float) -> pl.DataFrame:
    """What is booked was worth more by the list: the price realised is lower by exactly `size`, the amounts stand."""
    leaking = inside & (pl.col("begun") >= opening(since))
    listed = (pl.col("list_amount") / (1 - size)).round().cast(pl.Int64)
    return rows.with_columns(list_amount=pl.when(leaking).then(listed).otherwise("list_amount"))


def _some(rows: pl.DataFrame, inside: pl.Expr, since: date, size: float, rng: np.random.Generator) -> pl.Series:
    """Rows of whole orders begun since, in random order, until `size` of the amount is reached as nearly as can be."""
    here = _mask(rows, inside & (pl.col("begun") >= opening(since)) & ~pl.col("overlay"))
    orders, of_row = np.unique(rows["order"].to_numpy()[here], return_inverse=True)
    sums = np.bincount(of_row, rows["amount"].to_numpy()[here].astype(np.float64), len(orders))
    shuffled = rng.permutation(len(orders))
    reached = np.concatenate(([0.0], np.cumsum(sums[shuffled])))
    chosen = np.zeros(len(orders), dtype=bool)
    chosen[shuffled[: int(np.argmin(np.abs(reached - size * sums.sum())))]] = True
    found = np.zeros(len(rows), dtype=bool)
    found[np.flatnonzero(here)[chosen[of_row]]] = True
    return pl.Series(found)


def _between(rows: pl.DataFrame, inside: pl.Expr, first: date, last: date) -> pl.Series:
    return rows.select(
        (inside & (pl.col("begun") >= opening(first)) & (pl.col("begun") < opening(last) + 86_400 - 9 * 3600)).alias(
            "is"
        )
    )["is"]


def _mask(rows: pl.DataFrame, which: pl.Expr) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return rows.select(which.alias("is"))["is"].to_numpy()
