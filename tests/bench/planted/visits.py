"""Visits done by rep and half day, and what can be planted in them. Pure."""

from datetime import date

import numpy as np
import polars as pl

from ingest.simulator.company import Company
from ingest.simulator.deals import DEAL_ACTIVITIES
from ingest.simulator.pace import opening
from ingest.simulator.visits import WORKING_DAYS_A_MONTH

DONE_VISITS = 0.46 * 0.98
"""Part of the simulator's activities that are visits and come to be done."""

HALF_DAY = 16_200


def normal(company: Company, first: date, last: date, rng: np.random.Generator) -> pl.DataFrame:
    """A row a rep and half day: day, rep, visits, `told` (the end of the half day); Poisson, as simulated."""
    mean = company.size.activities_per_rep_month * (1 - DEAL_ACTIVITIES) / WORKING_DAYS_A_MONTH * DONE_VISITS / 2
    days = [date.fromordinal(one) for one in range(first.toordinal(), last.toordinal() + 1)]
    works = np.array([[days_of.next(day) == day for days_of in company.workdays] for day in days])
    there = works[:, company.offices_of_posts][:, None, :]
    counts = rng.poisson(np.broadcast_to(mean * there, (len(days), 2, len(company.posts))))
    day, half, post = np.nonzero(counts)
    ends = np.array([opening(one) for one in days])[day] + HALF_DAY * (half + 1)
    changing = {at.index for at in company.posts if not at.is_steady or at.absences}
    first_holder = np.array([post.holders[0][1] for post in company.posts])
    reps = first_holder[post].tolist()
    for place in np.flatnonzero(np.isin(post, list(changing))).tolist():
        reps[place] = company.posts[post[place]].seller(days[day[place]])
    frame = pl.DataFrame(
        {"day": [days[one] for one in day], "rep": reps, "visits": counts[day, half, post], "told": ends}
    )
    return frame.group_by("day", "rep", "told", maintain_order=True).agg(pl.col("visits").sum())


def fewer(visits: pl.DataFrame, rep: str, since: date, size: float, rng: np.random.Generator) -> pl.DataFrame:
    """Exactly `size` of the rep's visits from `since` on are not done, to the nearest whole one."""
    mine = ((visits["rep"] == rep) & (visits["day"] >= since)).to_numpy()
    counts = visits["visits"].to_numpy().copy()
    whole = np.repeat(np.flatnonzero(mine), counts[mine])
    np.subtract.at(counts, rng.permutation(whole)[: round(size * len(whole))], 1)
    return visits.with_columns(visits=counts).filter(pl.col("visits") > 0)
