"""Deals written as the worker writes them: every version's signed rows, from the events."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any

from ingest.events import Opportunity
from ingest.settings import company
from streams.opportunities import Opportunities
from streams.timeline import Row, State, measures, rows_from, state_after
from tests.integration.warehouse.books import Books

_READING = Opportunities(company())
_COUNTS = {name for name in measures(_READING) if name.endswith("deals") or name == "pushes"}


def deal(at: str, id: str, **fields: Any) -> Opportunity:
    """A version of a deal, as of `at` ("2026-11-03T10:00+08:00", or a day: at noon)."""
    when = at if "T" in at else f"{at}T12:00:00+08:00"
    return Opportunity.model_validate({"occurred_at": when, "opportunity_id": id, "source": "crm", **fields})


def write(books: Books, events: Iterable[Opportunity]) -> None:
    """All of them in one insert."""
    rows: list[dict[str, Any]] = []
    ordered = sorted(events, key=lambda event: (event.opportunity_id, event.order_in_time))
    for id, versions in groupby(ordered, key=lambda event: event.opportunity_id):
        states: list[State] = []
        for event in versions:
            raw = event.model_dump_json(exclude_none=True).encode()
            states.append(state_after(_READING, states[-1] if states else None, event, raw, company().zone))
        raw_of = {state.version: state.raw.decode() for state in states}
        for row in rows_from(_READING, states, 0):
            rows.append({"topic_id": "deals", "offset": len(rows), **_row(id, row, raw_of.pop(row.version, ""))})
    books.insert("opportunity_changes", rows)


def _row(id: str, row: Row, state: str) -> dict[str, Any]:
    amounts = {
        name: amount if name in _COUNTS else Decimal(amount) / 10_000
        for name, amount in zip(measures(_READING), row.amounts, strict=True)
    }
    told = {"version": row.version, "changed_at": row.changed_at, "received_at": row.changed_at, "source": row.source}
    told |= {"day": row.day, "entity_day": row.entity_day, "entity_id": id, "state": state}
    return {**told, **dict(zip(_READING.ids, row.ids, strict=True)), **amounts}
