"""`make bench-planted SEEDS=200`: problems planted in seeded months, and what detection says of them.

Every month is written down when it is over, so that a run that was broken off goes on where it was; `--again` begins
anew. `--first` is the first seed: settings are chosen on 1000 and more, the table of the docs is of 0 to 199.
"""

import time
from dataclasses import asdict
from typing import Any

import polars as pl

from ingest.simulator.pace import midnight
from streams.detection.watch.landing import PART
from tests.bench.planted.plants import PROBLEMS
from tests.bench.planted.report import overall, table
from tests.bench.planted.schedule import SIZES, Month, month_of
from tests.bench.planted.scoring import Tree, score
from tests.bench.planted.sweeps import TICKS, Watch
from tests.written import Written, arguments


def once(seed: int, *, is_based: bool = True) -> dict[str, Any]:
    """One month, made, swept and judged; without a baseline where it is not `is_based`."""
    month = month_of(seed)
    place, company = month.place, month.place.company
    watch = Watch(month, is_based)
    began = time.process_time()
    words = list(watch.told())
    took = time.process_time() - began
    tree = Tree.of(place.org(place.days[-1], company.first_day))
    reps = frozenset(one.id for one in company.people if one.role == "rep")
    found = score(words, month.plants, tree, company.calendar, reps, missed(month, tree))
    found.node_days, found.days = watch.node_days, len(place.days)
    found.managers = 1 + len(company.regions) + len(company.offices) + len(company.line_managers)
    row = asdict(found)
    for plant, scored in zip(row["plants"], found.plants, strict=True):
        plant |= {"right_first": scored.right_first, "wrongly_named": scored.wrongly_named}
        del plant["named"], plant["responsible_id"]
    return {"seed": seed, **row, "sweep_seconds": took / (len(place.days) * len(TICKS))}


def missed(month: Month, tree: Tree) -> frozenset[str]:
    """The units that ended the month under `PART` of their target."""
    place, kept = month.place, month.facts.bookings.filter(~pl.col("overlay"))
    opened, closed = midnight(place.month.start), midnight(place.month.next().start)
    booked = kept.filter(pl.col("at") >= opened, pl.col("at") < closed)
    sums = {key: booked.filter(tree.inside(key))["amount"].sum() for key in place.targets if not key.product_id}
    return frozenset(key.unit_id for key, amount in sums.items() if amount < PART * place.targets[key])


def main() -> None:
    """Run what is missing of the seeds and say what came of all of them."""
    parser = arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--so-far", action="store_true", help="only the tables of what is written down")
    parser.add_argument("--without-baseline", action="store_true", help="detection with its own expectations alone")
    asked = parser.parse_args()
    name = "planted-without-baseline" if asked.without_baseline else "planted"
    written = Written(name, again=asked.again)
    done = {row["seed"]: row for row in written.rows()}
    wanted = range(asked.first, asked.first + asked.seeds)
    for seed in wanted:
        if seed in done or asked.so_far:
            continue
        began = time.process_time()
        done[seed] = once(seed, is_based=not asked.without_baseline)
        written.add(done[seed])
        row = done[seed]
        problems = [one for one in row["plants"] if one["is_problem"]]
        print(
            f"seed {seed}: {sum(one['minutes'] is not None for one in problems)} of {len(problems)} found,"
            f" {len(row['false_alarms'])} false, {len(row['on_none'])} on none"
            f" ({time.process_time() - began:.1f} s of processor)",
            flush=True,
        )
    months = [done[seed] for seed in wanted if seed in done]
    print("\n".join([f"{len(months)} months", "", *table(months, PROBLEMS, SIZES), "", *overall(months)]))


if __name__ == "__main__":
    main()
