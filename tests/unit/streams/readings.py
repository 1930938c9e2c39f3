"""Small help for reading timelines in tests: events in, sums out."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from ingest.settings import CompanySettings
from ingest.topics import TOPICS
from streams.timeline import State, measures, put

COMPANY = CompanySettings()


def event(**fields: Any) -> bytes:
    """The bytes of an event on a day of November 2026 (`on`, at ten in Shanghai)."""
    day = fields.pop("on", 1)
    return json.dumps({"occurred_at": f"2026-11-{day:02d}T10:00:00+08:00", **fields}).encode()


def sums(reading: Any, topic: str, raws: Iterable[bytes], by: str) -> dict[tuple[date, str, str], Decimal]:
    """(day, id, measure) → what the change rows of these events add up to; zeros left out."""
    model = TOPICS[topic].model
    assert model is not None
    at, names = reading.ids.index(by), measures(reading)
    timelines: dict[str, list[State]] = {}
    totals: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
    for raw in raws:
        one = model.validate_json(raw)
        placed = put(reading, timelines.get(one.entity_id, []), one, raw, COMPANY.zone, model.validate_json)
        if placed is None:
            continue
        timelines[one.entity_id], rows = placed
        for row in rows:
            for name, amount in zip(names, row.amounts, strict=True):
                money = name.endswith("_amount") or name == "quantity"
                totals[row.day, row.ids[at], name] += Decimal(amount) / (10_000 if money else 1)
    return {key: total for key, total in totals.items() if total}


def of(totals: dict[tuple[date, str, str], Decimal], measure: str) -> dict[tuple[int, str], Decimal]:
    """(day of November, id) → the total of one measure."""
    return {(day.day, one): total for (day, one, name), total in totals.items() if name == measure}
