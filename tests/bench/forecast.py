"""`make bench-forecast`: hierarchical forecasts of published data, the last eight quarters held out. Error by level,
whether it adds up, how many came within their intervals, seconds.

Everything is chosen by `streams.forecast.forecast` itself, which is given only what lies before the eight quarters.
"""

import argparse
import os
import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from streams.forecast import Choice, Forecast, forecast
from streams.forecast.smoothing import SHAPES, Floats
from streams.forecast.tiers import tiers

HOME = Path(os.environ.get("ONEBOARD_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
SEASON, HELD_OUT = 4, 8
HIERARCHY: dict[str, tuple[str, ...]] = {
    "whole": (),
    "state": ("State",),
    "purpose": ("Purpose",),
    "region": ("State", "Region"),
    "state × purpose": ("State", "Purpose"),
    "region × purpose": ("State", "Region", "Purpose"),
}
"""Levels, coarse before fine, by the columns that tell their series apart."""


def tourism() -> tuple[Floats, Floats, list[str]]:
    """Quarters × bottom series (nights), the summing matrix, and the level of each of its rows."""
    keys = HIERARCHY["region × purpose"]
    rows = pl.read_csv(HOME / "tourism" / "tourism.csv").with_columns(pl.col("Quarter").str.replace(" ", ""))
    quarters = sorted(rows["Quarter"].unique().to_list())
    wide = rows.pivot(on="Quarter", index=keys, values="Trips").sort(keys)
    summing, level = [], []
    for name, columns in HIERARCHY.items():
        of = wide.select(pl.concat_str(*columns, separator="/") if columns else pl.lit("")).to_series().to_list()
        of = of * wide.height if len(of) == 1 else of
        for one in dict.fromkeys(of):
            summing.append([float(other == one) for other in of])
            level.append(name)
    return wide.select(quarters).to_numpy().T, np.array(summing), level


def lines(level: Sequence[str], told: Forecast, came: Floats) -> list[str]:
    """The table, by level and over all."""
    error = np.sqrt(((told.points - came) ** 2).mean(axis=0))
    within = {at: (told.interval(at)[0] <= came) & (came <= told.interval(at)[1]) for at in told.half_widths}
    head = "".join(f" within {at:.0%} |" for at in within)
    found = [f"| level | series | RMSE |{head}", "|---|--:|--:|" + "--:|" * len(within)]
    for name in (*dict.fromkeys(level), ""):
        here = np.array([not name or one == name for one in level])
        shares = "".join(f" {100 * held[:, here].mean():.1f}% |" for held in within.values())
        found.append(f"| {name or '**all**'} | {here.sum()} | {error[here].mean():.2f} |{shares}")
    return found


def incoherent(told: Forecast, level: Sequence[str], summing: Floats) -> float:
    """The most by which a series differs from the sum of the finest ones."""
    finest = np.array([one == "region × purpose" for one in level])
    return float(np.abs(told.points[:, finest] @ summing.T - told.points).max())


def main() -> None:
    """Read, forecast, compare, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--earlier", action="store_true", help="besides, the same from earlier quarters: is it luck")
    asked = arguments.parse_args()
    if not (HOME / "tourism").is_dir():
        raise SystemExit(f"There is no {HOME / 'tourism'}: set ONEBOARD_SHARED_DATA to the folder that holds tourism/.")
    history, summing, level = tourism()
    every = history @ summing.T
    known = len(history) - HELD_OUT
    wall, cpu = time.perf_counter(), time.process_time()
    told = forecast(history[:known], summing, SEASON, HELD_OUT)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}.\n")
    print("\n".join(lines(level, told, every[known:])))
    most = incoherent(told, level, summing)
    print(f"\nLargest incoherence {most:.1e} nights; {wall:.1f} s, {cpu:.1f} s of processor, choosing included.")
    shapes = "; ".join(" + ".join(of_tier) for of_tier in told.choice.shapes)
    print(f"Chosen, by tier from the coarsest: {shapes}; made to add up by: {told.choice.map}.")
    if asked.earlier:
        everything = Choice((tuple(SHAPES),) * (int(tiers(csr_array(summing)).max()) + 1), "ols")
        for end in (known, *range(known - HELD_OUT, known - 3 * HELD_OUT, -SEASON)):
            print(f"\nFrom quarter {end} on: as chosen, and the average of all smoothings by ols")
            for choice in (None, everything):
                told = forecast(history[:end], summing, SEASON, HELD_OUT, choice=choice)
                print(f"{lines(level, told, every[end : end + HELD_OUT])[-1]} {told.choice.map}")


if __name__ == "__main__":
    main()
