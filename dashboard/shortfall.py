"""What is missing, and in whose hands it is: the gap of a place split over its findings, to the cent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from warehouse.life import Treatment
from warehouse.queries.findings import FindingCard

Hands = Literal["treatment", "taken", "nobody"]
HANDS: tuple[Hands, ...] = ("treatment", "taken", "nobody")
Paths = Mapping[str, Sequence[str]]
"""id → the chain of ids from the root down to it."""


def hands_of(treatment: Treatment) -> Hands | None:
    """In treatment once somebody met about it, else taken, else nobody's; None for what asks for nobody."""
    if treatment.status in ("in_treatment", "taken"):
        return "treatment" if treatment.status == "in_treatment" else "taken"
    return "nobody" if treatment.is_active else None


@dataclass(frozen=True)
class Shortfall:
    """`gap` is actual − expected of the place; each part is money missing, 0 or more.

    What no finding speaks of is `rest`, below 0 where others make up for it: the three parts and the rest add up to
    −gap.
    """

    gap: Decimal
    parts: Mapping[Hands, Decimal]

    @property
    def found(self) -> Decimal:
        """What the findings speak of, together."""
        return sum(self.parts.values(), Decimal(0))

    @property
    def rest(self) -> Decimal:
        return -self.gap - self.found


def shortfall(gap: Decimal, cards: Sequence[FindingCard], units: Paths, products: Paths) -> Shortfall:
    """The gap over the findings. One that lies within another counts there for what the inner ones leave of it.
    One that speaks of no unit (a product everywhere) counts for no more than is missing without it, but for all that
    cannot be in another: nothing counts twice, and nobody reads less than the largest finding.
    """
    parts: dict[Hands, Decimal] = dict.fromkeys(HANDS, Decimal(0))
    counted: list[tuple[FindingCard, Decimal]] = []
    for card in sorted(cards, key=lambda one: _depth(one, units, products), reverse=True):
        hands, missing = hands_of(card.treatment), -card.finding.gap
        if hands is None or missing <= 0 or card.finding.behind:
            continue  # money in deals or dues that somebody must see to is no part of a gap
        inside = sum((own for one, own in counted if _is_within(one, card, units, products)), Decimal(0))
        own = max(Decimal(0), missing - inside)
        if not card.finding.slice.unit_id:
            left = max(Decimal(0), -gap - sum(parts.values(), Decimal(0)))
            shared = sum((one_own for one, one_own in counted if _may_meet(one, card, products)), Decimal(0))
            own = max(min(own, left), missing - shared)
        counted.append((card, own))
        parts[hands] += own
    return Shortfall(gap, parts)


def _depth(card: FindingCard, units: Paths, products: Paths) -> tuple[bool, int, str]:
    """Those of a unit first, the narrowest before the wider."""
    about = card.finding.slice
    steps = len(units.get(about.unit_id or "", ())) + len(products.get(about.product_id or "", ()))
    return bool(about.unit_id), steps + bool(about.person_id), card.finding.finding_id


def _may_meet(one: FindingCard, everywhere: FindingCard, products: Paths) -> bool:
    """Whether a finding may speak of money of which one without a unit speaks, too."""
    inner, outer = one.finding.slice.product_id, everywhere.finding.slice.product_id
    return inner is None or _is_below(inner, outer, products) or _is_below(outer, inner, products)


def _is_within(inner: FindingCard, outer: FindingCard, units: Paths, products: Paths) -> bool:
    one, other = inner.finding.slice, outer.finding.slice
    return (
        other.person_id in (None, one.person_id)
        and _is_below(one.unit_id, other.unit_id, units)
        and _is_below(one.product_id, other.product_id, products)
    )


def _is_below(inner: str | None, outer: str | None, paths: Paths) -> bool:
    return outer is None or inner == outer or (inner is not None and outer in paths.get(inner, ()))
