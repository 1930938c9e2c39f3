"""What people do becomes an event: who, what, on what, and why."""

from datetime import UTC, datetime

import pytest

from dashboard.actions import NobodyActs, ReasonMissing, action
from warehouse.viewer import Viewer

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
MANAGER = Viewer("p-a", unit_ids=frozenset({"hz"}))


def test_an_action_carries_the_viewer_and_its_subject() -> None:
    event = action(MANAGER, "take", "f1", None, NOW)
    assert (event.who, event.what, event.subject, event.note) == ("p-a", "take", "finding:f1", None)
    assert event.entity_id == "finding:f1"
    assert event.occurred_at == NOW


@pytest.mark.parametrize("note", [None, "", "  \n"])
def test_not_a_problem_needs_a_reason(note: str | None) -> None:
    with pytest.raises(ReasonMissing):
        action(MANAGER, "not_a_problem", "f1", note, NOW)
    assert action(MANAGER, "not_a_problem", "f1", " moved to December ", NOW).note == "moved to December"


def test_nobody_does_nothing() -> None:
    with pytest.raises(NobodyActs):
        action(Viewer.nobody("p-x"), "take", "f1", None, NOW)
