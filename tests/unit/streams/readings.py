"""Small help for reading timelines in tests: events in, sums out."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from ingest.events import Event
from ingest.retractions import reader
from ingest.settings import CompanySettings
from ingest.topics import TOPICS
from streams.entity import Conflict, Entities, Entity
from streams.timeline import Row, measures

COMPANY = CompanySettings()


def event(**fields: Any) -> bytes:
    """The bytes of an event on a day of November 2026 (`on`, at ten in Shanghai)."""
    day = fields.pop("on", 1)
    return json.dumps({"occurred_at": f"2026-11-{day:02d}T10:00:00+08:00", **fields}).encode()


def taken(reading: Any, topic: str, raws: Iterable[bytes]) -> Iterator[tuple[int, Event, list[Row] | None]]:
    """Place, event and rows of every event that is taken, one by one; None for what says nothing new.

    What is refused is sent again at the end, as one does with dead letters, until nothing more is taken.
    """
    entities = Entities(topic, reading, COMPANY.zone, reader(TOPICS[topic]))
    known: dict[str, Entity] = {}
    waiting, before = list(enumerate(raws)), -1
    while len(waiting) != before:
        before, refused = len(waiting), []
        for place, raw in waiting:
            one = entities.parse(raw)
            try:
                placed = entities.put(known.get(one.entity_id, Entity()), one, raw)
            except Conflict:
                refused.append((place, raw))
                continue
            if placed:
                known[one.entity_id] = placed[0]
            yield place, one, placed and placed[1]
        waiting = refused


def sums(reading: Any, topic: str, raws: Iterable[bytes], *by: str) -> dict[tuple[Any, ...], Decimal]:
    """(day, ids, measure) → what the change rows of these events add up to; zeros left out."""
    at, names = [reading.ids.index(one) for one in by], measures(reading)
    totals: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for _, _, rows in taken(reading, topic, raws):
        for row in rows or ():
            for name, amount in zip(names, row.amounts, strict=True):
                money = name.endswith("_amount") or name == "quantity"
                totals[row.day, *(row.ids[one] for one in at), name] += Decimal(amount) / (10_000 if money else 1)
    return {key: total for key, total in totals.items() if total}


def of(totals: dict[tuple[Any, ...], Decimal], measure: str) -> dict[tuple[int, str], Decimal]:
    """(day of November, id) → the total of one measure."""
    return {(day.day, one): total for (day, one, name), total in totals.items() if name == measure}
