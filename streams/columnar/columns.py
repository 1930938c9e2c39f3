"""Fields of many events as columns: whole numbers and coded words, no Python object for a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

NONE = np.iinfo(np.int64).min
"""Stands for "not given" in a column of numbers or days."""


class Kind(Enum):
    """How a field becomes a column; `NONE` (or "") stands where it is not given."""

    WORD = "word"
    MONEY = "money"  # whole numbers of 1/10,000
    DAY = "day"  # days since 1970
    INSTANT = "instant"  # microseconds since 1970
    COUNT = "count"
    FLAG = "flag"
    GIVEN = "given"  # only whether there is something


Fields: TypeAlias = "Mapping[str, Kind | Mapping[str, Kind]]"


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words: `words[codes]`, every word once; "" where none is given."""

    codes: Ints
    words: Any
    """An Arrow array of strings."""

    def take(self, at: Ints) -> "Coded":
        return Coded(self.codes[at], self.words)

    def among(self, words: Any) -> Bools:
        """Where the word is one of these."""
        return np.fromiter((word in words for word in self.words.to_pylist()), np.bool_, len(self.words))[self.codes]

    def given(self) -> Bools:
        """Where there is a word."""
        return ~self.among(("",))

    def behind(self, other: "Coded") -> "Coded":
        """One column of two, the other behind this one; a word that both have keeps its code."""
        new = other.words.filter(pc.invert(pc.is_in(other.words, self.words)))
        words = pa.concat_arrays([self.words, new])
        code: Ints = pc.index_in(other.words, words).to_numpy(zero_copy_only=False).astype(np.int64)
        return Coded(np.concatenate([self.codes, code[other.codes]]), words)

    def text(self) -> Any:
        """The words as they stand, an Arrow array of strings."""
        return self.words.take(whole(self.codes))


@dataclass(frozen=True, slots=True)
class Parts:
    """A column of lists, laid out flat: `owner` is the row each part belongs to, rising; of `length` rows."""

    owner: Ints
    fields: Mapping[str, Any]
    length: int

    def take(self, at: Ints) -> "Parts":
        """The parts of the rows `at`, each of them at most once."""
        place = np.full(self.length, -1)
        place[at] = np.arange(len(at))
        owner = place[self.owner]
        chosen = np.flatnonzero(owner >= 0)
        chosen = chosen[np.argsort(owner[chosen], kind="stable")]
        return Parts(owner[chosen], {name: taken(one, chosen) for name, one in self.fields.items()}, len(at))

    def behind(self, other: "Parts") -> "Parts":
        return Parts(
            np.concatenate([self.owner, other.owner + self.length]),
            {name: joined(one, other.fields[name]) for name, one in self.fields.items()},
            self.length + other.length,
        )


def taken(column: Any, at: Ints) -> Any:
    """The rows `at` of a column of any kind."""
    return column.take(at) if isinstance(column, Coded | Parts) else column[at]


def joined(first: Any, second: Any) -> Any:
    """One column of two of the same kind."""
    return first.behind(second) if isinstance(first, Coded | Parts) else np.concatenate([first, second])


def whole(numbers: Ints) -> Any:
    """Whole numbers as an Arrow array."""
    return pa.array(numbers)


@dataclass(frozen=True)
class Columns:
    """Events column by column. In a timeline those of one entity stand side by side, in order of their versions."""

    entity_id: Any
    """Strings, of Python or of Arrow."""
    begins: Bools
    """Where an entity's first is."""
    version: Ints
    changed_at: Ints
    """Microseconds since 1970."""
    happened_on: Ints
    """The business day of `changed_at`."""
    source: Coded
    fields: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.version)

    def take(self, at: Ints) -> "Columns":
        """The rows `at`, each at most once, put side by side by entity."""
        entity_id = [self.entity_id[one] for one in at.tolist()]
        return Columns(
            entity_id,
            np.array([one != before for one, before in zip(entity_id, [None, *entity_id], strict=False)], np.bool_),
            self.version[at],
            self.changed_at[at],
            self.happened_on[at],
            self.source.take(at),
            {name: taken(column, at) for name, column in self.fields.items()},
        )

    def behind(self, other: "Columns") -> "Columns":
        """These and others."""
        return replace(
            self,
            entity_id=[*self.entity_id, *other.entity_id],
            begins=np.concatenate([self.begins, other.begins]),
            version=np.concatenate([self.version, other.version]),
            changed_at=np.concatenate([self.changed_at, other.changed_at]),
            happened_on=np.concatenate([self.happened_on, other.happened_on]),
            source=self.source.behind(other.source),
            fields={name: joined(column, other.fields[name]) for name, column in self.fields.items()},
        )


def coded(values: Sequence[Any]) -> Coded:
    """Words as codes; a number stands for its digits."""
    try:
        array = pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        array = pa.array([None if value is None else str(value) for value in values], pa.string())
    return of_arrow(array)


def of_arrow(array: Any) -> Coded:
    """An Arrow array of strings, a dictionary or not, as codes."""
    words = array if pa.types.is_dictionary(array.type) else array.fill_null("").dictionary_encode()
    return Coded(words.indices.to_numpy(zero_copy_only=False).astype(np.int64), words.dictionary)


def constant(word: str, length: int) -> Coded:
    """One word everywhere."""
    return Coded(np.zeros(length, np.int64), pa.array([word], pa.string()))


def numbers(array: Any) -> Ints:
    """An Arrow array of whole numbers, `NONE` for nulls."""
    found: Ints = array.cast(pa.int64()).fill_null(NONE).to_numpy(zero_copy_only=False)
    return found


def business_days(instants: Ints, zone: ZoneInfo) -> Ints:
    """The day on which each instant (microseconds since 1970) falls in the company's zone."""
    at: Any = pa.array(instants, pa.timestamp("us", zone.key))
    return numbers(pc.local_timestamp(at).cast(pa.date32(), safe=False).cast(pa.int32()))
