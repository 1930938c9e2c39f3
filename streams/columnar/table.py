"""The Arrow table of one insert from the changes of a batch: words stay codes wherever they repeat."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.batches import NO_DAY, Position, decimal_column, is_money
from streams.columnar.chained import Chained
from streams.columnar.columns import Coded, Ints, constant, whole
from streams.columnar.contributions import Id
from streams.timeline import Reading, measures

REPEATS = 2
"""Words that stand at least so often in a column, in the mean, travel as a dictionary."""


def rows_of(chained: Chained) -> tuple[Ints, Ints]:
    """By row of the table its version and its change; −1 where the version changed nothing."""
    versions = chained.changes.version
    silent = np.flatnonzero(
        ~chained.standing.known & (np.bincount(versions, minlength=len(chained.standing.known)) == 0)
    )
    return np.concatenate([versions, silent]), np.concatenate([np.arange(len(versions)), np.full(len(silent), -1)])


def table_of(
    reading: Reading,
    chained: Chained,
    position: Position,
    raws: Any,
    offsets: Ints,
    received_ms: Ints,
    *,
    plain: bool = False,
) -> Any:
    """Every row of the versions that are new, `state` on one row of each; `raws` (bytes or Arrow strings),
    `offsets` and times by version.

    With `plain` no column is a dictionary.
    """
    columns, changes = chained.standing.columns, chained.changes
    version, change = rows_of(chained)
    silent = version[change < 0]
    part = changes.part
    day, entity_day = (
        np.concatenate([days, chained.happened_on[silent]]) for days in (changes.day, changes.entity_day)
    )
    first = np.concatenate([np.diff(changes.version, prepend=-1) != 0, np.ones(len(silent), np.bool_)])
    states = text(raws).take(whole(version))
    made: Mapping[str, Any] = {
        "topic_id": _words(constant(position.topic_id, len(version)), plain),
        "partition": pa.array(np.full(len(version), position.partition)),
        "offset": pa.array(offsets[version]),
        "entity_id": text(columns.entity_id).take(whole(version)),
        "version": pa.array(columns.version[version]),
        "state": states if first.all() else pc.if_else(pa.array(first), states, ""),
        "day": _days(day),
        "entity_day": _days(entity_day),
        "changed_at": pa.array(columns.changed_at[version], pa.timestamp("us", "UTC")),
        "received_at": pa.array(received_ms[version] * 1_000, pa.timestamp("us", "UTC")),
        "source": _words(columns.source.take(version), plain),
        **{
            name: _id(name, column, part, len(silent), plain)
            for name, column in zip(reading.ids, chained.contributions.ids, strict=True)
        },
        **{
            name: _amounts(name, np.concatenate([changes.amounts[:, index], np.zeros(len(silent), np.int64)]))
            for index, name in enumerate(measures(reading))
        },
    }
    return pa.table(dict(made))


def text(values: Any) -> Any:
    """Strings, or bytes of UTF-8, as an Arrow array of strings."""
    if isinstance(values, pa.Array):
        return values
    return pa.array(values, pa.binary() if values and isinstance(values[0], bytes) else pa.string()).cast(pa.string())


def ids_touched(reading: Reading, chained: Chained, name: str) -> set[str]:
    """The words of an id column that stand in changes."""
    column = chained.contributions.ids[reading.ids.index(name)]
    assert isinstance(column, Coded)
    return set(column.words.take(whole(np.unique(column.codes[chained.changes.part]))).to_pylist())


def days_touched(chained: Chained) -> set[date]:
    """The days for which changes count."""
    return {NO_DAY + timedelta(day) for day in np.unique(chained.changes.day).tolist()}


def _id(name: str, column: Id, part: Ints, silent: int, plain: bool) -> Any:
    if isinstance(column, Coded):
        taken = column.take(part)
        return _words(taken.behind(constant("", silent)) if silent else taken, plain)
    numbers = np.concatenate([column[part], np.zeros(silent, np.int64)])
    return _days(numbers) if name.endswith("_on") else pa.array(numbers)


def _words(column: Coded, plain: bool) -> Any:
    if plain or len(column.words) * REPEATS > len(column.codes):
        return column.text()
    return pa.DictionaryArray.from_arrays(whole(column.codes.astype(np.int32)), column.words)


def _days(days: Ints) -> Any:
    return pa.array(days.astype(np.int32)).view(pa.date32())


def _amounts(name: str, values: Ints) -> Any:
    return decimal_column(values) if is_money(name) else pa.array(values)
