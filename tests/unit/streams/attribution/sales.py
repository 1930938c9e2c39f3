"""Leaf tables of a small company: two regions of four offices each, seven products, three channels."""

import itertools
from collections.abc import Callable

import numpy as np
import polars as pl

DIMENSIONS = (("region", "office"), "product", "channel")
OFFICES = [(f"r{office // 4}", f"o{office}") for office in range(8)]
Row = dict[str, object]
Factor = Callable[[Row], float]


def leaves() -> list[Row]:
    """One row a leaf, without a measure."""
    return [
        {"region": region, "office": office, "product": f"p{product}", "channel": f"c{channel}"}
        for (region, office), product, channel in itertools.product(OFFICES, range(7), range(3))
    ]


def sold(factor: Factor, seed: int = 0, noise: float = 0.03) -> pl.DataFrame:
    """What was expected, and what came: the factor of each leaf, and a noise in the forecasts, in whole cents."""
    rng = np.random.default_rng(seed)
    rows = leaves()
    expected = rng.lognormal(11, 1, len(rows))
    came = expected * [factor(row) for row in rows] * np.exp(noise * rng.standard_normal(len(rows)))
    return pl.DataFrame(rows).with_columns(
        expected=pl.Series(expected.astype(int)), observed=pl.Series(came.astype(int))
    )


def decided(
    now: Factor, before: Factor = lambda row: 0.3, seed: int = 0, weight: Factor = lambda row: 1.0
) -> pl.DataFrame:
    """Deals decided and won, now and in a longer time before, at these rates; `weight` is of the deals decided now."""
    rng = np.random.default_rng(seed)
    rows = leaves()
    size = rng.integers(30, 200, len(rows))
    of_now = np.array([int(many * weight(row)) for many, row in zip(size, rows, strict=True)])
    of_before = 5 * size
    return pl.DataFrame(rows).with_columns(
        won=pl.Series(rng.binomial(of_now, [now(row) for row in rows])),
        decided=pl.Series(of_now),
        won_before=pl.Series(rng.binomial(of_before, [before(row) for row in rows])),
        decided_before=pl.Series(of_before),
    )
