"""What fell: a gap split over visits × orders a visit × the value of an order, which is size × mix × price. Pure.

The contribution of a factor is the logarithmic mean of what was sold and what was to be, times the logarithm of the
factor's change (LMDI I: Ang, *Energy Policy* 2005): no order of the factors is preferred and nothing is left over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import log
from typing import Literal

import numpy as np
import polars as pl

from ingest.events import Factor, Finding, ProblemKind
from streams.amounts import scaled
from streams.detection.baseline import Floats
from streams.detection.causes.leaves import Leaves
from streams.detection.causes.visited import Visited

Name = Literal["visits", "conversion", "orders", "size", "mix", "price"]
KINDS: Mapping[Name, ProblemKind] = {
    "visits": "activity", "conversion": "rate", "orders": "volume", "size": "volume", "mix": "mix", "price": "price",
}  # fmt: skip
HALF = 0.5
"""Of an order, or of a visit: what none counts as where logarithms are taken."""
CENT = Decimal("0.01")
NOTHING = 1e-9
"""A change that is none; and what a price or a mix is never under."""
ENOUGH_VISITS = 5.0
"""Visits that were to come, below which they are no factor."""


@dataclass(frozen=True)
class Split:
    """A finding's factors as (actual, expected), and by how much each changed what was sold, as a logarithm."""

    factors: Mapping[Name, tuple[float, float]]
    changes: Mapping[Name, float]

    @classmethod
    def of(cls, finding: Finding, leaves: Leaves, visited: Visited) -> "Split | None":
        """None where nothing was ever sold that could tell the value of an order, and where more was taken back than
        sold: no factor falls below nothing.

        Where nothing is ordered any more nothing can be said of its size. Orders that come in spite of visits that
        stopped are no better conversion: visits then account for the orders that are missing, and for no more.
        """
        table = leaves.table
        lines_before = float(table["lines_before"].clip(0).sum())
        usual = float(table["usual"].sum())
        expected, sold = float(scaled(finding.expected)), float(scaled(finding.actual))
        if lines_before <= 0 or usual <= 0 or expected <= 0 or sold < 0:
            return None
        value = usual / lines_before
        lines, due = float(table["lines"].sum()), expected / value
        found: dict[Name, tuple[float, float]] = {"orders": (lines, due)}
        if visited.due >= ENOUGH_VISITS:
            per_visit = max(lines, 0.0) / max(visited.done, HALF), due / visited.due
            found = {"visits": (visited.done, visited.due), "conversion": per_visit}
            if visited.done < visited.due and per_visit[0] > per_visit[1]:
                del found["conversion"]
        changes = {name: log(max(now, was * HALF / max(due, 1.0)) / was) for name, (now, was) in found.items()}
        if "conversion" not in found and "visits" in found:
            changes["visits"] = log(max(lines, HALF) / due)
        if lines > 0 and sold > 0:
            mix, price = _mix_and_price(leaves, value)
            found["size"] = sold / lines / value / mix / (price or 1.0), 1.0
            if mix != 1.0:
                found["mix"] = mix, 1.0
            if price is not None:
                found["price"] = price, 1.0
            changes |= {name: log(found[name][0]) for name in found.keys() - changes.keys()}
        return cls(found, changes)

    def told(self, gap: Decimal) -> tuple[Factor, ...]:
        """The factors with their contributions, which add up to the gap to the last digit."""
        whole = sum(self.changes.values())
        if abs(whole) < NOTHING:
            return ()
        parts = {name: (gap * Decimal(self.changes[name] / whole)).quantize(CENT) for name in self.factors}
        largest = max(parts, key=lambda name: abs(parts[name]))
        parts[largest] += gap - sum(parts.values(), Decimal(0))
        return tuple(
            Factor(name=name, actual=round(now, 6), expected=round(was, 6), contribution=parts[name])
            for name, (now, was) in self.factors.items()
        )


def fallen(factors: tuple[Factor, ...]) -> Factor | None:
    """The factor that holds most of the gap."""
    return min((one for one in factors if one.contribution < 0), key=lambda one: one.contribution, default=None)


def by_product(leaves: Leaves) -> pl.DataFrame:
    """The leaves by product, as fine as they are told apart; one row where they are not."""
    columns = [level for levels in leaves.dimensions for level in levels if level.startswith("product")]
    sums = [pl.col(pl.Int64, pl.Int32, pl.Float64).sum()]
    table = leaves.table
    return table.group_by(columns, maintain_order=True).agg(sums) if columns else table.select(sums)


def _mix_and_price(leaves: Leaves, value: float) -> tuple[float, float | None]:
    """By how much the products sold are worth more or less by their own past, and are sold dearer or cheaper."""
    products = by_product(leaves)
    lines, before = (products[name].to_numpy().astype(np.float64).clip(0) for name in ("lines", "lines_before"))
    own = _over(products["usual"].to_numpy(), before, value)
    mix = max(float(lines @ own / lines.sum() / value), NOTHING) if lines.sum() > 0 else 1.0
    listed, at_list = (float(products[name].sum()) for name in ("listed", "list"))
    was, at_list_before = float(products["listed_before"].sum()), float(products["list_before"].sum())
    if listed <= 0 or at_list <= 0 or was <= 0 or at_list_before <= 0:
        return mix, None
    rates = realised_before(products, was / at_list_before)
    due = float(products["list"].to_numpy().astype(np.float64) @ rates)
    return mix, max(listed / due, NOTHING) if due > 0 else None


def realised_before(products: pl.DataFrame, otherwise: float) -> Floats:
    """Of each row the price it realised before, `otherwise` where it had none."""
    listed, at_list = (products[f"{name}_before"].to_numpy().astype(np.float64) for name in ("listed", "list"))
    return _over(listed, at_list, otherwise)


def _over(top: Floats, bottom: Floats, otherwise: float) -> Floats:
    return np.divide(top, bottom, out=np.full_like(bottom, otherwise), where=bottom > 0)
