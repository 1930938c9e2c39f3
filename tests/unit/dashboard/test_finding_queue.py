"""The queue of findings: what it lists, how old things are, how soon units act, and what it offers to do."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.components.finding_queue import BULK, KEYS, draw
from dashboard.finding_queue import Queue, queue
from dashboard.finding_steps import Refused, Wish, event
from dashboard.locales import LANGS
from dashboard.plain import HTML
from dashboard.view_state import ViewState
from ingest.calendar import WorkingCalendar
from ingest.events import Finding, Slice
from warehouse.life import STEPS, Treatment
from warehouse.queries.findings import FindingCard
from warehouse.viewer import Viewer

ZONE, CALENDAR = ZoneInfo("Asia/Shanghai"), WorkingCalendar("CN")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=ZONE)
PATHS = {"hq": ("hq",), "east": ("hq", "east"), "hz": ("hq", "east", "hz"), "bj": ("hq", "bj")}
NAMES = {"hz": ("杭州", "Hangzhou"), "east": ("华东", "East"), "bj": ("北京", "Beijing"), "p-a": ("张伟", "Zhang Wei")}
OPS, MANAGER = Viewer("op", everything=True, is_ops=True), Viewer("m", unit_ids=frozenset({"hz"}))


def card(id: str, gap: int = -100, unit: str = "hz", opened: datetime = NOW, **more: Any) -> FindingCard:
    finding = Finding(
        occurred_at=opened, finding_id=id, rule=more.pop("rule", "unit-pace"), metric="bookings", period="2026-11",
        slice=Slice(unit_id=unit), since=opened, as_of=opened, actual=Decimal(0), expected=Decimal(-gap),
        gap=Decimal(gap), confidence=0.97, responsible_id=more.pop("who", "p-a"), responsible_role="office_manager",
    )  # fmt: skip
    return FindingCard(finding, Treatment(opened_at=opened, **more), (), opened, home=unit)


def made(*cards: FindingCard) -> Queue:
    return queue(cards, PATHS, NAMES, CALENDAR, NOW)


def listed(found: Queue, query: str = "") -> list[str]:
    return [one.card.finding.finding_id for one in found.listed(ViewState.from_query(query))]


def test_it_lists_what_asks_for_somebody_the_largest_gap_first_and_the_rest_on_demand() -> None:
    found = made(card("small", -1), card("big", -9), card("taken", -5, status="taken"), card("over", status="closed"),
                 card("slept", status="snoozed"), card("contested", -3, status="contested"))  # fmt: skip
    assert listed(found) == ["big", "contested", "small"]
    assert listed(found, "?stands=hand") == ["taken"]
    assert listed(found, "?stands=rests") == ["slept"]
    assert listed(found, "?stands=over") == ["over"]
    assert len(listed(found, "?stands=all")) == 6
    assert found.counts("stands", ViewState()) == {"asks": 3, "hand": 1, "rests": 1, "over": 1}


def test_filters_by_rule_unit_person_and_age_narrow_each_other() -> None:
    found = made(
        card("a", unit="hz", rule="rep-gap"), card("b", unit="bj", who="p-b"), card("c", unit="hz", opened=MONDAY)
    )
    assert listed(found, "?unit=east") == ["a", "c"]
    assert listed(found, "?unit=east&rule=rep-gap") == ["a"]
    assert listed(found, "?who=p-b") == ["b"]
    assert listed(found, "?aged=older") == ["c"]
    assert listed(found, "?aged=hour&unit=bj") == ["b"]
    assert found.counts("rule", ViewState(unit="east")) == {"rep-gap": 1, "unit-pace": 1}


def test_age_is_working_time_and_stops_when_it_is_over() -> None:
    (standing,) = made(card("a", opened=MONDAY)).every
    assert standing.minutes == 3 * 540 + 60
    (over,) = made(card("a", opened=MONDAY, status="closed", ended_at=MONDAY + timedelta(hours=2))).every
    assert over.minutes == 120


def test_how_soon_a_unit_acts_is_the_nearest_rank_of_working_minutes() -> None:
    cards = [
        card(f"f{n}", opened=MONDAY, status="closed", touched_at=MONDAY + timedelta(minutes=n),
             ended_at=MONDAY + timedelta(minutes=10 * n))
        for n in range(1, 21)
    ]  # fmt: skip
    east, beijing = made(*cards, card("b", unit="bj")).paces(ViewState())
    assert (east.unit_id, east.count, east.acted, east.ended) == ("east", 20, (10, 19), (100, 190))
    assert (beijing.unit_id, beijing.acted, beijing.ended) == ("bj", None, None)
    (office,) = made(*cards).paces(ViewState(unit="east"))
    assert office.unit_id == "hz"


@pytest.mark.parametrize("lang", LANGS)
def test_it_is_drawn_with_names_states_and_ages_in_both_languages(lang: str) -> None:
    found = made(card("a", -41_200_000, opened=MONDAY), card("b", -5, status="contested", status_by="p-a"))
    drawn = draw(found, OPS, ViewState.from_query(f"?lang={lang}&finding=a"))
    rows = drawn["queue--list"][HTML]
    assert rows.count('data-key="') == 2
    assert "queue-open" in rows
    for words in {
        "en": ("Hangzhou", "Zhang Wei", "3.1 working d", "contested"),
        "zh": ("杭州", "张伟", "3.1 个工作日", "有异议"),
    }[lang]:
        assert words in rows, words


def test_every_key_does_one_thing_and_every_bulk_step_is_a_step_of_the_life() -> None:
    assert len(set(KEYS.values())) == len(KEYS)
    assert set(BULK) <= set(STEPS) & set(KEYS.values())


def do(viewer: Viewer, one: FindingCard, wish: Wish, *others: FindingCard) -> Any:
    seen = {other.finding.finding_id: other for other in (one, *others)}
    return event(viewer, one, wish, NOW, CALENDAR, seen)


@pytest.mark.parametrize(
    ("viewer", "status", "wish", "said"),
    [
        (MANAGER, "open", Wish("close"), "Close: this does not follow “open”; it follows verified"),
        (Viewer("p-a"), "taken", Wish("verify"), "Verify: this is for whoever leads the place or sales operations"),
        (MANAGER, "open", Wish("treat"), "Say why: everybody who sees the finding sees the reason"),
        (MANAGER, "open", Wish("snooze"), "Say until when, or by how much worse"),
        (MANAGER, "open", Wish("merge", into="a"), "Choose another finding that still stands"),
        (MANAGER, "open", Wish("answer", "known"), "Only the person named can answer so"),
    ],
)
def test_a_bad_step_is_refused_with_a_clear_word(viewer: Viewer, status: Any, wish: Wish, said: str) -> None:
    with pytest.raises(Refused) as refused:
        do(viewer, card("a", status=status), wish)
    assert refused.value.said("en") == said
    assert refused.value.said("zh") != said


def test_a_pause_ends_when_the_office_opens_and_may_end_when_it_gets_worse() -> None:
    snoozed = do(MANAGER, card("a"), Wish("snooze", pause="tomorrow", worse="0.2"))
    assert (snoozed.until, snoozed.worse_by) == (datetime(2026, 11, 27, 9, 0, tzinfo=ZONE), Decimal("0.2"))
    assert do(MANAGER, card("a"), Wish("snooze", pause="week")).until == datetime(2026, 12, 3, 9, 0, tzinfo=ZONE)
    assert do(MANAGER, card("a"), Wish("snooze", worse="0.5")).until is None


def test_one_is_merged_into_another_that_stands() -> None:
    assert do(OPS, card("a"), Wish("merge", into="b"), card("b")).into == "b"
    with pytest.raises(Refused):
        do(OPS, card("a"), Wish("merge", into="b"), replace(card("b"), treatment=Treatment("closed")))
