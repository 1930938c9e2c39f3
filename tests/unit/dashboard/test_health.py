"""The health page: what was seen becomes who is up since when, how fast it goes, and an honest page."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboard.components.health import draw, length
from dashboard.health import PARTS, Flow, Record, Sample
from dashboard.plain import markup
from dashboard.view_state import ViewState

START = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
ALL_UP = dict.fromkeys(PARTS, True)
LANGS = [ViewState(lang="zh"), ViewState(lang="en", theme="dark")]


def sample(seconds: float, *, up: Mapping[str, bool] = ALL_UP, **seen: Any) -> Sample:
    return Sample(START + timedelta(seconds=seconds), dict(up), **seen)


def flowing(seconds: float, written: int, lag: int, **more: Any) -> Sample:
    seen = {"written": {"orders": written}, "lag": {"orders": lag}, "workers": {"w": 8}, "letters": 0, "screens": 2}
    seen |= {"snapshots": {}, "aside": {}, "unlogged": {}}
    return sample(seconds, **{**seen, "newest_at": START + timedelta(seconds=seconds - 2), **more})


def told(record: Record, state: ViewState) -> str:
    """Everything on the page, as the browser gets it."""
    return json.dumps(draw(record, state), cls=PlotlyJSONEncoder, ensure_ascii=False)


def record(*samples: Sample) -> Record:
    made = Record()
    for one in samples:
        made.add(one)
    return made


def test_rates_are_records_a_second_between_looks() -> None:
    seen = record(flowing(0, 100, 40), flowing(5, 150, 40), flowing(15, 150, 0))
    assert seen.rates(lambda one: one.total_written) == [10, 0]
    assert seen.rates(lambda one: one.stored) == [10, 4]


def test_a_look_without_an_answer_leaves_no_hole_and_no_leap() -> None:
    seen = record(flowing(0, 100, 0), sample(5), flowing(10, 200, 0))
    assert seen.rates(lambda one: one.total_written) == [10]


def test_a_log_that_was_made_anew_is_no_negative_rate() -> None:
    assert record(flowing(0, 100, 0), flowing(5, 3, 0)).rates(lambda one: one.total_written) == [0]


def test_since_when_a_part_is_down_is_the_look_that_first_found_it_so() -> None:
    down = {**ALL_UP, "worker": False}
    seen = record(sample(0), sample(5, up=down), sample(10, up=down))
    assert seen.standings["worker"].since == START + timedelta(seconds=5)
    assert seen.standings["worker"].was_seen
    assert not seen.standings["kafka"].was_seen


def test_only_the_last_quarter_of_an_hour_is_kept() -> None:
    seen = record(*(flowing(5 * n, n, 0) for n in range(400)))
    assert len(seen.samples) == 180
    assert seen.samples[0].total_written == 220


def test_what_came_is_stored_put_aside_or_waits_of_every_topic_and_in_all() -> None:
    one = flowing(
        0, 100, 10, snapshots={"orders": 1_000}, aside={"orders": 5, "erp.orders": 2},
        unlogged={"orders": 1, "erp.orders": 2},
    )  # fmt: skip
    assert one.flows == {"orders": Flow(1_101, 1_000, 1_086, 5, 10), "erp.orders": Flow(2, 0, 0, 2, 0)}
    assert one.stored == 1_086
    page = markup(draw(record(one), ViewState(lang="en")))
    rows = [re.findall(r"<t[hd][^>]*>(?:<strong>)?([^<]*)", row) for row in re.findall(r"<tr>.*?</tr>", page)]
    assert ["orders", "1,101", "1,000", "1,086", "5", "10"] in [row[:6] for row in rows]
    assert ["All", "1,103", "1,000", "1,086", "7", "10"] in [row[:6] for row in rows]


def test_without_the_warehouse_only_what_is_on_the_log_is_told() -> None:
    one = sample(0, written={"orders": 100}, aside={}, unlogged={})
    assert one.flows == {"orders": Flow(100)}
    assert one.stored is None
    assert "All" not in markup(draw(record(one), ViewState(lang="en")))


@pytest.mark.parametrize("state", LANGS, ids=["zh", "en"])
def test_before_the_first_look_it_says_that_it_looks(state: ViewState) -> None:
    assert ("正在查看" if state.lang == "zh" else "Looking at every part") in told(Record(), state)


@pytest.mark.parametrize("state", LANGS, ids=["zh", "en"])
def test_all_well_is_one_sentence_with_the_age_and_the_lag(state: ViewState) -> None:
    page = told(record(flowing(0, 100, 0), flowing(5, 600, 0)), state)
    said = "各部分运行正常，数据与日志同步，最新数据 2 秒前。" if state.lang == "zh" else (
        "Everything runs; the data are level with the log; newest event 2 s old."
    )  # fmt: skip
    assert said in page
    assert ("100 条/秒" if state.lang == "zh" else "100/s") in page


@pytest.mark.parametrize("state", LANGS, ids=["zh", "en"])
def test_what_does_not_answer_is_named_with_what_to_do(state: ViewState) -> None:
    up = {**ALL_UP, "worker": False}
    page = told(record(flowing(0, 100, 60, up=up, workers={})), state)
    assert ("流处理 没有响应" if state.lang == "zh" else "Workers does not answer") in page
    assert "oneboard worker" in page
    assert "▼" in page


@pytest.mark.parametrize("state", LANGS, ids=["zh", "en"])
def test_without_kafka_nothing_is_made_up_about_the_log(state: ViewState) -> None:
    up = {**ALL_UP, "kafka": False, "worker": False}
    page = told(record(sample(0, up=up, newest_at=START)), state)
    assert ("Kafka 没有响应，无法得知日志" if state.lang == "zh" else "nothing is known of the log") in page
    assert ("未知" if state.lang == "zh" else "not known") in page
    assert "0/s" not in page
    assert "0 条/秒" not in page


def test_a_warehouse_without_events_says_so_and_shows_no_age() -> None:
    page = told(record(flowing(0, 0, 0, newest_at=None)), ViewState(lang="en"))
    assert "no event yet" in page


def test_dead_letters_are_told_with_where_to_read_them() -> None:
    page = told(record(flowing(0, 10, 0, letters=3)), ViewState(lang="en"))
    assert "3 dead letters wait" in page
    assert "oneboard dead-letters list" in page


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (89, "89 s"), (90, "2 min"), (5_400, "2 h"), (200_000, "2 d")]
)
def test_a_length_of_time_is_said_in_its_own_unit(seconds: float, said: str) -> None:
    assert length(seconds, ViewState(lang="en")) == said
