"""Exact arithmetic of whole columns: splits to the cent, divisions rounded half to even; amounts in 1/10,000."""

import polars as pl

SHARE = 10**9
"""Shares are whole numbers of a billionth."""
CENT = 100


def wide(column: str) -> pl.Expr:
    """The column with room for products."""
    return pl.col(column).cast(pl.Int128)


def half_even(numerator: pl.Expr, denominator: pl.Expr | int) -> pl.Expr:
    """numerator / denominator rounded half to even; the denominator is positive."""
    size, sign = numerator.abs(), numerator.sign()
    whole, rest = size // denominator, size % denominator
    up = (2 * rest > denominator) | ((2 * rest == denominator) & (whole % 2 == 1))
    return (whole + up.cast(pl.Int128)) * sign


def split(amount: str, group: list[str]) -> pl.Expr:
    """Each row's part of its group's amount by `share`, the largest remainder taking the odd cents.

    Rows of a group carry the same amount; those with `is_overlay` take their share of it on top.
    """
    size, sign = wide(amount).abs(), wide(amount).sign()
    cents, finer = size // CENT, size % CENT
    exact, share = cents * wide("share"), wide("share")
    whole, rest = exact // SHARE, exact % SHARE
    plain = pl.col("is_overlay") == 0
    counted = pl.when(plain).then(whole).otherwise(0)
    odd = cents - counted.sum().over(group)
    order = pl.struct(pl.when(plain).then(SHARE - rest.cast(pl.Int64)).otherwise(2 * SHARE), pl.col("credit_index"))
    rank = order.rank("ordinal").over(group).cast(pl.Int128)
    part = whole * CENT + pl.when(rank <= odd).then(CENT).otherwise(0) + pl.when(rank == 1).then(finer).otherwise(0)
    other_exact = cents * (SHARE - share)
    other_whole, other_rest = other_exact // SHARE, other_exact % SHARE
    first = rest >= other_rest
    on_top = (
        whole * CENT
        + pl.when(first & (cents > whole + other_whole)).then(CENT).otherwise(0)
        + pl.when(first).then(finer).otherwise(0)
    )
    return (sign * pl.when(plain).then(part).otherwise(on_top)).cast(pl.Int64)
