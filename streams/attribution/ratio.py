"""Where a ratio went: the coarsest cells all of whose parts moved, never leaf by leaf.

The score of a cell is the likelihood ratio of a binomial scan (Kulldorff, *A spatial scan statistic*, 1997): how much
likelier numerators are when the cell has a rate of its own than when it shares that of the rest. The cell that scores
best is often too fine, for what hits all of a city hits one of its shops hardest, or too coarse by a few leaves that
say little. So it is followed upwards: what the coarser cell holds besides is compared with its own before, and with
how everything else moved meanwhile. If that is off too, the coarser cell is the cause; if it stands as it stood, the
finer one is. Further cells are looked for in what is left.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from streams.attribution.answers import Verdict
from streams.attribution.errors import UnusableMeasure
from streams.attribution.lattice import Dimension, Floats, Lattice
from streams.attribution.mix import effects, owners, shifted_weights
from streams.attribution.rates import Rates, RatioAnswer, RatioPart
from streams.attribution.scan import AT_MOST, Named, RatioSettings, Scan

DEFAULT = RatioSettings()
FINEST = 3
"""Dimensions crossed at most."""
ALIKE = 4.0
"""Standard errors that make of a common shift an answer."""
KNOWN = 20.0
"""A leaf's rate before counts as much as the rate of all once its denominator was as large as this."""
Times = tuple[tuple[Floats, Floats], tuple[Floats, Floats]]
"""Numerators and denominators of the leaves, now and before."""


def attribute_ratio(
    leaves: pl.DataFrame,
    dimensions: Sequence[Dimension],
    *,
    numerator: str = "numerator",
    denominator: str = "denominator",
    numerator_before: str | None = None,
    denominator_before: str | None = None,
    rising: bool = True,
    settings: RatioSettings = DEFAULT,
) -> RatioAnswer:
    """The cells in which `numerator / denominator` moved, and a ranking of the first five.

    `leaves` has one row per leaf: a column for every attribute (`dimensions` as in `attribute_gap`), the counts now
    and, where known, those of a time before that may be longer (0 or null where the leaf was not there). Counts, with
    0 <= numerator <= denominator; without a before, a cell is compared with the rest only. `rising` says which way is
    to be explained: True for bad ones of all (returns), False for good ones of all (deals won). With a before, every
    part's `mix` and `rate` are in units of the ratio; together with the rest's they add up to the ratio now less the
    ratio before. Raises `UnusableLeaves` and `UnusableMeasure`.
    """
    lattice = Lattice(leaves, dimensions, FINEST)
    o, n = _counts(leaves, numerator), _counts(leaves, denominator)
    known = numerator_before is not None and denominator_before is not None
    bo = _counts(leaves, numerator_before) if numerator_before and known else np.zeros_like(o)
    bn = _counts(leaves, denominator_before) if denominator_before and known else np.zeros_like(n)
    for top, bottom, column in ((o, n, numerator), (bo, bn, str(numerator_before))):
        if (top > bottom).any():
            raise UnusableMeasure(column, "no more than its denominator")
    if not rising:
        o, bo = n - o, bn - bo
    rates = Rates.of(o, n, bo, bn, KNOWN)
    scan = Scan(lattice, rates, settings)
    named = scan.cells()
    times = ((o, n), (bo, bn)) if known else None
    answer = _answer(lattice, rates, scan, named, times)
    return answer if rising else answer.other_way()


def _counts(leaves: pl.DataFrame, column: str) -> Floats:
    if column not in leaves.columns or not leaves[column].dtype.is_numeric():
        raise UnusableMeasure(column, "a count")
    values = leaves[column].cast(pl.Float64).fill_null(0.0).to_numpy()
    if not (np.isfinite(values) & (values >= 0)).all():
        raise UnusableMeasure(column, "a count of 0 or more")
    return values


def _answer(lattice: Lattice, rates: Rates, scan: Scan, named: Sequence[Named], times: Times | None) -> RatioAnswer:
    """Rows of what was named and of the rest, with the verdict."""
    cells = [(one.cell, one.score) for one in named]
    whole = rates.moved(np.ones_like(scan.free), 1.0)
    everywhere = rates.moved(scan.free, 1.0)
    verdict = Verdict.CELLS if cells else Verdict.ELSEWHERE
    if times and everywhere.errors > ALIKE and 2 * everywhere.excess > whole.excess:
        verdict = Verdict.ALIKE
    elif times and not cells:
        moved = shifted_weights(lattice, *times)[:AT_MOST]
        cells = [(cell, 0.0) for cell, _ in moved]
        verdict = Verdict.MIX if cells else verdict
    owner = owners(lattice, [cell for cell, _ in cells])
    both = effects(owner, len(cells) + 1, *times) if times else None
    parts = []
    for at in range(len(cells) + 1):
        inside = owner == at
        parts.append(
            RatioPart(
                lattice.values(cells[at][0]) if at < len(cells) else (),
                float(rates.o[inside].sum()),
                float(rates.n[inside].sum()),
                float(rates.e[inside].sum()) if times else None,
                cells[at][1] if at < len(cells) else 0.0,
                float(both.mix[at]) if both else None,
                float(both.rate[at]) if both else None,
            )
        )
    ranking = tuple(lattice.values(one) for one in scan.ranking([cell for cell, _ in cells]))
    return RatioAnswer(verdict, tuple(parts[:-1]), parts[-1], rates.common(scan.free), ranking)
