"""How the events of one topic are read into change rows column by column."""

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np

from ingest.events import Event
from streams.columnar.chain import OwnDay
from streams.columnar.columns import Bools, Columns, Fields, Ints
from streams.columnar.contributions import Contributions


class ColumnarReading(Protocol):
    """The columns' twin of a `streams.timeline.Reading`: for the same events, the same rows.

    Wherever it does not know how, it says so, and the reading is asked: of a whole entity (`goes_by_row`), or for what
    single versions contribute (the second of `contributions`).
    """

    model: type[Event]
    fields: ClassVar[Fields]

    def goes_by_row(self, columns: Columns) -> Bools:
        """Events whose entities go row by row."""

    def change_day(self, columns: Columns) -> Ints:
        """The business day of each version, corrections not considered."""

    def own_days(self, columns: Columns, change_day: Ints) -> tuple[OwnDay | None, ...]:
        """By clock; None where the clock never names a day."""

    def expectation(self, columns: Columns, known: Bools, known_values: Ints) -> Ints:
        """What a version must know of those before it, one row each; `known` rows have theirs in `known_values`."""

    def memory(self, expectation: Sequence[int]) -> Any:
        """An expectation as `Reading.memory` gives it."""

    def remembered(self, memory: Any) -> tuple[int, ...]:
        """What `Reading.memory` gave, as an expectation."""

    def contributions(self, columns: Columns, expectation: Ints) -> tuple[Contributions, Bools]:
        """What the versions contribute, and of which the contributions are to be read one by one."""


class NoExpectation:
    """For a reading whose versions need to know nothing of those before."""

    def expectation(self, columns: Columns, known: Bools, known_values: Ints) -> Ints:
        return np.zeros((len(columns), 0), np.int64)

    def memory(self, expectation: Sequence[int]) -> None:
        return None

    def remembered(self, memory: None) -> tuple[int, ...]:
        return ()


def happened_on(columns: Columns) -> Ints:
    """The business day on which each event happened."""
    return columns.happened_on
