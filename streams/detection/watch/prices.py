"""What is off with prices: an office that sells the same things for less than all others do."""

import polars as pl

from streams.detection.watch.facts import MONEY, NOTHING, Facts, flags

LEAK, PRICE_DAYS = 0.03, 20


def leaking(facts: Facts) -> pl.DataFrame:
    """Products of offices whose rate effect, the mix of products removed, is so far under their peers.

    The effect of a product is its list amount times the difference of its realised price to that of all others.
    `facts.prices`: office_id, product_id, listed, list (what was sold at list prices) of the last 20 working days.
    """
    if facts.prices.is_empty():
        return NOTHING
    sold = facts.prices.with_columns(pl.col("listed", "list").cast(pl.Float64)).filter(pl.col("list") > 0)
    listed, at_list = (pl.col(name).sum().over("product_id") - pl.col(name) for name in ("listed", "list"))
    sold = sold.with_columns(listed.alias("others"), at_list.alias("others_list")).filter(pl.col("others_list") > 0)
    lost = pl.col("list") * pl.col("others") / pl.col("others_list") - pl.col("listed")
    sold = sold.with_columns(lost.alias("lost"))
    effect = pl.col("lost").sum().over("office_id") / pl.col("list").sum().over("office_id")
    found = sold.filter((effect >= LEAK) & (pl.col("lost") > 0)).select(
        pl.col("product_id").alias("id"), "office_id", pl.lit("").alias("customer_id"), pl.lit("").alias("rep_id"),
        pl.col("lost").round(2).cast(MONEY).alias("amount"),
    )  # fmt: skip
    return flags(found, "product", since=facts.ago(PRICE_DAYS - 1), days=pl.lit(PRICE_DAYS))
