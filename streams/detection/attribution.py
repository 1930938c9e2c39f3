"""From a gap to the cells that hold it: the fewest, at the coarsest grain, and the rest, together exactly the gap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from streams.detection.baseline import Floats, Key, Mask, added
from streams.detection.candidates import Candidate
from streams.detection.nodes import Level, Side

MOST_OF_IT = 0.8
"""Cells are named until they hold this share of the gap."""

AT_MOST, WHEN_SCATTERED = 5, 3


@dataclass(frozen=True)
class Share:
    """A part of a gap, in units of 1/10,000; a share with the finding's own key is the rest of it."""

    key: Key
    actual: int
    expected: int

    @property
    def contribution(self) -> int:
        return self.actual - self.expected


def shares(candidate: Candidate, sides: Sequence[Side]) -> tuple[Share, ...]:
    """The cells of a candidate's gap, largest first, and the rest last where there is one.

    Finer levels are tried from the coarsest on. The one that needs the fewest cells for most of the gap is taken, the
    coarser of equals; where none does with a handful, the level whose first few hold most. Contributions add up to
    the gap exactly. A rep, who is one cell, is not divided.
    """
    whole = Share(candidate.key, candidate.actual, candidate.expected)
    if candidate.key.person_id or candidate.gap >= 0:
        return (whole,)
    chosen: list[Share] = []
    best: tuple[float, float] | None = None
    for parts in _partitions(candidate, sides):
        worst = sorted((part for part in parts if part.contribution < 0), key=lambda part: part.contribution)
        reached = _reaching(worst, MOST_OF_IT * candidate.gap)
        named = worst[:reached] if reached else worst[:WHEN_SCATTERED]
        held = sum(part.contribution for part in named) / candidate.gap
        rank = (float(reached), 0.0) if reached else (AT_MOST + 1.0, -held)
        if named and (best is None or rank < best):
            best, chosen = rank, named
    rest = Share(
        candidate.key,
        candidate.actual - sum(part.actual for part in chosen),
        candidate.expected - sum(part.expected for part in chosen),
    )
    return (*chosen, rest) if not chosen or rest.actual or rest.expected else tuple(chosen)


def _reaching(worst: Sequence[Share], wanted: float) -> int:
    """How many of the worst it takes to reach the wanted (negative) sum; 0 when a handful does not."""
    total = 0
    for count, part in enumerate(worst[:AT_MOST], 1):
        total += part.contribution
        if total <= wanted:
            return count
    return 0


def _partitions(candidate: Candidate, sides: Sequence[Side]) -> Iterable[list[Share]]:
    """Each finer level's parts of the candidate; a level that leaves it in one piece divides nothing."""
    for side in sides:
        rows = side.rows(candidate.key)
        if not rows.any():
            continue
        sums = side.sums
        actual, modelled = (
            (sums.month_actual, sums.month_expected) if candidate.of_month else (sums.booked, sums.expected)
        )
        whole = modelled[rows].sum()
        if whole <= 0:
            continue
        for level in side.levels:
            parts = _parts(candidate, level, rows, actual, modelled * (candidate.expected / whole))
            if len(parts) > 1:
                yield parts


def _parts(candidate: Candidate, level: Level, rows: Mask, actual: Floats, expected: Floats) -> list[Share]:
    inside = rows & (level.label >= 0)
    if not inside.any():
        return []
    label = level.label[inside]
    sold, wanted = added(label, actual[inside], 0), added(label, expected[inside], 0)
    own = candidate.key
    return [
        Share(
            Key(key.unit_id or own.unit_id, key.product_id or own.product_id, key.person_id),
            round(sold[node]),
            round(wanted[node] / 100) * 100,
        )
        for node in np.unique(label)
        for key in (level.keys[node],)
    ]
