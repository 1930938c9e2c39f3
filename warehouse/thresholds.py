"""The numbers of the rules that people may tune: each defined here once, with the bounds it may move in.

What people switch on is an event with who and why; a rule has the numbers of the last word on it, else these.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from ingest.events import Action
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.measures import did_you_mean

Numbers = Mapping[str, Decimal]


class BadThreshold(ValueError):
    """Numbers that a rule cannot have: the sentence says which, and what may stand there."""


@dataclass(frozen=True)
class Threshold:
    """One number of a rule: money in the reporting currency, a share, or working days."""

    name: str
    default: Decimal
    least: Decimal
    most: Decimal
    kind: Literal["money", "share", "days"]


def _money(name: str, default: int) -> Threshold:
    return Threshold(name, Decimal(default), Decimal(0), Decimal(1_000_000_000), "money")


def _share(name: str, default: str, least: str = "0") -> Threshold:
    return Threshold(name, Decimal(default), Decimal(least), Decimal(1), "share")


def _days(name: str, default: int, most: int) -> Threshold:
    return Threshold(name, Decimal(default), Decimal(0), Decimal(most), "days")


def _gap(gap: int, share: str, enter: str, leave: str, *more: Threshold) -> tuple[Threshold, ...]:
    low = "0.1"
    band = _share("enter", enter, low), _share("leave", leave, low)
    return (_money("least_gap", gap), _share("least_share", share), *band, *more, _days("lasting_days", 2, 20))


def _thing(amount: int) -> tuple[Threshold, ...]:
    return (_money("least_amount", amount),)


THRESHOLDS: Mapping[str, tuple[Threshold, ...]] = {
    "unit-pace": _gap(300_000, "0.05", "0.85", "0.92", _days("from_day", 5, 20)),
    "line-pace": _gap(300_000, "0.05", "0.85", "0.92", _days("from_day", 5, 20)),
    "cell-below-peers": _gap(200_000, "0.2", "0.8", "0.92", _share("peers_in_band", "0.7")),
    "product-falling": _gap(300_000, "0.1", "0.8", "0.92"),
    "rep-gap": _gap(150_000, "0.3", "0.7", "0.87"),
    "landing-short": _thing(500_000),
    "untended-deals": _thing(200_000),
    "pushed-deals": _thing(200_000),
    "slipping-deals": _thing(200_000),
    "unproven-commits": _thing(200_000),
    "unsigned-awards": _thing(100_000),
    "stuck-deals": _thing(200_000),
    "late-dues": _thing(100_000),
    "overdue-dues": _thing(100_000),
    "overdue-dues-60": _thing(100_000),
    "overdue-dues-90": _thing(100_000),
    "uninvoiced-orders": _thing(100_000),
    "thin-coverage": _thing(200_000),
    "complaints": _thing(0),
    "price-leak": _thing(200_000),
    "win-rate-falling": _thing(200_000),
    "month-end-cram": _thing(200_000),
    "data-silence": _thing(0),
}
"""By rule, in the order they are shown."""


def defaults(rule: str) -> dict[str, Decimal]:
    """The numbers of a rule as it comes."""
    return {one.name: one.default for one in THRESHOLDS[rule]}


def checked(rule: str, numbers: Numbers) -> dict[str, Decimal]:
    """All numbers of the rule with these in the place of its own. Raises `BadThreshold`."""
    if rule not in THRESHOLDS:
        raise BadThreshold(f"there is no rule {rule!r}.{did_you_mean(rule, THRESHOLDS)}")
    known = {one.name: one for one in THRESHOLDS[rule]}
    for name, value in numbers.items():
        if (row := known.get(name)) is None:
            raise BadThreshold(f"{rule} has no number {name!r}.{did_you_mean(name, known)}")
        if not row.least <= value <= row.most:
            raise BadThreshold(f"{name} of {rule} must be from {row.least} to {row.most}, not {value}")
        if row.kind == "days" and value != value.to_integral_value():
            raise BadThreshold(f"{name} of {rule} is in whole working days, not {value}")
    found = {**defaults(rule), **numbers}
    if "enter" in found and not found["enter"] < found["leave"]:
        raise BadThreshold(
            f"{rule} must be left above where it is entered: leave {found['leave']}, enter {found['enter']}"
        )
    return found


@dataclass(frozen=True)
class RuleWord:
    """What somebody switched on: all numbers of a rule, who, when and why."""

    rule: str
    who: str
    at: datetime
    why: str
    numbers: Mapping[str, Decimal] = field(default_factory=dict)


_WORDS = """
SELECT state FROM action_events WHERE what = 'set_rule' AND PAST
ORDER BY changed_at, version, offset LIMIT 1 BY subject, event_id
"""


async def rule_words(warehouse: AsyncWarehouse, until: datetime | None = None) -> list[RuleWord]:
    """Everything that was switched on, by `until` where that is given, oldest first; what cannot be is left out."""
    past, values = "1", dict[str, Any]()
    if until is not None:
        past = "changed_at <= parseDateTime64BestEffort({until:String}, 6, 'UTC')"
        values = {"until": until.astimezone(UTC).isoformat()}
    rows = await ask(warehouse, _WORDS.replace("PAST", past), values, Reads("action_events"))
    return list(_read(Action.model_validate_json(state) for state in rows["state"]))


def _read(events: Iterable[Action]) -> Iterable[RuleWord]:
    for event in events:
        rule = event.subject.removeprefix("rule:")
        try:
            numbers = checked(rule, event.thresholds or {})
        except BadThreshold:
            continue
        yield RuleWord(rule, event.who, event.occurred_at, event.note or "", numbers)


def in_force(words: Sequence[RuleWord]) -> dict[str, Mapping[str, Decimal]]:
    """By rule, the numbers it has: of the last word on it, else its own."""
    return {**{rule: defaults(rule) for rule in THRESHOLDS}, **{word.rule: word.numbers for word in words}}
