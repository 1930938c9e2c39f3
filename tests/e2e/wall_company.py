"""What a wall needs besides the small company: this month's bookings and targets, a win of today, and findings."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ingest.calendar import Period, business_day
from ingest.events import Finding, Slice
from ingest.settings import company as settings
from tests.e2e import board_company as company
from tests.integration.warehouse.books import Books

NOW = datetime.now(UTC)
TODAY = business_day(NOW, settings().zone)
MONTH = Period.containing(TODAY, "month")


def write(books: Books) -> None:
    """HQ ▸ East, North of `board_company`, with something booked and won in this month."""
    company.write(books)
    for unit, value in company.TARGETS.items():
        books.target(MONTH.key, value, unit_id=unit)
    company.book(books, "w1", MONTH.start.isoformat(), "90", "hz", "p1", "vms1")
    company.book(books, "w2", MONTH.start.isoformat(), "160", "bj", "p4", "ipc1")
    ids = {"office_id": "hz", "rep_id": "p1", "product_id": "vms1", "customer_id": "c1", "opportunity_id": "d9"}
    books.deal(
        TODAY.isoformat(), entity_id="d9", version=1, stage="awarded", outcome="won", won_deals=1,
        won_amount=Decimal(55), closed_on=TODAY, **ids,
    )  # fmt: skip


def finding(books: Books, id: str, gap: int, hours: float = 2, **fields: Any) -> None:
    """A finding of this month's bookings at Hangzhou × VMS, since some hours."""
    since = NOW - timedelta(hours=hours)
    about = {"slice": Slice(unit_id="hz", product_id="vms"), "responsible_role": "office_manager", **fields}
    one = Finding(
        occurred_at=since, finding_id=id, rule="unit-pace", metric="bookings", period=MONTH.key, since=since,
        as_of=since, actual=Decimal(0), expected=Decimal(-gap), gap=Decimal(gap), confidence=0.95, **about,
    )  # fmt: skip
    books.change_of(
        "finding_events", entity_id=id, finding_id=id, state=one.model_dump_json(), rule=one.rule, metric=one.metric,
        period=one.period, finding_state=one.state, unit_id=one.slice.unit_id or "", person_id="",
        product_id=one.slice.product_id or "", responsible_id="", gap=Decimal(gap), since=since, changed_at=since,
    )  # fmt: skip


def act(books: Books, what: str, finding_id: str, who: str = "em") -> None:
    """What somebody does about it, now."""
    state = json.dumps({"what": what})
    books.change_of(
        "action_events", entity_id=f"{what}-{finding_id}", event_id=f"{what}-{finding_id}", what=what, who=who,
        subject=f"finding:{finding_id}", state=state, changed_at=datetime.now(UTC),
    )  # fmt: skip
