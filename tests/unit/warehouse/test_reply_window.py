"""The reply window: whoever is named answers first, and till then nobody else is told the name, wherever it stands."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ingest.calendar import WorkingCalendar
from ingest.events import Cell, Finding, Slice
from warehouse.life import Treatment
from warehouse.queries.findings import FindingCard
from warehouse.reply_window import is_awaited, is_over
from warehouse.viewer import Viewer

ZONE, CALENDAR = ZoneInfo("Asia/Shanghai"), WorkingCalendar("CN")
FRIDAY = datetime(2026, 11, 27, 17, 45, tzinfo=ZONE)
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=ZONE)
REP = Slice(unit_id="hz", person_id="p-rep")
FINDING = Finding(
    occurred_at=FRIDAY, finding_id="f", rule="rep-gap", metric="bookings", period="2026-11", slice=REP, since=FRIDAY,
    as_of=FRIDAY, actual=Decimal(0), expected=Decimal(100), gap=Decimal(-100), confidence=0.99, responsible_id="p-rep",
    responsible_role="rep", stand_in_for_id="p-away",
    cells=(Cell(slice=REP, actual=Decimal(0), expected=Decimal(100), contribution=Decimal(-100)),),
    why=("why.no_visit|person=p-rep|days=20", "why.product_fell_here|product=vms|unit=hz|change=-0.3"),
    against=("against.few_orders|count=3",),
)  # fmt: skip
NAMED = Treatment(named="p-rep", named_at=FRIDAY)


def test_the_window_is_of_working_minutes_so_a_weekend_does_not_end_it() -> None:
    assert not is_over(FRIDAY, MONDAY + timedelta(minutes=14), CALENDAR)
    assert is_over(FRIDAY, MONDAY + timedelta(minutes=15), CALENDAR)


@pytest.mark.parametrize(
    ("treatment", "awaited"),
    [
        (NAMED, True),
        (replace(NAMED, reply="known", reply_by="p-rep"), False),
        (replace(NAMED, status="acknowledged", status_by="p-rep"), False),
        (Treatment(), False),
    ],
)
def test_an_answer_ends_it_at_once(treatment: Treatment, awaited: bool) -> None:
    assert is_awaited(FINDING, treatment, FRIDAY + timedelta(minutes=5), CALENDAR) is awaited


def test_what_is_over_or_names_nobody_waits_for_nobody() -> None:
    ended = FINDING.model_copy(update={"state": "resolved"})
    nobody = FINDING.model_copy(update={"responsible_id": None, "stand_in_for_id": None, "slice": Slice(unit_id="hz")})
    assert not is_awaited(ended, NAMED, FRIDAY, CALENDAR)
    assert not is_awaited(nobody, NAMED, FRIDAY, CALENDAR)


def test_a_masked_card_has_the_role_and_the_place_and_nobodys_id_in_any_part_of_it() -> None:
    card = FindingCard(FINDING, NAMED, (), FRIDAY, person_name="Rep", responsible_name="Rep", home="hz")
    masked = card.masked()
    assert "p-rep" not in repr(masked)
    assert "p-away" not in repr(masked)
    assert "Rep" not in repr(masked)
    assert (masked.finding.responsible_role, masked.finding.slice.unit_id) == ("rep", "hz")
    assert masked.finding.why == ("why.product_fell_here|product=vms|unit=hz|change=-0.3",)
    assert masked.finding.gap == FINDING.gap
    assert masked.is_masked
    assert masked.speaks_of_a_rep
    assert masked.parts_of(Viewer("p-rep")) == {"leader"}
