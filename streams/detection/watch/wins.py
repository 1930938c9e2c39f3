"""What is off with deals that end: a part of the company wins fewer of them than it did, and the others as ever."""

from math import sqrt

import polars as pl

from streams.attribution import RatioSettings, attribute_ratio
from streams.attribution.rates import RatioPart
from streams.detection.watch.facts import MONEY, NOTHING, Facts, flags

WIN_DAYS = 20
FEW = 10
"""Deals won and lost below which a win rate says nothing (DOMAIN §3)."""
FAR = 3.4
"""Standard errors below its own rate of before from which on it is no chance, of all the units there are."""
LENIENT = RatioSettings(price=-4.0)
"""Whatever the attribution names is held to `FAR`, which says how often chance may speak: it need not be sure twice."""


def losing(facts: Facts) -> pl.DataFrame:
    """Units that win fewer deals than they did, by attribution over unit, line, segment, route and grade; amount: what
    the deals would bring that they would have won besides.

    `facts.decided`: office_id, product_id, segment, route, grade, won, decided and won_amount of the last 20 working
    days, the same as `<name>_before` of the 60 before them.
    """
    if facts.decided.is_empty() or facts.decided["decided_before"].sum() < FEW:
        return NOTHING
    table, units, lines = _leaves(facts)
    named = [units, lines, ("segment",), ("grade",), ("route",)]
    dimensions = [tuple(level for level in one if table[level].n_unique() > 1) for one in named]
    dimensions = [one for one in dimensions if one]
    if not dimensions:
        return NOTHING
    answer = attribute_ratio(
        table, dimensions, numerator="won", denominator="decided", numerator_before="won_before",
        denominator_before="decided_before", rising=False, settings=LENIENT,
    )  # fmt: skip
    won, amount = (float(table[name].sum()) + float(table[f"{name}_before"].sum()) for name in ("won", "won_amount"))
    value = amount / won if won else 0.0
    known = float(table["decided_before"].sum()) / max(float(table["decided"].sum()), 1.0)
    rows = [
        (unit, round((part.expected or 0.0) - part.numerator, 4) * value)
        for part in answer.parts
        if (unit := next((str(at) for level, at in part.cell if level in units and at), None)) and _is_sure(part, known)
    ]
    found = pl.DataFrame(rows, schema={"id": pl.String, "amount": pl.Float64}, orient="row").with_columns(
        pl.col("amount").round(2).cast(MONEY), office_id="id", customer_id=pl.lit(""), rep_id=pl.lit("")
    )
    return flags(found, "unit", since=facts.ago(WIN_DAYS - 1), days=pl.lit(WIN_DAYS))


def _is_sure(part: RatioPart, known: float) -> bool:
    """Whether it is far below its own rate, which is itself learned from `known` times as many deals only."""
    due = part.expected or 0.0
    rate = due / part.denominator if part.denominator else 0.0
    return part.denominator >= FEW and due - part.numerator >= FAR * sqrt(max(due * (1 - rate), 0.25) * (1 + 1 / known))


def _leaves(facts: Facts) -> tuple[pl.DataFrame, tuple[str, ...], tuple[str, ...]]:
    """The table by unit from the second tier down and by the products' top tier, with the columns of both."""
    org, frame = facts.org, facts.decided
    paths = {one: org.unit_path(one)[1:] or (one,) for one in frame["office_id"].unique()}
    tops = {one: (org.product_path(one) or (one,))[0] for one in frame["product_id"].unique()}
    depth = max(map(len, paths.values()), default=0)
    names = tuple(f"unit_{at}" for at in range(depth))
    columns = [
        pl.col("office_id").replace_strict(
            {one: path[at] if at < len(path) else None for one, path in paths.items()}, return_dtype=pl.String
        ).alias(name)
        for at, name in enumerate(names)
    ]  # fmt: skip
    table = frame.with_columns(
        *columns, pl.col("product_id").replace_strict(tops, return_dtype=pl.String).alias("line")
    )
    keys = [*names, "line", "segment", "grade", "route"]
    sums = ["won", "decided", "won_amount", "won_before", "decided_before", "won_amount_before"]
    return table.group_by(keys, maintain_order=True).agg(pl.col(sums).sum()), names, ("line",)
