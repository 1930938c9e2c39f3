"""What an actual means against its target and the time gone: pure arithmetic, one row a node."""

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from warehouse.baseline.standing import Node

EARLY = 0.15
"""Share of the period expected by now, under which a landing says nothing yet."""

HOLD = 0.25
"""How strongly a landing early in the period leans on the target; an opinion, to be measured."""

MONEY = pl.Decimal(38, 4)
SCHEMA = pl.Schema(
    {
        "id": pl.String(),
        "name": pl.String(),
        "name_en": pl.String(),
        "tier": pl.String(),
        "manager_id": pl.String(),
        "manager_name": pl.String(),
        "manager_name_en": pl.String(),
        "actual": MONEY,
        "target": MONEY,
        "attainment": pl.Float64(),
        "expected_share": pl.Float64(),
        "expected": pl.Float64(),
        "pace": pl.Float64(),
        "gap": pl.Float64(),
        "landing": pl.Float64(),
        "landing_low": pl.Float64(),
        "landing_high": pl.Float64(),
        "needed_per_day": pl.Float64(),
        "remaining_days": pl.Float64(),
        "last_year": MONEY,
        "previous": MONEY,
        "yoy": pl.Float64(),
        "spark": pl.List(pl.Float64()),
    }
)


@dataclass(frozen=True)
class Against:
    """What an actual is held against; `share` of the period expected by now is None for what does not add up by day."""

    target: Decimal | None
    share: float | None
    remaining_days: float
    last_year: Decimal | None
    previous: Decimal | None
    baseline: Node | None = None
    """What is still to come by the month's baseline, where there is one."""


def derived(actual: Decimal | None, against: Against) -> dict[str, float | Decimal | None]:
    """The columns of `SCHEMA` from `actual` to `yoy`; None where a target, a share or an actual is missing."""
    row: dict[str, float | Decimal | None] = dict.fromkeys(
        ("attainment", "expected", "pace", "gap", "landing", "landing_low", "landing_high", "needed_per_day", "yoy")
    )
    row |= {
        "actual": actual,
        "target": against.target,
        "expected_share": against.share,
        "remaining_days": against.remaining_days,
        "last_year": against.last_year,
        "previous": against.previous,
    }
    if actual is None:
        return row
    value, share = float(actual), against.share
    target = None if against.target is None else float(against.target)
    if against.last_year:
        row["yoy"] = value / float(against.last_year) - 1 if against.last_year > 0 else None
    if (node := against.baseline) is not None:
        row["landing"] = value + node.rest
        row["landing_low"], row["landing_high"] = value + node.rest + node.low, value + node.rest + node.high
    elif share is not None and share > EARLY:
        row["landing"] = landing(value, target, share)
    if target is None:
        return row
    if target > 0:
        row["attainment"] = value / target
    if share is None:
        return row
    row["expected"] = target * share
    row["gap"] = value - target * share
    if target > 0 and share > 0:
        row["pace"] = value / target / share
    if against.remaining_days > 0:
        row["needed_per_day"] = max(0.0, target - value) / against.remaining_days
    return row


def landing(actual: float, target: float | None, share: float) -> float:
    """Actual and the rest of the period at the pace so far, leaning on the target the more the earlier it is."""
    rest = (1 - share) * actual / share
    if target is None:
        return actual + rest
    trust = share / (share + HOLD)
    return actual + trust * rest + (1 - trust) * (1 - share) * target
