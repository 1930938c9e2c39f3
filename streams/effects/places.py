"""Which places are held against the one that was treated: of its kind, there all the time, and untouched. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np

from ingest.calendar import WorkingCalendar
from ingest.events import Slice
from streams.effects.differences import Floats, Seen
from streams.organisation import REP_ROLES, Org

Grain = Literal["office", "rep", "leaf_product"]


@dataclass(frozen=True)
class Touched:
    """Where something was found or done in the days looked at: units and products with all below them, people."""

    units: Collection[str] = ()
    products: Collection[str] = ()
    people: Collection[str] = ()


@dataclass(frozen=True)
class Peers:
    """`members` are the leaves (by `grain`) of every place, the treated one's under `treated`."""

    grain: Grain
    treated: str
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)


def peers(slice: Slice, org: Org, touched: Touched, start: date, end: date) -> Peers | None:
    """The places of the treated one's kind that nobody touched from `start` to `end`, and itself; None where there is
    nothing of its kind (the whole company, a route, a segment).

    What lies above it touches it as well and does not count.
    """
    own = org.on(slice.person_id) if slice.person_id else None
    above = {*org.unit_path(slice.unit_id or (own.unit_id if own else "")), *org.product_path(slice.product_id or "")}
    touched = Touched(set(touched.units) - above, set(touched.products) - above, touched.people)
    if slice.person_id:
        return Peers("rep", slice.person_id, _people(slice.person_id, org, touched, start, end))
    if slice.unit_id and len(org.unit_path(slice.unit_id)) > 1:
        units = {id: node.path for id, node in org.units.items() if not node.closed}
        return Peers("office", slice.unit_id, _alike(slice.unit_id, units, set(touched.units)))
    if slice.product_id:
        products = {id: node.path for id, node in org.products.items() if not node.successor_id}
        return Peers("leaf_product", slice.product_id, _alike(slice.product_id, products, set(touched.products)))
    return None


def _alike(own: str, paths: Mapping[str, tuple[str, ...]], touched: set[str]) -> dict[str, frozenset[str]]:
    """Nodes as deep as `own` with nothing touched in, above or below them, each with all below it."""
    depth = len(paths.get(own, ()))
    below: dict[str, set[str]] = {}
    for id, path in paths.items():
        if len(path) >= depth > 0:
            below.setdefault(path[depth - 1], set()).add(id)
    return {
        id: frozenset(inside)
        for id, inside in below.items()
        if id == own or not ({*inside, *paths.get(id, ())} & touched)
    }


def _people(own: str, org: Org, touched: Touched, start: date, end: date) -> dict[str, frozenset[str]]:
    found = {own: frozenset({own})}
    units = set(touched.units)
    for id, spans in org.people.items():
        now = [span for span in spans if span.start <= end and span.end >= start]
        if len({span.unit_id for span in now}) != 1 or not all(span.is_active for span in now):
            continue
        there = now[0].start <= start and now[-1].end >= end and now[-1].role.lower() in REP_ROLES
        if there and id not in touched.people and not units & set(org.unit_path(now[-1].unit_id)):
            found[id] = frozenset({id})
    return found


def added_up(places: Peers, rates: Sequence[Mapping[str, float]]) -> tuple[Seen | None, list[Seen]]:
    """The treated place and its peers, from what each leaf sold a working day: usually, before, after."""
    every = {
        id: Seen(*(sum(rate.get(leaf, 0.0) for leaf in leaves) for rate in rates))
        for id, leaves in places.members.items()
    }
    return every.pop(places.treated, None), list(every.values())


def on_working_days(
    own: Mapping[date, float], every: Mapping[date, float], window: tuple[date, date], calendar: WorkingCalendar
) -> tuple[Floats, Floats]:
    """Amounts by day of a place and of everywhere, on the working days of a window; what came on others is left out."""
    first, last = (day.toordinal() for day in window)
    days = [day for n in range(first, last + 1) if calendar.weight(day := date.fromordinal(n)) > 0]
    return np.array([own.get(day, 0.0) for day in days]), np.array([every.get(day, 0.0) for day in days])
