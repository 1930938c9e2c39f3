"""The company as of a day: whose a unit or a product is, who is away, what succeeds what."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import polars as pl

from streams.org import FOREVER
from warehouse.answers import ORG, held
from warehouse.client import AsyncWarehouse
from warehouse.key import Key
from warehouse.queries.org import products_as_of, units_as_of

REP_ROLES = frozenset({"rep", "ar"})
FULFILMENT_ROLES = frozenset({"fulfilment", "fr"})
OPS_ROLES = frozenset({"ops"})
EVERY = "*"
"""In a key, all the lines or all the people of a unit, each of them for itself."""
RAMP_UP = timedelta(days=183)
"""DOMAIN R3: nobody is judged in the first six months."""

_PEOPLE = """
SELECT id, valid_from, valid_to, unit_id, role, role_since, status, stand_in_id FROM person_ranges
WHERE edition = (SELECT max(edition) FROM person_ranges) AND valid_from <= {day:Date} AND valid_to >= {start:Date}
ORDER BY id, valid_from
"""


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
        """What a person is on the day, today without one; None for somebody unknown then."""
        if day is None or day == self.day:
            return self._today.get(person_id)
        return _holding(self.people.get(person_id, ()), day)

    @property
    def root(self) -> str:
        """The unit over all others; "" where there are several, or none."""
        tops = [one for one, node in self.units.items() if len(node.path) == 1]
        return tops[0] if len(tops) == 1 else ""

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

    def above(self, key: Key) -> Key | None:
        """The node over one in the tree of all nodes: the company over units and over what is sold, a unit over all its
        crosses and over all its people.
        """
        if key.person_id not in ("", EVERY):
            return Key(key.unit_id, "", EVERY)
        if key.unit_id and key.product_id not in ("", EVERY):
            return Key(key.unit_id, EVERY)
        if key.person_id or (key.unit_id and key.product_id):
            return Key(key.unit_id)
        if key.product_id not in ("", EVERY):
            path = self.product_path(key.product_id)
            return Key("", path[-2] if len(path) > 1 else EVERY)
        path = self.unit_path(key.unit_id)
        if key.unit_id:
            return Key(path[-2]) if len(path) > 1 else Key()
        return Key() if key.product_id else None

    @cached_property
    def predecessors(self) -> dict[str, list[str]]:
        """Of each product that succeeds others, those others."""
        found: dict[str, list[str]] = {}
        for one in self.products:
            if (latest := self.latest(one)) != one:
                found.setdefault(latest, []).append(one)
        return found

    @cached_property
    def homes(self) -> dict[str, str]:
        """The unit of today of each person; '' where there is none."""
        spans = self._today
        return {one: span.unit_id if span and span.unit_id in self.units else "" for one, span in spans.items()}

    @cached_property
    def _today(self) -> dict[str, Span | None]:
        return {one: _holding(spans, self.day) for one, spans in self.people.items()}

    def holders(self, roles: frozenset[str], unit_id: str) -> list[str]:
        """Who holds one of the roles in the very unit today and has not left, by id."""
        return [one for one in self._by_role.get(unit_id, ()) if self._roles[one] in roles]

    @cached_property
    def _roles(self) -> dict[str, str]:
        spans = self._today
        return {one: span.role.lower() for one, span in spans.items() if span and span.status != "left"}

    @cached_property
    def _by_role(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in sorted(self._roles):
            if (span := self.on(one)) and self._roles[one] in FULFILMENT_ROLES | OPS_ROLES:
                found.setdefault(span.unit_id, []).append(one)
        return found

    @cached_property
    def presences(self) -> dict[str, list[tuple[date, date]]]:
        """By person the spans of days at work in today's unit; what came before the first word counts."""
        return {
            one: [
                (date.min if span is spans[0] else span.start, span.end)
                for span in spans
                if span.is_active and span.unit_id == today.unit_id
            ]
            for one, spans in self.people.items()
            if (today := self._today[one]) is not None
        }

    def may_be_judged(self, person_id: str) -> bool:
        """Whether a person is a rep at work, past the ramp-up."""
        today = self.on(person_id)
        if today is None or not today.is_active or today.role.lower() not in REP_ROLES:
            return False
        return today.role_since <= self.day - RAMP_UP


def _holding(spans: Sequence[Span], day: date) -> Span | None:
    holding = [span for span in spans if span.start <= day <= span.end]
    return holding[-1] if holding else None


def _nodes(frame: pl.DataFrame) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for row in frame.iter_rows(named=True):
        words: dict[str, Any] = {name: row[name] for name in ("id", "tier", "manager_id")}
        more: dict[str, Any] = {name: row[name] for name in ("supply", "successor_id") if name in row}
        found[row["id"]] = Node(**words, **more, path=tuple(row["path"]), closed=bool(row.get("closed", 0)))
    return found


def branching(paths: Sequence[tuple[str, ...]]) -> int:
    """The first depth at which the paths differ: product lines stand there."""
    depth = 0
    while (here := {path[: depth + 1] for path in paths if len(path) > depth}) and len(here) == 1:
        depth += 1
    return depth if here else 0


async def org_at(warehouse: AsyncWarehouse, today: date, start: date) -> Org:
    """The organisation as of today, with what people were since `start`."""

    async def read() -> Org:
        units, products, people = await asyncio.gather(
            units_as_of(warehouse, today), products_as_of(warehouse, today),
            warehouse.query(_PEOPLE, {"day": today, "start": start}),
        )  # fmt: skip
        return Org.of(today, units, products, people)

    return await held(("org", id(warehouse), today, start), (ORG,), read)


__all__ = ["FOREVER", "Node", "Org", "Span", "branching", "org_at"]
