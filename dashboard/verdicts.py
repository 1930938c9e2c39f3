"""How each row of the page is judged: by pace, by landing where orders are too few for a pace, or against last year."""

import polars as pl

from dashboard import amounts
from dashboard.cells import ENOUGH_ORDERS
from dashboard.locales import t
from dashboard.view_state import ViewState


def judged(units: pl.DataFrame, cells: pl.DataFrame, months: int, state: ViewState) -> pl.DataFrame:
    """`units` (standings) with `judged` (1 is as it should be), `short_by` (< 0: behind), `verdict` and `is_few`.

    `cells` (as `expected_cells` gives them) says how many orders a year each row had; where it does not, its pace
    judges. Against the baseline `units` has it too.
    """
    rows = units.join(_orders(cells), left_on="id", right_on="unit_id", how="left").with_columns(
        (pl.col("orders") * months / 12 < ENOUGH_ORDERS).fill_null(False).alias("is_few")
    )
    actual, target = pl.col("actual").cast(pl.Float64), pl.col("target").cast(pl.Float64)
    if state.versus != "target":
        other = _held_against(state)
        share, difference = pl.when(other > 0).then(actual / other).otherwise(None), actual - other
    else:
        by_landing = pl.col("is_few") & pl.col("landing").is_not_null() & (target > 0)
        share = pl.when(by_landing).then(pl.col("landing") / target).otherwise(pl.col("pace"))
        difference = pl.when(by_landing).then(pl.col("landing") - target).otherwise(pl.col("gap"))
    rows = rows.with_columns(share.alias("judged"), difference.alias("short_by"))
    verdicts = [_verdict(value, few, state) for value, few in rows.select("judged", "is_few").iter_rows()]
    return rows.with_columns(pl.Series("verdict", verdicts, dtype=pl.String)).drop("orders")


def _held_against(state: ViewState) -> pl.Expr:
    """The amount that a row is held against: of the past by the same working day, or its baseline by now."""
    if state.versus == "baseline":
        return pl.col("baseline") * pl.col("expected_share")
    return pl.col("previous" if state.versus == "last_period" else "last_year").cast(pl.Float64)


def _orders(cells: pl.DataFrame) -> pl.DataFrame:
    if cells.is_empty():
        return pl.DataFrame(schema={"unit_id": pl.String, "orders": pl.Float64})
    return cells.group_by("unit_id").agg(pl.col("orders").sum())


def _verdict(value: float | None, is_few: bool, state: ViewState) -> str:
    if value is None:
        return amounts.NOTHING
    if state.versus != "target":
        return amounts.share(value - 1, state.lang, sign=True)
    if is_few:
        return t("board.lands", state.lang, share=amounts.share(value, state.lang, digits=0))
    return amounts.pace(value)
