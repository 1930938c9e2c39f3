"""What is planted: a kind at a spot in the facts, with its answer. One row a kind."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from ingest.simulator.company import Company
from ingest.simulator.pace import opening
from ingest.simulator.staff import Post
from ingest.simulator.units import HQ
from tests.bench.planted import booked, cash, deals, visits
from tests.bench.planted.company import Place
from warehouse.key import Key


@dataclass(frozen=True)
class Facts:
    """All that is known of the company by kind of facts; a rule that reads more adds its frame here."""

    bookings: pl.DataFrame
    visits: pl.DataFrame
    deals: pl.DataFrame
    cash: pl.DataFrame


@dataclass(frozen=True)
class Spot:
    """Where a problem goes: a region, one of its offices, one of that one's reps, a product and its line."""

    place: Place
    region: int
    post: Post
    product: int
    since: date

    @property
    def company(self) -> Company:
        return self.place.company

    @property
    def rep(self) -> str:
        return self.post.holders[0][1]

    @cached_property
    def colleague(self) -> str:
        """Another rep of the office, who holds a post all the time."""
        others = self.company.posts_of[self.post.office]
        return next(post.holders[0][1] for post in others if post is not self.post and post.is_steady)

    @property
    def office(self) -> str:
        return self.company.offices[self.post.office].id

    @property
    def manager(self) -> str:
        return self.company.offices[self.post.office].manager_id

    @property
    def line(self) -> str:
        return self.company.lines[self.company.products[self.product].line].id

    @cached_property
    def of_line(self) -> pl.Expr:
        line = self.company.products[self.product].line
        return pl.col("product").is_in([one.id for one in self.company.products if one.line == line])

    @cached_property
    def in_region(self) -> pl.Expr:
        return pl.col("office").is_in([self.company.offices[one].id for one in self.company.offices_in[self.region]])

    @property
    def in_office(self) -> pl.Expr:
        return pl.col("office") == self.office

    @property
    def of_rep(self) -> pl.Expr:
        return pl.col("rep") == self.rep

    def wd(self, number: int) -> date:
        """That working day of the month, from 0; the last where there are fewer."""
        return self.place.days[min(number, len(self.place.days) - 1)]


Planted = tuple[Facts, Key, str | None]
Planter = Callable[[Facts, Spot, float, np.random.Generator], Planted]


def _booked_less(facts: Facts, inside: pl.Expr, spot: Spot, size: float, rng: np.random.Generator) -> Facts:
    return replace(facts, bookings=booked.fewer(facts.bookings, inside, spot.since, size, rng))


def person(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """A rep who visits less and sells less."""
    facts = replace(facts, visits=visits.fewer(facts.visits, spot.rep, spot.since, size, rng))
    return _booked_less(facts, spot.of_rep, spot, size, rng), Key(spot.office, "", spot.rep), spot.rep


def office(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """An office that sells less of everything."""
    return _booked_less(facts, spot.in_office, spot, size, rng), Key(spot.office), spot.manager


def product(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """A product that sells less everywhere."""
    one = spot.company.products[spot.product]
    inside = pl.col("product") == one.id
    return _booked_less(facts, inside, spot, size, rng), Key("", one.id), spot.company.line_managers[one.line]


def person_product(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """A rep who sells less of one line, that of which they would have sold most."""
    sold = facts.bookings.filter(spot.of_rep, pl.col("begun") >= opening(spot.since), ~pl.col("overlay"))
    best = sold.group_by("product").agg(pl.col("amount").sum()).sort("amount", "product")["product"].to_list()[-1:]
    spot = replace(spot, product=next((one.index for one in spot.company.products if one.id in best), spot.product))
    facts = _booked_less(facts, spot.of_rep & spot.of_line, spot, size, rng)
    return facts, Key(spot.office, spot.line, spot.rep), spot.rep


def product_region(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """A region that sells less of one line."""
    region = spot.company.regions[spot.region]
    facts = _booked_less(facts, spot.in_region & spot.of_line, spot, size, rng)
    return facts, Key(region.id, spot.line), region.manager_id


def everybody(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """A market that falls for all alike."""
    return _booked_less(facts, pl.lit(True), spot, size, rng), Key(HQ), spot.company.chief_id


def mix_only(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """An office that sells another line instead; nothing is missing in all."""
    other = next(
        one.id for one in spot.company.products if one.line not in (2, spot.company.products[spot.product].line)
    )
    rows = booked.instead(facts.bookings, spot.in_office & spot.of_line, other, spot.since, size, rng)
    return replace(facts, bookings=rows), Key(spot.office, spot.line), spot.manager


def ratio_only(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """An office that loses more of its deals, and wins as much as ever."""
    return (
        replace(facts, deals=deals.lost_more(facts.deals, spot.in_office, spot.since, size)),
        Key(spot.office),
        spot.manager,
    )


def activity(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """A rep who visits less, and sells as ever."""
    rows = visits.fewer(facts.visits, spot.rep, spot.since, size, rng)
    return replace(facts, visits=rows), Key(spot.office, "", spot.rep), spot.rep


def overdue(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """A rep whose customers do not pay."""
    rows = cash.overdue(facts.cash, spot.of_rep, spot.since, size, rng)
    return replace(facts, cash=rows), Key(spot.office, "", spot.rep), spot.rep


def price_leak(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """An office that gives more away for the same money."""
    rows = booked.cheaper(facts.bookings, spot.in_office, spot.since, size)
    return replace(facts, bookings=rows), Key(spot.office), spot.manager


def cram(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """An office that books a part of its month in the last three working days: for ops to look at, and nobody else."""
    days = spot.place.days
    when = [opening(day) + 3_600 * hour for day in days[-3:] for hour in range(1, 9)]
    rows = booked.crammed(facts.bookings, spot.in_office, days[0], days[-4], when, size, rng)
    ops = next(one.id for one in spot.company.people if one.role == "ops")
    return replace(facts, bookings=rows), Key(spot.office), ops


def slip(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """A rep whose deals move to the next month."""
    rows = deals.slipped(facts.deals, spot.of_rep, spot.since, size, spot.place.month.next().start, rng)
    return replace(facts, deals=rows), Key(spot.office, "", spot.rep), spot.rep


def outage(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """An office of which nothing is known for three days; then all of it comes."""
    rows = booked.silent(facts.bookings, spot.in_office, spot.wd(8), spot.wd(10), opening(spot.wd(11)) + 1_800)
    return replace(facts, bookings=rows), Key(spot.office), None


def credit_moved(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """A rep whose customers go to a colleague."""
    rows = booked.credited(facts.bookings, spot.rep, spot.colleague, spot.since, 0.6, rng)
    return replace(facts, bookings=rows), Key(spot.office, "", spot.rep), None


def framework(facts: Facts, spot: Spot, size: float, rng: np.random.Generator) -> Planted:
    """A rep whose customers sign a framework: twelve days without an order, then all of it as call-offs."""
    rows = booked.later(facts.bookings, spot.of_rep, spot.wd(2), spot.wd(13), opening(spot.wd(14)) + 7_200)
    return replace(facts, bookings=rows), Key(spot.office, "", spot.rep), None


PROBLEMS: dict[str, Planter] = {
    "person": person,
    "office": office,
    "product": product,
    "person × product": person_product,
    "product × region": product_region,
    "everybody alike": everybody,
    "mix only": mix_only,
    "ratio only": ratio_only,
    "activity": activity,
    "overdue cash": overdue,
    "price leak": price_leak,
    "month-end cram": cram,
    "slip": slip,
}
NONE: dict[str, Planter] = {"data outage": outage, "credit moved": credit_moved, "signed framework": framework}
SIMULATED = ("holiday", "stock-taking", "lumpy rep", "successor product")
"""What the simulator itself hangs on the month that is none."""


@dataclass(frozen=True)
class Plant:
    """One planted thing and its answer; the booked changes it touched as they would be (`before`) and are (`after`)."""

    kind: str
    size: float
    key: Key
    responsible_id: str | None
    since: date
    is_problem: bool
    before: pl.DataFrame | None = None
    after: pl.DataFrame | None = None
