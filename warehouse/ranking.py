"""Who stands where among peers: units, people and products by attainment, by gap in money, or by trend.

A rank is taken among all peers of the company, whoever asks; which rows somebody sees is their scope, and of people
besides the best `TOP` of one's own peers. What people did is never ranked, and nothing is mixed into one score.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import polars as pl

from ingest.calendar import Period
from warehouse.answers import one_picture
from warehouse.client import AsyncWarehouse
from warehouse.clock import Clock, adds_up, clock_at
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.measures import QuestionError
from warehouse.metrics import METRICS, measures_of
from warehouse.metrics import metric as metric_named
from warehouse.peers import Of, peers_of
from warehouse.queries.org import units_as_of
from warehouse.viewer import Viewer

By = Literal["attainment", "gap", "trend"]

TOP = 10
FEWEST_PEERS = 3
"""Among fewer nobody is ranked."""

_SHOWN_OF_OTHERS = ("id", "name", "name_en", "kind", "unit_id", "path", "months", "mark", "tenure", "third", "cohort")


@dataclass(frozen=True)
class Ranking:
    """`rows`: what the viewer sees, the best first: the columns of `peers_of`, and expected, attainment, gap, rank and
    rank_before (null for who is not ranked), peers (how many are, in the cohort), is_other (one of the best, of whom
    nothing is shown but the rank and what it was given for).

    `cohorts`: one row each: cohort, kind, tenure, third, ranked, unranked, median of what is ranked by.
    """

    rows: pl.DataFrame
    cohorts: pl.DataFrame


def check(of: Of, metric: str) -> None:
    """QuestionError for what cannot be ranked: what does not add up, and people by what they did."""
    row = metric_named(metric)
    if not adds_up(metric):
        raise QuestionError(f"{metric} does not add up, so nothing is ranked by it; ask a flow such as bookings")
    if of == "reps" and any(one.table == "activity_changes" for one in measures_of(row, METRICS)):
        raise QuestionError("people are not ranked by their activities; ask a flow such as bookings")


async def ranking(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    of: Of,
    by: By,
    metric: str,
    period: Period,
    now: datetime,
    where: Where = EVERYWHERE,
) -> Ranking:
    """The ranking as `viewer` may see it, narrowed to `where`; QuestionError as `check` says."""
    check(of, metric)
    # products by what the unit looked at sold, as far as the viewer sees it; the others by all that is theirs
    is_own = of == "products"
    asker = viewer if is_own else Viewer.system()
    inside = replace(where, product_id=None) if is_own else replace(where, unit_id=None)
    with one_picture():
        clock = await clock_at(warehouse, (metric,), period, now, where.as_of)
        nodes = await peers_of(warehouse, asker, of, metric, clock, inside)
        units = await units_as_of(warehouse, clock.today)
    path = dict(units.select("id", "path").iter_rows()).get(where.unit_id or "", [])
    ranked = ranked_among(_against(nodes, of, metric, clock, path), by)
    seen = ranked if is_own else seen_by(ranked, viewer, of, by)
    if where.unit_id and not is_own:
        seen = seen.filter(pl.col("path").list.contains(where.unit_id) | pl.col("is_other"))
    if where.product_id and is_own:
        seen = seen.filter(pl.col("path").list.contains(where.product_id))
    return Ranking(seen.sort(by, "id", descending=[True, False], nulls_last=True), _cohorts(ranked, by))


def _against(nodes: pl.DataFrame, of: Of, metric: str, clock: Clock, path: Sequence[str]) -> pl.DataFrame:
    """`nodes` against their targets as of now: expected, attainment, gap, and both as they were a period ago."""
    places = nodes.select("path").unique() if of != "products" else None
    if places is None:
        share = pl.lit(clock.share(metric, tuple(path)), pl.Float64)
    else:
        shares = [clock.share(metric, tuple(place)) for place in places["path"]]
        places = places.with_columns(pl.Series("share", shares, pl.Float64))
        nodes, share = nodes.join(places, on="path", how="left", maintain_order="left"), pl.col("share")
    found = nodes.with_columns(share.alias("share"))
    for suffix, amount in (("", "actual"), ("_before", "before")):
        actual, target = pl.col(amount).cast(pl.Float64), pl.col(f"target{suffix}").cast(pl.Float64)
        found = found.with_columns(
            (target * pl.col("share")).alias(f"expected{suffix}"),
            pl.when(target > 0).then(actual / target).alias(f"attainment{suffix}"),
            (actual - target * pl.col("share")).alias(f"gap{suffix}"),
        )
    return found


def ranked_among(nodes: pl.DataFrame, by: By) -> pl.DataFrame:
    counts = (pl.col("mark") == "") & pl.col(by).is_not_null()
    peers = counts.sum().over("cohort")
    is_ranked = counts & (peers >= FEWEST_PEERS)
    places = [
        pl.when(is_ranked).then(pl.when(counts).then(pl.col(value)).rank("min", descending=True).over("cohort"))
        for value in (by, f"{by}_before")
    ]
    return nodes.with_columns(
        places[0].cast(pl.Int64).alias("rank"),
        places[1].cast(pl.Int64).alias("rank_before"),
        peers.cast(pl.Int64).alias("peers"),
        pl.lit(False).alias("is_other"),
    )


def seen_by(ranked: pl.DataFrame, viewer: Viewer, of: Of, by: By) -> pl.DataFrame:
    """What is in the viewer's scope; of people also the best of the viewer's own peers, without their amounts."""
    if viewer.everything:
        return ranked
    mine = pl.lit(False)
    if viewer.unit_ids:
        mine = mine | (pl.col("path").list.set_intersection(sorted(viewer.unit_ids)).list.len() > 0)
    if of == "units" or not viewer.own_rows:
        return ranked.filter(mine)
    mine = mine | (pl.col("id") == viewer.person_id)
    own = ranked.filter(pl.col("id") == viewer.person_id)
    best = pl.col("cohort").is_in(own["cohort"].implode()) & (pl.col("rank") <= TOP)
    others = ranked.filter(best & ~mine)
    hidden = [name for name in ranked.columns if name not in (*_SHOWN_OF_OTHERS, by, "rank", "peers")]
    others = others.with_columns(*(pl.lit(None, ranked.schema[name]).alias(name) for name in hidden))
    return pl.concat([ranked.filter(mine), others.with_columns(pl.lit(True).alias("is_other"))])


def _cohorts(ranked: pl.DataFrame, by: By) -> pl.DataFrame:
    is_ranked = pl.col("rank").is_not_null()
    return (
        ranked.group_by("cohort", "kind", "tenure", "third")
        .agg(
            is_ranked.sum().alias("ranked"),
            (~is_ranked).sum().alias("unranked"),
            pl.col(by).filter(is_ranked).median().alias("median"),
        )
        .sort("kind", "tenure", "third")
    )
