"""Which month holds what: a pure function of the seed. Plants of a month lie in other regions, or in other lines."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from ingest.simulator.sizes import CompanySize
from tests.bench.planted import bookings, cash, deals, visits
from tests.bench.planted.company import SIZE, Place
from tests.bench.planted.plants import NONE, PROBLEMS, Facts, Plant, Spot
from warehouse.key import Key

SIZES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
UNSEEN = ("mix only", "ratio only", "activity", "overdue cash", "price leak", "month-end cram", "slip")
BY_UNIT = ("office", "person", "person", "person × product", "person × product", "product × region")
BY_PRODUCT = ("product", "product", "product × region", "product × region")
REPLACED_LINE = 2
"""The line in which the simulator lets one product succeed another."""


@dataclass(frozen=True)
class Month:
    """A company, all that happened in it, and what was planted."""

    seed: int
    place: Place
    facts: Facts
    plants: tuple[Plant, ...]


def kinds(seed: int) -> tuple[str, ...]:
    """The kinds of the month, in order: one month in ten is empty, one everybody's, one holds only what is none."""
    others = [UNSEEN[(seed // 10 * 3 + seed + step) % len(UNSEEN)] for step in range(3)]
    none = list(NONE)
    match seed % 10:
        case 0:
            return ()
        case 1:
            return ("everybody alike",)
        case 2:
            return (*none, *none)
        case 8 | 9:
            return (*BY_PRODUCT, *others, none[seed // 10 % 3])
        case _:
            return (*BY_UNIT, *others[:2], none[(seed // 10 + seed) % 3])


def month_of(seed: int, size: CompanySize = SIZE) -> Month:
    """The month of that seed with all that is planted in it."""
    rng = np.random.default_rng([seed, 7])
    wanted = kinds(seed)
    place = Place.made(seed, size, bare=not wanted)
    company = place.company
    planned = bookings.planned(company, place.months)
    booked = bookings.normal(company, planned, rng)
    facts = Facts(
        booked, visits.normal(company, company.first_day, place.month.end, rng), deals.normal(company, planned),
        cash.normal(booked, rng),
    )  # fmt: skip
    plants = list(_simulated(place)) if wanted else []
    for slot, (kind, spot) in enumerate(zip(wanted, spots(place, len(wanted), rng), strict=True)):
        by = SIZES[(seed // 10 + seed % 10 + slot) % len(SIZES)]
        is_problem = kind in PROBLEMS
        was = facts.bookings
        facts, key, responsible = (PROBLEMS | NONE)[kind](facts, spot, by, rng)
        before, after = _touched(was, facts.bookings)
        plants.append(Plant(kind, by if is_problem else 0.0, key, responsible, spot.since, is_problem, before, after))
    return Month(seed, place, facts, tuple(plants))


def _touched(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that differ; a planting keeps all rows in their places."""
    if before is after:
        return before.clear(), after.clear()
    same = pl.all_horizontal(
        before[name].eq_missing(after[name]) for name in ("at", "told", "product", "rep", "amount")
    )
    differs = ~before.select(same.alias("same"))["same"]
    return before.filter(differs), after.filter(differs)


def spots(place: Place, count: int, rng: np.random.Generator) -> Iterator[Spot]:
    """Spots in regions of their own, none of them the simulator's; in lines of their own as far as there are."""
    company, effects = place.company, place.company.effects
    own = {unit for unit, _ in company.days_off}
    taken = {company.offices[company.posts[effects.lumpy_post].office].parent}
    taken |= {region.index for region in company.regions if region.id in own}
    taken |= {office.parent for office in company.offices if office.id in own}
    regions = [int(one) for one in rng.permutation(len(company.regions)) if one not in taken]
    lines = [int(one) for one in rng.permutation(len(company.lines)) if one != REPLACED_LINE]
    for slot in range(count):
        region = regions[slot % len(regions)]
        able = [
            post
            for post in company.posts
            if company.offices[post.office].parent == region
            and post.is_steady
            and not post.absences
            and post.weight >= 1
            and post.index != effects.lumpy_post
        ]
        line = lines[slot % len(lines)]
        large = [one.index for one in company.products if one.line == line][:3]
        yield Spot(place, region, able[int(rng.integers(len(able)))], int(rng.choice(large)), place.days[0])


def _simulated(place: Place) -> Iterator[Plant]:
    """What the simulator itself hangs on the month, none of it a problem."""
    for plant, kind in zip(
        place.company.plants[3:], ("holiday", "lumpy rep", "successor product", "stock-taking"), strict=True
    ):
        part = plant.slice
        key = Key(part.unit_id or "", part.product_id or "", part.person_id or "")
        yield Plant(kind, 0.0, key, None, plant.since, False)
