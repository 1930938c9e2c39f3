"""`make bench-calibration`: of the 80 % and 95 % intervals of landings, how many held, out of time, by level.

Seeded companies of the simulator with four years of months. Each of the last months is landed by a baseline that
knows only what was before it, at several parts of the month; counted is whether the month's end lay within.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from ingest.calendar import Period, WorkingCalendar
from streams.baseline.expectation import method_of
from streams.baseline.months import Ledger, paths_of
from streams.baseline.version import RECENT, TAUGHT, earlier, of_past
from streams.forecast.smoothing import Floats
from tests.bench.planted.bookings import normal, planned
from tests.bench.planted.company import SIZE, Place
from tests.written import arguments
from warehouse.baseline.month import LEVELS, STEPS

HOME = Path(os.environ.get("ONEBOARD_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
MONTHS, JUDGED = 48, 6
"""Months of history, of which the last are judged, each by what the `RECENT` before it taught of intervals."""
MONTH_APART = 10
"""Seeds so far apart end a month apart."""
ELAPSED = (0.1, 0.25, 0.5, 0.75, 0.9)
CNY = 10_000
Of = Callable[[tuple[str, ...]], str]
When = tuple[WorkingCalendar, list[Period]]
Held = dict[tuple[str, float], list[float]]
"""By level and elapsed share, or by level alone: one number an interval, whether it held."""


@dataclass(frozen=True)
class Hierarchy:
    """What the rows of a summing matrix are, the matrix, and the months of its leaves; "" is not reported."""

    level: list[str]
    summing: csr_array
    ledger: Ledger

    @classmethod
    def of(cls, rows: pl.DataFrame, leaf: tuple[str, ...], levels: dict[str, Of], when: When) -> "Hierarchy":
        """From orders with `day`, `amount` and `lines`; `levels` say under what a leaf stands, coarse before fine."""
        calendar, months = when
        leaves = rows.select(leaf).unique().sort(leaf).with_row_index("leaf")
        keys = [key for _, *key in leaves.iter_rows()]
        summing, level = [], []
        for name, under in levels.items():
            above = [under(tuple(key)) for key in keys]
            for one in sorted(set(above)):
                summing.append([float(other == one) for other in above])
                level.append(name)
        sold = rows.join(leaves, on=leaf, how="left")
        by_day: dict[date, Floats] = {}
        orders = np.zeros((len(months), len(keys)))
        at = {month.key: number for number, month in enumerate(months)}
        sums = sold.group_by("day", "leaf").agg(pl.col("amount").sum() / CNY, pl.col("lines").sum())
        for day, one, amount, lines in sums.iter_rows():
            by_day.setdefault(day, np.zeros(len(keys)))[one] = amount
            orders[at[Period.containing(day, "month").key], one] += lines
        ledger = Ledger(
            paths_of(by_day, months, calendar), orders,
            np.array([calendar.working_days(month.start, month.end) for month in months]),
            np.array([month.end.month % 3 == 0 for month in months]),
        )  # fmt: skip
        return cls(level, csr_array(np.array(summing)), ledger)


def hierarchies(seed: int) -> list[Hierarchy]:
    """Of one company: units and lines, products, reps."""
    place = Place.made(seed, replace(SIZE, months=MONTHS), bare=True)
    company = place.company
    rows = normal(company, planned(company, place.months), np.random.default_rng([seed, 7]))
    local = pl.from_epoch(pl.col("at") + 8 * 3_600, time_unit="s").dt.date()
    rows = rows.with_columns(day=local).filter(~pl.col("overlay"), pl.col("day") <= place.month.end)
    org = place.org(place.month.end, company.first_day)
    region = _branches({one: org.unit_path(one) for one in rows["office"].unique().to_list()})
    line = _branches({one: org.product_path(one) for one in rows["product"].unique().to_list()})
    rows = rows.with_columns(line=pl.col("product").replace_strict(line, return_dtype=pl.String))
    when = (company.calendar, place.months)
    home = dict(rows.sort("at").select("rep", "office").iter_rows())
    units: dict[str, Of] = {
        "company": lambda key: "", "region": lambda key: region[key[0]], "line": lambda key: key[1],
        "office": lambda key: key[0], "office × line": "/".join,
    }  # fmt: skip
    return [
        Hierarchy.of(rows, ("office", "line"), units, when),
        Hierarchy.of(rows, ("product",), {"": lambda key: "", "product": "/".join}, when),
        Hierarchy.of(rows, ("rep",), {"": lambda key: home[key[0]], "rep": "/".join}, when),
    ]


def published() -> list[Hierarchy]:
    """A company's deals won by day of closing: territories and categories, products, owners under their managers."""
    home = HOME / "regional_sales"
    if not home.is_dir():
        raise SystemExit(f"There is no {home}: set ONEBOARD_SHARED_DATA to the folder that holds regional_sales/.")
    deals = pl.read_csv(home / "opportunities.csv", infer_schema_length=None).filter(pl.col("Status") == "Won")
    for name, key in (("products", "ProductSeq"), ("owners", "SystemUserSeq"), ("accounts", "AccountSeq")):
        deals = deals.join(pl.read_csv(home / f"{name}.csv"), on=key, how="left", suffix=f" of {name}")
    deals = deals.join(pl.read_csv(home / "territories.csv").select("TerritorySeq", "Territory"), on="TerritorySeq")
    months = [Period.parse("2019-11")]
    while months[-1].key < "2021-10":
        months.append(months[-1].next())
    rows = deals.with_columns(
        day=pl.col("CloseDate").str.head(10).str.to_date(), amount=pl.col("Value") * CNY, lines=pl.lit(1)
    ).filter(pl.col("day").is_between(months[0].start, months[-1].end))
    when = (WorkingCalendar("US"), months)
    manager = dict(rows.select("Owner", "Manager").iter_rows())
    return [
        Hierarchy.of(rows, ("Territory", "Product Category"), {
            "company": lambda key: "", "region": lambda key: key[0], "line": lambda key: key[1],
            "region × line": "/".join,
        }, when),
        Hierarchy.of(rows, ("Product",), {"": lambda key: "", "product": "/".join}, when),
        Hierarchy.of(rows, ("Owner",), {
            "": lambda key: "", "manager": lambda key: manager[key[0]], "rep": "/".join,
        }, when),
    ]  # fmt: skip


def _branches(paths: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """The node of each leaf at the first depth at which there are several."""
    depth = next(at for at in range(9) if len({path[at] for path in paths.values()}) > 1)
    return {leaf: path[depth] for leaf, path in paths.items()}


def judged(one: Hierarchy, held: Held) -> None:
    """Lands the last months and notes what held."""
    ledger, count = one.ledger, len(one.ledger.paths)
    tier = np.unique(one.level, return_inverse=True)[1]
    first = count - JUDGED
    method = method_of(ledger.before(first), one.summing)
    past = earlier(ledger, one.summing, method, max(TAUGHT, first - RECENT))
    for at in range(first, count):
        begun = at - max(TAUGHT, first - RECENT)
        month, path = past[begun]
        baseline = of_past(month, past[max(0, begun - RECENT) : begun], one.summing, tier)
        for elapsed in ELAPSED:
            told = baseline.landing(path[round(elapsed * STEPS)], elapsed)
            for level in LEVELS:
                within = (told.lower[level] <= path[-1]) & (path[-1] <= told.upper[level])
                for name, inside in zip(one.level, within.tolist(), strict=True):
                    held[name, level].append(inside)


def main() -> None:
    """Every seed's companies, and the table."""
    parser = arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=9)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--published", action="store_true", help="published deals in place of simulated companies")
    asked = parser.parse_args()
    held: Held = defaultdict(list)
    began = time.process_time()
    for one in published() if asked.published else ():
        judged(one, held)
    for seed in () if asked.published else range(asked.first, asked.first + MONTH_APART * asked.seeds, MONTH_APART):
        for one in hierarchies(seed):
            judged(one, held)
        print(f"seed {seed}, {time.process_time() - began:.0f} s of processor", flush=True)
    head = "".join(f" within {level:.0%} |" for level in LEVELS)
    print(f"\n| level | landings |{head}\n|---|--:|" + "--:|" * len(LEVELS))
    for name in dict.fromkeys(name for name, _ in held if name):
        shares = "".join(f" {100 * np.mean(held[name, level]):.1f}% |" for level in LEVELS)
        print(f"| {name} | {len(held[name, LEVELS[0]])} |{shares}")


if __name__ == "__main__":
    main()
