"""Columns of events in Arrow and back: what stands in a snapshot's files beside the events themselves."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.columnar.columns import (
    NONE,
    Bools,
    Columns,
    Fields,
    Kind,
    Parts,
    business_days,
    numbers,
    of_arrow,
    whole,
)  # fmt: skip
from streams.columnar.decoding import Taken

_NUMBERS = (Kind.MONEY, Kind.DAY, Kind.COUNT)


def table_of(taken: Taken, events: Sequence[bytes], fields: Fields) -> Any:
    """Entity, version, instant, the event as it goes onto a log, and its fields."""
    columns = taken.columns
    return pa.table(
        {
            "entity_id": pa.array(columns.entity_id, pa.string()),
            "version": pa.array(columns.version),
            "changed_at": pa.array(columns.changed_at),
            "event": pa.array(events, pa.binary()).cast(pa.string()),
            "by_row": pa.array(taken.by_row),
            "source": _stored(columns.source, Kind.WORD, len(columns)),
            **{name: _stored(columns.fields[name], kind, len(columns)) for name, kind in fields.items()},
        }
    )


def columns_of(table: Any, fields: Fields, zone: ZoneInfo) -> Columns:
    """The columns of a table of one chunk, sorted by entity and version."""
    changed_at, entity_id = table["changed_at"].chunk(0).to_numpy(), table["entity_id"].chunk(0)
    return Columns(
        entity_id=entity_id,
        begins=begins(entity_id),
        version=table["version"].chunk(0).to_numpy(),
        changed_at=changed_at,
        happened_on=business_days(changed_at, zone),
        source=_read(table["source"].chunk(0), Kind.WORD),
        fields={name: _read(table[name].chunk(0), kind) for name, kind in fields.items()},
    )


def begins(entity_ids: Any) -> Bools:
    """Where another entity than that of the row before begins; at least one row."""
    differs: Bools = pc.not_equal(entity_ids[1:], entity_ids[:-1]).to_numpy(zero_copy_only=False)
    return np.concatenate([[True], differs])


def word_columns(fields: Fields) -> list[str]:
    """Columns that are read as dictionaries."""
    return ["source", *(name for name, kind in fields.items() if kind is Kind.WORD)]


def _stored(column: Any, kind: Kind | Mapping[str, Kind], length: int) -> Any:
    if not isinstance(kind, Kind):
        counts = np.bincount(column.owner, minlength=length)
        offsets = whole(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
        parts = len(column.owner)
        arrays = [_stored(column.fields[name], part, parts) for name, part in kind.items()]
        return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(arrays, list(kind)))
    if kind is Kind.WORD:
        return column.text()
    if kind in _NUMBERS:
        return pa.array(column, mask=column == NONE)
    return pa.array(column)


def _read(array: Any, kind: Kind | Mapping[str, Kind]) -> Any:
    if not isinstance(kind, Kind):
        offsets = array.offsets.to_numpy()
        parts = array.flatten()
        owner = np.repeat(np.arange(len(array)), np.diff(offsets))
        return Parts(owner, {name: _read(parts.field(name), part) for name, part in kind.items()}, len(array))
    if kind is Kind.WORD:
        return of_arrow(array)
    if kind in _NUMBERS:
        return numbers(array)
    return array.to_numpy(zero_copy_only=False)
