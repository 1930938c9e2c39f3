"""A ranking in words: what its rows, peers and groups are called, and why somebody is not ranked."""

from collections.abc import Mapping

import polars as pl

from dashboard import amounts
from dashboard.amounts import Number
from dashboard.locales import Lang, t, t_or
from dashboard.view_state import ViewState
from dashboard.words import role_name
from warehouse.ranking import By

Names = Mapping[str, tuple[str, str]]
"""id → (name, name_en) of units and products."""


def peers_name(kind: str, tenure: str, third: str, lang: Lang) -> str:
    """ "Offices · large", "Account manager · over 2 years in the role · small"."""
    parts = [t_or(f"rankings.kind_{kind}", lang, role_name(kind, lang))]
    parts += [t(f"rankings.tenure_{tenure}", lang)] if tenure else []
    return " · ".join([*parts, t(f"rankings.third_{third}", lang)] if third else parts)


def value_of(value: Number | None, by: By, lang: Lang) -> str:
    """What is ranked by, as it is read: shares as percentages, gaps as money."""
    if by == "gap":
        return amounts.short(value, lang, sign=True)
    return amounts.share(None if value is None else float(value), lang, sign=by == "trend")


def worded(rows: pl.DataFrame, names: Names, state: ViewState) -> pl.DataFrame:
    """`rows` with label, place, top, peers_label, why (not ranked), and the key `in_…` of each group with its label."""
    lang = state.lang
    called = {key: (english if lang == "en" else name) or name or key for key, (name, english) in names.items()}
    rows = _with_why(rows, state)
    own = pl.when((lang == "en") & (pl.col("name_en") != "")).then(pl.col("name_en")).otherwise(pl.col("name"))
    many = rows.filter(pl.col("path").list.len() > 0)["path"].list.first().n_unique() > 1
    top = pl.col("path").list.get(0 if many else 1, null_on_oob=True).fill_null("")
    above = -1 if state.ranked == "reps" else -2
    place = pl.col("path").list.get(above, null_on_oob=True).fill_null("")
    peers = {
        row["cohort"]: peers_name(row["kind"], row["tenure"], row["third"], lang)
        for row in rows.select("cohort", "kind", "tenure", "third").unique().iter_rows(named=True)
    }
    keys = {"in_region": top, "in_office": place, "in_line": top, "in_cohort": pl.col("cohort")}
    rows = rows.with_columns(own.alias("label"), **keys)
    return rows.with_columns(
        *(_named(f"in_{group}", called).alias(f"in_{group}_label") for group in ("region", "office", "line")),
        _named("in_office", called).alias("place"),
        _named("in_region", called).alias("top"),
        pl.col("cohort").replace_strict(peers, default="", return_dtype=pl.String).alias("peers_label"),
    )


def _named(column: str, called: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(called), default=pl.col(column), return_dtype=pl.String)


def _with_why(rows: pl.DataFrame, state: ViewState) -> pl.DataFrame:
    missing = "no_past" if state.ranked_by == "trend" else "no_target"
    why = (
        pl.when(pl.col("rank").is_not_null())
        .then(pl.lit(""))
        .when(pl.col("mark") != "")
        .then(pl.col("mark"))
        .when(pl.col(state.ranked_by).is_null())
        .then(pl.lit(missing))
        .otherwise(pl.lit("few"))
    )
    said = {key: t(f"rankings.mark_{key}", state.lang) for key in ("ramp_up", "leave", "transfer", missing, "few")}
    return rows.with_columns(why.replace_strict(said, default="", return_dtype=pl.String).alias("why"))
