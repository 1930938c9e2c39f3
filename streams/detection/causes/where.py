"""Where a finding's gap is: the fewest cells at the coarsest grain, everybody alike, or none of these. Pure."""

from decimal import Decimal

from ingest.events import Cell, Finding
from streams.attribution import Answer, attribute_counts
from streams.attribution.counts import Scatter
from streams.detection.causes.leaves import Leaves, slice_at
from streams.detection.findings import money


def where(leaves: Leaves, one: float, scatter: Scatter) -> Answer | None:
    """The answer of the attribution; None where nothing divides the slice. `one` is the money of one order."""
    if not leaves.dimensions:
        return None
    return attribute_counts(leaves.table, leaves.dimensions, one=one, scatter=scatter)


def cells_of(finding: Finding, answer: Answer | None) -> tuple[Cell, ...]:
    """The cells, those that hold most of the gap first, and with the finding's own slice the rest of it.

    Their contributions add up to the gap to the last digit.
    """
    found: list[Cell] = []
    for part in answer.parts if answer else ():
        place = slice_at(finding.slice, part.cell)
        if place is not None and place != finding.slice:
            actual, expected = money(int(part.observed)), money(int(part.expected))
            found.append(Cell(slice=place, actual=actual, expected=expected, contribution=actual - expected))
    zero = Decimal(0)
    actual = finding.actual - sum((cell.actual for cell in found), zero)
    expected = finding.expected - sum((cell.expected for cell in found), zero)
    if actual or expected or not found:
        found.append(Cell(slice=finding.slice, actual=actual, expected=expected, contribution=actual - expected))
    return tuple(found)
