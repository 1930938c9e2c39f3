"""Offices of which nothing is known lately: it may be data that is missing, and is held against nobody (DOMAIN R15)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from streams.detection.windows import Windows
from streams.organisation import Org

UNLIKELY_LINES = 4.6
"""Order lines that were to come while none came: a chance of 1 %."""

LONGEST_DAYS = 3.0
"""Working days of silence; an office that is silent for longer sells nothing."""


class Wait(NamedTuple):
    """Since when an office waits for its next order, how many working days that is, and how many lines were to come."""

    since: date
    days: float
    lines: float


def waits(sales: pl.DataFrame, org: Org, windows: Windows) -> dict[str, Wait]:
    """By office. `sales`: day, office, order_lines."""
    found = {}
    past = max(windows.calendar.working_days(windows.days[0], windows.today), 1.0)
    by_office = sales.group_by("office").agg(pl.col("day").max(), pl.col("order_lines").sum())
    for unit, last, lines in by_office.iter_rows():
        since = last + timedelta(days=1)
        path = org.unit_path(unit)
        gone = windows.calendar.elapsed_weight(since, windows.today, windows.now, windows.zone, path)
        found[unit] = Wait(since, gone, gone * lines / past)
    return found


def silent(waiting: Mapping[str, Wait]) -> dict[str, date]:
    """By office that is silent, the first day of its silence."""
    return {
        unit: wait.since for unit, wait in waiting.items() if wait.days <= LONGEST_DAYS and wait.lines >= UNLIKELY_LINES
    }
