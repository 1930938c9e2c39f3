"""Deals with their days and ends, and what can be planted in them. Pure. The watch reads them."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from ingest.simulator.bookings import Deal
from ingest.simulator.company import Company
from ingest.simulator.pace import local_day


def normal(company: Company, deals: Sequence[Deal]) -> pl.DataFrame:
    """A row a deal that has ended: office, product, rep, opened, closed, expected (to close, at first), amount, won.

    One deal in ten was expected a month earlier and moved on: that happens everywhere, and is nobody's problem.
    """
    ended = [deal for deal in deals if deal.days_open]
    closed = [local_day(deal.at) for deal in ended]
    return pl.DataFrame(
        {
            "office": [company.offices[deal.office].id for deal in ended],
            "product": [company.products[deal.product].id for deal in ended],
            "rep": [company.posts[deal.post].seller(day) for deal, day in zip(ended, closed, strict=True)],
            "opened": [day - timedelta(deal.days_open) for deal, day in zip(ended, closed, strict=True)],
            "closed": closed,
            "expected": [
                max(day - timedelta(30), day - timedelta(deal.days_open - 1)) if deal.seed % 10 == 0 else day
                for deal, day in zip(ended, closed, strict=True)
            ],
            "amount": [deal.amount for deal in ended],
            "won": [deal.fate == "won" for deal in ended],
        }
    )


def lost_more(deals: pl.DataFrame, inside: pl.Expr, since: date, size: float) -> pl.DataFrame:
    """The win rate inside is lower by `size` from `since` on, by more deals lost; what is won stays. To a deal."""
    here = deals.filter(inside, pl.col("closed") >= since)
    won, lost = int(here["won"].sum()), here.filter(~pl.col("won"))
    wanted = round(won * (len(here) / ((1 - size) * won) - 1)) - len(lost) if won else 0
    return pl.concat(
        [deals, *[lost[place % len(lost) : place % len(lost) + 1] for place in range(wanted if len(lost) else 0)]]
    )


def slipped(
    deals: pl.DataFrame, inside: pl.Expr, since: date, size: float, to: date, rng: np.random.Generator
) -> pl.DataFrame:
    """Of what is due inside from `since` to before `to`, `size` of the deals move to `to` and stay open till then."""
    due = deals.select((inside & (pl.col("closed") >= since) & (pl.col("closed") < to)).alias("is"))["is"].to_numpy()
    at = np.flatnonzero(due)
    moved = np.zeros(len(deals), dtype=bool)
    moved[rng.permutation(at)[: round(size * len(at))]] = True
    return deals.with_columns(closed=pl.when(pl.Series(moved)).then(pl.lit(to)).otherwise("closed"))
