"""Which findings are of what a page is narrowed to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.view_state import ViewState
from ingest.events import Finding
from warehouse.life import is_about

Paths = Mapping[str, Sequence[str]]
"""id → the chain of ids from the root down to it."""
NARROWS = ("unit", "product", "rep", "customer", "segment", "route")


@dataclass(frozen=True)
class Trees:
    """The units and the products that findings hang in."""

    units: Paths = field(default_factory=dict)
    products: Paths = field(default_factory=dict)

    def has(self, finding: Finding, home: str, state: ViewState) -> bool:
        """Whether it speaks of what lies at or below the place of `state`; `home` is the unit it speaks of.

        What is wider than the place is not of it: a gap of the region is none of its office.
        """
        about = finding.slice
        unit, product = about.unit_id or home, about.product_id or ""
        return all(
            (
                not state.unit or state.unit in self.units.get(unit, (unit,)),
                not state.product or state.product in self.products.get(product, (product,)),
                not state.rep or is_about(finding, state.rep),
                not state.customer or any(state.customer in (one.id, one.customer_id) for one in finding.behind),
                state.segment in (None, about.segment),
                state.route in (None, about.route),
            )
        )


def is_narrowed(state: ViewState) -> bool:
    """Whether the page is narrowed to less than all that may be seen."""
    return any(getattr(state, name) for name in NARROWS)
