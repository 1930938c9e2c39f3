"""What moved the open pipeline between two instants: every version of a deal is put under the bars it speaks of.

The bars of a deal add up to what it changed by, to the last digit, whatever the deal went through: each step of it is
explained by what happened beside it, in a fixed order, and what nothing explains is an amount that went up or down.
"""

from datetime import date, datetime
from typing import Literal, NamedTuple, get_args

import polars as pl

Horizon = Literal["period", "all"]
Move = Literal[
    "new", "pulled_in", "moved_in", "up", "won", "lost", "abandoned", "pushed_out", "moved_out", "down"
]  # fmt: skip
Bar = Literal[
    "opening", "new", "pulled_in", "moved_in", "up", "won", "lost", "abandoned", "pushed_out", "moved_out", "down",
    "closing", "slipped",
]  # fmt: skip
MOVES: tuple[Move, ...] = get_args(Move)
"""From what came in to what went out; `slipped` stands beside them: deals moved to a later month, whatever else."""

MONEY = pl.Decimal(38, 4)
STEPS = pl.Schema(
    {
        "opportunity_id": pl.String(),
        "step": pl.UInt64(),
        **dict.fromkeys(("inside", "later", "elsewhere", "open", "won", "lost", "abandoned", "worth"), MONEY),
        **dict.fromkeys(("won_deals", "lost_deals", "pushes"), pl.Int64()),
    }
)
"""A row a deal and version (step 0: all before the first instant), what it added:

inside: open, of those looked at, due in the horizon · later: open, of those looked at, not due in it · elsewhere: what
others have of it, open or closed · open: everybody's open amount · won, lost, abandoned, worth (all of them and open):
of those looked at · won_deals, lost_deals, pushes: of the deal itself.
"""
DEALS = pl.Schema({"opportunity_id": pl.String(), "bar": pl.String(), "amount": MONEY})


class Cut(NamedTuple):
    """An instant: all of the days up to `day`, or of that day only what happened until `at`."""

    day: date
    at: datetime | None = None


def moves(steps: pl.DataFrame) -> pl.DataFrame:
    """`STEPS` as `DEALS`: a row a deal and bar, signed, none that is zero.

    A deal that left is under won or lost with what it was won or lost at; the difference to what it stood at before is
    up or down. Suspended deals and duplicates are with those given up; a deal that is open again is new.
    """
    frame = steps.sort("opportunity_id", "step").with_columns(after=pl.col("open").cum_sum().over("opportunity_id"))
    frame = frame.with_columns(before=pl.col("after") - pl.col("open"))
    frame = frame.filter((pl.col("step") > 0) & (pl.col("inside") != 0))
    left = pl.col("inside") < 0
    closed = {name: pl.when(left).then(_positive(name)).otherwise(0) for name in ("won", "lost", "abandoned")}
    frame = frame.with_columns(**{f"to_{name}": value for name, value in closed.items()})
    frame = frame.with_columns(rest=pl.sum_horizontal("inside", *(f"to_{name}" for name in closed)))
    out = pl.when(pl.col("rest") < 0).then(-pl.col("rest")).otherwise(0)
    frame = frame.with_columns(out=out, come=pl.when(pl.col("rest") > 0).then(pl.col("rest")).otherwise(0))
    for name, of, by in (
        ("moved_out", "out", _positive("elsewhere")),
        ("pushed_out", "out", _positive("later")),
        ("moved_in", "come", _positive("elsewhere", -1)),
        ("pulled_in", "come", _positive("later", -1)),
    ):
        frame = frame.with_columns(pl.min_horizontal(pl.col(of), by).alias(name))
        frame = frame.with_columns((pl.col(of) - pl.col(name)).alias(of))
    is_closed = pl.any_horizontal(pl.col(f"to_{name}") != 0 for name in closed)
    way_out = (
        pl.when(is_closed).then(pl.lit("down"))
        .when(pl.col("won_deals") > 0).then(pl.lit("won"))
        .when(pl.col("lost_deals") > 0).then(pl.lit("lost"))
        .when(pl.col("after") == 0).then(pl.lit("abandoned"))
        .otherwise(pl.lit("down"))
    )  # fmt: skip
    frame = frame.with_columns(
        way_out=way_out, way_in=pl.when(pl.col("before") == 0).then(pl.lit("new")).otherwise(pl.lit("up"))
    )
    amount = {
        **{name: -pl.col(f"to_{name}") for name in closed},
        **{name: -pl.col(name) for name in ("moved_out", "pushed_out")},
        **{name: pl.col(name) for name in ("moved_in", "pulled_in")},
    }
    parts = [_part(frame, pl.lit(name), value) for name, value in amount.items()]
    parts += [_part(frame, pl.col("way_out"), -pl.col("out")), _part(frame, pl.col("way_in"), pl.col("come"))]
    found = pl.concat(parts).group_by("opportunity_id", "bar").agg(pl.col("amount").sum())
    return found.filter(pl.col("amount") != 0).cast(DEALS).select(DEALS.names())


def slipped(steps: pl.DataFrame) -> pl.DataFrame:
    """The deals moved to a later month: opportunity_id, amount (what is theirs of it now), now (how often between the
    two instants) and pushes (how often ever)."""
    is_now = pl.col("step") > 0
    found = steps.group_by("opportunity_id").agg(
        pl.col("worth").sum().alias("amount"),
        pl.col("pushes").filter(is_now).sum().alias("now"),
        pl.col("pushes").sum(),
    )
    return found.filter(pl.col("now") > 0)


def _positive(name: str, sign: int = 1) -> pl.Expr:
    value = pl.col(name) if sign > 0 else -pl.col(name)
    return pl.when(value > 0).then(value).otherwise(0)


def _part(frame: pl.DataFrame, bar: pl.Expr, amount: pl.Expr) -> pl.DataFrame:
    return frame.select("opportunity_id", bar.alias("bar"), amount.cast(MONEY).alias("amount"))
