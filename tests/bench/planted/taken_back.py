"""`python -m tests.bench.planted.taken_back`: is an office that takes back so many times what it sold told as itself?

In months in which nothing else is off, in the last five working days before one evening; alone, for offices of four
sizes, and one of every region at once, as when trials pile up; of all that was sold or all of one product.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl

from ingest.events import Finding
from ingest.simulator.pace import opening
from ingest.simulator.sizes import CompanySize
from streams.detection.rules import RULES
from streams.detection.sweeper import found
from tests.bench.planted import bookings, visits
from tests.bench.planted.booked import taken_back
from tests.bench.planted.company import SIZE, Place
from tests.bench.planted.plants import Facts
from tests.bench.planted.schedule import Month
from tests.bench.planted.sweeps import TICKS, Watch

TIMES = (0.5, 1.2, 2.2, 5.2)
LAST, DAYS = 13, 5
"""The working day of the month, from 0, on whose evening is looked, and on how many days up to it goods come back."""
SHARES = (0.0, 0.3, 0.7, 1.0)
"""Where in the order of their sales the offices lie that take back alone."""


def bare(seed: int, size: CompanySize = SIZE) -> Month:
    """The month of that seed with nothing in it but business."""
    rng = np.random.default_rng([seed, 7])
    place = Place.made(seed, size, bare=True)
    booked = bookings.normal(place.company, bookings.planned(place.company, place.months), rng)
    visited = visits.normal(place.company, place.company.first_day, place.month.end, rng)
    return Month(seed, place, Facts(booked, visited, booked.clear(), booked.clear()), ())


def told(month: Month, times: dict[str, float], product: str | None = None) -> list[Finding]:
    """What a sweep says when each of these offices has taken back so many times what it sold this month."""
    days = month.place.days
    rows = month.facts.bookings
    for office, of in times.items():
        inside = pl.col("office") == office
        rows = taken_back(rows, inside, days[0], days[LAST - DAYS + 1 : LAST + 1], of, product)
    watch = Watch(replace(month, facts=replace(month.facts, bookings=rows)), is_based=False)
    picture = watch.picture(datetime.fromtimestamp(opening(days[LAST]), UTC) + TICKS[-1])
    return found(picture, [], RULES) if picture else []


def is_its_own(finding: Finding, offices: dict[str, str]) -> bool:
    """Whether it speaks of one of the offices, or of a line in it, and asks its manager; `offices`: who leads each."""
    part = finding.slice
    return part.unit_id in offices and not part.person_id and finding.responsible_id == offices[part.unit_id]


def counted(
    month: Month, offices: Sequence[str], times: float, product: str | None, usual: Sequence[Finding]
) -> Counter[str]:
    """How many of the offices are told as themselves, and what else is told besides the `usual`."""
    mine = {one.id: one.manager_id for one in month.place.company.offices if one.id in offices}
    words = told(month, dict.fromkeys(offices, times), product)
    own = {one.slice.unit_id for one in words if is_its_own(one, mine)}
    known = {one.finding_id for one in usual}
    other = [one for one in words if not is_its_own(one, mine) and one.finding_id not in known]
    return Counter(planted=len(offices), own=len(own), other=len(other))


def main() -> None:
    """Count, by how many at once, by what comes back and how much of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args()
    found: dict[tuple[str, str, float], Counter[str]] = {}
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        month = bare(seed)
        company, usual = month.place.company, told(month, {})
        by_sales = month.facts.bookings.group_by("office").agg(pl.col("amount").sum()).sort("amount")["office"]
        alone = [[by_sales[round(share * (len(by_sales) - 1))]] for share in SHARES]
        together = [[company.offices[of[0]].id for of in company.offices_in]]
        for many, groups in (("alone", alone), ("one of every region", together)):
            for what, product in (("all it sold", None), ("one product", company.products[0].id)):
                for times in TIMES:
                    sums = (counted(month, offices, times, product, usual) for offices in groups)
                    found[many, what, times] = sum(sums, found.get((many, what, times), Counter()))
    print("| taken back | of | times what was sold | offices | told as themselves | other findings |")
    print("|---|---|--:|--:|--:|--:|")
    for (many, what, times), count in found.items():
        print(f"| {many} | {what} | {times} | {count['planted']} | {count['own']} | {count['other']} |")


if __name__ == "__main__":
    main()
