"""The change of a ratio in two: rates that moved, and weights that moved between parts of unlike rates.

The decomposition is Bennet's (1920): rate at the middle of the weights, mix at the middle of the rates, measured from
the middle of the whole, so that no order of the two is preferred and nothing is left over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.attribution.lattice import Cell, Floats, Ints, Lattice


@dataclass(frozen=True)
class Effects:
    """Of each group its part of the change of the ratio by mix and by rate; all together are the change."""

    mix: Floats
    rate: Floats


def effects(groups: Ints, size: int, now: tuple[Floats, Floats], before: tuple[Floats, Floats]) -> Effects | None:
    """Of leaves in groups `0 … size - 1` with (numerator, denominator) at two times; None where one time had nothing.

    A group that was not there at one of the times has moved by mix alone.
    """
    (o, n), (bo, bn) = (
        [np.bincount(groups, column, size).astype(np.float64) for column in pair] for pair in (now, before)
    )
    if n.sum() <= 0 or bn.sum() <= 0:
        return None
    r1, r0 = _over(o, n), _over(bo, bn)
    r1, r0 = np.where(n > 0, r1, r0), np.where(bn > 0, r0, r1)
    s1, s0 = n / n.sum(), bn / bn.sum()
    middle = (o.sum() / n.sum() + bo.sum() / bn.sum()) / 2
    return Effects((s1 - s0) * ((r1 + r0) / 2 - middle), (s1 + s0) / 2 * (r1 - r0))


def owners(lattice: Lattice, cells: Sequence[Cell]) -> Ints:
    """Of each leaf the first of these cells that holds it; `len(cells)` where none does."""
    owner = np.full(lattice.leaves.height, len(cells), np.int64)
    for at in reversed(range(len(cells))):
        owner[lattice.holds(cells[at])] = at
    return owner


def shifted_weights(
    lattice: Lattice, now: tuple[Floats, Floats], before: tuple[Floats, Floats]
) -> list[tuple[Cell, float]]:
    """The values of that one attribute which says most of the change by mix alone, the largest first.

    Empty where the change is within four standard errors, or no attribute says half of it.
    """
    (o, n), (bo, bn) = now, before
    if not n.sum() or not bn.sum():
        return []
    change = o.sum() / n.sum() - bo.sum() / bn.sum()
    rate = (o.sum() + bo.sum()) / (n.sum() + bn.sum())
    if abs(change) <= 4 * np.sqrt(rate * (1 - rate) * (1 / n.sum() + 1 / bn.sum())):
        return []
    best: tuple[float, int, Floats] | None = None
    for row, crossed in enumerate(lattice.crossed):
        both = effects(lattice.codes[row], lattice.sizes[row], now, before) if crossed == 1 else None
        if both and (best is None or both.mix.sum() / change > best[0] + 0.01):
            best = float(both.mix.sum() / change), row, both.mix / change
    if best is None or best[0] < 0.5:
        return []
    _, row, shares = best
    return [(lattice.cell(row, int(code)), float(shares[code])) for code in np.argsort(-shares) if shares[code] > 0]


def _over(top: Floats, bottom: Floats) -> Floats:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
