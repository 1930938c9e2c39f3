"""Who buys: end customers, each with a rep's post that looks after it, and the partners orders go through."""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from ingest.simulator.names import INDUSTRIES, PARTNERS, Industry, Names
from ingest.simulator.places import Place

_TIERS, _TIER_SHARES = ("S", "A", "B", "C"), (0.03, 0.12, 0.35, 0.50)


@dataclass(frozen=True, slots=True)
class Customer:
    """An end customer (`post` looks after it) or a partner of an office (`post` is -1)."""

    id: str
    name: str
    name_en: str
    industry: Industry
    tier: str
    office: int
    post: int


@dataclass(frozen=True)
class Framework:
    """A framework agreement of an office: call-offs of a month stay within `monthly_amount` (whole CNY)."""

    office: int
    customer: Customer
    monthly_amount: int

    @property
    def yearly_amount(self) -> int:
        """What is agreed for twelve months: room enough that call-offs and their amendments stay under it."""
        return self.monthly_amount * 15

    def id(self, year: int) -> str:
        """The agreement's order id for a calendar year."""
        return f"FW-{year}-{self.office + 1:03}"


class Market:
    """All customers and partners, by post and by office."""

    def __init__(
        self, cities: list[Place], office_of_post: list[int], per_post: int, names: Names, rng: np.random.Generator
    ) -> None:
        self.customers: list[Customer] = []
        self.by_post: list[list[Customer]] = [[] for _ in office_of_post]
        self.partners: list[list[Customer]] = [[] for _ in cities]
        edges = list(accumulate(_TIER_SHARES))
        for post, office in enumerate(office_of_post):
            for _ in range(per_post):
                tier = _TIERS[min(int(np.searchsorted(edges, rng.random())), 3)]
                industry = INDUSTRIES[int(rng.integers(len(INDUSTRIES)))]
                self.by_post[post].append(self._add(names, cities[office], industry, tier, office, post))
        for office, city in enumerate(cities):
            for industry in PARTNERS:
                self.partners[office].append(self._add(names, city, industry, "A", office, -1))

    def _add(self, names: Names, city: Place, industry: Industry, tier: str, office: int, post: int) -> Customer:
        name, name_en = names.customer(city, industry)
        customer = Customer(f"c{len(self.customers) + 1:06}", name, name_en, industry, tier, office, post)
        self.customers.append(customer)
        return customer
