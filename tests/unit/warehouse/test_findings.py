"""What people did about a finding, folded to where it stands."""

from datetime import UTC, datetime, timedelta

from warehouse.life import ActionRow, Treatment, folded

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def did(*steps: str) -> Treatment:
    rows = []
    for minute, step in enumerate(steps):
        who, what, *rest = step.split()
        note = rest[0] if what in ("not_a_problem", "answer") else ""
        assignee = rest[0] if what == "assign" else ""
        rows.append(ActionRow(str(minute), "finding:f", who, what, note, assignee, NOON + timedelta(minutes=minute)))
    return folded(rows)


def test_nothing_done_is_open() -> None:
    assert did() == Treatment("open")
    assert did("ann comment") == Treatment("open")


def test_who_takes_it_has_it_and_an_acknowledgement_changes_nothing_of_that() -> None:
    assert did("ann acknowledge").status == "acknowledged"
    taken = did("ann acknowledge", "bob take", "ann acknowledge")
    assert (taken.status, taken.status_by, taken.assignee_id) == ("taken", "bob", "bob")
    assert taken.status_at == NOON + timedelta(minutes=1)


def test_an_assignment_names_another() -> None:
    given = did("ann assign cat")
    assert (given.status, given.status_by, given.assignee_id) == ("taken", "ann", "cat")


def test_a_release_opens_it_again_and_keeps_the_meeting() -> None:
    freed = did("ann take", "ann meet", "ann release")
    assert (freed.status, freed.assignee_id, freed.met_by) == ("open", "", "ann")


def test_not_a_problem_has_a_reason_until_somebody_takes_it_after_all() -> None:
    denied = did("ann not_a_problem holiday")
    assert (denied.status, denied.reason) == ("not_a_problem", "holiday")
    assert did("ann not_a_problem holiday", "bob take").reason == ""


def test_a_reply_stands_beside_whatever_is_done_and_only_the_last_one() -> None:
    replied = did("cat answer known", "cat answer stock_out", "ann take", "ann release")
    assert (replied.status, replied.reply, replied.reply_by) == ("open", "stock_out", "cat")
    assert replied.reply_at == NOON + timedelta(minutes=1)


def test_to_look_at_it_changes_nothing() -> None:
    assert did("ann look") == Treatment("open")
