"""What an attribution says: cells with their parts of the gap, everybody alike, or none of these dimensions."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from streams.attribution.lattice import Values

Amount = int | float | Decimal
"""In the unit and the type of the caller's column."""


class Verdict(StrEnum):
    """What kind of answer it is."""

    CELLS = "cells"
    ALIKE = "alike"
    """Most of the gap is a shift that all leaves share: a market, a calendar, a target. Cells may stand out besides."""
    MIX = "mix"
    """Only of a ratio: the rates stood, the weights moved."""
    ELSEWHERE = "elsewhere"
    """No cell of these dimensions holds it: noise, or a cause that they do not divide by."""


@dataclass(frozen=True)
class Part:
    """A cell's leaves, or with no values those of no cell."""

    cell: Values
    expected: Amount
    observed: Amount
    ratio: float
    """Observed over expected, as most of its leaves share it."""
    evidence: float
    """Nats: how much likelier the leaves are with the cell named than without, less what naming it costs."""

    @property
    def contribution(self) -> Amount:
        """Its part of the gap."""
        return self.observed - self.expected  # type: ignore[operator]


@dataclass(frozen=True)
class Answer:
    """`gap` is the sum of the parts' contributions and the rest's."""

    verdict: Verdict
    gap: Amount
    parts: tuple[Part, ...]
    rest: Part
