"""The fictional company: its units, people, products and customers, and what is planted in it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ingest.calendar import Period, WorkingCalendar
from ingest.simulator import places, planting
from ingest.simulator.catalogue import LINES, Line, Product, products
from ingest.simulator.market import Framework, Market
from ingest.simulator.names import Names
from ingest.simulator.pace import SEASON, Workdays
from ingest.simulator.plants import Effects, Plant
from ingest.simulator.sizes import CompanySize
from ingest.simulator.staff import Absence, Person, Post, Register, change_staff
from ingest.simulator.units import HQ, Unit

FOUNDED_YEARS_BEFORE = 5
Amounts = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Company:
    """Everything about the company that does not move with time; made by `Company.make` and never changed.

    `shares[office, product]` is each product's part of an office's business, rows sum to 1. `days_off` are the days on
    which a unit does not work, (unit id, day) → reason.
    """

    seed: int
    size: CompanySize
    today: date
    chief_id: str
    regions: tuple[Unit, ...]
    offices: tuple[Unit, ...]
    people: tuple[Person, ...]
    experts: dict[int, tuple[str, str]]
    products: tuple[Product, ...]
    line_managers: tuple[str, ...]
    posts: tuple[Post, ...]
    market: Market
    shares: Amounts
    days_off: dict[tuple[str, date], str]
    effects: Effects
    plants: tuple[Plant, ...]

    @classmethod
    def make(cls, seed: int, size: CompanySize, today: date) -> "Company":
        """The company of that seed as it stands on `today`: equal arguments make equal companies and equal events."""
        rng = np.random.default_rng([seed, 1])
        names = Names(seed)
        register = Register(names)
        founded = date(today.year - FOUNDED_YEARS_BEFORE, 1, 1)
        chief_id = register.add("general_manager", HQ, founded)
        register.add("ops", HQ, founded)

        regions: list[Unit] = []
        offices: list[Unit] = []
        experts: dict[int, tuple[str, str]] = {}
        for index, (region, cities) in enumerate(places.offices(size.regions, size.offices)):
            unit_id = f"r-{region.slug}"
            regions.append(Unit(index, unit_id, region, -1, register.add("region_manager", unit_id, founded)))
            experts[index] = (register.add("solution", unit_id, founded), register.add("fulfilment", unit_id, founded))
            for city in cities:
                office_id = f"o-{city.slug}"
                manager_id = register.add("office_manager", office_id, founded)
                offices.append(Unit(len(offices), office_id, city, index, manager_id))
        catalogue = products(size.lines, size.products, rng)
        line_managers = tuple(register.add("product_manager", HQ, founded) for _ in LINES[: size.lines])

        posts = _posts(size, offices, register, founded, rng)
        shares = _shares(len(offices), catalogue, rng)
        plan = planting.choose(size, today, WorkingCalendar("CN"), regions, offices, catalogue, posts)
        shares[:, plan.successor] = 0.0
        shares /= shares.sum(axis=1, keepdims=True)
        change_staff(
            [post for post in posts if post.office not in plan.quiet_offices],
            [office.id for office in offices],
            [office.parent for office in offices],
            register,
            _first_day(today, size.months),
            today,
            WorkingCalendar("CN"),
            rng,
        )
        market = Market(
            [office.place for office in offices], [post.office for post in posts], size.customers_per_rep, names, rng
        )
        return cls(
            seed=seed,
            size=size,
            today=today,
            chief_id=chief_id,
            regions=tuple(regions),
            offices=tuple(offices),
            people=tuple(register.people),
            experts=experts,
            products=catalogue,
            line_managers=line_managers,
            posts=tuple(posts),
            market=market,
            shares=shares,
            days_off=plan.days_off,
            effects=plan.effects,
            plants=planting.answers(plan, regions, offices, catalogue, posts, line_managers),
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        return LINES[: self.size.lines]

    @cached_property
    def first_day(self) -> date:
        """The first day of history."""
        return _first_day(self.today, self.size.months)

    @property
    def founded(self) -> date:
        """Since when units, people and products are as they are at the start."""
        return date(self.today.year - FOUNDED_YEARS_BEFORE, 1, 1)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working days, with the days off of some units."""
        return WorkingCalendar("CN", dict.fromkeys(self.days_off, 0.0))

    @property
    def typical_order(self) -> float:
        """CNY of an average order."""
        return self.size.revenue_per_rep / 12 / self.size.orders_per_rep_month

    @cached_property
    def frameworks(self) -> tuple[Framework, ...]:
        """One framework agreement an office, with the first customer of its first post."""
        average = self.size.revenue_per_rep / 12
        first_post: dict[int, Post] = {}
        business = np.zeros(len(self.offices))
        for post in self.posts:
            first_post.setdefault(post.office, post)
            business[post.office] += post.weight * average
        return tuple(
            Framework(office, self.market.by_post[post.index][0], int(business[office] * 0.12))
            for office, post in sorted(first_post.items())
        )

    @cached_property
    def posts_of(self) -> tuple[tuple[Post, ...], ...]:
        """The posts of each office."""
        return tuple(tuple(post for post in self.posts if post.office == office.index) for office in self.offices)

    @cached_property
    def offices_in(self) -> tuple[tuple[int, ...], ...]:
        """The offices of each region, by index."""
        return tuple(
            tuple(office.index for office in self.offices if office.parent == region.index) for region in self.regions
        )

    @cached_property
    def absences(self) -> tuple[Absence, ...]:
        return tuple(absence for post in self.posts for absence in post.absences)

    @cached_property
    def offices_of_posts(self) -> npt.NDArray[np.int64]:
        return np.array([post.office for post in self.posts])

    @cached_property
    def workdays(self) -> tuple[Workdays, ...]:
        """The working days of each office; offices with the same days off share them."""
        shared = {}
        for members, path in self.same_days():
            days = Workdays(self.calendar, path)
            shared.update({int(office): days for office in members})
        return tuple(shared[office.index] for office in self.offices)

    def path(self, office: int) -> tuple[str, ...]:
        """Unit ids from the root to the office."""
        unit = self.offices[office]
        return HQ, self.regions[unit.parent].id, unit.id

    def post_budgets(self, month: Period) -> Amounts:
        """What each post is planned to book in the month, in CNY."""
        weights = np.array([post.weight for post in self.posts])
        return weights * (self.size.revenue_per_rep / 12 * SEASON[month.start.month - 1])

    def office_budgets(self, month: Period) -> Amounts:
        """What each office is planned to book in the month, in CNY."""
        return np.bincount(self.offices_of_posts, self.post_budgets(month), len(self.offices)).astype(np.float64)

    def same_days(self) -> list[tuple[npt.NDArray[np.int64], tuple[str, ...]]]:
        """The offices grouped by the days off they share, each group with a path that has these days off."""
        groups: dict[tuple[str, ...], list[int]] = {}
        with_days_off = {unit_id for unit_id, _ in self.days_off}
        for office in self.offices:
            own = tuple(unit_id for unit_id in self.path(office.index) if unit_id in with_days_off)
            groups.setdefault(own, []).append(office.index)
        return [(np.array(members), path) for path, members in groups.items()]


def _first_day(today: date, months: int) -> date:
    month = Period.containing(today, "month")
    for _ in range(months - 1):
        month = month.previous()
    return month.start


def _posts(
    size: CompanySize, offices: list[Unit], register: Register, founded: date, rng: np.random.Generator
) -> list[Post]:
    """Four posts an office, the rest by the offices' sizes; weights average 1."""
    spare = size.reps - 4 * len(offices)
    market_sizes = rng.lognormal(0, 0.5, len(offices))
    heads = 4 + rng.multinomial(spare, market_sizes / market_sizes.sum())
    weights = rng.lognormal(0, 0.35, size.reps)
    weights /= weights.mean()
    posts: list[Post] = []
    for office, count in zip(offices, heads, strict=True):
        for _ in range(int(count)):
            weight = float(weights[len(posts)])
            post = Post(len(posts), office.index, weight, size.orders_per_rep_month * weight**0.6)
            post.holders.append((founded, register.add("rep", office.id, founded)))
            posts.append(post)
    return posts


def _shares(offices: int, catalogue: tuple[Product, ...], rng: np.random.Generator) -> Amounts:
    weights = np.array([product.weight for product in catalogue])
    raw = weights * rng.lognormal(0, 0.2, (offices, len(catalogue)))
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))
