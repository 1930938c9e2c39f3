"""What is worth a finding: one row a rule, its numbers in `warehouse.thresholds`. Detection is one loop over them."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from warehouse.measures import DefinitionError, did_you_mean
from warehouse.metrics import METRICS
from warehouse.thresholds import Numbers, defaults

Grain = Literal["unit", "line", "cell", "product", "rep"]
"""What a rule looks at: a unit (大区, 办事处 …), a product line, office × line, any product or line, a rep."""


@dataclass(frozen=True)
class Rule:
    """When a shortfall of `metric` is a finding, and when it is over again.

    `against` "target": the month so far against target × the pace curve. "history", and where a node has no target: the
    last 20 working days against the node's own 60 before them, moved as everybody else moved (`baseline.Model`).
    Raised while actual ÷ expected < `enter`, kept until it is > `leave` (hysteresis), with a gap of at least
    `least_gap` (reporting currency) and `least_share` of the target (of the expectation where there is no target),
    standing for `lasting_days` working days, and only if it is no chance among all that is looked at (`discoveries`).
    `from_day` is how many working days of the month must have gone by; until then a target rule judges
    as a history rule does, so that what stands since last month stays visible.
    """

    id: str
    metric: str
    grain: Grain
    against: Literal["target", "history"]
    least_gap: float
    least_share: float
    enter: float
    leave: float
    from_day: int = 0
    lasting_days: int = 2
    peers_in_band: float = 0.0
    first: Literal["unit", "product", "rep"] = "unit"


def _rule(id: str, grain: Grain, against: Literal["target", "history"], **more: Any) -> Rule:
    """A row with its tunable numbers as they come."""
    return tuned(Rule(id, "bookings", grain, against, 0, 0, 0, 1, **more), defaults(id))


def tuned(rule: Rule, numbers: Numbers) -> Rule:
    """The rule with these numbers."""
    days = ("from_day", "lasting_days")
    said: dict[str, Any] = {name: int(value) if name in days else float(value) for name, value in numbers.items()}
    return replace(rule, **said)


_ROWS = (
    _rule("unit-pace", "unit", "target"),
    _rule("line-pace", "line", "target", first="product"),
    _rule("cell-below-peers", "cell", "history"),
    _rule("product-falling", "product", "history", first="product"),
    _rule("rep-gap", "rep", "history", first="rep"),
)


def _checked(rows: tuple[Rule, ...]) -> dict[str, Rule]:
    for row in rows:
        if row.metric not in METRICS:
            raise DefinitionError(f"rule {row.id} reads metric {row.metric!r}.{did_you_mean(row.metric, METRICS)}")
        if not 0 < row.enter < row.leave <= 1:
            raise DefinitionError(f"rule {row.id} must be left above where it is entered, both between 0 and 1")
    if len({row.id for row in rows}) < len(rows):
        raise DefinitionError("two rules have the same id")
    return {row.id: row for row in rows}


RULES = _checked(_ROWS)
"""By id, in the order they are shown."""
