"""The list of a ranking as the grid asks for it: found, gathered, sorted, and cut where it is looked at."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.view_state import Group, ViewState
from warehouse.peers import Of

GROUPS: Mapping[Of, tuple[Group, ...]] = {
    "units": ("region", "cohort"),
    "reps": ("region", "office", "cohort"),
    "products": ("line", "cohort"),
}
SORTED = ("label", "place", "peers", "rank", "moved", "attainment", "gap", "trend", "actual", "target")
GROUP_ID = "group:"
_SPARK_HIGH = 20.0
_SENT = (*SORTED, "id", "of", "why", "spark", "count", "ranked", "is_other")


def sort_of(state: ViewState) -> tuple[str, bool]:
    """The column rows are sorted by, and whether the largest comes first; the best first where none was chosen."""
    column = (state.sort or "").removeprefix("-")
    if column in SORTED:
        return column, (state.sort or "").startswith("-")
    return state.ranked_by, True


def group_of(state: ViewState) -> Group | None:
    """Under what rows are gathered; None where what is ranked has no such group."""
    return state.group if state.group in GROUPS[state.ranked] else None


def found(rows: pl.DataFrame, state: ViewState) -> pl.DataFrame:
    """The rows of the chosen peers whose name, place, region or id has the text looked for."""
    if state.cohort:
        rows = rows.filter(pl.col("cohort") == state.cohort)
    if state.find:
        text = state.find.strip().lower()
        named = [pl.col(name).str.to_lowercase().str.contains(text, literal=True) for name in ("label", "place", "top")]
        rows = rows.filter(pl.any_horizontal(*named) | (pl.col("id") == state.find.strip()))
    return rows


def listed(rows: pl.DataFrame, state: ViewState) -> pl.DataFrame:
    """`rows` (a ranking's with label, place, peers_label, top, keys of groups) as the list: groups with the rows of the
    one that is opened, or all rows."""
    rows = found(rows, state).with_columns(
        (pl.col("rank_before") - pl.col("rank")).alias("moved"),
        pl.col("peers").alias("of"),
        pl.col("peers_label").alias("peers"),
        pl.lit(None, pl.Int64).alias("count"),
        pl.lit(None, pl.Int64).alias("ranked"),
    )
    group = group_of(state)
    if group is None:
        return _sorted(rows, state)
    key = f"in_{group}"
    heads = _sorted(_heads(rows, key, state), state)
    if state.opened is None or state.opened not in set(heads["key"]):
        return heads
    members = _sorted(rows.filter(pl.col(key) == state.opened), state)
    at = heads["key"].to_list().index(state.opened) + 1
    return pl.concat([heads[:at], members, heads[at:]], how="diagonal")


def _heads(rows: pl.DataFrame, key: str, state: ViewState) -> pl.DataFrame:
    """A row a group: sums of its rows, and how many there are."""
    has_target = pl.col("target").is_not_null()
    label = pl.col("peers").first() if key == "in_cohort" else pl.col(f"{key}_label").first()
    heads = rows.group_by(pl.col(key).alias("key")).agg(
        label.alias("label"),
        pl.col("actual").sum(),
        pl.when(has_target.any()).then(pl.col("target").sum()).alias("target"),
        pl.when(has_target.any()).then(pl.col("gap").sum()).alias("gap"),
        pl.col("actual").filter(has_target).sum().alias("with_target"),
        pl.len().cast(pl.Int64).alias("count"),
        pl.col("rank").is_not_null().sum().cast(pl.Int64).alias("ranked"),
    )
    attainment = pl.when(pl.col("target") > 0).then(
        pl.col("with_target").cast(pl.Float64) / pl.col("target").cast(pl.Float64)
    )
    nothing = [
        pl.lit(None, rows.schema[name]).alias(name) for name in ("place", "peers", "rank", "moved", "trend", "of")
    ]
    return heads.with_columns(attainment.alias("attainment"), (GROUP_ID + pl.col("key")).alias("id"), *nothing)


def _sorted(rows: pl.DataFrame, state: ViewState) -> pl.DataFrame:
    column, descending = sort_of(state)
    if rows[column].null_count() == len(rows):  # groups have no rank and no trend
        column, descending = ("attainment", True) if "key" in rows.columns else ("label", False)
    return rows.sort(column, "label", "id", descending=[descending, False, False], nulls_last=True)


def sent(rows: pl.DataFrame, start: int, end: int) -> list[dict[str, Any]]:
    """The rows from `start` up to `end` as the grid takes them; `spark` is drawn as the points of a line 100 × 20."""
    part = rows[start:end]
    part = part.select(name for name in _SENT if name in part.columns)
    part = part.with_columns(pl.col(pl.Decimal).cast(pl.Float64))
    found = part.to_dicts()
    for row in found:
        row["spark"] = points(row.get("spark") or ())
    return found


def points(values: Any) -> str:
    """The line of some amounts, low ones at the foot; '' for none."""
    if not values or not any(values):
        return ""
    low, high, step = min(0.0, *values), max(values), 100 / max(len(values) - 1, 1)
    span = (high - low) or 1.0
    return " ".join(
        f"{n * step:.0f},{_SPARK_HIGH - (value - low) / span * _SPARK_HIGH:.1f}" for n, value in enumerate(values)
    )
