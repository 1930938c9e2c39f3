"""Columns of values while a mapping is worked out, and how text becomes a number, a day or an instant.

Numbers are Python `Decimal`s, never floats: polars rounds a product of decimals to the scale of its operands.
A missing value is null (None) in every kind. What cannot be converted becomes missing and is told to `faults`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

Positions = np.ndarray[Any, np.dtype[np.int64]]


class Kind(StrEnum):
    TEXT = "a text"
    NUMBER = "a number"
    DAY = "a date"
    INSTANT = "a time"
    TRUTH = "true or false"


@dataclass(frozen=True)
class Form:
    """How a file writes its numbers and its dates (strptime patterns, tried in order; none: ISO 8601)."""

    decimal: str = "."
    thousands: str = ""
    dates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """Values of one kind: a polars Series (String, Date, Datetime[us, UTC], Boolean), for numbers a list."""

    kind: Kind
    values: Any
    form: Form = Form()

    def __len__(self) -> int:
        return len(self.values)

    def missing(self) -> pl.Series:
        """True where there is no value."""
        if self.kind is Kind.NUMBER:
            return pl.Series([value is None for value in self.values], dtype=pl.Boolean)
        return pl.Series(self.values.is_null())


class Faults:
    """What went wrong at which position of the rows looked at; the first message of a position stays."""

    def __init__(self) -> None:
        self.messages: dict[int, str] = {}

    def add(self, positions: Sequence[int] | Positions, messages: Sequence[str]) -> None:
        for position, message in zip(positions, messages, strict=True):
            self.messages.setdefault(int(position), message)


@dataclass(frozen=True)
class Rows:
    """Rows an expression is worked out for: their columns, and their positions in the block they were taken from."""

    frame: pl.DataFrame
    positions: Positions
    forms: dict[str, Form]
    faults: Faults
    maps: dict[str, dict[str, object]]
    zone: ZoneInfo

    def __len__(self) -> int:
        return len(self.positions)

    def only(self, chosen: Positions) -> "Rows":
        """The rows at the given places of these rows."""
        return Rows(self.frame[chosen], self.positions[chosen], self.forms, self.faults, self.maps, self.zone)


DTYPES: dict[Kind, Any] = {
    Kind.TEXT: pl.String,
    Kind.DAY: pl.Date,
    Kind.INSTANT: pl.Datetime("us", "UTC"),
    Kind.TRUTH: pl.Boolean,
}
