"""`make bench-rca`: how well causes are found on published cases. F1 over cells, hits among the first five, seconds a
case.

`--cross-validate` besides repeats how the settings were chosen: the cases are dealt into folds, for each fold the
settings are taken that do best on the others, and what they reach on the fold itself is what is reported as held out.
"""

import argparse
import itertools
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import polars as pl

from streams.attribution import AdditiveSettings, RatioSettings, attribute_gap, attribute_ratio

HOME = Path(os.environ.get("ONEBOARD_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data") / "rca"
FOLDS = 5
FIRST = 5
ADDITIVE = {"own_way": (0.2, 0.1), "small": (0.25, 0.1, 0.5), "price": (3.0, 6.0)}
RATIO = {"lift": (1.35, 1.2, 1.6), "share": (0.05, 0.03), "further": (0.12, 0.2, 0.3), "stands_out": (0.35, 0.5)}
"""What is tried; of equals the first is taken."""

S = TypeVar("S", AdditiveSettings, RatioSettings)
Cells = frozenset[frozenset[tuple[str, object]]]
Found = tuple[Cells, Sequence[frozenset[tuple[str, object]]]]
"""The cells named, and the first five."""


@dataclass(frozen=True)
class Case:
    """A leaf table, its attributes and the true cells."""

    setting: str
    leaves: pl.DataFrame
    dimensions: tuple[str, ...]
    truth: Cells


@dataclass(frozen=True)
class Score:
    """Cells right, named in error and missed; whether one, and how many, are among the first five; seconds."""

    right: int
    wrong: int
    missed: int
    hit: bool
    hits: int
    wall: float
    cpu: float


def additive_cases() -> Iterator[Case]:
    """Squeeze's: four attributes, a forecast and what came."""
    for truth in sorted((HOME / "additive").glob("*.truth.csv")):
        leaves = pl.read_parquet(truth.with_name(truth.name.replace(".truth.csv", ".parquet")))
        name = (
            truth.name.removeprefix("B_cuboid_layer_")
            .removesuffix(".truth.csv")
            .replace("_n_ele_", " attributes, cells: ")
        )
        for at, cells in pl.read_csv(truth).iter_rows():
            true = frozenset(
                frozenset(
                    (key, int(value.removeprefix(key))) for key, value in (pair.split("=") for pair in cell.split("&"))
                )
                for cell in cells.split(";")
            )
            yield Case(name, leaves.filter(pl.col("timestamp") == at), ("a", "b", "c", "d"), true)


def ratio_cases() -> Iterator[Case]:
    """RobustSpot's: the minute in question, and the minutes before it as its before."""
    rows = pl.read_parquet(HOME / "ratio" / "cases.parquet")
    attributes = [name for name in rows.columns if name not in ("case", "min", "value", "cnt")]
    for case in json.loads((HOME / "ratio" / "truth.json").read_text(encoding="utf-8")):
        mine = rows.filter(pl.col("case") == case["data"])
        now = mine.filter(pl.col("min") == case["timestamp"])
        used = tuple(name for name in attributes if now[name].null_count() < now.height)
        before = (
            mine.filter(pl.col("min") < case["timestamp"]).group_by(used).agg(before=pl.sum("value"), of=pl.sum("cnt"))
        )
        leaves = now.select(*used, "value", "cnt").join(before, on=used, how="full", coalesce=True, nulls_equal=True)
        causes = case["cause"] if isinstance(case["cause"], list) else [case["cause"]]
        true = frozenset(frozenset((key, str(value)) for key, value in cause.items()) for cause in causes)
        kind = "one cell" if len(causes) == 1 else "two cells"
        yield Case(kind, leaves.with_columns(pl.col("value", "cnt").fill_null(0)), used, true)


def of_gap(case: Case, settings: AdditiveSettings) -> Found:
    """What the function for additive measures says."""
    answer = attribute_gap(case.leaves, case.dimensions, expected="predict", observed="real", settings=settings)
    ranked = [frozenset(part.cell) for part in answer.parts]
    return frozenset(ranked), ranked[:FIRST]


def of_ratio(case: Case, settings: RatioSettings) -> Found:
    """What the function for ratios says."""
    answer = attribute_ratio(
        case.leaves,
        case.dimensions,
        numerator="value",
        denominator="cnt",
        numerator_before="before",
        denominator_before="of",
        settings=settings,
    )
    return frozenset(frozenset(part.cell) for part in answer.parts), [
        frozenset(cell) for cell in answer.ranking[:FIRST]
    ]


def scored(case: Case, find: Callable[[Case, S], Found], settings: S) -> Score:
    """One case, timed by the clock and by the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    named, first = find(case, settings)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    hits = len(case.truth & set(first))
    right = len(named & case.truth)
    return Score(right, len(named) - right, len(case.truth) - right, hits > 0, hits, wall, cpu)


def f1(scores: Sequence[Score]) -> float:
    """Over all cells of all cases."""
    right = sum(one.right for one in scores)
    return 2 * right / max(1, 2 * right + sum(one.wrong + one.missed for one in scores))


def row(name: str, scores: Sequence[Score]) -> str:
    """A line of the table."""
    cells = sum(one.right + one.missed for one in scores)
    hit, hits = (sum(getattr(one, key) for one in scores) for key in ("hit", "hits"))
    wall, cpu = (statistics.median(getattr(one, key) for one in scores) for key in ("wall", "cpu"))
    slowest = max(one.cpu for one in scores)
    return (
        f"| {name} | {len(scores)} | {f1(scores):.3f} | {hit / len(scores):.3f} | {hits / cells:.3f}"
        f" | {wall:.3f} | {cpu:.3f} | {slowest:.3f} |"
    )


def tried(settings: S, grid: dict[str, tuple[float, ...]]) -> list[S]:
    """The settings and all that differ from them within the grid, the settings themselves first."""
    every = [replace(settings, **dict(zip(grid, one, strict=True))) for one in itertools.product(*grid.values())]
    return [settings, *(one for one in every if one != settings)]


def cross_validated(cases: Sequence[Case], candidates: Sequence[S], find: Callable[[Case, S], Found]) -> list[str]:
    """Held-out figures beside those of the fixed settings, and what each fold chose."""
    scores = [[scored(case, find, settings) for case in cases] for settings in candidates]
    held_out: list[Score] = []
    chosen = []
    for fold in range(FOLDS):
        others = [at for at in range(len(cases)) if at % FOLDS != fold]
        best = max(range(len(candidates)), key=lambda at: (f1([scores[at][one] for one in others]), -at))
        held_out += [scores[best][at] for at in range(fold, len(cases), FOLDS)]
        differs = {
            field.name: getattr(candidates[best], field.name)
            for field in fields(candidates[best])
            if getattr(candidates[best], field.name) != getattr(candidates[0], field.name)
        }
        chosen.append(f"fold {fold + 1}: {differs or 'the fixed ones'}")
    spread = sorted(f1(one) for one in scores)
    tries = f"{len(candidates)} settings tried, F1 from {spread[0]:.3f} to {spread[-1]:.3f}"
    return [row("**held out**", held_out), "", f"{tries}; chosen: {'; '.join(chosen)}."]


def table(
    title: str,
    cases: Sequence[Case],
    settings: S,
    find: Callable[[Case, S], Found],
    grid: dict[str, tuple[float, ...]] | None,
) -> None:
    """Print the table of one kind of measure."""
    scores = [(case.setting, scored(case, find, settings)) for case in cases]
    print(f"\n| {title} | cases | F1 | hit in first {FIRST} | cells in first {FIRST} | s | CPU s | slowest, CPU s |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name in sorted({name for name, _ in scores}):
        print(row(name, [one for mine, one in scores if mine == name]))
    print(row("**all**", [one for _, one in scores]), flush=True)
    if grid:
        print("\n".join(cross_validated(cases, tried(settings, grid), find)), flush=True)


def main() -> None:
    """Read the cases, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cross-validate", action="store_true", help="choose the settings anew on folds (minutes)")
    arguments.add_argument("--only", choices=("additive", "ratio"), help="one kind of measure")
    asked = arguments.parse_args()
    if not HOME.is_dir():
        raise SystemExit(f"There is no {HOME}: set ONEBOARD_SHARED_DATA to the folder that holds rca/.")
    what = f"{platform.machine()}, Python {platform.python_version()}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {what}, one thread, seconds of the middle case.")
    if asked.only != "ratio":
        grid = ADDITIVE if asked.cross_validate else None
        table("additive", list(additive_cases()), AdditiveSettings(), of_gap, grid)
    if asked.only != "additive":
        grid = RATIO if asked.cross_validate else None
        table("ratio", list(ratio_cases()), RatioSettings(), of_ratio, grid)


if __name__ == "__main__":
    main()
