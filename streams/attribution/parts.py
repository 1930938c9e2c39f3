"""From cells found to an answer: each leaf to the first cell that holds it, then sums in the columns' own type."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from streams.attribution.answers import Answer, Part, Verdict
from streams.attribution.errors import UnusableMeasure
from streams.attribution.lattice import Cell, Floats, Lattice
from streams.attribution.mix import owners


@dataclass(frozen=True)
class Found:
    """A cell with the ratio its leaves share, and the nats it brings beyond what naming it costs."""

    cell: Cell
    ratio: float
    evidence: float


def measure(leaves: pl.DataFrame, column: str) -> Floats:
    """A column as floats; UnusableMeasure where it holds what no sum can be made of."""
    if column not in leaves.columns or not leaves[column].dtype.is_numeric():
        raise UnusableMeasure(column, "a number")
    values = leaves[column].cast(pl.Float64).to_numpy()
    if not np.isfinite(values).all():
        raise UnusableMeasure(column, "a finite number")
    return values


def divided(
    leaves: pl.DataFrame,
    lattice: Lattice,
    found: Sequence[Found],
    expected: str,
    observed: str,
    ratio: float,
    evidence: float,
) -> Answer:
    """The parts, those that hold most of the gap first, and the rest with its `ratio` and `evidence`."""
    owner = owners(lattice, [one.cell for one in found])
    e, o = leaves[expected], leaves[observed]
    parts = [
        Part(lattice.values(one.cell), e.filter(mine).sum(), o.filter(mine).sum(), one.ratio, one.evidence)
        for at, one in enumerate(found)
        for mine in [pl.Series(owner == at)]
    ]
    left = pl.Series(owner == len(found))
    rest = Part((), e.filter(left).sum(), o.filter(left).sum(), ratio, evidence)
    gap: Any = o.sum() - e.sum()  # type: ignore[operator]
    toward = 1 if gap >= 0 else -1
    ordered = tuple(sorted(parts, key=lambda part: -toward * float(part.contribution)))
    return Answer(Verdict.CELLS if parts else Verdict.ELSEWHERE, gap, ordered, rest)
