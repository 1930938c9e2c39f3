"""From a message of a topic to rows: plain JSON of any shape, or a change as Debezium tells it.

Debezium's envelope: https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events
"""

from collections import ChainMap
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingest.connectors.jsonl import decoded, flat_object
from ingest.connectors.table import readable
from ingest.mappings.live import spaced
from ingest.mappings.shape import KafkaTopic
from ingest.sources.bodies import OUTSIDE, Row, Values, rows_within

ABOUT = "kafka."
"""What Kafka knows of a message is called `kafka.key`, `kafka.timestamp`, `kafka.partition` and `kafka.offset`."""
_OFFSET_BITS = 18
_UPSERTS, _DELETE = ("c", "r", "u"), "d"


@dataclass(frozen=True, slots=True)
class Message:
    """A record of a topic."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


def rows_of_message(message: Message, shape: KafkaTopic) -> list[Row]:
    """The rows of a message; none where Debezium only marks for compaction what it has told as deleted before."""
    try:
        about = _about(message)
        if shape.envelope == "debezium":
            return [] if message.value is None else [_change(message, about, shape)]
        if message.value is None:
            return [Row(message.offset, about, spaced(message.offset), deleted=True)]
        found = rows_within(decoded(message.value.decode()), shape.rows)
    except UnicodeDecodeError:
        return [Row(message.offset, fault="is not UTF-8: only JSON can be read (no Avro, no Protobuf)")]
    except ValueError as error:
        return [Row(message.offset, fault=str(error))]
    return [
        Row(message.offset, fault=one)
        if isinstance(one, str)
        else Row(message.offset, ChainMap(dict(one), about), spaced(message.offset))
        for one in found
    ]


def _about(message: Message) -> dict[str, str | None]:
    """The key as text, and where it is an object its parts as `kafka.key.…` too."""
    moment = datetime.fromtimestamp(max(0, message.timestamp) / 1000, UTC).isoformat(timespec="milliseconds")
    about: dict[str, str | None] = {
        ABOUT + "timestamp": moment,
        ABOUT + "partition": str(message.partition),
        ABOUT + "offset": str(message.offset),
        ABOUT + "key": None if message.key is None else message.key.decode(errors="replace"),
    }
    try:
        key = _payload(decoded(about[ABOUT + "key"] or "null"))
        parts = flat_object(key, ABOUT + "key.") if isinstance(key, dict) else {}
    except ValueError:
        parts = {}  # a key need not be JSON
    return about | {name: part for name, part in parts.items() if readable(part)}


def _payload(value: Any) -> Any:
    """What is in Kafka Connect's JSON, with a schema beside it or without."""
    if isinstance(value, dict) and value.keys() <= {"schema", "payload"} and "payload" in value:
        return value["payload"]
    return value


def _change(message: Message, about: dict[str, str | None], shape: KafkaTopic) -> Row:
    assert message.value is not None
    change = _payload(decoded(message.value.decode()))
    if not isinstance(change, dict) or "op" not in change:
        raise ValueError('is no change of Debezium: it has no "op". Leave out `envelope` for plain JSON')
    op = change["op"]
    if op not in (*_UPSERTS, _DELETE):
        raise ValueError(f"is of op {op!r}, which is about no single row (c, u, r and d are)")
    of = "before" if op == _DELETE else "after"
    row = change.get(of)
    if isinstance(row, str):
        row = decoded(row)  # MongoDB's connector sends the document as text
    if row is None and op == _DELETE:
        row = {}  # only the key is known
    around = flat_object({name: part for name, part in change.items() if name != of}, OUTSIDE)
    values = flat_object(row)
    if not all(map(readable, (*values, *values.values(), *around, *around.values()))):
        raise ValueError("holds half a character (a surrogate without its other half)")
    merged: Values = ChainMap(values, around, about)
    return Row(message.offset, merged, _version(message, around, shape), deleted=op == _DELETE)


def _version(message: Message, around: dict[str, str | None], shape: KafkaTopic) -> int:
    """The place of a change among those of its row.

    Times are those of the database and many changes share one, so the offset tells them apart: a partition has all
    changes of a row in their order. A time outlives a topic that is made anew, where an offset begins again.
    """
    kind = shape.version or "time"
    if kind == "offset":
        return spaced(message.offset)
    if kind == "lsn":
        return spaced(_whole(around, "body.source.lsn"))
    name = "body.source.ts_ms" if around.get("body.source.ts_ms") else "body.ts_ms"
    return spaced(_whole(around, name) << _OFFSET_BITS | message.offset & (1 << _OFFSET_BITS) - 1)


def _whole(around: dict[str, str | None], name: str) -> int:
    text = around.get(name)
    if text is None or not text.isdecimal() or len(text) > 19:
        raise ValueError(
            f"has no {name.removeprefix(OUTSIDE)!r} that could be its version; say version = … (time, lsn, offset)"
        )
    return int(text)
