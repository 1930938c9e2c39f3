"""Who is held against whom, and when: peers that were there and untouched, days before and after."""

from datetime import UTC, date, datetime
from typing import Any

from ingest.calendar import WorkingCalendar
from ingest.events import Slice, Task
from streams.effects.places import Peers, Touched, added_up, on_working_days, peers
from streams.effects.spans import due
from streams.organisation import Node, Org, Span
from warehouse.life import ActionRow
from warehouse.task_life import TaskCard, folded

START, END = date(2026, 8, 3), date(2026, 10, 30)
CALENDAR = WorkingCalendar("CN")


def org() -> Org:
    paths = [
        ("hq",),
        ("hq", "east"),
        ("hq", "north"),
        ("hq", "east", "hz"),
        ("hq", "east", "nb"),
        ("hq", "north", "bj"),
    ]
    spans = {
        "ann": [Span(date.min, date.max, "hz", "rep", date.min, "active", "")],
        "bob": [Span(date.min, date.max, "nb", "rep", date.min, "active", "")],
        "new": [Span(date(2026, 9, 1), date.max, "nb", "rep", date.min, "active", "")],
        "away": [Span(date.min, date(2026, 9, 1), "bj", "rep", date.min, "active", ""),
                 Span(date(2026, 9, 2), date.max, "bj", "rep", date.min, "leave", "")],
        "moved": [Span(date.min, date(2026, 9, 1), "bj", "rep", date.min, "active", ""),
                  Span(date(2026, 9, 2), date.max, "hz", "rep", date.min, "active", "")],
        "boss": [Span(date.min, date.max, "bj", "office_manager", date.min, "active", "")],
    }  # fmt: skip
    products = {
        "vms": Node("vms", ("vms",)),
        "ipc": Node("ipc", ("ipc",)),
        "old": Node("old", ("old",), successor_id="ipc"),
    }
    return Org(END, {path[-1]: Node(path[-1], path) for path in paths}, products, spans)


def members(slice: Slice, touched: Touched = Touched()) -> dict[str, set[str]]:
    found = peers(slice, org(), touched, START, END)
    assert found
    return {id: set(leaves) for id, leaves in found.members.items()}


def test_peers_of_a_unit_are_as_deep_as_it_with_nothing_touched_about_them() -> None:
    assert members(Slice(unit_id="hz")) == {"hz": {"hz"}, "nb": {"nb"}, "bj": {"bj"}}
    assert members(Slice(unit_id="east")) == {"east": {"east", "hz", "nb"}, "north": {"north", "bj"}}
    assert members(Slice(unit_id="hz"), Touched(units={"north"})) == {"hz": {"hz"}, "nb": {"nb"}}
    assert members(Slice(unit_id="east"), Touched(units={"bj"})) == {"east": {"east", "hz", "nb"}}
    assert members(Slice(unit_id="hz"), Touched(units={"hq", "east"})).keys() == {"hz", "nb", "bj"}  # touch it as well


def test_peers_of_a_rep_are_reps_who_were_there_all_the_time() -> None:
    assert members(Slice(person_id="ann")).keys() == {"ann", "bob"}
    assert members(Slice(person_id="ann"), Touched(people={"bob"})).keys() == {"ann"}
    assert members(Slice(person_id="ann"), Touched(units={"nb"})).keys() == {"ann"}


def test_a_product_has_products_for_peers_and_the_company_has_none() -> None:
    assert members(Slice(product_id="vms")).keys() == {"vms", "ipc"}
    assert peers(Slice(unit_id="hq"), org(), Touched(), START, END) is None
    assert peers(Slice(), org(), Touched(), START, END) is None


def test_leaves_add_up_to_their_places() -> None:
    places = Peers("office", "a", {"a": frozenset({"x", "y"}), "b": frozenset({"z"})})
    treated, others = added_up(places, [{"x": 1.0, "y": 2.0}, {"x": 4.0}, {"z": 5.0}])
    assert treated
    assert (treated.usual, treated.before, treated.after) == (3, 4, 0)
    assert [(one.usual, one.after) for one in others] == [(0, 5)]


def test_only_working_days_are_held_against_each_other() -> None:
    own, every = on_working_days({date(2026, 9, 5): 9.0, date(2026, 9, 4): 1.0}, {date(2026, 9, 4): 2.0},
                                 (date(2026, 9, 3), date(2026, 9, 7)), CALENDAR)  # fmt: skip
    assert (own.tolist(), every.tolist()) == ([0, 1, 0], [0, 2, 0])  # Thursday, Friday, Monday


def carried_out(day: date, **more: Any) -> TaskCard:
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    task = Task.model_validate({"occurred_at": at, "task_id": "t", "title": "x", "due_on": str(day),
                                "expects": {"amount": 1, "by": "2027-01-01"}, **more})  # fmt: skip
    return folded([task], [ActionRow("e", "task:t", "boss", "done", "", "", at)])


def looks(today: date, since: date | None = None, cycle: int = 30) -> list[tuple[str, date, bool]]:
    return [
        (one.kind, one.end, one.is_last) for one in due(carried_out(date(2026, 7, 1)), since, cycle, CALENDAR, today)
    ]


def test_the_leading_check_comes_after_ten_working_days_and_the_effect_is_measured_until_a_cycle_is_over() -> None:
    assert looks(date(2026, 7, 15)) == []
    assert looks(date(2026, 7, 16)) == [("leading", date(2026, 7, 15), True), ("lagging", date(2026, 7, 15), False)]
    assert looks(date(2026, 7, 23))[1] == ("lagging", date(2026, 7, 22), False)
    assert looks(date(2026, 8, 13))[1] == ("lagging", date(2026, 8, 12), True)  # thirty working days
    assert looks(date(2026, 8, 19))[1] == ("lagging", date(2026, 8, 12), True)
    assert looks(date(2026, 8, 20))[1] == ("lagging", date(2026, 8, 19), True)
    assert looks(date(2027, 6, 30))[1][1] == CALENDAR.add_working_days(date(2026, 7, 1), 90)  # then nobody measures on


def test_before_is_since_it_was_found_at_most_a_cycle_and_at_least_some_days() -> None:
    def before(since: date | None) -> tuple[date, date]:
        (_, one) = due(carried_out(date(2026, 7, 1)), since, 30, CALENDAR, date(2026, 8, 20))
        return one.before_start, one.before_end

    assert before(date(2026, 6, 10)) == (date(2026, 6, 10), date(2026, 6, 30))
    assert before(date(2026, 1, 1))[0] == before(None)[0] == CALENDAR.add_working_days(date(2026, 7, 1), -30)
    assert before(date(2026, 6, 30))[0] < date(2026, 6, 25)
