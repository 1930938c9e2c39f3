"""What of the problems planted on reps any test at all could find: `python -m tests.bench.planted.bound --seeds 200`.

The test that is asked here knows everything but the answer: the rep's usual month exactly, how large the problem would
be, and that it lasts the whole month. Of counts that come by chance (Poisson) none finds more at the same false alarms
than the one that says "too few" under a limit (Neyman and Pearson 1933). It counts the rep's orders and, where the rep
visits less too, the visits. Two limits: false alarms as often as the aim allows, one in 10,000 node-days, so 21 of them
a node and month; and so seldom that of a hundred reps named one is named wrongly, if every rep planted were named.
"""

import argparse
from collections import defaultdict
from math import floor
from statistics import mean

import polars as pl
from scipy.stats import poisson

from ingest.simulator.pace import opening
from tests.bench.planted.company import SIZE
from tests.bench.planted.plants import Plant
from tests.bench.planted.schedule import SIZES, Month, month_of
from tests.bench.planted.scoring import Tree

KINDS = ("person", "person × product")
ALARMED, NAMED_WRONGLY, PAST_MONTHS = 21 / 10_000, 0.01, 6
LEAST = 0.3
"""Problems from this size on are to be found, and the right person named."""


def power(usual: float, size: float, by_chance: float) -> float:
    """How often a Poisson count of mean `usual` × (1 − `size`) is under the limit that one of mean `usual` is under
    with the probability `by_chance`; on the limit itself a die decides."""
    limit = floor(poisson.ppf(by_chance, usual))
    on_it = (by_chance - poisson.cdf(limit - 1, usual)) / poisson.pmf(limit, usual)
    left = usual * (1 - size)
    return float(poisson.cdf(limit - 1, left) + on_it * poisson.pmf(limit, left))


def usual_counts(month: Month, plant: Plant) -> float:
    """What a rep's usual month has of what is planted less: orders of the slice, and for a whole rep visits."""
    place = month.place
    first = [one for one in place.months if one.end < place.month.start][-PAST_MONTHS].start
    tree = Tree.of(place.org(place.days[-1], place.company.first_day))
    begun, day = pl.col("begun"), pl.col("day")
    sold = month.facts.bookings.filter(
        tree.inside(plant.key), begun >= opening(first), begun < opening(place.days[0]), pl.col("amount") > 0
    )
    count = sold["order"].n_unique()
    if not plant.key.product_id:
        mine = pl.col("rep") == plant.key.person_id
        count += int(month.facts.visits.filter(mine, day >= first, day < place.days[0])["visits"].sum())
    return count / PAST_MONTHS


def main() -> None:
    """Print what could be found, by kind and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    usual: dict[tuple[str, float], list[float]] = defaultdict(list)
    for seed in range(asked.first, asked.first + asked.seeds):
        month = month_of(seed)
        for plant in month.plants:
            if plant.kind in KINDS:
                usual[plant.kind, plant.size].append(usual_counts(month, plant))
    planted = sum(len(counts) for (_, size), counts in usual.items() if size >= LEAST)
    named = NAMED_WRONGLY * planted / asked.seeds / SIZE.reps
    print("| planted | by | n | orders and visits a month | could be found | could be named |")
    print("|---|--:|--:|--:|--:|--:|")
    for kind in KINDS:
        for size in SIZES:
            counts = usual[kind, size]
            could = [mean(power(one, size, chance) for one in counts if one) for chance in (ALARMED, named)]
            print(f"| {kind} | {size:.0%} | {len(counts)} | {mean(counts):.0f} | {could[0]:.2f} | {could[1]:.2f} |")
        large = [(one, size) for size in SIZES if size >= LEAST for one in usual[kind, size] if one]
        could = [mean(power(one, size, chance) for one, size in large) for chance in (ALARMED, named)]
        print(f"| **{kind}** | 30 % and more | {len(large)} | | {could[0]:.2f} | {could[1]:.2f} |")


if __name__ == "__main__":
    main()
