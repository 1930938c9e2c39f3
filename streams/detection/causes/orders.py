"""What the orders of a finding say: its gap without the largest of them, and what was taken back. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from ingest.events import Finding
from streams.detection.responsibility import code

MOST_OF_IT = Decimal("0.5")
"""Part of a gap from which on what was taken back is told as its reason."""


def with_orders(finding: Finding, booked: Sequence[Decimal]) -> Finding:
    """The finding with both; `booked` is what each order brought in the days it speaks of, below 0 where one of before
    was cancelled or its goods came back."""
    zero = Decimal(0)
    back = [-one for one in booked if one < 0]
    amount = sum(back, zero)
    why = finding.why
    if back and amount >= MOST_OF_IT * -finding.gap:
        why = (code("why.taken_back", count=len(back), amount=amount, sold=sum(booked, amount)), *why)
    without = finding.gap - max([zero, *booked])
    return finding.model_copy(update={"gap_without_largest_deal": without, "why": why})
