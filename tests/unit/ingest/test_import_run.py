"""The import as a whole: what enters, in which version, again, from the middle, at its own pace, moved in time."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.connectors.table import LINE, ROW
from ingest.errors import BrokerAway, Terminal
from ingest.importer.outlets import Kept
from ingest.importer.replay import due
from ingest.importer.run import Progress, run_import
from ingest.importer.sealing import Origin, Receipt, seal_all
from ingest.intake import Sealed, canonical, parse
from ingest.mappings.columns import Form
from ingest.mappings.contents import Shift, blocks
from ingest.mappings.functions import FILE
from ingest.mappings.joins import Table
from ingest.mappings.mapping import compile_text

MAPPING = """\
[source]
name = "crm"
timezone = "Europe/London"
starts_on = 2026-01-01

[[files]]
name = "reps"
path = "reps.csv"

[[files]]
name = "deals"
path = "deals.csv"
joins = [{ file = "reps", on = { Rep = "No" } }]

[[emit]]
name = "offices"
topic = "org"
from = "reps"
each = "Office"
set = { kind = "unit", tier = "office" }
fields = { id = "Office", name = "Office" }

[[emit]]
name = "created"
topic = "opportunities"
from = "deals"
set = { outcome = "open" }
fields = { opportunity_id = "Deal", occurred_at = "Created", amount = "Value", office_id = "reps.Office" }

[[emit]]
name = "closed"
topic = "opportunities"
from = "deals"
when = "given(Closed)"
[emit.fields]
opportunity_id = "Deal"
occurred_at = "Closed"
closed_on = "date(Closed)"
outcome = "map(Status, 'outcomes')"
amount = "Value"
office_id = "reps.Office"
[emit.extra]
note = "Note"

[maps.outcomes]
Won = "won"
Lost = "lost"
"""
REPS = "No,Office\n1,York\n2,Leeds\n3,York\n2,Hull\n"
DEALS = """\
Deal,Created,Closed,Status,Value,Rep,Note
D1,2026-03-01 09:00,2026-03-28 23:30,Won,100,1,"say ""hi"" \\ there"
D2,2026-03-02 09:00,,Open,250.5,2,
D3,2026-03-03 09:00,2026-04-05 12:00,Lsot,70,1,
D4,2026-03-04 09:00,2026-04-06 12:00,Lost,seventy,1,
D5,2026-03-05 09:00,2026-04-07 12:00,Lost,80,9,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "crm.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "reps.csv").write_text(REPS, encoding="utf-8")
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    return tmp_path


def events(kept: Kept, topic: str = "opportunities") -> list[dict[str, Any]]:
    return [json.loads(event.value) for name, event in kept.events if name == topic]


def test_one_row_gives_an_event_for_every_step_with_versions_in_the_order_of_the_blocks(folder: Path) -> None:
    kept = Kept()
    run_import(folder / "crm.toml", folder, outlet=kept)
    found = [(event["opportunity_id"], event["version"], event["outcome"]) for event in events(kept)]
    assert found == [("D1", 1, "open"), ("D2", 1, "open"), ("D3", 1, "open"), ("D5", 1, "open"), ("D1", 2, "won"),
                     ("D5", 2, "lost")]  # fmt: skip


def test_the_report_says_what_did_not_enter_and_why_with_lines(folder: Path) -> None:
    report = run_import(folder / "crm.toml", folder, dry_run=True)
    text = report.text()
    assert "created → opportunities: 4 events would enter" in text
    assert "amount 500.5" in text
    assert "closed, outcome: 1 rows\n    deals.csv line 4: 'Lsot' is not in maps.outcomes." in text
    assert 'Did you mean "Lost"?' in text
    assert "created, amount: 1 rows\n    deals.csv line 5: 'seventy' is not a number" in text
    assert "note: reps has the same No in 1 more rows: the first is taken" in text
    assert "note: 1 rows have no row of reps (the first: line 6, Rep = 9)" in text
    assert report.left_out.total == 3
    assert report.rules[1].totals.amount == Decimal("500.5")


def test_distinct_values_give_one_event_each_and_a_row_without_match_no_field(folder: Path) -> None:
    kept = Kept()
    run_import(folder / "crm.toml", folder, outlet=kept)
    assert [event["id"] for event in events(kept, "org")] == ["York", "Leeds", "Hull"]
    assert events(kept, "org")[0]["occurred_at"] == "2026-01-01T00:00:00Z"
    by_deal = {event["opportunity_id"]: event for event in events(kept)}
    assert by_deal["D2"]["office_id"] == "Leeds"
    assert "office_id" not in by_deal["D5"]
    assert by_deal["D1"]["note"] == 'say "hi" \\ there'


def test_contents_are_canonical_so_that_the_door_would_give_them_the_same_id(folder: Path) -> None:
    taken: list[bytes] = []

    class Looking(Kept):
        def take(self, topic: str, contents: Sequence[bytes], origin: Origin = Origin()) -> "Future[Receipt]":
            taken.extend(contents)
            return super().take(topic, contents, origin)

    run_import(folder / "crm.toml", folder, outlet=Looking())
    assert taken
    assert [canonical(parse(content)) for content in taken] == taken


def test_the_same_import_twice_gives_the_same_bytes(folder: Path) -> None:
    first, second = Kept(), Kept()
    run_import(folder / "crm.toml", folder, outlet=first)
    run_import(folder / "crm.toml", folder, outlet=second)
    assert first.events == second.events


def test_an_id_the_mapping_gives_is_kept(folder: Path) -> None:
    mapping = MAPPING.replace('amount = "Value", ', 'amount = "Value", event_id = "concat(\'crm-\', Deal)", ')
    (folder / "crm.toml").write_text(mapping, encoding="utf-8")
    kept = Kept()
    run_import(folder / "crm.toml", folder, outlet=kept)
    assert [event.event_id for _, event in kept.events][3:5] == ["crm-D1", "crm-D2"]


class Log(Kept):
    """A log that outlives the imports that write to it; it can be told to be away after some batches."""

    def __init__(self, name: str = "log-1", batches: int = 10**9) -> None:
        super().__init__()
        self.name, self.batches = name, batches

    def log(self) -> dict[str, str]:
        return {"opportunities": self.name}

    def take(self, topic: str, contents: Sequence[bytes], origin: Origin = Origin()) -> "Future[Receipt]":
        if self.batches == 0:
            raise BrokerAway("Kafka is away")
        self.batches -= 1
        return super().take(topic, contents, origin)


def ids(log: Kept) -> list[str]:
    return [event.event_id for _, event in log.events]


def test_an_import_that_broke_off_goes_on_where_it_was(folder: Path, tmp_path: Path) -> None:
    whole = Log()
    run_import(folder / "crm.toml", folder, outlet=whole)
    log, state = Log(batches=3), tmp_path / "state"
    with pytest.raises(BrokerAway):
        run_import(folder / "crm.toml", folder, outlet=log, state_dir=state, block_rows=2)
    confirmed = json.loads(next(state.iterdir()).read_text())["rows"]
    assert confirmed == {"0": 3}
    log.batches = 10**9
    sent_before = len(log.events)
    report = run_import(folder / "crm.toml", folder, outlet=log, state_dir=state, block_rows=2)
    assert report.finished
    assert report.resumed_rows == 3
    assert set(ids(log)) == set(ids(whole))
    assert not any(topic == "org" for topic, _ in log.events[sent_before:])
    assert list(state.iterdir()) == []


def test_a_stop_is_obeyed_and_what_was_on_the_way_is_counted(folder: Path, tmp_path: Path) -> None:
    log, state, stop = Log(), tmp_path / "state", threading.Event()

    def after_the_org(progress: Progress) -> None:
        if progress.label == "created":
            stop.set()

    report = run_import(
        folder / "crm.toml", folder, outlet=log, state_dir=state, block_rows=2, progress=after_the_org, stop=stop
    )
    assert not report.finished
    assert "The same command goes on from here." in report.text()
    again = run_import(folder / "crm.toml", folder, outlet=log, state_dir=state, block_rows=2)
    assert again.finished
    assert sorted(ids(log)) == sorted(set(ids(log)))
    assert len(ids(log)) == 9


def test_what_is_shown_of_every_file_and_rule_ends_at_what_was_read(folder: Path) -> None:
    ended: dict[str, tuple[int, int | None]] = {}

    def show(step: Progress) -> None:
        ended[step.label] = (step.done, step.total)

    report = run_import(folder / "crm.toml", folder, dry_run=True, progress=show)
    assert ended == {
        **{one.name: (one.rows, one.rows) for one in report.files},
        **{one.name: (one.rows, one.rows) for one in report.rules},
    }
    assert ended["offices"] == (3, 3)


@pytest.mark.parametrize("change", ["log", "file", "mapping"])
def test_a_checkpoint_is_forgotten_when_anything_it_stands_on_changed(
    folder: Path, tmp_path: Path, change: str
) -> None:
    state = tmp_path / "state"
    with pytest.raises(BrokerAway):
        run_import(folder / "crm.toml", folder, outlet=Log(batches=3), state_dir=state, block_rows=2)
    log = Log("log-2" if change == "log" else "log-1")
    if change == "file":
        (folder / "deals.csv").write_text(DEALS.replace("250.5", "251"), encoding="utf-8")
    if change == "mapping":
        (folder / "crm.toml").write_text(MAPPING + "\n# changed\n", encoding="utf-8")
    report = run_import(folder / "crm.toml", folder, outlet=log, state_dir=state, block_rows=2)
    assert report.resumed_rows == 0
    assert len(log.events) == 9


NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def test_dates_move_by_whole_days_until_the_newest_is_just_before_now(folder: Path, tmp_path: Path) -> None:
    kept = Kept()
    report = run_import(folder / "crm.toml", folder, outlet=kept, shift_to_now=True, now=NOW)
    newest = datetime(2026, 4, 7, 11, 0, tzinfo=UTC)  # noon in London's summer
    assert report.shift_days == (NOW - newest).days == 224
    moments = {(e["opportunity_id"], e["version"]): e["occurred_at"] for e in events(kept)}
    assert moments["D5", 2] == "2026-11-17T12:00:00Z"  # noon in London's winter: the clock stays, not the offset
    assert moments["D1", 1] == "2026-10-11T08:00:00Z"
    closed = next(event for event in events(kept) if "closed_on" in event)
    assert closed["closed_on"] == "2026-11-07"


def test_weekdays_stay_when_asked(folder: Path) -> None:
    report = run_import(folder / "crm.toml", folder, outlet=Kept(), shift_to_now=True, keep_weekday=True, now=NOW)
    assert report.shift_days == 224 // 7 * 7


def test_an_import_that_moved_its_dates_moves_them_the_same_again_later(folder: Path, tmp_path: Path) -> None:
    log, state = Log(), tmp_path / "state"
    first = run_import(
        folder / "crm.toml", folder, outlet=log, shift_to_now=True, now=NOW, state_dir=state, block_rows=2
    )
    later = run_import(
        folder / "crm.toml",
        folder,
        outlet=log,
        shift_to_now=True,
        now=NOW + timedelta(days=9),
        state_dir=state,
        block_rows=2,
    )
    assert later.shift_days == first.shift_days
    assert len(set(ids(log))) == len(ids(log)) // 2


@pytest.mark.parametrize(
    ("days", "period", "moved"),
    [
        (365, "2025-11", "2026-11"),
        (31, "2025-12", "2026-01"),
        (-31, "2026-01", "2025-12"),
        (91, "2025-Q4", "2026-Q1"),
        (365, "2025", "2026"),
    ],
)
def test_periods_move_by_whole_periods(days: int, period: str, moved: str) -> None:
    assert Shift(days).period(period) == moved


def test_months_stay_apart_however_far_they_move() -> None:
    months = [f"2025-{month:02}" for month in range(1, 13)]
    assert all(len({Shift(days).period(month) for month in months}) == 12 for days in range(-500, 500, 7))


class Clock:
    """Time that goes on only by waiting."""

    def __init__(self) -> None:
        self.now, self.waited = 0.0, 0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited += 1
        self.now += seconds


def test_events_are_due_at_their_own_distances_divided_by_the_factor() -> None:
    clock = Clock()
    minutes = [0, 0, 10, 60, 61]
    sent: list[tuple[float, int]] = []
    for places in due([m * 60_000_000 for m in minutes], 600, clock, clock.wait):
        sent += [(clock.now, place) for place in places]
    assert [place for _, place in sent] == [0, 1, 2, 3, 4]
    assert [at for at, _ in sent] == pytest.approx([0, 0, 1, 6, 6.1], abs=0.02)
    with pytest.raises(ValueError, match="more than 0"):
        next(due([0], 0, clock, clock.wait))


def test_a_replay_sends_everything_once_in_the_order_of_time(folder: Path) -> None:
    kept, plain = Kept(), Kept()
    report = run_import(folder / "crm.toml", folder, outlet=kept, replay=1e9)
    run_import(folder / "crm.toml", folder, outlet=plain)
    assert report.finished
    assert sorted(ids(kept)) == sorted(ids(plain))
    moments = [event["occurred_at"] for event in events(kept)]
    assert moments == sorted(moments)
    assert [topic for topic, _ in kept.events][:3] == ["org"] * 3
    assert report.left_out.total == 3


def test_a_replay_that_was_stopped_goes_on_where_it_was(folder: Path, tmp_path: Path) -> None:
    log, state, stop = Log(), tmp_path / "state", threading.Event()

    def first_replayed(progress: Progress) -> None:
        if progress.label == "replay":
            stop.set()

    pace = 30 * 86_400 * 10.0  # a month in a tenth of a second
    options: dict[str, Any] = {"outlet": log, "state_dir": state, "replay": pace}
    assert not run_import(folder / "crm.toml", folder, progress=first_replayed, stop=stop, **options).finished
    assert run_import(folder / "crm.toml", folder, **options).finished
    assert len(ids(log)) == 9
    assert len(set(ids(log))) == 9


def test_the_first_rows_of_every_file_are_enough_to_try(folder: Path) -> None:
    report = run_import(folder / "crm.toml", folder, dry_run=True, limit=2)
    assert [file.rows for file in report.files] == [2, 2]
    assert report.entered == 2 + 2 + 1


def test_a_folder_that_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(Terminal, match="there is no folder"):
        run_import(folder / "crm.toml", folder / "nowhere", dry_run=True)


def test_sealing_counts_and_refuses_by_place() -> None:
    good = b'{"amount":"1.5","occurred_at":"2026-01-01T00:00:00Z","order_id":"a"}'
    sealed, receipt = seal_all("orders", [good, b'{"order_id":"b"}', good])
    assert [type(event) for event in sealed] == [Sealed, Sealed]
    assert receipt.totals.amount == Decimal(3)
    assert [place for place, _ in receipt.refused] == [1]


def test_wide_sheets_become_rows(tmp_path: Path) -> None:
    (tmp_path / "targets.csv").write_text("Office,2026-10,2026-11\nYork,400,\nLeeds,200,250\n", encoding="utf-8")
    (tmp_path / "targets.toml").write_text(
        """
[source]
name = "plan"
timezone = "Europe/London"
[[files]]
name = "targets"
path = "targets.csv"
unpivot = { columns = "2026-*", name = "month", value = "amount" }
where = "given(amount)"
define = { office = "upper(Office)" }
[[emit]]
topic = "targets"
from = "targets"
fields = { occurred_at = 2026-01-01, slice = { unit_id = "office" }, period = "month", value = "amount" }
""",
        encoding="utf-8",
    )
    kept = Kept()
    report = run_import(tmp_path / "targets.toml", tmp_path, outlet=kept)
    found = [(e["slice"]["unit_id"], e["period"], e["value"]) for e in events(kept, "targets")]
    assert found == [("YORK", "2026-10", "400"), ("LEEDS", "2026-10", "200"), ("LEEDS", "2026-11", "250")]
    assert report.files[0].filtered == 1


def test_a_dry_run_sees_lines_that_would_contradict_each_other_behind_the_door(folder: Path) -> None:
    deals = DEALS + "D1,2026-03-01 10:00,,Open,100,1,\nD2,2026-03-02 09:00,,Open,250.5,2,\n"
    (folder / "deals.csv").write_text(deals, encoding="utf-8")
    report = run_import(folder / "crm.toml", folder, dry_run=True)
    assert report.conflicts.total == 1
    assert "Is line_id missing, or version?\n  created: 1 rows\n    deals.csv line 7: D1" in report.text()


def test_a_file_with_a_header_only_gives_nothing_and_breaks_nothing(folder: Path) -> None:
    (folder / "deals.csv").write_text(DEALS.splitlines()[0] + "\n", encoding="utf-8")
    report = run_import(folder / "crm.toml", folder, dry_run=True, shift_to_now=True)
    assert [rule.totals.count for rule in report.rules] == [3, 0, 0]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs",))), min_size=1, max_size=5))
def test_any_text_comes_through_as_it_is(texts: list[str]) -> None:
    mapping = compile_text(
        """
[source]
name = "x"
timezone = "UTC"
[[files]]
name = "t"
path = "t.csv"
[[emit]]
topic = "activities"
from = "t"
fields = { activity_id = "row()", kind = "'visit'", rep_id = "'r'", occurred_at = 2026-01-01, outcome = "Text" }
"""
    )
    frame = pl.DataFrame(
        {ROW: range(1, len(texts) + 1), LINE: range(len(texts)), FILE: ["t.csv"] * len(texts), "Text": texts}
    )
    table = Table("t", frame, {"Text": Form()}, [], len(texts))
    (block,) = blocks(mapping.rules[0], table, mapping, shift=Shift())
    assert [json.loads(content)["outcome"] for content in block.contents] == texts
    assert [canonical(parse(content)) for content in block.contents] == block.contents
