"""From raw records to columns: structs for the many, the model for the rest, and a letter for what is no event."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import polars as pl
import pyarrow as pa
from pydantic import BaseModel

from ingest.events import Event
from streams.amounts import UNIT
from streams.columnar.arithmetic import LARGEST
from streams.columnar.columns import (
    NONE,
    Bools,
    Columns,
    Fields,
    Ints,
    Kind,
    Parts,
    business_days,
    coded,
    numbers,
)  # fmt: skip
from streams.columnar.people import do_not_add_up
from streams.columnar.shapes import DATES, bounds, constraints_of, filled, struct_of

ENVELOPE: Fields = {"occurred_at": Kind.INSTANT, "version": Kind.COUNT, "source": Kind.WORD}
_YEAR = r"(19[7-9][0-9]|20[0-9][0-9]|21[0-3][0-9])"
_DAY = rf"^{_YEAR}-[0-9]{{2}}-[0-9]{{2}}$"
_ZONE = r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
_INSTANT = rf"^{_YEAR}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-5][0-9](\.[0-9]{{1,6}})?{_ZONE}$"
_AMOUNT = r"^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,4})?$"


@dataclass
class Taken:
    """Events as columns, in the order in which they came."""

    at: Sequence[int]
    """Which of the records each row is."""
    columns: Columns
    by_row: Bools
    """Where a value is beyond what columns carry exactly."""
    models: dict[int, Event] = field(default_factory=dict)
    """Those that the model had to read."""


class Decoder:
    """Reads the events of one model into columns of `fields`."""

    def __init__(self, model: type[Event], fields: Fields, zone: ZoneInfo) -> None:
        self._struct = struct_of(model)
        self._decode = msgspec.json.Decoder(self._struct).decode
        self._entity_id: Callable[[Any], str] = model.entity_id.fget  # type: ignore[attr-defined]
        self._fields, self._zone = {**ENVELOPE, **fields}, zone
        self._bounds = _bounds(model, self._fields)

    def columns(self, raws: Sequence[bytes | None], model: Callable[[int], Event | None]) -> Taken:
        """Columns of the records of which `model`, asked where a struct does not do, does not say that they are none.

        Those are left out; whoever answers keeps count of them.
        """
        structs, asked = self._structs(raws)
        taken, bad = self._taken([one for one in structs if one is not None])
        plain = [at for at, one in enumerate(structs) if one is not None]
        if not asked and not bad.any():
            return Taken(range(len(raws)), taken, bad)
        good = np.flatnonzero(~bad)
        asked = sorted([*asked, *(plain[at] for at in np.flatnonzero(bad).tolist())])
        models = {at: event for at in asked if (event := model(at)) is not None}
        others, by_row = self._taken([filled(self._struct, event) for event in models.values()])
        places = np.array([*(plain[at] for at in good.tolist()), *models], np.int64)
        order = np.argsort(places, kind="stable")
        kept = taken.take(good) if bad.any() else taken
        by_place = places[order].tolist()
        place_of = {at: place for place, at in enumerate(by_place)}
        return Taken(
            by_place,
            kept.behind(others).take(order),
            np.concatenate([np.zeros(len(good), np.bool_), by_row])[order],
            {place_of[at]: event for at, event in models.items()},
        )

    def _structs(self, raws: Sequence[bytes | None]) -> tuple[list[Any], list[int]]:
        structs: list[Any] = []
        refused: list[int] = []
        decode = self._decode
        for at, raw in enumerate(raws):
            try:
                structs.append(decode(raw))  # type: ignore[arg-type]
            except (msgspec.DecodeError, UnicodeDecodeError, TypeError, RecursionError):
                structs.append(None)
                refused.append(at)
        return structs, refused

    def _taken(self, structs: Sequence[Any]) -> tuple[Columns, Bools]:
        """Columns, and where something is not as plain as they need it."""
        bad = np.zeros(len(structs), np.bool_)
        fields = dict(_columns(structs, self._fields, self._bounds, bad))
        if "credits" in fields:
            bad |= do_not_add_up(fields["credits"])
        changed_at, version = fields.pop("occurred_at"), fields.pop("version")
        return Columns(
            entity_id=[str(self._entity_id(one)) for one in structs],
            begins=np.ones(len(structs), np.bool_),
            version=np.where(version == NONE, changed_at, version),
            changed_at=changed_at,
            happened_on=business_days(changed_at, self._zone),
            source=fields.pop("source"),
            fields=fields,
        ), bad


def _bounds(model: type[BaseModel], fields: Fields) -> Mapping[str, Any]:
    """Of every Decimal field the least and the largest; `TypeError` where a field needs a look and is no column."""
    found: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        kind, asked = constraints_of(info.annotation, info.metadata)
        if kind is Decimal:
            found[name] = bounds(asked, UNIT, LARGEST)
        elif get_origin(kind) is tuple and isinstance(parts := fields.get(name), Mapping):
            found[name] = _bounds(get_args(kind)[0], parts)
        elif kind not in DATES:
            continue
        if name not in fields:
            raise TypeError(f"{model.__name__}.{name} must be a column: what it holds is checked there")
    return found


def _columns(
    objects: Sequence[Any], fields: Fields, limits: Mapping[str, Any], bad: Bools
) -> Iterator[tuple[str, Any]]:
    take = attrgetter(*fields)
    values = zip(*map(take, objects), strict=True) if objects else iter([()] * len(fields))
    for (name, kind), column in zip(fields.items(), values, strict=True):
        if not isinstance(kind, Kind):
            yield name, _parts(column, kind, limits[name], bad)
        elif kind is Kind.MONEY:
            low, high = limits[name]
            yield name, _money(column, low, high, bad)
        else:
            yield name, _READ[kind](column, bad)


def _parts(values: Sequence[Any], fields: Mapping[str, Kind], limits: Mapping[str, Any], bad: Bools) -> Parts:
    owner = np.array([row for row, parts in enumerate(values) if parts for _ in parts], np.int64)
    bad_parts = np.zeros(len(owner), np.bool_)
    found = dict(_columns([part for parts in values if parts for part in parts], fields, limits, bad_parts))
    bad[owner[bad_parts]] = True
    return Parts(owner, found, len(values))


def _nothing(values: Sequence[Any]) -> bool:
    return values.count(None) == len(values)


def _money(values: Sequence[Any], low: int, high: int, bad: Bools) -> Ints:
    """Exact or `bad`: a double nearest to a number of four decimals and at most 15 digits is that number."""
    if _nothing(values):
        return np.full(len(values), NONE)
    texts = [value if type(value) is str else None for value in values]
    amounts = np.array([np.nan if value is None or type(value) is str else value for value in values])
    given = np.array([value is not None for value in values])
    if not _nothing(texts):
        text = pl.Series(texts, dtype=pl.String)
        written = text.str.contains(_AMOUNT).fill_null(False)
        read = text.zip_with(written, pl.Series([None], dtype=pl.String)).cast(pl.Float64).to_numpy()
        amounts = np.where(text.is_not_null().to_numpy(), read, amounts)
    units = np.rint(amounts * UNIT)
    exact = (units / UNIT == amounts) & (units >= low) & (units <= high)
    bad |= given & ~exact
    return np.where(exact, np.where(exact, units, 0).astype(np.int64), NONE)


def _days(values: Sequence[Any], bad: Bools) -> Ints:
    if _nothing(values):
        return np.full(len(values), NONE)
    text = pl.Series(values, dtype=pl.String)
    days = text.str.to_date("%Y-%m-%d", strict=False).to_physical()
    written = text.str.contains(_DAY).fill_null(False) & days.is_not_null()
    bad |= (text.is_not_null() & ~written).to_numpy()
    return days.cast(pl.Int64).fill_null(NONE).to_numpy()


def _instants(values: Sequence[Any], bad: Bools) -> Ints:
    if _nothing(values):
        return np.full(len(values), NONE)
    text = pl.Series(values, dtype=pl.String)
    written = text.str.contains(_INSTANT).fill_null(False)
    shaped = text.zip_with(written, pl.Series([None], dtype=pl.String)).to_arrow().cast(pa.string())
    try:
        instants = shaped.cast(pa.timestamp("us", "UTC"))
    except pa.ArrowInvalid:  # the 31st of April
        instants = pa.array([_instant(one) for one in shaped.to_pylist()], pa.timestamp("us", "UTC"))
    found = numbers(instants)
    refused = text.is_not_null().to_numpy() & (found == NONE)
    bad |= refused
    return np.where(refused, 0, found)


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _flags(values: Sequence[Any], bad: Bools) -> Bools:
    return np.fromiter(map(bool, values), np.bool_, len(values))


_READ: Mapping[Kind, Callable[[Sequence[Any], Bools], Any]] = {
    Kind.WORD: lambda values, bad: coded(values),
    Kind.DAY: _days,
    Kind.INSTANT: _instants,
    Kind.COUNT: lambda values, bad: numbers(pa.array(values, pa.int64())),
    Kind.FLAG: _flags,
    Kind.GIVEN: _flags,
}
