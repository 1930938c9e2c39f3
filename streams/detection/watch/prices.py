"""What is off with prices: an office that sells the same things for less than all others do."""

import polars as pl

from streams.detection.watch.facts import MONEY, NOTHING, Facts, flags

LEAK, PRICE_DAYS = 0.03, 20
MEDIAN_OF_NORMAL = 0.6745
OUTSIZED = 3.0
"""Times the middle amount of a product in an office."""
PEERS = 3
"""Offices that sell a product, below which there is no usual price of it."""


FAR = 6.0
"""Middle deviations of the offices' effects, as standard deviations, within which one is as the others."""


def leaking(facts: Facts) -> pl.DataFrame:
    """Products of offices whose rate effect, the mix of products removed, is so far under their peers.

    The effect of a product is its list amount times the difference of its realised price to that of the middle office:
    one large deal, dear or cheap, makes nobody else's price.
    `facts.prices`: office_id, product_id, listed, list (what was sold at list prices) of the last 20 working days.
    """
    if facts.prices.is_empty():
        return NOTHING
    sold = facts.prices.with_columns(pl.col("listed", "list").cast(pl.Float64)).filter(pl.col("list") > 0)
    usual = (pl.col("listed") / pl.col("list")).median().over("product_id")
    sold = sold.filter(pl.len().over("product_id") >= PEERS)
    sold = sold.with_columns((pl.col("list") * usual - pl.col("listed")).alias("lost"))
    effects = _effects(sold)
    leak = max(LEAK, _apart(effects["effect"]))
    offices = effects.filter(pl.col("effect") >= leak)["office_id"].to_list()
    found = sold.filter(pl.col("office_id").is_in(offices) & (pl.col("lost") > 0)).select(
        pl.col("product_id").alias("id"), "office_id", pl.lit("").alias("customer_id"), pl.lit("").alias("rep_id"),
        pl.col("lost").round(2).cast(MONEY).alias("amount"),
    )  # fmt: skip
    return flags(found, "product", since=facts.ago(PRICE_DAYS - 1), days=pl.lit(PRICE_DAYS))


def _effects(sold: pl.DataFrame) -> pl.DataFrame:
    """office_id and effect, a part of the list price; what is outsized has the say of what is merely large."""
    part = pl.min_horizontal(1.0, OUTSIZED * pl.col("list").median() / pl.col("list"))
    lost, at_list = ((pl.col(name) * part).alias(name) for name in ("lost", "list"))
    sums = sold.with_columns(lost, at_list).group_by("office_id", maintain_order=True).agg(pl.col("lost", "list").sum())
    return sums.select("office_id", (pl.col("lost") / pl.col("list")).alias("effect"))


def _apart(effects: pl.Series) -> float:
    """How far the effects of offices lie apart by chance: orders are few, and one may have been dear."""
    middle = float(effects.median() or 0.0)  # type: ignore[arg-type]
    apart = float((effects - middle).abs().median() or 0.0)  # type: ignore[arg-type]
    return middle + FAR * apart / MEDIAN_OF_NORMAL
