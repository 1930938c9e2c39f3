"""How findings are held against plants: one case by hand for every figure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

from ingest.calendar import WorkingCalendar
from ingest.events import Finding
from ingest.simulator.pace import opening
from streams.detection.findings import slice_of
from tests.bench.planted.plants import Plant
from tests.bench.planted.report import f1
from tests.bench.planted.scoring import MonthScore, Tree, score
from warehouse.key import Key

CALENDAR = WorkingCalendar("CN")
SINCE = date(2026, 6, 8)
AT = opening(SINCE)
TREE = Tree({"hq": ["a", "b"], "a": ["a"], "b": ["b"]}, {"cam": ["p", "q"], "p": ["p"], "q": ["q"]})
REPS = frozenset({"a1", "a2", "b1"})
MISSING = pl.DataFrame(
    {
        "at": [AT],
        "told": [AT],
        "office": ["a"],
        "product": ["p"],
        "rep": ["a1"],
        "amount": [1_000_000_000],
        "overlay": [False],
    }
)


def plant(key: Key, who: str | None, kind: str = "office") -> Plant:
    """A hundred thousand of rep a1's business with product p is missing in office a."""
    return Plant(kind, 0.3, key, who, SINCE, who is not None, MISSING, MISSING.clear())


def word(key: Key, named: str | None, gap: int = 120_000, day: int = 9, state: str = "open") -> Finding:
    at = datetime(2026, 6, day, 10, tzinfo=UTC)  # 18:00 in Shanghai
    return Finding(
        occurred_at=at, source="detection", event_id=f"{key}{day}", version=day, finding_id="-".join(key) + "x",
        rule="rule", metric="bookings", period="2026-06", slice=slice_of(key), state=state, since=at, as_of=at,  # type: ignore[arg-type]
        actual=Decimal(0), expected=Decimal(gap), gap=Decimal(-gap), confidence=0.95, responsible_id=named,
    )  # fmt: skip


def judged(words: list[Finding], *plants: Plant) -> MonthScore:
    return score(words, plants, TREE, CALENDAR, REPS)


def test_the_exact_cell_with_the_right_person_is_right_and_timed_in_business_minutes() -> None:
    (found,) = judged([word(Key("a"), "m-a")], plant(Key("a"), "m-a")).plants
    assert (found.right, found.wrong, found.right_first, found.wrongly_named) == (True, 0, True, 0)
    assert found.minutes == 1080  # two whole working days


def test_another_cell_that_holds_most_of_the_same_gap_is_the_plants_but_a_wrong_cell() -> None:
    (found,) = judged([word(Key("a", "p"), "m-a")], plant(Key("a"), "m-a")).plants
    assert (found.found, found.right, found.wrong) == (True, False, 1)
    assert found.right_first


def test_a_finding_of_which_little_was_planted_is_a_false_alarm() -> None:
    month = judged([word(Key("", "cam"), "m-cam", gap=250_000)], plant(Key("a"), "m-a"))
    assert month.false_alarms == ["rule"]
    assert not month.plants[0].found


def test_f1_is_of_cells_told_right_told_wrong_and_never_told() -> None:
    rows = [{"right": True, "wrong": 1}, {"right": True, "wrong": 0}, {"right": False, "wrong": 1}]
    assert f1(rows) == 2 * 2 / (2 * 2 + 2 + 1)


def test_who_is_named_first_counts_and_everybody_else_is_wrongly_named() -> None:
    words = [word(Key("a"), "m-a", day=9), word(Key("a", "", "a1"), "a1", day=10)]
    (found,) = judged(words, plant(Key("a", "", "a1"), "a1", "person")).plants
    assert not found.right_first
    assert (found.right, found.wrongly_named) == (True, 1)


def test_reps_named_without_a_cause_are_counted_among_all_findings_that_name_one() -> None:
    words = [word(Key("a", "", "a1"), "a1"), word(Key("b", "", "b1"), "b1")]
    month = judged(words, plant(Key("a", "", "a1"), "a1", "person"))
    assert (month.reps_named, month.reps_wrong) == (2, 1)
    assert month.false_alarms == ["rule"]


def test_a_finding_on_what_is_none_is_counted_there() -> None:
    month = judged([word(Key("a", "", "a1"), "a1")], plant(Key("a"), None, "data outage"))
    assert (month.on_none, month.false_alarms) == (["data outage"], [])
    assert (month.reps_named, month.reps_wrong) == (1, 1)


def test_what_is_told_again_or_over_is_no_new_finding() -> None:
    words = [word(Key("b"), "m-b", day=day) for day in (9, 10)] + [word(Key("b"), "m-b", day=11, state="resolved")]
    month = judged(words)
    assert (month.findings, month.false_alarms, month.most_a_day) == (1, ["rule"], 1)
