"""What the versions of a batch contribute, as columns: ids and amounts, several rows a version where it has parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np

from streams.batches import NO_DAY
from streams.columnar.columns import Coded, Ints, coded
from streams.timeline import Contribution

Id: TypeAlias = Coded | Ints
"""A column of ids: words, or whole numbers and days since 1970."""


@dataclass(frozen=True)
class Contributions:
    """`owner` is the row of the version that contributes; `ids` and `amounts` stand in the order of the reading."""

    owner: Ints
    ids: tuple[Id, ...]
    amounts: Ints

    def __len__(self) -> int:
        return len(self.owner)

    def alike(self, at: Ints) -> Ints:
        """A number for each of the rows `at`, equal exactly where all ids are."""
        number, size = np.zeros(len(at), np.int64), 1
        for column in self.ids:
            values = column.codes[at] if isinstance(column, Coded) else column[at]
            low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
            if low == high:
                continue
            if size * (high - low + 1) >= 2**62:
                number = np.unique(number, return_inverse=True)[1].astype(np.int64)
                size = len(at)
            number = number * (high - low + 1) + (values - low)
            size *= high - low + 1
        return number

    def with_rows(self, more: Iterable[tuple[int, Contribution]]) -> "Contributions":
        """These and contributions that were read one by one, each with its owner."""
        found = list(more)
        if not found:
            return self
        owners, read = zip(*found, strict=True)
        columns = zip(*(one.ids for one in read), strict=True)
        return Contributions(
            np.concatenate([self.owner, np.array(owners, np.int64)]),
            tuple(_longer(column, values) for column, values in zip(self.ids, columns, strict=True)),
            np.concatenate([self.amounts, np.array([one.amounts for one in read], np.int64)]),
        )


def _longer(column: Id, values: Sequence[Any]) -> Id:
    if isinstance(column, Coded):
        return column.behind(coded(values))
    numbers = [(value - NO_DAY).days if isinstance(value, date) else value for value in values]
    return np.concatenate([column, np.array(numbers, np.int64)])
