"""The timelines of a batch put on, all at once: from columns to the signed rows and to what is to be remembered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.events import Event
from streams.columnar.chain import carried, own_days
from streams.columnar.changes import Changes, Standing, changes
from streams.columnar.columns import NONE, Bools, Columns, Ints
from streams.columnar.contributions import Contributions
from streams.columnar.reading import ColumnarReading
from streams.memory import Kept
from streams.timeline import Reading


@dataclass(frozen=True)
class Chained:
    """Versions in their places, what they contribute, and the rows that lead from each to the next."""

    standing: Standing
    expectation: Ints
    happened_on: Ints
    """The day of a version that changed nothing."""
    contributions: Contributions
    changes: Changes

    def kept(self, raws: Sequence[bytes], before: Sequence[Kept]) -> dict[str, Kept]:
        """What to remember of each entity; `raws` are the versions as they came, `before` the known ones' memory."""
        standing, columns = self.standing, self.standing.columns
        starts = np.flatnonzero(columns.begins)
        ends = np.append(starts[1:], len(columns)) if len(starts) else starts
        last = ends - 1
        earlier = iter(before)
        of_clocks = zip(*(own[last].tolist() for own in standing.own_days), strict=True)
        kept = {}
        for start, end, known, version, day, own, expected in zip(
            starts.tolist(), ends.tolist(), standing.known[starts].tolist(), columns.version[last].tolist(),
            standing.change_day[last].tolist(), of_clocks, self.expectation[last].tolist(), strict=True,
        ):  # fmt: skip
            new = tuple(raws[start + known : end])
            kept[columns.entity_id[start]] = Kept(
                version, next(earlier).raws + new if known else new, day, own, tuple(expected)
            )
        return kept


def chained(
    reading: Reading,
    by_column: ColumnarReading,
    columns: Columns,
    known: Bools,
    before: Sequence[Kept],
    event: Callable[[int], Event],
) -> Chained:
    """Chain versions on each other and on what is known.

    `known` rows, each the first of its entity, came in earlier batches; `before` is what is remembered of them, in the
    same order. `event` gives the event of a row, for what columns do not know how to read.
    """
    rows, clocks = np.flatnonzero(known), len(reading.clocks)
    days, own_known = np.full(len(known), NONE), np.full((len(known), clocks), NONE)
    expected = np.zeros((len(known), 2), np.int64)
    if len(rows):
        days[rows] = [kept.change_day for kept in before]
        own_known[rows] = [kept.own_days for kept in before]
        if before[0].expectation:
            expected[rows] = [kept.expectation for kept in before]
    happened_on = by_column.change_day(columns)
    corrects = (
        columns.fields["correction"] & ~columns.begins if "correction" in columns.fields else np.zeros_like(known)
    )
    change_day = carried(np.where(known, days, happened_on), ~corrects, columns.begins)
    own = [
        own_days(one, change_day, columns.begins, known, own_known[:, clock])
        for clock, one in enumerate(by_column.own_days(columns, change_day))
    ]
    expectation = by_column.expectation(columns, known, expected)
    contributions, by_row = by_column.contributions(columns, expectation)
    if by_row.any():
        contributions = contributions.with_rows(
            (row, one)
            for row in np.flatnonzero(by_row).tolist()
            for one in reading.contributions(event(row), by_column.memory(expectation[row].tolist()))
        )
    standing = Standing(columns, known, change_day, corrects, own)
    return Chained(standing, expectation, happened_on, contributions, changes(reading.clocks, standing, contributions))
