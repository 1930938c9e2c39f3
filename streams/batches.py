"""A fetched batch: a contiguous range of offsets of one topic partition, and the table of rows it becomes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from streams.amounts import SCALE

MAX_ROWS = 200_000
MAX_BYTES = 64 * 2**20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = EPOCH.resolution
NO_DAY = date(1970, 1, 1)
"""Stands for "no day" in the warehouse, whose dates are never null."""


class Record(NamedTuple):
    """A raw record of the log; `received_at_ms` is Kafka's timestamp."""

    offset: int
    received_at_ms: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


class Position(NamedTuple):
    """A topic partition of one incarnation of a topic: created anew under the same name, it is another one."""

    topic_id: str
    partition: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one partition, offsets rising by one."""

    topic: str
    partition: int
    records: Sequence[Record]

    def __post_init__(self) -> None:
        size = sum(len(record.value or b"") for record in self.records)
        if len(self.records) > MAX_ROWS or size > MAX_BYTES:
            raise ValueError(
                f"a batch of {len(self.records)} records and {size} bytes is over the limit that stays one part; "
                "lower ONEBOARD_WORKER_FETCH_BYTES"
            )

    @property
    def first(self) -> int:
        return self.records[0].offset

    @property
    def last(self) -> int:
        return self.records[-1].offset

    def after(self, watermark: int) -> "Batch":
        """The part of the batch the warehouse does not have yet."""
        return Batch(self.topic, self.partition, [record for record in self.records if record.offset > watermark])


def joined(batches: Iterable[Batch]) -> list[Batch]:
    """Batches of the same partition put together as far as they stay one part; order within a partition is kept."""
    gathered: dict[tuple[str, int], list[list[Record]]] = {}
    for batch in batches:
        runs = gathered.setdefault((batch.topic, batch.partition), [[]])
        size = sum(len(record.value or b"") for record in [*runs[-1], *batch.records])
        if len(runs[-1]) + len(batch.records) > MAX_ROWS or size > MAX_BYTES:
            runs.append([])
        runs[-1].extend(batch.records)
    return [Batch(topic, partition, run) for (topic, partition), runs in gathered.items() for run in runs if run]


def is_money(column: str) -> bool:
    """Whether a measure's column is Decimal(18, 4); counts are whole numbers."""
    return column.endswith("_amount") or column in ("quantity", "amount", "value", "gap")


Column: TypeAlias = "pa.Array[Any]"
_COUNTS = ("count", "is_overlay")
_DAYS = ("day", "valid_from")


def nothing(name: str) -> Any:
    """What stands in a column of a row that only leaves a position behind."""
    if name.endswith("_on") or name in _DAYS:
        return NO_DAY
    if name == "since":
        return EPOCH
    return 0 if is_money(name) or name in _COUNTS else ""


def decimal_column(scaled: Any) -> Column:
    """Decimal128(18, 4) from whole numbers of 1/10,000, without a Decimal object in between."""
    low = np.asarray(scaled, dtype=np.int64)
    words = np.empty((len(low), 2), dtype=np.int64)
    words[:, 0] = low
    words[:, 1] = low >> 63
    return pa.Array.from_buffers(pa.decimal128(18, SCALE), len(low), [None, pa.py_buffer(words.tobytes())])


def column(name: str, values: Sequence[Any]) -> Column:
    """One column of a change table, typed by its name and its first value."""
    if is_money(name):
        return decimal_column(values)
    first = values[0] if values else None
    if isinstance(first, datetime):
        return pa.array([(value - EPOCH) // _MICROSECOND for value in values], pa.timestamp("us", "UTC"))
    if isinstance(first, date):
        return pa.array([(value - NO_DAY).days for value in values], pa.int32()).cast(pa.date32())
    if isinstance(first, int):
        return pa.array(values, pa.int64())
    if isinstance(first, Decimal):
        return pa.array(values, pa.decimal128(18, SCALE))
    if isinstance(first, (list, tuple)):
        return pa.array(values, pa.list_(pa.string()))
    return pa.array(values, pa.string())


def table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Any:
    """The Arrow table of one insert: `rows` as tuples in the order of `names`, at least one."""
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return pa.table({name: column(name, values) for name, values in columns})
