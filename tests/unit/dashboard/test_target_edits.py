"""Who may set which target, what of an edit is taken, and the event it becomes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dashboard import amounts
from dashboard.rights import may_change_task, may_set_target
from dashboard.target_edits import Edit, Refused, event_of
from ingest.calendar import Period
from ingest.events import Slice
from ingest.fields import TargetTier
from warehouse.tree import Company
from warehouse.viewer import Viewer

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
NOVEMBER, DECEMBER, OCTOBER = map(Period.parse, ("2026-11", "2026-12", "2026-10"))
PATHS = {"hq": ["hq"], "east": ["hq", "east"], "hz": ["hq", "east", "hz"], "north": ["hq", "north"]}
ORG = Company(
    {id: {"id": id, "path": path, "closed": False} for id, path in PATHS.items()},
    {},
    {id: {"id": id, "unit_id": unit, "role": "rep"} for id, unit in (("ann", "hz"), ("em", "east"), ("bob", "north"))},
)
EAST = Viewer("em", unit_ids=frozenset({"east"}))
HEAD = Viewer("ceo", unit_ids=frozenset({"hq"}), everything=True)
OPS = Viewer("ops", everything=True, is_ops=True)


@pytest.mark.parametrize(
    ("viewer", "slice", "may"),
    [
        (EAST, {"unit_id": "hz"}, True),
        (EAST, {"unit_id": "east"}, False),
        (EAST, {"unit_id": "east", "product_id": "vms"}, True),
        (EAST, {"unit_id": "north"}, False),
        (EAST, {"person_id": "ann"}, True),
        (EAST, {"person_id": "em"}, False),
        (EAST, {"person_id": "bob"}, False),
        (EAST, {"product_id": "vms"}, False),
        (HEAD, {"unit_id": "east"}, True),
        (HEAD, {"unit_id": "hq"}, False),
        (HEAD, {"product_id": "vms"}, True),
        (OPS, {"unit_id": "hq"}, True),
        (Viewer("cfo", role="finance", everything=True), {"unit_id": "hz"}, False),
        (Viewer("ann", own_rows=True), {"person_id": "ann"}, False),
    ],
)
def test_who_leads_what_is_above_sets_a_target(viewer: Viewer, slice: dict[str, str], may: bool) -> None:
    assert may_set_target(viewer, Slice.model_validate(slice), ORG) is may


def test_a_task_is_changed_by_whose_it_is_and_who_leads_them() -> None:
    assert may_change_task(Viewer("ann", own_rows=True), PATHS["hz"], "ann")
    assert not may_change_task(Viewer("bob", own_rows=True), PATHS["hz"], "ann")
    assert may_change_task(EAST, PATHS["hz"], "ann")
    assert not may_change_task(EAST, PATHS["north"], "bob")
    assert not may_change_task(Viewer.nobody(), PATHS["hz"], None)


def edit(typed: str) -> Edit:
    return Edit(Slice(unit_id="hz"), TargetTier.FLOOR, typed, None)


def test_an_edit_holds_from_today_or_from_the_first_day_of_a_period_to_come() -> None:
    event = event_of(EAST, "bookings", NOVEMBER, edit("120万"), NOW)
    assert (event.value, event.valid_from, event.who) == (1_200_000, date(2026, 11, 20), "em")
    assert event.entity_id == "unit_id=hz:2026-11:bookings:floor"
    assert event_of(EAST, "bookings", DECEMBER, edit("1"), NOW).valid_from == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("period", "typed", "key"),
    [
        (OCTOBER, "1", "period_over"),
        (NOVEMBER, "much", "no_amount"),
        (NOVEMBER, "", "no_amount"),
        (NOVEMBER, "NaN", "no_amount"),
        (NOVEMBER, "1e20", "no_amount"),
        (NOVEMBER, "-1", "negative"),
    ],
)
def test_what_cannot_be_a_target_is_refused_with_its_reason(period: Period, typed: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        event_of(EAST, "bookings", period, edit(typed), NOW)
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,200,000", 1_200_000),
        ("120万", 1_200_000),
        ("1.2亿", 120_000_000),
        ("1.2 M", 1_200_000),
        ("1.2\u00a0M", 1_200_000),
        ("120 万元 ", 1_200_000),
        ("0.5元", Decimal("0.5")),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, value: Any) -> None:
    assert amounts.typed(text) == value
