"""The organisation as of any day: from dated statements to spans of days with the path from the root.

Pure: what is stated goes in, rows of the `*_ranges` tables come out, whole. `edition.py` writes them.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from ingest.events import OrgEvent
from ingest.fields import PersonStatus
from streams.batches import NO_DAY

FOREVER = date(2149, 6, 6)
_DAY = timedelta(days=1)


class Statements:
    """What is stated of each id of one kind: the latest version of each valid_from, in order of days."""

    def __init__(self, events: Iterable[OrgEvent]) -> None:
        latest: dict[tuple[str, date], OrgEvent] = {}
        for event in events:
            key = (event.id, event.valid_from)
            if key not in latest or event.order_in_time >= latest[key].order_in_time:
                latest[key] = event
        self.by_id: dict[str, list[OrgEvent]] = {}
        for (one, _), event in sorted(latest.items()):
            self.by_id.setdefault(one, []).append(event)

    def as_of(self, one: str, day: date) -> OrgEvent | None:
        """What holds of an id on a day; None before its first statement."""
        stated = self.by_id.get(one, [])
        at = bisect_right(stated, day, key=lambda event: event.valid_from)
        return stated[at - 1] if at else None


class Tree(Statements):
    """Units or products: statements with parents."""

    @cached_property
    def _days(self) -> dict[str, list[date]]:
        return {}

    def days(self, one: str, below: frozenset[str] = frozenset()) -> list[date]:
        """The days on which something about an id, or about what is above it, changes."""
        if one in self._days:
            return self._days[one]
        stated = self.by_id.get(one, [])
        days = {event.valid_from for event in stated}
        for index, event in enumerate(stated):
            parent = getattr(event, "parent_id", None)
            if parent and parent not in below and parent != one:
                end = stated[index + 1].valid_from if index + 1 < len(stated) else FOREVER
                days |= {day for day in self.days(parent, below | {one}) if event.valid_from < day < end}
        self._days[one] = sorted(days)
        return self._days[one]

    def path(self, one: str, day: date) -> list[str]:
        """Ids from the root down to `one` on a day; a circle is cut where it closes."""
        path: list[str] = []
        step: str | None = one
        while step and step not in path:
            path.append(step)
            event = self.as_of(step, day)
            step = getattr(event, "parent_id", None) if event else None
        return path[::-1]


def spans(days: Sequence[date]) -> list[tuple[date, date]]:
    """Spans from each day to the one before the next, the last without end."""
    return list(zip(days, [*(day - _DAY for day in days[1:]), FOREVER], strict=True))


def _tree_rows(events: Iterable[OrgEvent], own: Callable[[Any], tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    tree = Tree(events)
    return [
        (one, start, end, *own(tree.as_of(one, start)), tree.path(one, start))
        for one in tree.by_id
        for start, end in spans(tree.days(one))
    ]


def unit_rows(events: Iterable[OrgEvent]) -> list[tuple[Any, ...]]:
    """Rows of `unit_ranges` without edition."""
    return _tree_rows(
        events,
        lambda u: (u.parent_id or "", u.tier or "", u.name or u.id, u.name_en or u.name or u.id, u.manager_id or "",
                   int(u.closed)),
    )  # fmt: skip


def product_rows(events: Iterable[OrgEvent]) -> list[tuple[Any, ...]]:
    """Rows of `product_ranges` without edition."""
    return _tree_rows(
        events,
        lambda p: (p.parent_id or "", p.tier or "", p.name or p.id, p.name_en or p.name or p.id, p.manager_id or "",
                   p.supply.value, p.successor_id or ""),
    )  # fmt: skip


def person_rows(events: Iterable[OrgEvent]) -> list[tuple[Any, ...]]:
    """Rows of `person_ranges` without edition: a span ends where a role, an absence or a statement does."""
    statements = Statements(events)
    return [
        (one, start, end, *_person_on(statements.as_of(one, start), start))
        for one, stated in statements.by_id.items()
        for start, end in spans(_person_days(stated))
    ]


def _person_days(stated: Sequence[Any]) -> list[date]:
    days = {person.valid_from for person in stated}
    for person in stated:
        marks = [person.status_from, person.status_to and person.status_to + _DAY]
        for role in person.roles or ():
            marks += [role.since, role.until and role.until + _DAY]
        days |= {mark for mark in marks if mark and mark > stated[0].valid_from}
    return sorted(days)


def _person_on(person: Any, day: date) -> tuple[Any, ...]:
    held = [
        role
        for role in person.roles or ()
        if (role.since is None or role.since <= day) and (role.until is None or day <= role.until)
    ]
    unit, role = person.unit_id, person.role
    if held:
        unit, role = unit or held[0].unit_id, role or held[0].role
    roles = {f"{one.role}@{one.unit_id or ''}": None for one in held}
    if role:
        roles = {f"{role}@{unit or ''}": None, **roles}
    away = (person.status_from is None or person.status_from <= day) and (
        person.status is PersonStatus.LEFT or person.status_to is None or day <= person.status_to
    )
    return (
        person.name or person.id, person.name_en or person.name or person.id, unit or "", role or "",
        person.role_since or NO_DAY, list(roles), (person.status if away else PersonStatus.ACTIVE).value,
        person.stand_in_id or "", person.contact or "",
    )  # fmt: skip


def customer_rows(events: Iterable[OrgEvent]) -> list[tuple[Any, ...]]:
    """Rows of `customer_ranges` without edition."""
    statements = Statements(events)
    return [
        (one, start, end, *_customer(statements.as_of(one, start)))
        for one, stated in statements.by_id.items()
        for start, end in spans([event.valid_from for event in stated])
    ]


def _customer(customer: Any) -> tuple[Any, ...]:
    return (
        customer.name or customer.id, customer.name_en or customer.name or customer.id, customer.segment or "",
        customer.industry or "", customer.tier or "", customer.owner_id or "", customer.first_order_on or NO_DAY,
    )  # fmt: skip


def calendar_rows(events: Iterable[OrgEvent]) -> list[tuple[Any, ...]]:
    """Rows of `calendar_days` without edition."""
    statements = Statements(events)
    return [
        (one, day.valid_from, getattr(day, "weight", None) or Decimal(0), getattr(day, "reason", None) or "")
        for one, stated in statements.by_id.items()
        for day in stated
    ]


_NAMED = ("id", "valid_from", "valid_to")
Rows = list[tuple[Any, ...]]
RANGES: Mapping[str, tuple[str, tuple[str, ...], Callable[[Iterable[OrgEvent]], Rows]]] = {
    "unit": (
        "unit_ranges", (*_NAMED, "parent_id", "tier", "name", "name_en", "manager_id", "closed", "path"),
        unit_rows,
    ),
    "product": (
        "product_ranges",
        (*_NAMED, "parent_id", "tier", "name", "name_en", "manager_id", "supply", "successor_id", "path"),
        product_rows,
    ),
    "person": (
        "person_ranges",
        (*_NAMED, "name", "name_en", "unit_id", "role", "role_since", "roles", "status", "stand_in_id", "contact"),
        person_rows,
    ),
    "customer": (
        "customer_ranges",
        (*_NAMED, "name", "name_en", "segment", "industry", "tier", "owner_id", "first_order_on"), customer_rows,
    ),
    "calendar": ("calendar_days", ("unit_id", "day", "weight", "reason"), calendar_rows),
}  # fmt: skip
"""By kind: its table, the table's columns beside `edition`, and how its rows are made."""
