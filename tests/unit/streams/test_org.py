from datetime import UTC, date, datetime

from ingest.events import Person, Unit
from streams.org import FOREVER, person_rows, unit_rows

AT = datetime(2026, 1, 1, tzinfo=UTC)


def unit(one, parent=None, since="2020-01-01", **fields):
    return Unit(kind="unit", id=one, parent_id=parent, valid_from=since, occurred_at=AT, **fields)


def paths(*events):
    return {(row[0], row[1].isoformat()): row[-1] for row in unit_rows(events)}


def test_a_path_leads_from_the_root_to_the_unit_at_any_depth():
    rows = paths(unit("hq"), unit("east", "hq"), unit("hz", "east"), unit("team", "hz"))
    assert rows["team", "2020-01-01"] == ["hq", "east", "hz", "team"]


def test_a_move_above_starts_a_new_span_below():
    rows = paths(
        unit("hq"),
        unit("east", "hq"),
        unit("north", "hq"),
        unit("hz", "east"),
        unit("t", "hz"),
        unit("hz", "north", "2026-07-01"),
    )
    assert rows["t", "2020-01-01"] == ["hq", "east", "hz", "t"]
    assert rows["t", "2026-07-01"] == ["hq", "north", "hz", "t"]


def test_a_span_ends_the_day_before_the_next_begins():
    rows = unit_rows([unit("a", name="old"), unit("a", since="2026-07-01", name="new")])
    assert [(row[1], row[2], row[5]) for row in rows] == [
        (date(2020, 1, 1), date(2026, 6, 30), "old"),
        (date(2026, 7, 1), FOREVER, "new"),
    ]


def test_the_later_version_of_the_same_day_stands_whichever_came_first():
    events = [unit("a", name="one", version=1), unit("a", name="two", version=2)]
    assert unit_rows(events)[0][5] == unit_rows(events[::-1])[0][5] == "two"


def test_a_circle_is_cut_and_does_not_hang():
    assert set(paths(unit("a", "b"), unit("b", "a"))) == {("a", "2020-01-01"), ("b", "2020-01-01")}


def person(**fields):
    return Person(kind="person", id="p", occurred_at=AT, **{"valid_from": "2020-01-01", **fields})


def test_leave_holds_between_its_days_only():
    away = person(unit_id="hz", role="rep", status="leave", status_from="2026-11-10", status_to="2026-11-20")
    spans = [(row[1], row[9]) for row in person_rows([away])]
    assert spans == [(date(2020, 1, 1), "active"), (date(2026, 11, 10), "leave"), (date(2026, 11, 21), "active")]


def test_a_role_ends_and_another_begins_with_its_dates():
    held = person(
        roles=[
            {"role": "rep", "unit_id": "hz", "until": "2026-06-30"},
            {"role": "office_manager", "unit_id": "sz", "since": "2026-07-01"},
        ]
    )
    assert [(row[1], row[5], row[6]) for row in person_rows([held])] == [
        (date(2020, 1, 1), "hz", "rep"),
        (date(2026, 7, 1), "sz", "office_manager"),
    ]
