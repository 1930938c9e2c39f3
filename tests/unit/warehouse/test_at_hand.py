"""Whom a finding is shown to unasked: figures to everybody above; deals, customers and cash to who looks after them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ingest.events import Finding, Slice
from warehouse.at_hand import AtHand
from warehouse.viewer import Viewer

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
PATHS = {"hq": ("hq",), "east": ("hq", "east"), "hz": ("hq", "east", "hz"), "sh": ("hq", "east", "sh")}


def finding(things: int = 3, role: str | None = "rep", **fields: Any) -> Finding:
    return Finding(
        occurred_at=NOW, finding_id="f", rule="untended-deals", metric="bookings", period="2026-11", since=NOW,
        as_of=NOW, slice=Slice(unit_id="hz"), actual=Decimal(0), expected=Decimal(100), gap=Decimal(-100),
        confidence=1.0, behind_count=things, responsible_role=role, **fields,
    )  # fmt: skip


def is_shown(one: Finding, home: str, here: str, viewer: str = "boss") -> bool:
    return AtHand(Viewer(viewer), here, PATHS)(one, home)


@pytest.mark.parametrize("here", ["hq", "east", "hz"])
def test_a_gap_of_figures_is_shown_to_everybody_above(here: str) -> None:
    assert is_shown(finding(things=0), "hz", here)


@pytest.mark.parametrize(
    ("role", "home", "shown"),
    [
        ("rep", "hz", {"hz"}),
        ("fulfilment", "hz", {"hz"}),
        ("office_manager", "hz", {"hz", "east"}),
        ("region_manager", "east", {"east", "hq"}),
    ],
)
def test_things_are_shown_to_whoever_answers_and_to_who_leads_them(role: str, home: str, shown: set[str]) -> None:
    assert {here for here in PATHS if is_shown(finding(role=role), home, here)} == shown


def test_whoever_is_named_is_shown_it_wherever_they_are() -> None:
    assert is_shown(finding(responsible_id="ann"), "hz", "sh", viewer="ann")
    assert not is_shown(finding(responsible_id="ann"), "hz", "sh", viewer="bob")


def test_what_a_link_leads_to_is_shown_and_what_is_not_is_counted() -> None:
    at_hand = AtHand(Viewer("boss"), "hq", PATHS)
    one = finding()
    assert not at_hand(one, "hz")
    assert at_hand.left == [(one, "hz")]
    assert AtHand(Viewer("boss"), "hq", PATHS, frozenset({"f"}))(one, "hz")
