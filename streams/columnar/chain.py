"""What a version inherits from those before it, for all timelines of a batch at once.

Rows of one entity stand side by side in order of versions; `begins` is true at each entity's first.
"""

from dataclasses import dataclass

import numpy as np

from streams.columnar.columns import NONE, Bools, Ints


def starts_of(begins: Bools) -> Ints:
    """The index at which each row's run begins."""
    return np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))


def carried(values: Ints, named: Bools, begins: Bools) -> Ints:
    """The latest value named in the run so far, `NONE` before the first."""
    at = np.maximum.accumulate(np.where(named, np.arange(len(values)), -1))
    return np.where(at >= starts_of(begins), values[at], NONE)


def summed(counts: Ints, begins: Bools) -> Ints:
    """The running sum within each run."""
    total = np.cumsum(counts)
    start = starts_of(begins)
    return total - (total - counts)[start]


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A clock's own day before it is inherited: `Clock.own_day` for whole columns.

    `named` is the day a version names; one that names none inherits, and where there is nothing to inherit and
    `starts` holds, it takes the day of the change. Where `holds` is given and false the day is forgotten.
    """

    named: Ints
    starts: Bools | None = None
    holds: Bools | None = None


def own_days(own: OwnDay | None, change_day: Ints, begins: Bools, known: Bools, known_days: Ints) -> Ints:
    """The own day of each version; `known` rows have theirs already, in `known_days`."""
    if own is None:
        return np.full(len(begins), NONE)
    runs, holds = begins, None
    if own.holds is not None:
        holds = own.holds | known
        runs = begins | ~holds | ~np.concatenate([[True], holds[:-1]])
    days = np.where(known, known_days, own.named)
    named = days != NONE
    if own.starts is not None:
        may_start = named | (own.starts & ~known)
        first = may_start & (summed(may_start.astype(np.int64), runs) == 1)
        days = np.where(named, days, change_day)
        named = named | first
    days = carried(days, named, runs)
    return days if holds is None else np.where(holds, days, NONE)
