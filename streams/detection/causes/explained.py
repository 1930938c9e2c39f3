"""A finding with its causes: where, what fell and where that did, what kind it is, and where it lands. Pure."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from ingest.events import Factor, FactorCell, Finding
from streams.attribution import Answer, attribute_counts, attribute_gap
from streams.detection.causes.factors import KINDS, Split, fallen, realised_before
from streams.detection.causes.landing import landing
from streams.detection.causes.leaves import Hierarchy, Leaves, slice_at
from streams.detection.causes.sold import Sold, scale_of, scatter_of
from streams.detection.causes.visited import Visited
from streams.detection.causes.where import cells_of, where
from streams.detection.picture import Picture

STANDS = {"visits": (0.05, "against.visits_stood"), "price": (0.01, "against.price_unchanged")}
"""Changes below which a factor is said to have stood, and what is said then."""
MOST_CELLS = 3
"""Cells in which a factor is said to have fallen, at most."""


def explained(finding: Finding, sold: Sold, picture: Picture) -> Finding:
    """The finding with everything that is known of its causes; one that is over stays as it is."""
    if finding.state != "open" or finding.gap >= 0:
        return finding
    lands = landing(finding, picture)
    known = {"landing": lands[0], "at_risk": lands[1]} if lands else {}
    if sold.leaves.is_empty():
        return finding.model_copy(update=known)
    leaves = Leaves.of(finding, sold, picture)
    one = scale_of(picture)
    answer = where(leaves, one, scatter_of(picture, one))
    told = cells_of(finding, answer)
    verdict = str(answer.verdict) if (answer and len(told) > 1) or (answer and answer.verdict != "cells") else None
    visited = Visited.of(finding, sold, picture)
    split = Split.of(finding, leaves, visited)
    factors = split.told(finding.gap) if split else ()
    worst = fallen(factors)
    return finding.model_copy(
        update={
            **known,
            "cells": told, "where": verdict, "kind": KINDS[worst.name] if worst else None,
            "factors": tuple(_placed(one, finding, leaves, visited) if one is worst else one for one in factors),
            "against": (*finding.against, *_stood(factors)),
        }
    )  # fmt: skip


def _stood(factors: Sequence[Factor]) -> list[str]:
    """What is as it was: it is no cause."""
    changes: dict[str, float] = {one.name: one.actual / one.expected - 1 for one in factors if one.expected}
    return [said for name, (most, said) in STANDS.items() if abs(changes.get(name, 1.0)) < most]


def _placed(factor: Factor, finding: Finding, leaves: Leaves, visited: Visited) -> Factor:
    """The factor with the cells in which it fell."""
    answer = _of_factor(factor, leaves, visited)
    cells = [
        FactorCell(slice=place, actual=round(float(part.observed), 4), expected=round(float(part.expected), 4))
        for part in (answer.parts if answer else ())
        if (place := slice_at(finding.slice, part.cell)) is not None
    ]
    return factor.model_copy(update={"cells": tuple(cells[:MOST_CELLS])})


def _of_factor(factor: Factor, leaves: Leaves, visited: Visited) -> Answer | None:
    """Each factor given those before it: visits by units, orders by visits, values by orders, prices by lists."""
    table, dimensions = leaves.table, leaves.dimensions
    lines, before = (table[name].to_numpy().astype(np.float64).clip(0) for name in ("lines", "lines_before"))
    past = table["usual"].to_numpy()
    match factor.name:
        case "visits":
            # people are never told apart by how much they do: visits are said of units
            return _counted(visited.people, (visited.levels,), "due", "visits", "visits_before")
        case "conversion" | "orders":
            due = before / max(before.sum(), 1.0) * _factor_orders(factor, visited)
            return _counted(table.with_columns(due=due), dimensions, "due", "lines", "lines_before")
        case "mix":
            due = before / max(before.sum(), 1.0) * lines.sum()
            only = tuple(one for one in dimensions if one[0].startswith("product"))
            return _counted(table.with_columns(due=due), only, "due", "lines", "lines_before")
        case "size":
            value = past.sum() / max(before.sum(), 1.0)
            own = np.divide(past, before, out=np.full_like(past, value), where=before > 0)
            return _steady(table.with_columns(due=lines * own, came=table["observed"].cast(pl.Float64)), dimensions)
        case "price":
            usual = float(table["listed_before"].sum()) / max(float(table["list_before"].sum()), 1.0)
            due = table["list"].to_numpy().astype(np.float64) * realised_before(table, usual)
            return _steady(table.with_columns(due=due, came=table["listed"].cast(pl.Float64)), dimensions)


def _factor_orders(factor: Factor, visited: Visited) -> float:
    """Orders that the visits done were to bring, at what a visit brought before."""
    return factor.expected * visited.done if factor.name == "conversion" else factor.expected


def _counted(
    table: pl.DataFrame, dimensions: Sequence[Hierarchy], expected: str, observed: str, past: str
) -> Answer | None:
    kept = _dividing(table, dimensions)
    if not kept:
        return None
    return attribute_counts(table, kept, expected=expected, observed=observed, past=past)


def _steady(table: pl.DataFrame, dimensions: Sequence[Hierarchy]) -> Answer | None:
    there = table.filter((pl.col("due") > 0) | (pl.col("came") > 0))
    kept = _dividing(there, dimensions)
    return attribute_gap(there, kept, expected="due", observed="came") if kept else None


def _dividing(table: pl.DataFrame, dimensions: Sequence[Hierarchy]) -> list[Hierarchy]:
    kept = [tuple(level for level in levels if table[level].n_unique() > 1) for levels in dimensions]
    return [one for one in kept if one]
