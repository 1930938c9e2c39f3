"""The made-up company's deals and money, one row as wanted, and what the watch says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from ingest.calendar import WorkingCalendar
from ingest.events import Finding
from streams.detection.findings import key_of
from streams.detection.holding import Held
from streams.detection.watch.desk import WatchDesk
from streams.detection.watch.facts import MONEY, Facts
from streams.detection.watch.rules import WATCHES
from streams.organisation import Org
from tests.unit.streams.made_up import CALENDAR, NOW, TODAY, ZONE, org, working_days_ago
from warehouse.key import Key

AMOUNT = Decimal(250_000)
DEALS = pl.Schema(
    {
        "id": pl.String(), "customer_id": pl.String(), "product_id": pl.String(), "rep_id": pl.String(),
        "office_id": pl.String(), "amount": MONEY, "stage": pl.String(), "grade": pl.String(),
        "forecast_category": pl.String(), "opened_on": pl.Date(), "expected_close_on": pl.Date(),
        "last_contact_on": pl.Date(), "stage_since": pl.Date(), "held_since": pl.Date(), "pushes": pl.Int64(),
        "pushed_on": pl.Date(), "was_commit": pl.Boolean(), "has_next_step": pl.Boolean(), "next_step_on": pl.Date(),
        "tells_next_steps": pl.Boolean(), "segment": pl.String(), "tier": pl.String(),
    }
)  # fmt: skip


def deal(id: str = "d1", **fields: Any) -> dict[str, Any]:
    """A deal of rep a1 that is tended: seen yesterday, its next step tomorrow."""
    usual: dict[str, Any] = {
        "id": id, "customer_id": "c1", "product_id": "p1", "rep_id": "a1", "office_id": "a", "amount": AMOUNT,
        "stage": "qualified", "grade": "B", "forecast_category": "pipeline", "opened_on": date(2026, 8, 3),
        "expected_close_on": date(2026, 12, 20), "last_contact_on": working_days_ago(1),
        "stage_since": date(2026, 10, 12), "held_since": date(2026, 8, 3), "pushes": 0, "pushed_on": None,
        "was_commit": False, "has_next_step": True, "next_step_on": TODAY + timedelta(1), "tells_next_steps": True,
        "segment": "city", "tier": "A",
    }  # fmt: skip
    return {**usual, **fields}


def facts(
    *deals: dict[str, Any], company: Org | None = None, calendar: WorkingCalendar = CALENDAR, **frames: Any
) -> Facts:
    """Facts of today."""
    frame = pl.DataFrame(list(deals), schema=DEALS, orient="row")
    return replace(Facts(NOW, ZONE, calendar, company or org()), deals=frame, **frames)


def watched(
    seen: Facts, words: Sequence[Finding] = (), now: datetime = NOW, held: Held | None = None
) -> dict[tuple[str, Key], Finding]:
    """What the watch has to say, by rule and key."""
    told = WatchDesk(seen, list(words), now, held=held or Held()).settled(WATCHES)
    return {(finding.rule, key_of(finding)): finding for finding in told}
