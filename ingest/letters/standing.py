"""Streams that stand still: events that have lain unstored for a while, and whether bad ones are what holds them up.

Seen from outside, by the log and the warehouse's watermarks alone, so that it can be said while the worker is dead.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.intake import Refused, is_retraction, validate
from ingest.letters.letter import standstill
from ingest.reader import Reader
from ingest.topics import TOPICS

STORED = tuple(topic.name for topic in TOPICS.values() if topic.model is not None and topic.name != "ticks")
"""The topics whose events the worker stores."""
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """A partition whose next event, at `offset`, has waited since `since` with `behind` in all.

    Of the next `seen` events `bad` are refused by the contract, the first of them because of `why`; 0 where it is not
    the events.
    """

    topic: str
    partition: int
    offset: int
    since: datetime
    behind: int
    seen: int
    bad: int
    why: str = ""

    @property
    def is_flood(self) -> bool:
        """Whether bad events hold it up."""
        return 2 * self.bad > self.seen

    @property
    def subject(self) -> str:
        """What an action that lets it through calls it."""
        return standstill(self.topic, self.partition, self.offset)


def marks_of(stored: Iterable[tuple[str, int, int]], topic_ids: Mapping[str, str]) -> dict[tuple[str, int], int]:
    """The warehouse's (topic id, partition, last offset) by the names of topics; another incarnation's are left out."""
    names = {id: name for name, id in topic_ids.items()}
    return {(names[id], int(partition)): int(offset) for id, partition, offset in stored if id in names}


def standing(reader: Reader, marks: Mapping[tuple[str, int], int], now: datetime | None = None) -> list[Standing]:
    """The partitions that stand still. `marks`: (topic, partition) → last offset stored, left out where none is."""
    now, found = now or datetime.now(UTC), []
    patience = timedelta(seconds=reader.settings.standing_seconds)
    partitions = {tp: topic for topic in STORED for tp in reader.partitions(topic)}
    for tp, end in reader.ends(list(partitions)).items():
        topic, offset = partitions[tp], marks.get((partitions[tp], tp.partition), -1) + 1
        if offset >= end:
            continue
        waiting = list(reader.records({tp: offset}, {tp: min(end, offset + LOOKED_AT)}))
        since = datetime.fromtimestamp(waiting[0].timestamp / 1000, UTC) if waiting else now
        if now - since > patience:
            faults = [fault for fault in (_fault(topic, record) for record in waiting) if fault]
            counts = (end - offset, len(waiting), len(faults))
            found.append(Standing(topic, tp.partition, offset, since, *counts, faults[0] if faults else ""))
    return found


def _fault(topic: str, record: Any) -> str:
    if is_retraction(record.value or b""):
        return ""
    try:
        validate(TOPICS[topic], record.value or b"")
    except Refused as refused:
        return str(refused)
    return ""
