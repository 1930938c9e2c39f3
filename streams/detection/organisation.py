"""The company as detection needs it: whose a unit or a product is on a day, who is away, what succeeds what. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import polars as pl

from streams.detection.baseline import Key
from streams.org import FOREVER

REP_ROLES = frozenset({"rep", "ar"})
FULFILMENT_ROLES = frozenset({"fulfilment", "fr"})
OPS_ROLES = frozenset({"ops"})
RAMP_UP = timedelta(days=183)
"""DOMAIN R3: nobody is judged in the first six months."""


@dataclass(frozen=True)
class Node:
    """A unit or a product on the day; `path` leads from the root down to it, itself included."""

    id: str
    path: tuple[str, ...]
    tier: str = ""
    manager_id: str = ""
    closed: bool = False
    supply: str = "ok"
    successor_id: str = ""


@dataclass(frozen=True)
class Span:
    """What a person is from `start` to `end`, both included; `status` active, leave or left."""

    start: date
    end: date
    unit_id: str
    role: str
    role_since: date
    status: str
    stand_in_id: str

    @property
    def is_active(self) -> bool:
        return self.status == "active"


@dataclass(frozen=True)
class Org:
    """Units and products as of `day`, and everybody's spans around it, each person's in order of time."""

    day: date
    units: Mapping[str, Node] = field(default_factory=dict)
    products: Mapping[str, Node] = field(default_factory=dict)
    people: Mapping[str, Sequence[Span]] = field(default_factory=dict)

    @classmethod
    def of(cls, day: date, units: pl.DataFrame, products: pl.DataFrame, people: pl.DataFrame) -> "Org":
        """From the frames of `units_as_of`, `products_as_of` and the spans of people."""
        spans: dict[str, list[Span]] = {}
        for one, *rest in people.iter_rows():
            spans.setdefault(one, []).append(Span(*rest))
        return cls(day, _nodes(units), _nodes(products), spans)

    def on(self, person_id: str, day: date | None = None) -> Span | None:
        """What a person is on the day; None for somebody unknown then."""
        day = day or self.day
        holding = [span for span in self.people.get(person_id, ()) if span.start <= day <= span.end]
        return holding[-1] if holding else None

    def unit_path(self, unit_id: str) -> tuple[str, ...]:
        """Units from the root down to this one; empty when it is unknown."""
        node = self.units.get(unit_id)
        return node.path if node else ()

    def product_path(self, product_id: str) -> tuple[str, ...]:
        """Products from the root down to the one that succeeds this one in the end; empty when it is unknown."""
        node = self.products.get(self.latest(product_id))
        return node.path if node else ()

    def latest(self, product_id: str) -> str:
        """The product itself, or the last of those that succeeded it: they are looked at as one."""
        seen: set[str] = set()
        while product_id not in seen and (node := self.products.get(product_id)) and node.successor_id:
            seen.add(product_id)
            product_id = node.successor_id
        return product_id

    def within(self, inner: Key, outer: Key) -> bool:
        """Whether a key lies in another of its kind: reps in reps, cells in cells."""
        return (
            (not outer.unit_id or outer.unit_id in self.unit_path(inner.unit_id))
            and (not outer.product_id or outer.product_id in self.product_path(inner.product_id))
            and outer.person_id in ("", inner.person_id)
            and bool(outer.person_id) == bool(inner.person_id)
        )

    @cached_property
    def predecessors(self) -> dict[str, list[str]]:
        """Of each product that succeeds others, those others."""
        found: dict[str, list[str]] = {}
        for one in self.products:
            if (latest := self.latest(one)) != one:
                found.setdefault(latest, []).append(one)
        return found

    def holders(self, roles: frozenset[str], unit_id: str) -> list[str]:
        """Who holds one of the roles in the very unit today and has not left, by id."""
        return [one for one in self._by_role.get(unit_id, ()) if self._roles[one] in roles]

    @cached_property
    def _roles(self) -> dict[str, str]:
        spans = {one: self.on(one) for one in self.people}
        return {one: span.role.lower() for one, span in spans.items() if span and span.status != "left"}

    @cached_property
    def _by_role(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in sorted(self._roles):
            if (span := self.on(one)) and self._roles[one] in FULFILMENT_ROLES | OPS_ROLES:
                found.setdefault(span.unit_id, []).append(one)
        return found

    def presences(self, person_id: str) -> list[tuple[date, date]]:
        """The spans of days on which a person was at work in today's unit; what came before the first word counts."""
        today = self.on(person_id)
        if today is None:
            return []
        spans = self.people[person_id]
        return [
            (date.min if span is spans[0] else span.start, span.end)
            for span in spans
            if span.is_active and span.unit_id == today.unit_id
        ]

    def may_be_judged(self, person_id: str) -> bool:
        """Whether a person is a rep at work, past the ramp-up."""
        today = self.on(person_id)
        if today is None or not today.is_active or today.role.lower() not in REP_ROLES:
            return False
        return today.role_since <= self.day - RAMP_UP


def _nodes(frame: pl.DataFrame) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for row in frame.iter_rows(named=True):
        words: dict[str, Any] = {name: row[name] for name in ("id", "tier", "manager_id")}
        more: dict[str, Any] = {name: row[name] for name in ("supply", "successor_id") if name in row}
        found[row["id"]] = Node(**words, **more, path=tuple(row["path"]), closed=bool(row.get("closed", 0)))
    return found


__all__ = ["FOREVER", "Node", "Org", "Span"]
