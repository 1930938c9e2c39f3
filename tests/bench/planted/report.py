"""The tables of the bench, from the rows written down."""

from collections.abc import Iterable, Sequence
from statistics import mean, median
from typing import Any

HEAD = (
    "| planted | by | n | found | F1 of the cell | right person first, of found | of planted | wrongly named"
    " | business minutes until found |"
)
COUNT = 5
"""Kinds in which fewer are found than this have no median."""


def f1(plants: Sequence[dict[str, Any]]) -> float:
    """Of cells: told and right, told and wrong, never told."""
    right = sum(one["right"] for one in plants)
    wrong = sum(one["wrong"] for one in plants)
    missed = sum(not one["right"] for one in plants)
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def line(name: str, size: str, plants: Sequence[dict[str, Any]]) -> str:
    """One row of the table."""
    found = [one for one in plants if one["minutes"] is not None]
    first = sum(one["right_first"] for one in plants)
    until = f"{median(one['minutes'] for one in found):.0f}" if found else "–"
    of_found = f"{first / len(found):.2f}" if found else "–"
    return (
        f"| {name} | {size} | {len(plants)} | {len(found) / len(plants):.2f} | {f1(plants):.2f} | {of_found}"
        f" | {first / len(plants):.2f} | {sum(one['wrongly_named'] for one in plants)} | {until} |"
    )


def table(months: Sequence[dict[str, Any]], kinds: Iterable[str], sizes: Sequence[float]) -> list[str]:
    """Kind × size, each kind's sum, and all of 30 % and more."""
    plants = [one for month in months for one in month["plants"] if one["is_problem"]]
    lines = [HEAD, "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for kind in kinds:
        of_kind = [one for one in plants if one["kind"] == kind]
        for size in sizes:
            if here := [one for one in of_kind if one["size"] == size]:
                lines.append(line(kind, f"{size:.0%}", here))
    large = [one for one in plants if one["size"] >= 0.3]
    if large:
        lines.append(line("**all**", "30 % and more", large))
    return lines


def overall(months: Sequence[dict[str, Any]]) -> list[str]:
    """The figures over all months."""
    findings, named, wrong, node_days, days = (
        sum(month[key] for month in months) for key in ("findings", "reps_named", "reps_wrong", "node_days", "days")
    )
    alarms = [one for month in months for one in month["false_alarms"]]
    none = [one for month in months for one in month["on_none"]]
    hung = [one for month in months for one in month["plants"] if not one["is_problem"]]
    manager_days = sum(month["days"] * month["managers"] for month in months)
    lines = [
        "| over all months | |",
        "|---|--:|",
        f"| findings that name a rep | {named} |",
        f"| of them wrongly | {wrong} ({wrong / max(named, 1):.1%}) |",
        f"| misses that nobody planted, rightly foretold | {sum(month['foretold'] for month in months)} |",
        f"| false alarms | {len(alarms)} |",
        f"| node-days tested, crosses included | {node_days:,} |",
        f"| false alarms per 10,000 node-days | {10_000 * len(alarms) / max(node_days, 1):.2f} |",
        f"| findings on what is none | {len(none)} |",
        f"| new findings a day, whole company | {findings / max(days, 1):.2f} |",
        f"| new findings a manager a day | {findings / max(manager_days, 1):.4f} |",
        f"| most new findings on one day, whole company | {max(month['most_a_day'] for month in months)} |",
        f"| seconds of processor a sweep, mean | {mean(month['sweep_seconds'] for month in months):.3f} |",
    ]
    for name, rows in (("false alarms", alarms), ("on what is none", none)):
        for what in sorted(set(rows)):
            of = f" of {sum(one['kind'] == what for one in hung)}" if rows is none else ""
            lines.append(f"| {name}: {what} | {rows.count(what)}{of} |")
    return lines
