"""How a source is, is told in a file, and read again by whoever asks."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from deploy.doctor import examine
from deploy.listening import show_sources
from deploy.settings import LocalSettings
from ingest.errors import BrokerAway
from ingest.settings import IngestSettings
from ingest.sources.counters import STALE_AFTER_SECONDS, Counters
from ingest.sources.live import Mapped, Rejection


def told(folder: Path) -> Counters:
    one = Counters("erp-lines", "table", "erp.toml")
    mapped = Mapped(5, used={0, 1, 2})
    mapped.rejected = [Rejection(3, "orders 1", "amount", "'x' is not a number")]
    one.took(mapped, ["no row so far has 'rep'."])
    one.well(1_200)
    one.save(folder)
    return one


def test_what_was_told_is_read_again_in_one_line(tmp_path: Path) -> None:
    one = told(tmp_path)
    [read] = Counters.all_in(tmp_path)
    assert read == one
    assert read.said(one.told_at + 3) == (
        "running: 5 rows, 0 events, 1 that cannot be mapped, 1 that no rule is about, 1,200 still to come; "
        "last row 3 s ago"
    )
    assert read.worries(one.told_at) == [
        "the last row that cannot be mapped: orders 1, amount: 'x' is not a number",
        "no row so far has 'rep'.",
    ]


def test_silence_is_told_and_a_failure_until_it_is_over(tmp_path: Path) -> None:
    one = told(tmp_path)
    later = one.told_at + STALE_AFTER_SECONDS
    assert one.said(later).startswith("does not run: ")
    assert "has told nothing since" in one.worries(later)[0]
    one.failed(BrokerAway("Kafka is away"), for_good=False)
    assert (one.state, one.errors, one.worries(one.told_at)[0]) == ("waiting", 1, "Kafka is away")
    one.well(0)
    assert (one.state, one.errors) == ("running", 1)
    assert "Kafka is away" not in one.worries(one.told_at)


def test_a_file_of_another_version_is_passed_over(tmp_path: Path) -> None:
    told(tmp_path)
    (tmp_path / "other.state.json").write_text(json.dumps({"name": "other", "unheard_of": 1}), encoding="utf-8")
    assert [one.name for one in Counters.all_in(tmp_path)] == ["erp-lines"]
    assert Counters.all_in(tmp_path / "nowhere") == []


def test_the_terminal_and_the_doctor_show_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(tmp_path / "sources")
    monkeypatch.setattr("deploy.listening.ingest", lambda: IngestSettings(state_dir=tmp_path / "sources"))
    console = Console(record=True, width=200)
    show_sources(console)
    assert "erp-lines (table of erp.toml) running: 5 rows" in console.export_text()
    found = {one.subject: one for one in examine(LocalSettings(data_dir=tmp_path))}
    assert found["source erp-lines"].ok
    assert "'x' is not a number" in found["source erp-lines"].what
